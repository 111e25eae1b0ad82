package web

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"smsbridge/storage"
)

// doorway is a ledger that something happens before, whenever it is asked where
// the log ends.
type doorway struct {
	Store
	before func()
}

func (s doorway) Head(ctx context.Context) (storage.Head, error) {
	s.before()
	return s.Store.Head(ctx)
}

// TestMissed_at_the_door: what comes when nobody is told any more, and before it
// is written down how far somebody was told, counts as missed. Where the log ends
// was once asked last, and what this says was lost.
func TestMissed_at_the_door(t *testing.T) {
	var b *box
	var ben storage.Agent
	var atAna string
	var waits atomic.Bool
	say := func() {
		if a, text := b.ask(t, "POST", "/api/v1/chat", `{"to":{"agent":"Ben"},"text":"lunch at one?"}`, "Cookie", atAna, "Origin", b.url); a.StatusCode >= 300 {
			t.Errorf("%d %s", a.StatusCode, text)
		}
	}
	b = newBox(t, func(c *Config) {
		c.Store = doorway{c.Store, func() {
			if waits.Load() && !b.presence.of(ben, time.Now()).Here && waits.CompareAndSwap(true, false) {
				say()
			}
		}}
	})
	_, atAna = b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	var atBen string
	ben, atBen = b.person(t, "Ben", storage.RoleAgent)
	desk := b.desk(t, atBen)
	if !b.presence.of(ben, time.Now()).Here {
		t.Fatal("Ben is not there")
	}
	waits.Store(true)
	b.leaves(desk, ben)
	if waits.Swap(false) {
		say()
	}
	if m := missedIn(t, b.deskOf(t, atBen, ben)); m.Messages != 1 {
		t.Errorf("Ben is told that he missed %+v", m)
	}
}
