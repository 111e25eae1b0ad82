package web

import (
	"context"

	"smsbridge/storage"
)

func (s *Server) lines(ctx context.Context, _ storage.Caller, _ none) (any, error) {
	lines, head, err := s.c.Store.Lines(ctx)
	if err != nil {
		return nil, err
	}
	return struct {
		Lines []storage.Line `json:"lines"`
		Head  storage.Head   `json:"head"`
	}{list(lines), head}, nil
}

func (s *Server) modems(context.Context, storage.Caller, none) (any, error) {
	return struct {
		Modems []storage.Modem `json:"modems"`
	}{list(s.c.Modems())}, nil
}

// ready refuses when nothing could leave now: not by the line that is named,
// or, when none is, by any.
func (s *Server) ready(ctx context.Context, line string) error {
	lines, _, err := s.c.Store.Lines(ctx)
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
