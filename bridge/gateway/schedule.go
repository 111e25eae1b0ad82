package gateway

import (
	"context"
	"time"

	"smsbridge/storage"
)

// balances asks for the credit of each line by its schedule, at moments when
// nobody needs the line.
func (g *Gateway) balances(ctx context.Context) {
	tick := time.NewTicker(g.options.Balances)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			g.askBalances(ctx, time.Now())
		case <-ctx.Done():
			return
		}
	}
}

func (g *Gateway) askBalances(ctx context.Context, now time.Time) {
	due, err := g.store.BalancesDue(ctx, now)
	if err != nil {
		if ctx.Err() == nil {
			g.log.Error("balance schedule", "err", err)
		}
		return
	}
	for _, s := range due {
		if g.session(s.Line) == nil || !g.idle(ctx, s.Line) {
			continue
		}
		if _, err := g.Balance(ctx, s.Line, storage.Scheduler); err != nil && ctx.Err() == nil && !isCode(err, storage.CodeConflict) {
			g.note(ctx, storage.Note{Line: s.Line, Step: "balance", Level: storage.Warn, Words: "the credit cannot be asked for by schedule: " + err.Error()})
		}
	}
}

// idle tells that nothing waits to be sent on a line. What comes in goes on
// beside a dialogue; what goes out would wait for its answer.
func (g *Gateway) idle(ctx context.Context, line string) bool {
	_, _, ok, err := g.store.Next(ctx, line)
	return err == nil && !ok
}

// unattended tells that a session was begun by the box, so that nobody is there
// to answer a menu.
func unattended(d storage.USSDSession) bool {
	return d.Author != nil && *d.Author == storage.Scheduler
}
