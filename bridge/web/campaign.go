package web

import (
	"context"
	"slices"
	"time"

	"smsbridge/storage"
)

var campaignMethods = []method{
	{"campaign.list", "GET", "/api/v1/campaigns", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).campaigns), nil},
	{"campaign.create", "POST", "/api/v1/campaigns", storage.ScopeSend, storage.RoleAgent, 201, bind((*Server).createCampaign), nil},
	{"campaign.add", "POST", "/api/v1/campaigns/{id}/rows", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).addToCampaign), nil},
	{"campaign.status", "GET", "/api/v1/campaigns/{id}", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).campaign), nil},
	{"campaign.preview", "POST", "/api/v1/campaigns/{id}/preview", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).previewCampaign), nil},
	{"campaign.plan", "POST", "/api/v1/campaigns/plan", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).planCampaign), nil},
	{"campaign.start", "POST", "/api/v1/campaigns/{id}/start", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).startCampaign), nil},
	{"campaign.pause", "POST", "/api/v1/campaigns/{id}/pause", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).pauseCampaign), nil},
	{"campaign.resume", "POST", "/api/v1/campaigns/{id}/resume", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).resumeCampaign), nil},
	{"campaign.cancel", "POST", "/api/v1/campaigns/{id}/cancel", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).cancelCampaign), nil},
	{"campaign.report", "GET", "/api/v1/campaigns/{id}/report", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).campaignReport), nil},
}

type campaignStore interface {
	// Campaigns lists those of one owner, or, with an empty one, all.
	Campaigns(ctx context.Context, owner string, p storage.Page) (storage.CampaignPage, error)
	Campaign(ctx context.Context, id string) (storage.Campaign, error)
	// CreateCampaign and AddToCampaign send nothing.
	CreateCampaign(ctx context.Context, c storage.Campaign, list string, rows []storage.Row) (storage.Campaign, error)
	AddToCampaign(ctx context.Context, id string, rows []storage.Row) (storage.Campaign, error)
	// StartCampaign lets it begin, on the word of the author of d.
	StartCampaign(ctx context.Context, id string, d storage.Draft) (storage.Campaign, error)
	PauseCampaign(ctx context.Context, id string, by storage.Author) (storage.Campaign, error)
	ResumeCampaign(ctx context.Context, id string) (storage.Campaign, error)
	CancelCampaign(ctx context.Context, id string, by storage.Author) (storage.Campaign, error)
	// Addressed are the copies that a campaign would have; nothing is kept.
	Addressed(ctx context.Context, list string, rows []storage.Row, first int) ([]storage.Copy, error)
	// Copies are its people and what became of each.
	Copies(ctx context.Context, id string, state storage.CopyState, p storage.Page) (storage.CopyPage, error)
}

type campaignAnswer struct {
	Campaign storage.Campaign `json:"campaign"`
	Refused  []badRow         `json:"refused,omitempty"` // rows that were left out
}

// allCampaigns tells whether the caller sees campaigns of others: who works on
// every line and answers for more than itself.
func allCampaigns(who storage.Caller) bool {
	return who.Lines() == nil && (who.Person() == nil || who.InRole(storage.RoleManager))
}

func (s *Server) campaigns(ctx context.Context, who storage.Caller, p pageParams) (storage.CampaignPage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.CampaignPage{}, err
	}
	if p.After != "" {
		return storage.CampaignPage{}, invalidParams.say("after", "Campaigns are listed from the newest on; ask with before.")
	}
	owner := ""
	if !allCampaigns(who) {
		if owner = agentOf(who); owner == "" {
			return storage.CampaignPage{}, forbidden.say("", "A token for some lines only sees no campaigns. Use one that belongs to an account.")
		}
	}
	found, err := s.c.Store.Campaigns(ctx, owner, page)
	found.Campaigns = list(found.Campaigns)
	return found, err
}

// ownCampaign is a campaign that the caller may see and change: its own, or any.
func (s *Server) ownCampaign(ctx context.Context, who storage.Caller, id string) (storage.Campaign, error) {
	c, err := s.c.Store.Campaign(ctx, id)
	if err == nil && !allCampaigns(who) && (agentOf(who) == "" || c.Owner != agentOf(who)) {
		err = notFound.say("id", "there is no campaign %s", id)
	}
	return c, err
}

type newCampaign struct {
	Name     string        `json:"name" need:"true"`
	Text     string        `json:"text"`     // with fields such as {{first_name}}; or template
	Template string        `json:"template"` // an id or a name
	List     string        `json:"list"`     // an id or a name; or rows, or both
	Rows     []storage.Row `json:"rows"`     // 1000 at most; campaign.add takes more
	Skip     bool          `json:"skip_bad"` // leave rows out that cannot be taken, and tell them
	From     string        `json:"from"`     // a line; empty: for each person as for a single text
	At       string        `json:"at"`       // not before this moment (RFC 3339)
	Pace     int           `json:"pace"`     // copies a minute; 0: as fast as the lines send
}

// createCampaign keeps a campaign. Nothing is sent before it is started.
func (s *Server) createCampaign(ctx context.Context, who storage.Caller, p newCampaign) (campaignAnswer, error) {
	c, rows, bad, err := s.designed(ctx, who, p)
	if err != nil {
		return campaignAnswer{}, err
	}
	c, err = s.c.Store.CreateCampaign(ctx, c, p.List, rows)
	return campaignAnswer{c, bad}, err
}

