package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var lineMethods = []method{
	{"line.list", "GET", "/api/v1/lines", storage.ScopeLines, storage.RoleViewer, 200, bind((*Server).lines), nil},
	{"modem.list", "GET", "/api/v1/modems", storage.ScopeLines, storage.RoleViewer, 200, bind((*Server).modems), nil},
	{"line.assign", "POST", "/api/v1/lines/{id}/agents", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).assign), nil},
	{"line.unassign", "DELETE", "/api/v1/lines/{id}/agents/{agent}", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).unassign), nil},
	{"line.update", "PATCH", "/api/v1/lines/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).changeLine), nil},
	{"line.switch", "PUT", "/api/v1/lines/{id}/sms", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).switchLine), nil},
}

type linesAnswer struct {
	Lines []storage.Line `json:"lines"`
	Head  storage.Head   `json:"head"`
}

func (s *Server) lines(ctx context.Context, who storage.Caller, _ none) (linesAnswer, error) {
	lines, head, err := s.linesOf(ctx, who)
	if err != nil {
		return linesAnswer{}, err
	}
	return linesAnswer{list(lines), head}, nil
}

// linesOf are the lines that the caller may see.
func (s *Server) linesOf(ctx context.Context, who storage.Caller) ([]storage.Line, storage.Head, error) {
	lines, head, err := s.c.Store.Lines(ctx)
	return slices.DeleteFunc(lines, func(l storage.Line) bool { return !who.Sees(l.ID) }), head, err
}

type modemsAnswer struct {
	Modems []storage.Modem `json:"modems"`
	Head   storage.Head    `json:"head"`
}

// modems shows who works on some lines only the modems of those.
func (s *Server) modems(_ context.Context, who storage.Caller, _ none) (modemsAnswer, error) {
	found := slices.DeleteFunc(slices.Clone(s.c.Modems()), func(m storage.Modem) bool { return !who.Sees(m.Line) })
	return modemsAnswer{Modems: list(found)}, nil
}

type assignParams struct {
	ID    string `json:"id"` // of the line
	Agent string `json:"agent" need:"true"`
}

// assign lets an account work on a line.
func (s *Server) assign(ctx context.Context, _ storage.Caller, p assignParams) (agentAnswer, error) {
	return s.assigned(ctx, p, true)
}

func (s *Server) unassign(ctx context.Context, _ storage.Caller, p assignParams) (agentAnswer, error) {
	return s.assigned(ctx, p, false)
}

func (s *Server) assigned(ctx context.Context, p assignParams, yes bool) (agentAnswer, error) {
	a, err := s.c.Keys.Assign(ctx, p.ID, p.Agent, yes)
	if err != nil {
		return agentAnswer{}, err
	}
	s.accessChanged(a)
	return agentAnswer{a}, nil
}

type switchParams struct {
	ID      string `json:"id"`
	Enabled *bool  `json:"enabled" need:"true"`
	ifRev
}

type lineAnswer struct {
	Line storage.Line `json:"line"`
}

// switchLine lets texts leave by a line, or no longer. What comes in is kept
// all the same.
func (s *Server) switchLine(ctx context.Context, _ storage.Caller, p switchParams) (lineAnswer, error) {
	if p.Enabled == nil {
		return lineAnswer{}, invalidParams.say("enabled", "Say enabled as true or false.")
	}
	line, err := s.c.Keys.SwitchLine(ctx, p.ID, *p.Enabled)
	if err != nil {
		return lineAnswer{}, err
	}
	return lineAnswer{line}, nil
}

type lineChange struct {
	ID string `json:"id" need:"true"`
	ifRev
	storage.LineChange
}

// changeLine names a line, or says the number that its card does not tell.
func (s *Server) changeLine(ctx context.Context, _ storage.Caller, p lineChange) (lineAnswer, error) {
	if p.LineChange == (storage.LineChange{}) {
		return lineAnswer{}, invalidParams.say("name", "Say what is to change: name or number.")
	}
	line, err := s.c.Keys.ChangeLine(ctx, p.ID, p.LineChange)
	return lineAnswer{line}, err
}

// ready refuses when nothing could leave now: not by the line that is named,
// or, when none is, by any.
func (s *Server) ready(ctx context.Context, who storage.Caller, line string) error {
	lines, _, err := s.linesOf(ctx, who)
	if err != nil {
		return err
	}
	var why *refusal
	for _, l := range lines {
		if line != "" && l.ID != line {
			continue
		}
		switch l.State {
		case storage.LineReady:
			return nil
		case storage.LineNotRegistered:
			why = notRegistered.say("from", "%s is not registered with the network. %s", lineName(l), l.Reason)
		default:
			why = modemAbsent.say("from", "%s has no working modem. %s", lineName(l), l.Reason)
		}
	}
	if why == nil {
		return nil // no such line: the ledger says so better
	}
	return why
}

func lineName(l storage.Line) string {
	if l.Name != "" {
		return l.Name
	}
	if l.Number != "" {
		return l.Number
	}
	return "The line " + l.ID
}
