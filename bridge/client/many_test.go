package client

import (
	"context"
	"testing"

	"smsbridge/storage"
)

// TestSendMany: what is refused is told in its place, the others are sent, and an
// answer that was lost is asked for again: no text is made twice. The control is
// a repetition with another key, which makes them all anew.
func TestSendMany(t *testing.T) {
	b := newBox(t, nil)
	at, asked := losing(t, b.url, 2)
	c := b.desk(t, at, storage.ScopeSend, storage.ScopeRead)
	drafts := []Draft{{To: "+15550100", Text: "a"}, {To: "+1555x", Text: "b"}, {To: "+15550102", Text: "c", Priority: storage.PriorityLow}}
	sent := func(key string) (ids []string) {
		t.Helper()
		got, err := c.SendMany(t.Context(), drafts, key)
		if err != nil || len(got) != 3 || got[0].Message == nil || got[1].Error == nil || got[2].Message == nil {
			t.Fatalf("%+v %v", got, err)
		}
		if e := got[1].Error.Err(); got[1].Row != 2 || e.Type != "recipient_invalid" || e.Field != "to.number" || e.Code != 2002 || e.Detail == "" {
			t.Errorf("%+v", e)
		}
		if m := got[2].Message; m.To != "+15550102" || m.Text != "c" || m.Priority != storage.PriorityLow {
			t.Errorf("%+v", m)
		}
		return []string{got[0].Message.ID, got[2].Message.ID}
	}
	first := sent("k")
	if asked.Load() != 3 {
		t.Errorf("asked %d times", asked.Load())
	}
	if again := sent("k"); again[0] != first[0] || again[1] != first[1] {
		t.Errorf("%v is sent again as %v", first, again)
	}
	if other := sent(""); other[0] == first[0] || other[1] == first[1] {
		t.Errorf("another key gives the same: %v", other)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := c.SendMany(ctx, drafts, ""); err == nil {
		t.Error("a context that has ended")
	}
	if _, err := c.SendMany(t.Context(), make([]Draft, storage.MostSent+1), ""); err == nil {
		t.Error("more than one request takes")
	}
}
