package gateway

import (
	"context"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/pdu"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

var ana = storage.Author{Kind: "agent", Name: "Ana"}

// draft composes a text with everything that a draft may say.
func (b *bank) draft(d storage.Draft) string {
	b.Helper()
	count, err := Count(d.Text)
	if err != nil {
		b.Fatal(err)
	}
	d.Count = count
	if d.To == "" {
		d.To = customer
	}
	m, _, err := b.db.Compose(context.Background(), d)
	if err != nil {
		b.Fatal(err)
	}
	return m.ID
}

// A stopper is a ledger in which somebody stops all sending just before a part is
// released.
type stopper struct {
	*sqlite.DB
	refused chan error
}

func (s *stopper) Mark(ctx context.Context, c storage.Change) error {
	if c.To != storage.Sending {
		return s.DB.Mark(ctx, c)
	}
	if _, err := s.DB.StopSending(ctx, true, "", ana); err != nil {
		return err
	}
	err := s.DB.Mark(ctx, c)
	s.refused <- err
	return err
}

func TestQueue(t *testing.T) {
	ctx := t.Context()
	t.Run("stopped, nothing leaves; resumed, all of it", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		if _, err := b.db.StopSending(ctx, true, "", ana); err != nil {
			t.Fatal(err)
		}
		first, second := b.draft(storage.Draft{Text: "one"}), b.draft(storage.Draft{Text: "two"})
		if _, err := b.db.Cancel(ctx, first, ana); err != nil {
			t.Fatal(err)
		}
		if got := b.heard(); len(got) > 0 {
			t.Fatalf("the customer reads %q", got)
		}
		if _, err := b.db.StopSending(ctx, false, "", ana); err != nil {
			t.Fatal(err)
		}
		b.becomes(second, storage.Delivered)
		if got := b.heard(); !slices.Equal(got, []string{"two"}) {
			t.Fatalf("the customer reads %q", got)
		}
	})
	t.Run("stopped when the modem has given its prompt, the part stays here", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.stop()
		id := b.draft(storage.Draft{Text: "too late"})
		late := &stopper{DB: b.db, refused: make(chan error, 9)}
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		port := Port{Name: "sim", Open: func(context.Context) (io.ReadWriteCloser, error) { return b.sim.TryOpen() }}
		running.Go(func() { New(late, []Port{port}, Options{}).Run(ctx) })
		if err := <-late.refused; !isCode(err, storage.CodeConflict) {
			t.Errorf("the ledger lets it go: %v", err)
		}
		cancel()
		running.Wait()
		if m, err := b.db.Message(t.Context(), id); err != nil || m.State != storage.Queued || m.Parts[0].Attempts != 0 || len(b.heard()) > 0 {
			t.Fatalf("%+v, the customer reads %q, %v", m, b.heard(), err)
		}
	})
	t.Run("held, it goes when it is released", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		if _, err := b.db.ChangeRules(ctx, func(r storage.Rules) storage.Rules { return r.With(storage.Rules{Held: []string{"+1555"}}) }); err != nil {
			t.Fatal(err)
		}
		id := b.draft(storage.Draft{Text: "dear"})
		b.becomes(id, storage.Held)
		if _, err := b.db.Release(ctx, id, true); err != nil {
			t.Fatal(err)
		}
		b.becomes(id, storage.Delivered)
	})
	t.Run("after its time it is not sent, whether a modem is there or not", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		if _, err := b.db.StopSending(ctx, true, "", ana); err != nil {
			t.Fatal(err)
		}
		id := b.draft(storage.Draft{Text: "stale", Expires: 50 * time.Millisecond})
		b.becomes(id, storage.Expired)
		if _, err := b.db.StopSending(ctx, false, "", ana); err != nil {
			t.Fatal(err)
		}
		b.becomes(b.draft(storage.Draft{Text: "fresh"}), storage.Delivered)
		if got := b.heard(); !slices.Equal(got, []string{"fresh"}) {
			t.Fatalf("the customer reads %q", got)
		}
	})
	t.Run("within the time to take it back nothing leaves, then it does", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		id := b.draft(storage.Draft{Text: "on reflection", Undo: 200 * time.Millisecond})
		if m, _ := b.db.Message(ctx, id); m.State != storage.Queued || m.DueAt.IsZero() {
			t.Errorf("%+v", m)
		}
		b.becomes(id, storage.Delivered)
	})
}

// TestEncode is what of a draft stands in the PDU itself.
func TestEncode(t *testing.T) {
	for _, c := range []struct {
		name  string
		due   storage.Due
		class bool
		vp    bool
	}{
		{"plain", storage.Due{}, false, false},
		{"flash", storage.Due{Flash: true}, true, false},
		{"with a validity", storage.Due{Expires: storage.At(time.Now().Add(time.Hour))}, false, true},
	} {
		c.due.To, c.due.Text, c.due.Total = customer, "x", 1
		parts, err := encode(c.due)
		if err != nil {
			t.Fatal(err)
		}
		f, err := pdu.ParseFrame(parts[1].pdu, pdu.MobileOriginated)
		if err != nil {
			t.Fatal(err)
		}
		s := f.TPDU.(*pdu.Submit)
		if class, ok := s.DCS.Class(); ok != c.class || class != 0 {
			t.Errorf("%s: class %d, %v", c.name, class, ok)
		}
		d, ok := s.VP.Duration()
		if ok != c.vp || ok && (d < 59*time.Minute || d > 65*time.Minute) {
			t.Errorf("%s: valid for %v, %v", c.name, d, ok)
		}
	}
}

// A part is not tried for ever: neither one that the network refuses nor one that
// the modem does not even take.
func TestPutOff(t *testing.T) {
	now := storage.Now()
	for _, c := range []struct {
		name  string
		due   storage.Due
		tried int
		waits []time.Duration
		again bool
	}{
		{"the first refusal", storage.Due{Since: now}, 0, retries, true},
		{"the last", storage.Due{Since: now}, len(retries) - 1, retries, true},
		{"one more", storage.Due{Since: now}, len(retries), retries, false},
		{"torn", storage.Due{Since: now, Begun: true}, torn, retries, false},
		{"never taken", storage.Due{Since: now}, len(unsent), unsent, false},
		{"stale", storage.Due{Since: storage.At(time.Now().Add(-stale - time.Minute))}, 0, unsent, false},
	} {
		change := storage.Change{}
		if got := putOff(c.due, c.tried, c.waits, &change); got != c.again || got && (change.To != storage.Queued || change.NextTry.IsZero()) {
			t.Errorf("%s: %v %+v", c.name, got, change)
		}
	}
}
