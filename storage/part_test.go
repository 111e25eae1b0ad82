package storage

import (
	"slices"
	"testing"
)

func TestDerive(t *testing.T) {
	for _, c := range []struct {
		parts []MessageState
		want  MessageState
	}{
		{[]MessageState{Queued}, Queued},
		{[]MessageState{Queued, Queued}, Queued},
		{[]MessageState{Sending, Queued}, Sending},
		{[]MessageState{Sent, Queued}, Sending},
		{[]MessageState{Delivered, Queued}, Sending},
		{[]MessageState{Sent, Sent}, Sent},
		{[]MessageState{Delivered, Sent}, Sent},
		{[]MessageState{Delivered, Delivered}, Delivered},
		{[]MessageState{Delivered, Undelivered}, PartiallyDelivered},
		{[]MessageState{Undelivered, Undelivered}, Undelivered},
		{[]MessageState{Sent, Undelivered}, Undelivered},
		{[]MessageState{Unconfirmed, Sent}, Unconfirmed},
		{[]MessageState{Unconfirmed, Queued}, Unconfirmed},
		{[]MessageState{Unconfirmed, Sending}, Unconfirmed},
		{[]MessageState{Failed, Canceled}, Failed},
		{[]MessageState{Sent, Failed, Canceled}, PartiallySent},
		{[]MessageState{Canceled, Canceled}, Canceled},
		{[]MessageState{Expired, Canceled}, Expired},
	} {
		parts := make([]Part, len(c.parts))
		for i, s := range c.parts {
			parts[i].State = s
		}
		if got := Derive(parts); got != c.want {
			t.Errorf("%v: %s, want %s", c.parts, got, c.want)
		}
	}
}

// What must never be possible, whatever the table of transitions says.
func TestMayFollow(t *testing.T) {
	states := []MessageState{Queued, Held, Sending, Sent, Delivered, Undelivered, Unconfirmed, Failed, Expired, Canceled}
	for _, old := range states {
		for _, next := range states {
			if !MayFollow(old, next) {
				continue
			}
			if next == Sending && old != Queued {
				t.Errorf("a part that is %s can go out", old)
			}
			if next == Queued && !slices.Contains([]MessageState{Queued, Held, Sending}, old) {
				t.Errorf("a part that is %s can be sent again", old)
			}
			if old == Sending && next == Canceled {
				t.Error("a part that may be on the air can be canceled")
			}
		}
	}
}
