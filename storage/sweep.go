package storage

import (
	"context"
	"time"
)

// Times of Sweep.
const (
	repair  = 5 * time.Second       // that a ledger which refused is left alone
	longest = time.Minute           // that a moment is slept for: the box's clock may be set meanwhile
	rest    = 10 * time.Millisecond // between two looks: a busy ledger is not asked after each commit
)

// Sweep calls do until ctx ends: at the start, after each commit that wrote an
// event, and at the moment that do named last as the next one; zero is none.
// An error is told to wrong, and do is tried again a little later. The change
// channel is taken before do looks, so nothing is missed; of commits that come
// in quick succession, the first is looked at at once and the others together.
func Sweep(ctx context.Context, changed func() <-chan struct{}, do func(context.Context) (next Time, err error), wrong func(error)) error {
	for {
		bell, looked := changed(), time.Now()
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
		pause(ctx, bell, wait)
		pause(ctx, nil, rest-time.Since(looked))
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// pause waits for a bell, an end or so long.
func pause(ctx context.Context, bell <-chan struct{}, long time.Duration) {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-bell:
	case <-timer.C:
	case <-ctx.Done():
	}
}
