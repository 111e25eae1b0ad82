// Package offer passes on offers whose time is over. The deadlines stand in the
// ledger, so a box that was off takes up where it was; this is the clock that
// looks at them, woken by the bell and by the next deadline.
//
// Who an offer rings for, and what becomes of it, say storage and its keeper.
package offer

import (
	"context"
	"log/slog"
	"time"

	"smsbridge/storage"
)

// Store is what passing on needs of the ledger.
type Store interface {
	// PassOffers passes on what is over, and tells when the next one will be;
	// zero if none rings.
	PassOffers(ctx context.Context) (next storage.Time, err error)
	Changed() <-chan struct{}
}

// repair is how long a ledger that refused is left alone.
const repair = 5 * time.Second

// longest is how long a deadline is slept for at most: the box's clock may be
// set while it is slept.
const longest = time.Minute

// Run passes offers on until ctx ends.
func Run(ctx context.Context, store Store, log *slog.Logger) error {
	for {
		changed := store.Changed()
		next, err := store.PassOffers(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wait := min(longest, max(0, time.Until(next.Time)))
		switch {
		case err != nil:
			log.Error("offers could not be passed on", "err", err)
			wait, changed = repair, nil
		case next.IsZero():
			wait = longest
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
		timer.Stop()
	}
}
