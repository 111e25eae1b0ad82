package web

import (
	"context"
	"slices"
	"time"

	"smsbridge/storage"
)

var offerMethods = []method{
	{"offer.list", "GET", "/api/v1/offers", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).offers), nil},
	{"offer.answer", "POST", "/api/v1/offers/{id}/answer", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).answerOffer), nil},
	{"offer.decline", "POST", "/api/v1/offers/{id}/decline", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).declineOffer), nil},
	{"offer.extend", "POST", "/api/v1/offers/{id}/extend", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).extendOffer), nil},
}

type offerStore interface {
	Offer(ctx context.Context, id string) (storage.Offer, error)
	Offers(ctx context.Context, lines []string) ([]storage.Offer, storage.Head, error)

	// AnswerOffer gives an offer to an agent, once; CodeClaimed names who was
	// first.
	AnswerOffer(ctx context.Context, id, agent string, choice storage.Sequel) (storage.Offer, storage.Case, error)
	DeclineOffer(ctx context.Context, id, agent string) (storage.Offer, error)
	ExtendOffer(ctx context.Context, id, agent string, longer time.Duration) (storage.Offer, error)
}

// concerns tells whether an offer is the caller's to see: it rings for him, or
// for nobody in particular on a line of his; managers see all.
func concerns(who storage.Caller, o storage.Offer) bool {
	if !who.Sees(o.Line) {
		return false
	}
	a := who.Person()
	return a == nil || a.Role.Everywhere() || o.State != storage.OfferRinging || slices.Contains(o.To, a.ID)
}

type offerList struct {
	Offers []storage.Offer `json:"offers"`
	Head   storage.Head    `json:"head"`
}

// offers lists what stands open for the caller, the longest wait first.
func (s *Server) offers(ctx context.Context, who storage.Caller, _ none) (offerList, error) {
	found, head, err := s.c.Store.Offers(ctx, who.Lines())
	found = slices.DeleteFunc(found, func(o storage.Offer) bool { return !concerns(who, o) })
	return offerList{list(found), head}, err
}

type offerParams struct {
	ID      string         `json:"id"`
	Agent   string         `json:"agent"`
	Choice  storage.Sequel `json:"choice"`  // new or continue
	Seconds int            `json:"seconds"` // more to ring
}

// offerFor is who acts on an offer on a line that the caller sees.
func (s *Server) offerFor(ctx context.Context, who storage.Caller, p offerParams) (agent string, err error) {
	o, err := s.c.Store.Offer(ctx, p.ID)
	if err == nil && !who.Sees(o.Line) {
		err = notFound.say("id", "there is no offer %s", p.ID)
	}
	if err != nil {
		return "", err
	}
	return s.actor(who, p.Agent)
}

// answerOffer gives the offer to the caller, if nobody was faster, and with it
// in one answer all that the case opens with.
func (s *Server) answerOffer(ctx context.Context, who storage.Caller, p offerParams) (casePop, error) {
	agent, err := s.offerFor(ctx, who, p)
	if err != nil {
		return casePop{}, err
	}
	o, c, err := s.c.Store.AnswerOffer(ctx, p.ID, agent, p.Choice)
	if err != nil {
		return casePop{}, err
	}
	return s.pop(ctx, who, &o, c)
}

type offerAnswer struct {
	Offer storage.Offer `json:"offer"`
}

func (s *Server) declineOffer(ctx context.Context, who storage.Caller, p offerParams) (offerAnswer, error) {
	agent, err := s.offerFor(ctx, who, p)
	if err != nil {
		return offerAnswer{}, err
	}
	o, err := s.c.Store.DeclineOffer(ctx, p.ID, agent)
	return offerAnswer{o}, err
}

func (s *Server) extendOffer(ctx context.Context, who storage.Caller, p offerParams) (offerAnswer, error) {
	agent, err := s.offerFor(ctx, who, p)
	if err != nil {
		return offerAnswer{}, err
	}
	o, err := s.c.Store.ExtendOffer(ctx, p.ID, agent, time.Duration(p.Seconds)*time.Second)
	return offerAnswer{o}, err
}
