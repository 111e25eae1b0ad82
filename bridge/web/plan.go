package web

import (
	"context"
	"errors"

	"smsbridge/storage"
)

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
	f, err := s.forecast(ctx, who, c)
	if err != nil {
		return previewAnswer{}, err
	}
	page := storage.Page{Limit: storage.MaxPage}
	for {
		found, err := s.c.Store.Copies(ctx, c.ID, storage.CopyWaiting, page)
		if err == nil {
			err = f.add(found.Copies)
		}
		if err != nil {
			return previewAnswer{}, err
		}
		if page.After = found.Next; page.After == "" {
			break
		}
	}
	plan, err := s.planned(ctx, who, f)
	return previewAnswer{plan}, err
}

// plannedCampaign is a campaign that nobody has made yet.
type plannedCampaign struct {
	newCampaign
	SoFar *storage.Plan `json:"so_far"` // the plan for the rows before these, where they are more than one request takes
}

type planAnswer struct {
	Plan    storage.Plan `json:"plan"`
	Refused []badRow     `json:"refused,omitempty"` // rows that were left out
}

// planCampaign says the same of a campaign that does not exist, and leaves
// nothing behind. Somebody who is named twice is seen within one request.
func (s *Server) planCampaign(ctx context.Context, who storage.Caller, p plannedCampaign) (planAnswer, error) {
	c, rows, bad, err := s.designed(ctx, who, p.newCampaign)
	if err == nil {
		err = c.Tidy()
	}
	if err != nil {
		return planAnswer{}, err
	}
	f, err := s.forecast(ctx, who, c)
	if err != nil {
		return planAnswer{}, err
	}
	if p.SoFar != nil {
		f.Plan = *p.SoFar
	}
	copies, err := s.c.Store.Addressed(ctx, p.List, rows, f.People)
	if err == nil {
		err = f.add(copies)
	}
	if err != nil {
		return planAnswer{}, err
	}
	plan, err := s.planned(ctx, who, f)
	return planAnswer{plan, bad}, err
}

// A forecast fills and counts copies as the campaign will.
type forecast struct {
	storage.Plan
	of     storage.Campaign
	fields storage.Filling
	count  func(string) (storage.Count, error)
	seen   map[string]bool
}

// forecast begins one; the line of the campaign must be there.
func (s *Server) forecast(ctx context.Context, who storage.Caller, c storage.Campaign) (*forecast, error) {
	f := &forecast{of: c, fields: storage.Filling{Agent: who.Author().Name}, count: s.c.Count, seen: make(map[string]bool)}
	lines, _, err := s.c.Store.Lines(ctx)
	if err != nil || c.Line == "" {
		return f, err
	}
	for _, l := range lines {
		if l.ID == c.Line {
			f.fields.Line = l.Number
			return f, nil
		}
	}
	return nil, notFound.say("from", "there is no line %s; ask for the list of lines", c.Line)
}

func (f *forecast) add(copies []storage.Copy) error {
	for _, to := range copies {
		if to.Against == "" && f.seen[to.Number] {
			to.Against = storage.SkipDuplicate
		}
		f.seen[to.Number] = true
		text, n, err := f.of.Fill(to, f.fields, f.count)
		e, refused := errors.AsType[*storage.Error](err)
		if err != nil && !refused {
			return err
		}
		f.Add(to, text, n, e)
	}
	return nil
}

// planned ends a forecast: how long it takes, and which limits are too low.
func (s *Server) planned(ctx context.Context, who storage.Caller, f *forecast) (storage.Plan, error) {
	begin := storage.Now()
	if f.of.At.After(begin.Time) {
		begin = f.of.At
	}
	policies, err := s.c.Store.Policies(ctx)
	if err != nil {
		return f.Plan, err
	}
	f.End(f.of.Pace, paceOf(policies, f.of.Line), begin)
	limits, err := s.c.Store.Limits(ctx)
	f.Limit(limits, f.of.Line, agentOf(who))
	return f.Plan, err
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
