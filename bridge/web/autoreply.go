package web

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

var autoReplyMethods = []method{
	{"autoreply.list", "GET", "/api/v1/auto-replies", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).autoReplies), nil},
	{"autoreply.create", "POST", "/api/v1/auto-replies", storage.ScopeAdmin, storage.RoleManager, 201, bind((*Server).createAutoReply), nil},
	{"autoreply.update", "PATCH", "/api/v1/auto-replies/{id}", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).updateAutoReply), nil},
	{"autoreply.delete", "DELETE", "/api/v1/auto-replies/{id}", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).deleteAutoReply), nil},
}

type autoReplyStore interface {
	AutoReplies(ctx context.Context) ([]storage.AutoReply, storage.Head, error)
	AutoReply(ctx context.Context, id string) (storage.AutoReply, error)
	SaveAutoReply(ctx context.Context, a storage.AutoReply) (storage.AutoReply, error)
	DeleteAutoReply(ctx context.Context, id string) (storage.AutoReply, error)
}

type autoRepliesAnswer struct {
	AutoReplies []storage.AutoReply `json:"auto_replies"`
	Head        storage.Head        `json:"head"`
}

type autoReplyAnswer struct {
	AutoReply storage.AutoReply `json:"auto_reply"`
}

func (s *Server) autoReplies(ctx context.Context, _ storage.Caller, _ none) (autoRepliesAnswer, error) {
	found, head, err := s.c.Store.AutoReplies(ctx)
	return autoRepliesAnswer{list(found), head}, err
}

// autoReplyParams is a rule, or those fields of one that are to change.
type autoReplyParams struct {
	ID      string    `json:"id"`
	Name    *string   `json:"name"`
	On      *bool     `json:"on"` // a new rule is off until somebody says so
	Text    *string   `json:"text"`
	Line    *string   `json:"line"`
	First   *bool     `json:"first"`
	Keyword *string   `json:"keyword"`
	From    *string   `json:"from"`
	To      *string   `json:"to"`
	Days    *[]string `json:"days"`
	Zone    *string   `json:"zone"`
	Every   *int      `json:"every_hours"`
	ifRev
}

// apply changes what was given.
func (p autoReplyParams) apply(a *storage.AutoReply) error {
	given := map[string]any{}
	text, _ := json.Marshal(p)
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	for name, value := range given {
		if value == nil || name == "id" || name == "if_rev" {
			delete(given, name)
		}
	}
	text, _ = json.Marshal(given)
	return json.Unmarshal(text, a)
}

func (s *Server) createAutoReply(ctx context.Context, _ storage.Caller, p autoReplyParams) (autoReplyAnswer, error) {
	var a storage.AutoReply
	if err := p.apply(&a); err != nil {
		return autoReplyAnswer{}, err
	}
	a, err := s.c.Store.SaveAutoReply(ctx, a)
	return autoReplyAnswer{a}, err
}

func (s *Server) updateAutoReply(ctx context.Context, _ storage.Caller, p autoReplyParams) (autoReplyAnswer, error) {
	a, err := s.c.Store.AutoReply(ctx, p.ID)
	if err != nil {
		return autoReplyAnswer{}, err
	}
	if p.IfRev == 0 {
		ctx = storage.WithRev(ctx, a.Rev) // what is left out is as it was read
	}
	if err := p.apply(&a); err != nil {
		return autoReplyAnswer{}, err
	}
	a, err = s.c.Store.SaveAutoReply(ctx, a)
	return autoReplyAnswer{a}, err
}

func (s *Server) deleteAutoReply(ctx context.Context, _ storage.Caller, p idRev) (autoReplyAnswer, error) {
	a, err := s.c.Store.DeleteAutoReply(ctx, p.ID)
	return autoReplyAnswer{a}, err
}
