package web

import (
	"context"

	"smsbridge/storage"
)

var findMethods = []method{
	{"people.find", "GET", "/api/v1/people", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).find), nil},
	{"thread.open", "GET", "/api/v1/people/thread", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).open), nil},
}

type findParams struct {
	Q     string `json:"q"` // part of a name, or a number in any format
	Limit int    `json:"limit"`
}

type foundList struct {
	Found []storage.Found `json:"found"`
}

// find is the one box that takes a colleague, a contact or a number.
func (s *Server) find(ctx context.Context, who storage.Caller, p findParams) (foundList, error) {
	page, err := pageParams{Limit: p.Limit}.page(who)
	if err != nil {
		return foundList{}, err
	}
	if page.Limit == 0 {
		page.Limit = 20
	}
	found, err := s.c.Store.Find(ctx, p.Q, page)
	if err != nil {
		return foundList{}, err
	}
	home, err := s.home(ctx, who, "")
	for i, f := range found {
		if text := storage.Written(f.Number, home); text != f.Number {
			found[i].Written = text
		}
	}
	return foundList{list(found)}, err
}

type whomParams struct {
	Contact string `json:"contact"` // a contact's id
	Number  string `json:"number"`  // in any format
	Agent   string `json:"agent"`   // a colleague, by id or name
}

type openingAnswer struct {
	Open storage.Opening `json:"open"`
}

// open says where somebody is written to: the thread there is, or what to begin
// one with.
func (s *Server) open(ctx context.Context, who storage.Caller, p whomParams) (openingAnswer, error) {
	page := sight(who)
	var o storage.Opening
	var err error
	switch {
	case p.Agent != "":
		o, err = s.c.Store.OpenChat(ctx, p.Agent, page)
	case p.Contact != "":
		o, err = s.c.Store.OpenContact(ctx, p.Contact, page)
	case p.Number != "":
		var number string
		if number, err = storage.ParseNumber("number", p.Number); err == nil {
			o, err = s.c.Store.OpenNumber(ctx, number, page)
		}
	default:
		return openingAnswer{}, invalidParams.say("number", "Say with whom: a number, a contact or an agent.")
	}
	return openingAnswer{o}, err
}
