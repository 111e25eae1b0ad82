package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

var deskMethods = []method{
	{"desk.get", "GET", "/api/v1/lines/{id}/desk", storage.ScopeLines, storage.RoleViewer, 200, bind((*Server).desk), nil},
	{"desk.set", "PATCH", "/api/v1/lines/{id}/desk", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).setDesk), nil},
}

// Work is what desks need of the ledger beside texts: offers, cases, and the
// figures of both.
type Work interface {
	Desk(ctx context.Context, line string) (storage.Desk, error)
	SetDesk(ctx context.Context, line string, c storage.DeskChange) (storage.Desk, error)
	offerStore
	caseStore
	statsStore
	historyStore
	retentionStore
}

type deskAnswer struct {
	Desk storage.Desk `json:"desk"`
}

// desk tells how what comes in by a line reaches people.
func (s *Server) desk(ctx context.Context, who storage.Caller, p idParams) (deskAnswer, error) {
	if !who.Sees(p.ID) {
		return deskAnswer{}, notFound.say("id", "there is no line %s; ask for the list of lines", p.ID)
	}
	d, err := s.c.Store.Desk(ctx, p.ID)
	if !who.May(storage.ScopeAdmin, storage.RoleManager) {
		d.Lookup = "" // an address may carry a key
	}
	return deskAnswer{d}, err
}

type deskParams struct {
	ID string `json:"id"`
	ifRev
	storage.DeskChange
}

func (s *Server) setDesk(ctx context.Context, who storage.Caller, p deskParams) (deskAnswer, error) {
	if !who.Sees(p.ID) {
		return deskAnswer{}, notFound.say("id", "there is no line %s; ask for the list of lines", p.ID)
	}
	d, err := s.c.Store.SetDesk(ctx, p.ID, p.DeskChange)
	return deskAnswer{d}, err
}

// actor is the account that a request acts as: the caller's own, or the one that
// is named, for who looks after the box and has none.
func (s *Server) actor(who storage.Caller, named string) (string, error) {
	a := who.Person()
	switch {
	case a == nil && named == "" || a == nil && named == myself:
		return "", invalidParams.say("agent", "Say for whom: the id or the name of an account.")
	case a == nil && !who.May(storage.ScopeAdmin, storage.RoleOwner):
		return "", scopeGate(who.Token.Label, storage.ScopeAdmin)
	case a == nil:
		return named, nil
	case named != "" && named != myself && named != a.ID:
		return "", forbidden.say("agent", "You act as %s; nobody can take something on for somebody else. Transfer the case instead.", a.Name)
	case !a.SMS:
		return "", smsOffUser.say("", "Texting is switched off for the account %s. The owner switches it on with `smsbridge agent sms %s on`.", a.Name, a.Name)
	}
	return a.ID, nil
}

// history is how much of a thread comes with an answered case.
const history = 50

// casePop is a case as it opens on the screen of who has it now: with the number
// filled in, who that is said to be, and what was said so far.
type casePop struct {
	Offer    *storage.Offer    `json:"offer,omitempty"`
	Case     storage.Case      `json:"case"`
	Messages []storage.Message `json:"messages"`
	Prev     string            `json:"prev,omitempty"`
	Head     storage.Head      `json:"head"`
}

func (s *Server) pop(ctx context.Context, who storage.Caller, o *storage.Offer, c storage.Case) (casePop, error) {
	d, err := s.c.Store.Desk(ctx, c.Line)
	if err != nil {
		return casePop{}, err
	}
	c = s.lookup(ctx, d, c)
	c.Pop = d.PopURL(c)
	page, err := s.c.Store.Messages(ctx, c.Thread, storage.Page{Limit: history, Lines: who.Lines()})
	if isNotFound(err) {
		err = nil // we write first: nothing was said yet
	}
	return casePop{Offer: o, Case: c, Messages: list(page.Messages), Prev: page.Prev, Head: page.Head}, err
}

// lookup asks who a case is with, once: the contacts, then the address that the
// line names. What is found is kept with the case, and so is that nothing was.
func (s *Server) lookup(ctx context.Context, d storage.Desk, c storage.Case) storage.Case {
	var l storage.Lookup
	switch {
	case c.Contact != nil && (c.Lookup == nil || c.Lookup.Source != "contacts" || c.Lookup.Name != c.Contact.Name):
		l = storage.Lookup{Source: "contacts", Name: c.Contact.Name, At: storage.Now()}
	case c.Contact != nil, d.Lookup == "", s.c.Lookup == nil, c.Lookup != nil && c.Lookup.Error == "":
		return c
	default:
		limit, stop := context.WithTimeout(ctx, storage.LookupTime)
		defer stop()
		var err error
		if l, err = s.c.Lookup(limit, d.LookupURL(c)); err != nil {
			s.log.Warn("lookup", "case", c.ID, "err", err)
			l = storage.Lookup{Source: "http", Error: "the lookup did not answer as it should; the log says why", At: storage.At(time.Now())}
		}
	}
	kept, err := s.c.Store.SetLookup(ctx, c.ID, l)
	if err != nil {
		s.log.Error("lookup could not be kept", "case", c.ID, "err", err)
		return c
	}
	return kept
}