// designed is the campaign that a request describes, and its people.
func (s *Server) designed(ctx context.Context, who storage.Caller, p newCampaign) (c storage.Campaign, rows []storage.Row, bad []badRow, err error) {
	text, err := s.source(ctx, who, p.Text, p.Template)
	if err != nil {
		return c, nil, nil, err
	}
	at, err := sendParams{At: p.At}.times(time.Now())
	if err != nil {
		return c, nil, nil, err
	}
	if err := s.campaignLine(ctx, who, &p, text); err != nil {
		return c, nil, nil, err
	}
	c = storage.Campaign{Name: p.Name, Text: text, Line: p.From, At: at, Pace: p.Pace, MadeBy: who.Author(), Owner: agentOf(who)}
	rows, bad, err = s.readRows(ctx, who, p.Rows, p.Skip, p.From)
	return c, rows, bad, err
}

// campaignLine chooses the line of a campaign where there must be one: for who
// does not see all, and for a text that shows its number.
func (s *Server) campaignLine(ctx context.Context, who storage.Caller, p *newCampaign, text string) error {
	lines := who.Lines()
	if p.From != "" && !who.Sees(p.From) {
		return notAssigned.say("from", "The line %s is not assigned to you; whoever looks after the box can do it with `smsbridge line assign`.", p.From)
	}
	if p.From == "" && len(lines) == 1 {
		p.From = lines[0]
	}
	form, err := storage.ParseForm(text)
	if err == nil && p.From == "" && (lines != nil || slices.Contains(form.Fields(), storage.MergeLine)) {
		r := fromRequired.say("from", "Choose the line that this campaign is sent from.")
		r.Options = lines
		return r
	}
	return err
}

func (s *Server) addToCampaign(ctx context.Context, who storage.Caller, p rowsParams) (campaignAnswer, error) {
	c, err := s.ownCampaign(ctx, who, p.ID)
	if err != nil {
		return campaignAnswer{}, err
	}
	rows, bad, err := s.readRows(ctx, who, p.Rows, p.Skip, c.Line)
	if err != nil {
		return campaignAnswer{}, err
	}
	c, err = s.c.Store.AddToCampaign(ctx, p.ID, rows)
	return campaignAnswer{c, bad}, err
}

func (s *Server) campaign(ctx context.Context, who storage.Caller, p idParams) (campaignAnswer, error) {
	c, err := s.ownCampaign(ctx, who, p.ID)
	return campaignAnswer{Campaign: c}, err
}

// startCampaign lets a campaign begin: this is the press of Send for all its
// copies, and the caller is their author.
func (s *Server) startCampaign(ctx context.Context, who storage.Caller, p idRev) (campaignAnswer, error) {
	if err := s.systemGate(ctx); err != nil {
		return campaignAnswer{}, err
	}
	if err := userGate(who); err != nil {
		return campaignAnswer{}, err
	}
	return s.moveCampaign(ctx, who, p, func() (storage.Campaign, error) {
		return s.c.Store.StartCampaign(ctx, p.ID, s.draft(who, ""))
	})
}

func (s *Server) pauseCampaign(ctx context.Context, who storage.Caller, p idRev) (campaignAnswer, error) {
	return s.moveCampaign(ctx, who, p, func() (storage.Campaign, error) {
		return s.c.Store.PauseCampaign(ctx, p.ID, who.Author())
	})
}

func (s *Server) resumeCampaign(ctx context.Context, who storage.Caller, p idRev) (campaignAnswer, error) {
	if err := userGate(who); err != nil {
		return campaignAnswer{}, err
	}
	return s.moveCampaign(ctx, who, p, func() (storage.Campaign, error) { return s.c.Store.ResumeCampaign(ctx, p.ID) })
}

func (s *Server) cancelCampaign(ctx context.Context, who storage.Caller, p idRev) (campaignAnswer, error) {
	return s.moveCampaign(ctx, who, p, func() (storage.Campaign, error) {
		return s.c.Store.CancelCampaign(ctx, p.ID, who.Author())
	})
}

func (s *Server) moveCampaign(ctx context.Context, who storage.Caller, p idRev, do func() (storage.Campaign, error)) (campaignAnswer, error) {
	if _, err := s.ownCampaign(ctx, who, p.ID); err != nil {
		return campaignAnswer{}, err
	}
	c, err := do()
	return campaignAnswer{Campaign: c}, err
}

type reportParams struct {
	ID    string            `json:"id" need:"true"`
	State storage.CopyState `json:"state"` // waiting, copied or skipped; empty: all
	Limit int               `json:"limit"`
	After string            `json:"after"`
}

func (s *Server) campaignReport(ctx context.Context, who storage.Caller, p reportParams) (storage.CopyPage, error) {
	page, err := pageParams{Limit: p.Limit, After: p.After}.page(who)
	if err != nil {
		return storage.CopyPage{}, err
	}
	if _, err := s.ownCampaign(ctx, who, p.ID); err != nil {
		return storage.CopyPage{}, err
	}
	found, err := s.c.Store.Copies(ctx, p.ID, p.State, page)
	found.Copies = list(found.Copies)
	return found, err
}
