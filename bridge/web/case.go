package web

import (
	"context"

	"smsbridge/storage"
)

var caseMethods = []method{
	{"case.list", "GET", "/api/v1/cases", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).cases), nil},
	{"case.get", "GET", "/api/v1/cases/{id}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).getCase), nil},
	{"case.open", "POST", "/api/v1/cases", storage.ScopeSend, storage.RoleAgent, 201, bind((*Server).openCase), nil},
	{"case.close", "POST", "/api/v1/cases/{id}/close", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).closeCase), nil},
	{"case.continue", "POST", "/api/v1/cases/{id}/continue", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).continueCase), nil},
	{"case.transfer", "POST", "/api/v1/cases/{id}/transfer", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).transferCase), nil},
	{"case.release", "POST", "/api/v1/cases/{id}/release", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).releaseCase), nil},
	{"case.note", "POST", "/api/v1/cases/{id}/notes", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).noteCase), nil},
	{"case.outcome", "PUT", "/api/v1/cases/{id}/outcome", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).caseOutcome), nil},
}

type caseStore interface {
	Case(ctx context.Context, id string) (storage.Case, error)
	Cases(ctx context.Context, f storage.CaseFilter, p storage.Page) (storage.CasePage, error)

	// OpenCase begins a case with a number; Line and Among of d say from where.
	OpenCase(ctx context.Context, to, agent string, d storage.Draft) (storage.Case, error)
	CloseCase(ctx context.Context, id string, by storage.Caller, outcome string) (storage.Case, error)
	ContinueCase(ctx context.Context, id, agent string, by storage.Caller) (storage.Case, error)
	TransferCase(ctx context.Context, id, to, note string, by storage.Caller) (storage.Case, error)
	ReleaseCase(ctx context.Context, id, note string, by storage.Caller) (storage.Case, error)
	NoteCase(ctx context.Context, id, text string, by storage.Caller) (storage.Case, error)
	CaseOutcome(ctx context.Context, id, outcome string, by storage.Caller) (storage.Case, error)
	SetLookup(ctx context.Context, id string, l storage.Lookup) (storage.Case, error)
}

type caseListParams struct {
	State  string `json:"state"` // open, closed, or unanswered: open, and the person waits
	Owner  string `json:"owner"` // an agent's id, or me
	Thread string `json:"thread"`
	Query  string `json:"q"` // a reference, or a piece of one
	pageParams
}

// cases lists the cases on the caller's lines, the newest first, whoever has
// them.
func (s *Server) cases(ctx context.Context, who storage.Caller, p caseListParams) (storage.CasePage, error) {
	page, err := p.page(who)
	if err != nil {
		return storage.CasePage{}, err
	}
	if p.After != "" {
		return storage.CasePage{}, invalidParams.say("after", "Cases are listed from the newest on; ask with before.")
	}
	f := storage.CaseFilter{Owner: p.Owner, Thread: p.Thread, Search: p.Query}
	switch p.State {
	case "", string(storage.CaseOpen), string(storage.CaseEnded):
		f.State = storage.CaseState(p.State)
	case "unanswered":
		f.State, f.Waiting = storage.CaseOpen, true
	default:
		return storage.CasePage{}, invalidParams.say("state", "There is no state %q; choose open, closed or unanswered.", p.State)
	}
	if p.Owner == myself {
		if f.Owner, err = s.actor(who, ""); err != nil {
			return storage.CasePage{}, err
		}
	}
	found, err := s.c.Store.Cases(ctx, f, page)
	found.Cases = list(found.Cases)
	return found, err
}

type caseParams struct {
	Agent string    `json:"agent"` // who acts, for who has no account
	To    recipient `json:"to"`
	From  string    `json:"from"`
}

// caseChange is what one can say when one changes a case.
type caseChange struct {
	ID      string `json:"id" need:"true"`
	Agent   string `json:"agent"` // who acts, for who has no account
	Note    string `json:"note"`
	Outcome string `json:"outcome"`
	ifRev
}

type caseAnswer struct {
	Case storage.Case `json:"case"`
}

