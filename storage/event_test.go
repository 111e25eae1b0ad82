package storage

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// log is a ledger in memory.
type log struct {
	sync.Mutex
	events  []Event
	changed chan struct{}
}

func (l *log) add() {
	l.Lock()
	defer l.Unlock()
	l.events = append(l.events, Event{Seq: int64(len(l.events)) + 1})
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *log) Changed() <-chan struct{} {
	l.Lock()
	defer l.Unlock()
	return l.changed
}

func (l *log) Events(_ context.Context, after int64, limit int) ([]Event, error) {
	l.Lock()
	defer l.Unlock()
	found := l.events[after:]
	return found[:min(limit, len(found))], nil
}

func TestFollow(t *testing.T) {
	const total, followers = 2000, 8
	l := &log{changed: make(chan struct{})}
	done := errors.New("all seen")
	var running sync.WaitGroup
	for range followers {
		running.Go(func() {
			var seen int64
			err := Follow(context.Background(), l, 0, 7, func(events []Event) error {
				for _, e := range events {
					if seen++; e.Seq != seen {
						t.Errorf("event %d came as number %d", e.Seq, seen)
					}
				}
				if seen == total {
					return done
				}
				return nil
			})
			if err != done {
				t.Error(err)
			}
		})
	}
	for range 4 {
		running.Go(func() {
			for range total / 4 {
				l.add()
			}
		})
	}
	running.Wait()
}
