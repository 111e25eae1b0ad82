// Package offer passes on offers whose time is over. The deadlines stand in the
// ledger, so a box that was off takes up where it was; this is the clock that
// looks at them, woken by the bell and by the next deadline.
//
// Who an offer rings for, and what becomes of it, say storage and its keeper.
package offer

import (
	"context"
	"log/slog"

	"smsbridge/storage"
)

// Store is what passing on needs of the ledger.
type Store interface {
	// PassOffers passes on what is over, and tells when the next one will be;
	// zero if none rings.
	PassOffers(ctx context.Context) (next storage.Time, err error)
	Changed() <-chan struct{}
}

// Run passes offers on until ctx ends.
func Run(ctx context.Context, store Store, log *slog.Logger) error {
	return storage.Sweep(ctx, store.Changed, store.PassOffers, func(err error) {
		log.Error("offers could not be passed on", "err", err)
	})
}
