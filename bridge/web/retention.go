package web

import (
	"context"

	"smsbridge/storage"
)

var retentionMethods = []method{
	{"retention.get", "GET", "/api/v1/retention", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).retention), nil},
	{"retention.set", "PUT", "/api/v1/retention", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setRetention), nil},
	{"retention.sweep", "POST", "/api/v1/retention/sweep", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).sweep), nil},
}

type retentionStore interface {
	Retention(ctx context.Context) ([]storage.Retention, error)
	SetRetention(ctx context.Context, r storage.Retention, own bool) (storage.Retention, error)
	Sweep(ctx context.Context, preview bool) (storage.Swept, error)
}

type retentionList struct {
	Retention []storage.Retention `json:"retention"` // of all lines first, then of those that have their own
	Head      storage.Head        `json:"head"`
}

func (s *Server) retention(ctx context.Context, _ storage.Caller, _ none) (retentionList, error) {
	all, err := s.c.Store.Retention(ctx)
	return retentionList{Retention: list(all)}, err
}

type retentionParams struct {
	Line  string `json:"line"`  // empty: of all lines that have none of their own
	Days  int    `json:"days"`  // 0: for ever
	Usual bool   `json:"usual"` // the line goes by what holds for all again
	ifRev
}

type retentionAnswer struct {
	Retention storage.Retention `json:"retention"`
}

// setRetention sets how long texts are kept. What that makes too old goes with
// the next sweep, once a day.
func (s *Server) setRetention(ctx context.Context, _ storage.Caller, p retentionParams) (retentionAnswer, error) {
	if p.Usual && (p.Line == "" || p.Days != 0) {
		return retentionAnswer{}, invalidParams.say("usual", "usual takes the days of one line away: name the line, and no days.")
	}
	r, err := s.c.Store.SetRetention(ctx, storage.Retention{Line: p.Line, Days: p.Days}, !p.Usual)
	return retentionAnswer{r}, err
}

type sweepParams struct {
	Preview bool `json:"preview"` // only tell what would go
}

type sweepAnswer struct {
	Swept storage.Swept `json:"swept"`
}

// sweep deletes now what the next sweep would.
func (s *Server) sweep(ctx context.Context, _ storage.Caller, p sweepParams) (sweepAnswer, error) {
	swept, err := s.c.Store.Sweep(ctx, p.Preview)
	if swept.Messages > 0 && !p.Preview {
		s.frames.forget()
	}
	return sweepAnswer{swept}, err
}
