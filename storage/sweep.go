package storage

import (
	"context"
	"time"
)

// Times of Sweep.
const (
	repair  = 5 * time.Second // that a ledger which refused is left alone
	longest = time.Minute     // that a moment is slept for: the box's clock may be set meanwhile
)

// Sweep calls do until ctx ends: at the start, after each commit that wrote an
// event, and at the moment that do named last as the next one; zero is none.
// An error is told to wrong, and do is tried again a little later. The change
// channel is taken before do looks, so nothing is missed.
func Sweep(ctx context.Context, changed func() <-chan struct{}, do func(context.Context) (next Time, err error), wrong func(error)) error {
	for {
		bell := changed()
		next, err := do(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wait := min(longest, max(0, time.Until(next.Time)))
		switch {
		case err != nil:
			wrong(err)
			wait, bell = repair, nil
		case next.IsZero():
			wait = longest
		}
		timer := time.NewTimer(wait)
		select {
		case <-bell:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}
