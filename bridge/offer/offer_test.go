package offer

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/storage"
)

// ledger is one with deadlines; it notes when each was passed on.
type ledger struct {
	mu      sync.Mutex
	due     []time.Time
	passed  []time.Time
	refuse  int
	looked  int
	changed chan struct{}
}

func (l *ledger) PassOffers(context.Context) (storage.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looked++
	if l.refuse > 0 {
		l.refuse--
		return storage.Time{}, errors.New("no")
	}
	for len(l.due) > 0 && !l.due[0].After(time.Now()) {
		l.passed, l.due = append(l.passed, time.Now()), l.due[1:]
	}
	if len(l.due) == 0 {
		return storage.Time{}, nil
	}
	return storage.Time{Time: l.due[0]}, nil
}

func (l *ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changed
}

func (l *ledger) ring(due time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = append(l.due, due)
	close(l.changed)
	l.changed = make(chan struct{})
}

// Offers are passed on at their deadlines: one that is over at the start at
// once, one that the bell tells of later at its own, and a ledger that refuses
// is asked again.
func TestDeadlines_S35(t *testing.T) {
	for _, refuse := range []int{0, 2} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			l := &ledger{due: []time.Time{start.Add(-time.Hour), start.Add(90 * time.Second)}, changed: make(chan struct{}), refuse: refuse}
			ctx, stop := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { Run(ctx, l, slog.New(slog.DiscardHandler)) })
			time.Sleep(100 * time.Second)
			l.ring(time.Now().Add(20 * time.Second))
			time.Sleep(10 * time.Minute)
			stop()
			running.Wait()
			first := time.Duration(refuse) * 5 * time.Second // that a ledger which refused is left alone
			for i, want := range []time.Duration{first, 90 * time.Second, 120 * time.Second} {
				if i >= len(l.passed) || l.passed[i].Sub(start) != want {
					t.Fatalf("passed on at %v, the %dth not after %v", l.passed, i, want)
				}
			}
			if l.looked > 30 {
				t.Errorf("it looked %d times in twelve minutes", l.looked)
			}
		})
	}
}