// seenCase is a case on a line that the caller sees.
func (s *Server) seenCase(ctx context.Context, who storage.Caller, id string) (storage.Case, error) {
	c, err := s.c.Store.Case(ctx, id)
	if err == nil && !who.Sees(c.Line) {
		err = notFound.say("id", "there is no case %s", id)
	}
	return c, err
}

// getCase shows a case to whoever sees its line: what somebody has taken on is
// not hidden from the others.
func (s *Server) getCase(ctx context.Context, who storage.Caller, p idParams) (caseAnswer, error) {
	c, err := s.seenCase(ctx, who, p.ID)
	if err != nil {
		return caseAnswer{}, err
	}
	d, err := s.c.Store.Desk(ctx, c.Line)
	c.Pop = d.PopURL(c)
	return caseAnswer{c}, err
}

// openCase begins a case before anything was said; the first text goes out
// when somebody sends one.
func (s *Server) openCase(ctx context.Context, who storage.Caller, p caseParams) (casePop, error) {
	to, err := s.recipient(ctx, who, p.To, p.From)
	if err != nil {
		return casePop{}, err
	}
	agent, err := s.actor(who, p.Agent)
	if err != nil {
		return casePop{}, err
	}
	c, err := s.c.Store.OpenCase(ctx, to, agent, storage.Draft{Line: p.From, Among: who.Lines()})
	if err != nil {
		return casePop{}, err
	}
	return s.pop(ctx, who, nil, c)
}

func (s *Server) continueCase(ctx context.Context, who storage.Caller, p caseChange) (casePop, error) {
	if _, err := s.seenCase(ctx, who, p.ID); err != nil {
		return casePop{}, err
	}
	agent, err := s.actor(who, p.Agent)
	if err != nil {
		return casePop{}, err
	}
	c, err := s.c.Store.ContinueCase(ctx, p.ID, agent, who)
	if err != nil {
		return casePop{}, err
	}
	return s.pop(ctx, who, nil, c)
}

// changedCase answers what a change of a case that the caller sees has led to.
func (s *Server) changedCase(ctx context.Context, who storage.Caller, id string, change func() (storage.Case, error)) (caseAnswer, error) {
	if _, err := s.seenCase(ctx, who, id); err != nil {
		return caseAnswer{}, err
	}
	c, err := change()
	return caseAnswer{c}, err
}

func (s *Server) closeCase(ctx context.Context, who storage.Caller, p caseChange) (caseAnswer, error) {
	return s.changedCase(ctx, who, p.ID, func() (storage.Case, error) {
		return s.c.Store.CloseCase(ctx, p.ID, who, p.Outcome)
	})
}

type transferParams struct {
	ID   string `json:"id"`
	To   string `json:"to"` // an agent, by id or name
	Note string `json:"note"`
	ifRev
}

func (s *Server) transferCase(ctx context.Context, who storage.Caller, p transferParams) (caseAnswer, error) {
	if p.To == "" {
		return caseAnswer{}, invalidParams.say("to", "Say to whom: the id or the name of an account.")
	}
	return s.changedCase(ctx, who, p.ID, func() (storage.Case, error) {
		return s.c.Store.TransferCase(ctx, p.ID, p.To, p.Note, who)
	})
}

func (s *Server) releaseCase(ctx context.Context, who storage.Caller, p caseChange) (caseAnswer, error) {
	return s.changedCase(ctx, who, p.ID, func() (storage.Case, error) {
		return s.c.Store.ReleaseCase(ctx, p.ID, p.Note, who)
	})
}

func (s *Server) noteCase(ctx context.Context, who storage.Caller, p caseChange) (caseAnswer, error) {
	return s.changedCase(ctx, who, p.ID, func() (storage.Case, error) {
		return s.c.Store.NoteCase(ctx, p.ID, p.Note, who)
	})
}

func (s *Server) caseOutcome(ctx context.Context, who storage.Caller, p caseChange) (caseAnswer, error) {
	return s.changedCase(ctx, who, p.ID, func() (storage.Case, error) {
		return s.c.Store.CaseOutcome(ctx, p.ID, p.Outcome, who)
	})
}
