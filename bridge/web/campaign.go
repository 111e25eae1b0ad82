package web

import (
	"context"
	"errors"
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
	text, err := s.source(ctx, who, p.Text, p.Template)
	if err != nil {
		return campaignAnswer{}, err
	}
	at, err := sendParams{At: p.At}.times(time.Now())
	if err != nil {
		return campaignAnswer{}, err
	}
	if err := s.campaignLine(ctx, who, &p, text); err != nil {
		return campaignAnswer{}, err
	}
	rows, bad, err := s.readRows(ctx, who, p.Rows, p.Skip, p.From)
	if err != nil {
		return campaignAnswer{}, err
	}
	c, err := s.c.Store.CreateCampaign(ctx, storage.Campaign{
		Name: p.Name, Text: text, Line: p.From, At: at, Pace: p.Pace, MadeBy: who.Author(), Owner: agentOf(who),
	}, p.List, rows)
	return campaignAnswer{c, bad}, err
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

type previewAnswer struct {
	Plan storage.Plan `json:"plan"`
}

// previewCampaign says what a campaign would do if it were started now: it
// fills and counts every copy that is not made, as starting it does, and keeps
// none.
func (s *Server) previewCampaign(ctx context.Context, who storage.Caller, p idParams) (previewAnswer, error) {
	c, err := s.ownCampaign(ctx, who, p.ID)
	if err != nil {
		return previewAnswer{}, err
	}
	f := storage.Filling{Agent: who.Author().Name}
	lines, _, err := s.c.Store.Lines(ctx)
	if err != nil {
		return previewAnswer{}, err
	}
	for _, l := range lines {
		if l.ID == c.Line {
			f.Line = l.Number
		}
	}
	plan, err := s.plan(ctx, c, f)
	if err != nil {
		return previewAnswer{}, err
	}
	begin := storage.Now()
	if c.At.After(begin.Time) {
		begin = c.At
	}
	policies, err := s.c.Store.Policies(ctx)
	if err != nil {
		return previewAnswer{}, err
	}
	plan.End(c.Pace, paceOf(policies, c.Line), begin)
	limits, err := s.c.Store.Limits(ctx)
	plan.Limit(limits, c.Line, agentOf(who))
	return previewAnswer{plan}, err
}

// plan counts the copies that wait.
func (s *Server) plan(ctx context.Context, c storage.Campaign, f storage.Filling) (plan storage.Plan, err error) {
	seen := make(map[string]bool)
	page := storage.Page{Limit: storage.MaxPage}
	for {
		found, err := s.c.Store.Copies(ctx, c.ID, storage.CopyWaiting, page)
		if err != nil {
			return plan, err
		}
		for _, to := range found.Copies {
			if to.Against == "" && seen[to.Number] {
				to.Against = storage.SkipDuplicate
			}
			seen[to.Number] = true
			text, n, err := c.Fill(to, f, s.c.Count)
			e, refused := errors.AsType[*storage.Error](err)
			if err != nil && !refused {
				return plan, err
			}
			plan.Add(to, text, n, e)
		}
		if page.After = found.Next; page.After == "" {
			return plan, nil
		}
	}
}

// paceOf is the pace of a line in parts a minute, 0 for none.
func paceOf(policies []storage.Policy, line string) (pace int) {
	for _, p := range policies {
		if p.Line == line {
			return p.Pace
		}
		if p.Line == "" {
			pace = p.Pace
		}
	}
	return pace
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
