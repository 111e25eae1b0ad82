package web

import (
	"context"

	"smsbridge/storage"
)

var templateMethods = []method{
	{"template.list", "GET", "/api/v1/templates", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).templates), nil},
	{"template.create", "POST", "/api/v1/templates", storage.ScopeSend, storage.RoleAgent, 201, bind((*Server).createTemplate), nil},
	{"template.update", "PATCH", "/api/v1/templates/{id}", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).updateTemplate), nil},
	{"template.delete", "DELETE", "/api/v1/templates/{id}", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).deleteTemplate), nil},
	{"template.render", "POST", "/api/v1/templates/{id}/render", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).render), nil},
}

type templateStore interface {
	// Templates are those that an agent can use: everybody's and its own.
	Templates(ctx context.Context, agent string) ([]storage.Template, storage.Head, error)
	Template(ctx context.Context, ref, agent string) (storage.Template, error)
	AddTemplate(ctx context.Context, t storage.Template) (storage.Template, error)
	ChangeTemplate(ctx context.Context, id string, c storage.TemplateChange) (storage.Template, error)
	DeleteTemplate(ctx context.Context, id string) (storage.Template, error)
}

type templatesAnswer struct {
	Templates []storage.Template `json:"templates"`
	Head      storage.Head       `json:"head"`
}

type templateAnswer struct {
	Template storage.Template `json:"template"`
}

func (s *Server) templates(ctx context.Context, who storage.Caller, _ none) (templatesAnswer, error) {
	found, head, err := s.c.Store.Templates(ctx, agentOf(who))
	return templatesAnswer{list(found), head}, err
}

type newTemplate struct {
	Name     string `json:"name" need:"true"`
	Text     string `json:"text" need:"true"` // with fields such as {{first_name}}
	Language string `json:"language"`         // such as pt-BR
	Personal bool   `json:"personal"`         // for the caller's own account alone; otherwise for everybody, which takes a manager
}

func (s *Server) createTemplate(ctx context.Context, who storage.Caller, p newTemplate) (templateAnswer, error) {
	t := storage.Template{Name: p.Name, Text: p.Text, Language: p.Language}
	if p.Personal {
		if t.Owner = agentOf(who); t.Owner == "" {
			return templateAnswer{}, forbidden.say("personal", "Only an account has templates of its own. Leave personal out, and it is everybody's.")
		}
	} else if err := sharing(who); err != nil {
		return templateAnswer{}, err
	}
	t, err := s.c.Store.AddTemplate(ctx, t)
	return templateAnswer{t}, err
}

// sharing refuses to change what is everybody's to who does not look after the
// office.
func sharing(who storage.Caller) error {
	if who.May(storage.ScopeAdmin, storage.RoleManager) {
		return nil
	}
	r := forbidden.say("personal", "What everybody uses is for a manager to change. Keep it as your own: say personal.")
	r.Gate, r.By = gateRole, storage.RoleManager
	return r
}

// ownTemplate is a template that the caller may change.
func (s *Server) ownTemplate(ctx context.Context, who storage.Caller, ref string) (storage.Template, error) {
	t, err := s.c.Store.Template(ctx, ref, agentOf(who))
	if err == nil && t.Owner == "" {
		err = sharing(who)
	}
	return t, err
}

type templateEdit struct {
	ID string `json:"id" need:"true"` // or its name
	ifRev
	storage.TemplateChange
}

func (s *Server) updateTemplate(ctx context.Context, who storage.Caller, p templateEdit) (templateAnswer, error) {
	t, err := s.ownTemplate(ctx, who, p.ID)
	if err != nil {
		return templateAnswer{}, err
	}
	t, err = s.c.Store.ChangeTemplate(ctx, t.ID, p.TemplateChange)
	return templateAnswer{t}, err
}

func (s *Server) deleteTemplate(ctx context.Context, who storage.Caller, p idRev) (templateAnswer, error) {
	t, err := s.ownTemplate(ctx, who, p.ID)
	if err != nil {
		return templateAnswer{}, err
	}
	t, err = s.c.Store.DeleteTemplate(ctx, t.ID)
	return templateAnswer{t}, err
}

type renderParams struct {
	ID string `json:"id"` // or its name
	formParams
}

type rendered struct {
	Text    string        `json:"text"`    // fields without a value stand in it as they are
	Count   storage.Count `json:"count"`   // of the filled text
	Missing []string      `json:"missing"` // fields without a value; a send is refused while there are any
}

// render shows how a template reads to somebody, and what it costs then.
func (s *Server) render(ctx context.Context, who storage.Caller, p renderParams) (rendered, error) {
	if p.ID != "" {
		p.Template = p.ID
	}
	return s.tryForm(ctx, who, p.formParams)
}
