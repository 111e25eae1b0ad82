package gateway

import (
	"context"
	"fmt"

	"smsbridge/modem"
	"smsbridge/storage"
)

// session is an open line, as the rest of the gateway sees it.
type session struct {
	line *line
	m    *modem.Modem
	end  context.CancelCauseFunc
	done chan struct{} // closed when it has let go of modem and card
}

// session is the open one of a line; nil if it has none.
func (g *Gateway) session(line string) *session {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sessions[line]
}

// heldError is a modem or a card that another loop has already.
type heldError struct{ words string }

func (e *heldError) Error() string { return e.words }

// claim takes modem and card for a loop, before the ledger hears of them: what
// is refused changes nothing there. Two ports of one modem, and two modems that
// give themselves out for one, are refused by name.
func (g *Gateway) claim(l *line, who modem.Identity) (release func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	var taken []string
	for _, id := range []struct{ kind, value string }{{"IMEI", who.IMEI}, {"ICCID", who.ICCID}} {
		if id.value == "" {
			continue
		}
		key := id.kind + " " + id.value
		if other := g.claims[key]; other != nil && other != l {
			return nil, held(key, id.kind, l.seat, other.seat)
		}
		taken = append(taken, key)
	}
	for _, key := range taken {
		g.claims[key] = l
	}
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		for _, key := range taken {
			delete(g.claims, key)
		}
	}, nil
}

func held(key, kind string, s, other *seat) error {
	switch {
	case kind == "ICCID":
		return &heldError{fmt.Sprintf("the card here says it is %s, and so does the one that is open at %s: no two cards have one number, so only the first is used", key, other.name())}
	case s.device.Place == "" || other.device.Place == "" || s.device.Place == other.device.Place:
		return &heldError{fmt.Sprintf("the modem at this port is the one that is open at %s already: two ports of one modem; name only one of them", other.name())}
	}
	return &heldError{fmt.Sprintf("the modem at %s (%s) says it is %s, and so does the one that is open at %s (%s): no two modems have one number, so only the first is used",
		s.name(), s.device.Place, key, other.name(), other.device.Place)}
}

// errMoved ends a session whose line gets another card.
var errMoved = fmt.Errorf("the line gets another card")

// Move gives line from the card that is line to. Both are closed meanwhile, and
// what is open comes back by itself under its new name. A preview only tells
// what would happen. The card of line from must not be in use any more.
func (g *Gateway) Move(ctx context.Context, from, to string, preview bool) (storage.Move, error) {
	g.attaching.Lock()
	defer g.attaching.Unlock()
	if s := g.session(from); s != nil {
		if g.inUse(s) {
			return storage.Move{}, storage.Refuse(storage.CodeConflict, "old",
				"the card of %s is open at %s; take it out first, for one line cannot have two", from, s.line.seat.name())
		}
		if err := s.ended(ctx); err != nil {
			return storage.Move{}, err
		}
	}
	if s := g.session(to); s != nil && !preview {
		s.end(errMoved)
		if err := s.ended(ctx); err != nil {
			return storage.Move{}, err
		}
	}
	return g.store.Move(ctx, from, to, preview)
}

// inUse tells that a session has its modem still: one that has lost it is told
// of as absent or failed a moment before it lets go.
func (g *Gateway) inUse(s *session) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	state := s.line.seat.modem.State
	return state != absent && state != failed
}

// ended waits until the session has let go of modem and card.
func (s *session) ended(ctx context.Context) error {
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// heldByOther tells that the line that a loop had last is open in another one:
// then its state is the other's to tell.
func (g *Gateway) heldByOther(l *line) bool {
	s := g.session(l.id)
	return s != nil && s.line != l
}
