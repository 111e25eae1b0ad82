package web

import (
	"context"

	"smsbridge/storage"
)

var optOutMethods = []method{
	{"optout.list", "GET", "/api/v1/opt-outs", storage.ScopeRead, storage.RoleAgent, 200, bind((*Server).optOuts), nil},
	{"optout.add", "POST", "/api/v1/opt-outs", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).addOptOut), nil},
	{"optout.remove", "POST", "/api/v1/opt-outs/remove", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).removeOptOut), nil},
}

type optOutStore interface {
	// SetOptOut records what somebody wants, and calls back what waits to go to
	// who wants no texts.
	SetOptOut(ctx context.Context, o storage.OptOut) (storage.OptOut, error)
	OptOuts(ctx context.Context, p storage.Page) (storage.OptOutPage, error)
}

type optOutAnswer struct {
	OptOut storage.OptOut `json:"opt_out"`
}

type optOutsParams struct {
	Limit int    `json:"limit"`
	After string `json:"after"`
}

func (s *Server) optOuts(ctx context.Context, who storage.Caller, p optOutsParams) (storage.OptOutPage, error) {
	page, err := pageParams{Limit: p.Limit, After: p.After}.page(who)
	if err != nil {
		return storage.OptOutPage{}, err
	}
	found, err := s.c.Store.OptOuts(ctx, page)
	found.OptOuts = list(found.OptOuts)
	return found, err
}

type optOutParams struct {
	Number string `json:"number" need:"true"`
	Line   string `json:"line"` // texts of this line only; empty: all
	Note   string `json:"note"` // how they said so
}

func (s *Server) addOptOut(ctx context.Context, who storage.Caller, p optOutParams) (optOutAnswer, error) {
	return s.setOptOut(ctx, who, p, true)
}

// removeOptOut records that somebody agreed to texts again. It takes a person,
// and how they agreed: nobody else knows.
func (s *Server) removeOptOut(ctx context.Context, who storage.Caller, p optOutParams) (optOutAnswer, error) {
	if err := person(who); err != nil {
		return optOutAnswer{}, forbidden.say("", "Whether somebody agreed to texts again is for a person to record. Do it on the page, or with a token that belongs to an account of a person.")
	}
	if p.Note == "" {
		return optOutAnswer{}, invalidParams.say("note", "Say in note how they agreed, such as: by phone today.")
	}
	return s.setOptOut(ctx, who, p, false)
}

func (s *Server) setOptOut(ctx context.Context, who storage.Caller, p optOutParams, out bool) (optOutAnswer, error) {
	number, err := storage.ParseNumber("number", p.Number)
	if err != nil {
		return optOutAnswer{}, err
	}
	if p.Line != "" && !who.Sees(p.Line) {
		return optOutAnswer{}, notAssigned.say("line", "The line %s is not assigned to you.", p.Line)
	}
	o, err := s.c.Store.SetOptOut(ctx, storage.OptOut{Number: number, Line: p.Line, Out: out, Note: p.Note, By: who.Author()})
	return optOutAnswer{o}, err
}
