package web

import (
	"context"

	"smsbridge/storage"
)

var callMethods = []method{
	{"call.start", "POST", "/api/v1/calls", storage.ScopeAct, storage.RoleAgent, 201, bind((*Server).start), nil},
	{"call.dial", "POST", "/api/v1/lines/{line}/call", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).dial), nil},
	{"call.hangup", "DELETE", "/api/v1/lines/{line}/call", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).hangup), nil},
	{"call.dtmf", "POST", "/api/v1/lines/{line}/call/tones", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).dtmf), nil},
}

type done struct {
	Done bool `json:"done"`
}

type dialParams struct {
	Line string `json:"line"`
	To   string `json:"to" need:"true"`
}

// dial calls a number from a line. There is no sound: a gate opens, or a
// forwarding is set.
func (s *Server) dial(ctx context.Context, who storage.Caller, p dialParams) (done, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return done{}, err
	}
	return done{true}, radio.Dial(ctx, p.Line, p.To, who.Author())
}

func (s *Server) hangup(ctx context.Context, who storage.Caller, p lineParams) (done, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return done{}, err
	}
	return done{true}, radio.Hangup(ctx, p.Line, who.Author())
}

type dtmfParams struct {
	Line  string `json:"line"`
	Tones string `json:"tones" need:"true"`
}

func (s *Server) dtmf(ctx context.Context, who storage.Caller, p dtmfParams) (done, error) {
	radio, err := s.radioOn(who, p.Line)
	if err != nil {
		return done{}, err
	}
	return done{true}, radio.DTMF(ctx, p.Line, p.Tones, who.Author())
}
