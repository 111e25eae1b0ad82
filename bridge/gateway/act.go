package gateway

import (
	"context"

	"smsbridge/storage"
)

// at is the open modem of a line, for what a person wants of it; refused
// while there is none.
func (g *Gateway) at(line string) (*session, error) {
	s := g.session(line)
	if s == nil {
		return nil, storage.Refuse(storage.CodeAbsent, "line", "%s has no modem that answers at the moment; see `smsbridge modem list` for why", line)
	}
	return s, nil
}

// act does what a person began and does not wait for. It ends with Run; while
// Run does not run, it is not begun.
func (g *Gateway) act(do func(ctx context.Context)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == nil {
		return false
	}
	ctx := g.running
	g.acts.Go(func() { do(ctx) })
	return true
}
