package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// An air is what the network has seen, and what nobody may see of it.
type air struct {
	left    map[string]int  // message and part -> how often it went out
	refused map[string]int  // and how often the network refused it, so that it may go out again
	barred  map[string]bool // messages that were called back, held or past their time
	stopped bool
	faults  []string
}

// send is a part that goes out.
func (a *air) send(message string, n int) {
	key := fmt.Sprint(message, " ", n)
	a.left[key]++
	switch {
	case a.stopped:
		a.faults = append(a.faults, key+" left while all was stopped")
	case a.barred[message]:
		a.faults = append(a.faults, key+" left though it was called back, held or too late")
	case a.left[key] > 1+a.refused[key]:
		a.faults = append(a.faults, key+" left twice")
	}
}

// TestQueue lets people and time act between the choice of a part and its release,
// in random order, with several choices open at once as if loops were stale. What
// was canceled, held, expired or stopped never leaves, and nothing leaves twice.
// The planted fault is a loop that sends what it has chosen whatever the release
// says: it is caught for each of these.
func TestQueue(t *testing.T) {
	if faults := playQueue(t, tries(4000, 40_000), false); len(faults) > 0 {
		t.Errorf("%d faults, such as %s", len(faults), faults[0])
	}
	seen := playQueue(t, 2000, true)
	for _, want := range []string{"stopped", "called back", "twice"} {
		if !slices.ContainsFunc(seen, func(s string) bool { return strings.Contains(s, want) }) {
			t.Errorf("the planted fault was never seen to send what was %s", want)
		}
	}
}

func playQueue(t *testing.T, steps int, planted bool) []string {
	ctx := t.Context()
	db := ledgerWith(t, t.TempDir()+"/ledger.db", machine)
	defer db.Close()
	line := attach(t, db).ID
	random := rand.New(rand.NewPCG(3, 4))
	a := &air{left: make(map[string]int), refused: make(map[string]int), barred: make(map[string]bool)}
	var ids []string
	var chosen []storage.Due
	by := storage.Author{Kind: "admin"}
	marked := 0
	some := func() string { return ids[max(0, len(ids)-1-random.IntN(12))] }
	for n := range steps {
		if n == 0 || random.IntN(4) == 0 {
			m, _, err := db.Compose(ctx, storage.Draft{
				To: fmt.Sprintf("+1555%04d", random.IntN(9)), Text: "x", Priority: storage.Priorities[random.IntN(3)],
				Expires: time.Hour, Count: storage.Count{Alphabet: "gsm7", Parts: 1 + random.IntN(3)},
			})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, m.ID)
		}
		switch id := some(); random.IntN(12) {
		case 0:
			if _, err := db.Cancel(ctx, id, by); err == nil {
				a.barred[id] = true
			}
		case 1:
			if m, err := db.Hold(ctx, id, by); err == nil && m.State == storage.Held {
				a.barred[id] = true
			}
		case 2:
			if _, err := db.Release(ctx, id, true); err == nil {
				a.barred[id] = false
			}
		case 3: // its time is over, and somebody looks or nobody does
			late(t, db, id)
			a.barred[id] = true
			if random.IntN(2) == 0 {
				if _, err := db.Expire(ctx); err != nil {
					t.Fatal(err)
				}
			}
		case 4:
			a.stopped = random.IntN(3) == 0
			if _, err := db.StopSending(ctx, a.stopped, "", by); err != nil {
				t.Fatal(err)
			}
		case 5:
			if _, err := db.Prioritize(ctx, id, storage.Priorities[random.IntN(3)]); err != nil && code(err) != storage.CodeConflict {
				t.Fatal(err)
			}
		case 6, 7, 8:
			due, _, ok, err := db.Next(ctx, line)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				chosen = append(chosen, due)
			}
		default:
			if len(chosen) == 0 {
				continue
			}
			i := random.IntN(len(chosen))
			due := chosen[i]
			chosen = slices.Delete(chosen, i, i+1)
			c := storage.Change{Line: line, Message: due.Message, N: due.N, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1}
			err := db.Mark(ctx, c)
			if err != nil && code(err) != storage.CodeConflict {
				t.Fatal(err)
			}
			if err != nil && !planted {
				continue
			}
			a.send(due.Message, due.N)
			if err != nil {
				continue
			}
			marked++
			c.From, c.Ref = storage.Sending, marked%256
			switch c.To = storage.Sent; random.IntN(4) {
			case 0:
				c.To = storage.Unconfirmed
			case 1:
				c.To = storage.Queued
				a.refused[fmt.Sprint(due.Message, " ", due.N)]++
			}
			mark(t, db, c)
		}
	}
	if marked < steps/50 {
		t.Errorf("this shows nothing: %d parts left in %d steps", marked, steps)
	}
	t.Logf("%d steps, %d messages, %d parts left, %d faults", steps, len(ids), marked, len(a.faults))
	return a.faults
}

// late makes the time of a message be over.
func late(t *testing.T, db *DB, id string) {
	t.Helper()
	err := db.update(context.Background(), func(t *tx) error {
		t.exec(`UPDATE part SET expires_at = ? WHERE message = ?`, t.now.Milli()-1, id)
		return t.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// order sends all that is due and tells to whom.
func order(t *testing.T, db *DB, line string) (to []string) {
	t.Helper()
	for {
		due, _, ok, err := db.Next(t.Context(), line)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return to
		}
		to = append(to, due.To[len(due.To)-1:])
		c := storage.Change{Line: line, Message: due.Message, N: due.N, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1}
		mark(t, db, c)
		c.From, c.To, c.Ref = storage.Sending, storage.Sent, -1
		mark(t, db, c)
	}
}

func TestOrder(t *testing.T) {
	send := func(db *DB, to, parts int, p storage.Priority) storage.Message {
		m, _, err := db.Compose(t.Context(), storage.Draft{
			To: fmt.Sprintf("+155501%d", to), Text: "x", Priority: p, Count: storage.Count{Parts: parts},
		})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	t.Run("recipients take turns, and a text is not torn", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		for range 4 {
			send(db, 1, 1, "")
		}
		send(db, 2, 3, "")
		send(db, 2, 1, "")
		send(db, 3, 1, "")
		if got := fmt.Sprint(order(t, db, line)); got != "[1 2 2 2 3 1 2 1 1]" {
			t.Error(got)
		}
	})
	t.Run("who comes later takes turns from there on", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		for range 6 {
			send(db, 1, 1, "")
		}
		for range 3 {
			due, _, _, _ := db.Next(t.Context(), line)
			mark(t, db, storage.Change{Line: line, Message: due.Message, N: 1, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1})
			mark(t, db, storage.Change{Line: line, Message: due.Message, N: 1, From: storage.Sending, To: storage.Sent, Ref: -1})
		}
		send(db, 2, 1, "")
		send(db, 2, 1, "")
		if got := fmt.Sprint(order(t, db, line)); got != "[2 1 2 1 1]" {
			t.Error(got)
		}
	})
	t.Run("a person's text passes a campaign, and what is urgent both", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		for n := range 3 {
			send(db, n, 1, storage.PriorityLow)
		}
		send(db, 5, 1, "")
		m := send(db, 6, 1, "")
		send(db, 7, 1, storage.PriorityHigh)
		if _, err := db.Prioritize(t.Context(), m.ID, storage.PriorityLow); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(order(t, db, line)); got != "[7 5 0 1 2 6]" {
			t.Error(got)
		}
	})
	t.Run("what waits for another try holds up nobody", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		first := send(db, 1, 1, "")
		send(db, 2, 1, "")
		mark(t, db, storage.Change{Line: line, Message: first.ID, N: 1, From: storage.Queued, To: storage.Queued, NextTry: storage.At(time.Now().Add(time.Hour))})
		if got := fmt.Sprint(order(t, db, line)); got != "[2]" {
			t.Error(got)
		}
		_, wait, ok, _ := db.Next(t.Context(), line)
		if ok || time.Until(wait.Time) < 59*time.Minute {
			t.Errorf("asked again at %v", wait)
		}
	})
}

// TestGate is what keeps a line from sending, and until when.
func TestGate(t *testing.T) {
	ctx := t.Context()
	fresh := func() (*DB, string) {
		db := open(t)
		line := attach(t, db).ID
		compose(t, db, "+15550100", 1)
		compose(t, db, "+15550100", 1)
		return db, line
	}
	next := func(db *DB, line string) (storage.Time, bool) {
		_, wait, ok, err := db.Next(ctx, line)
		if err != nil {
			t.Fatal(err)
		}
		return wait, ok
	}
	t.Run("stop, over a restart", func(t *testing.T) {
		path := t.TempDir() + "/ledger.db"
		db, err := Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		line := attach(t, db).ID
		compose(t, db, "+15550100", 1)
		if _, err := db.StopSending(ctx, true, "wild", storage.Author{Kind: "admin"}); err != nil {
			t.Fatal(err)
		}
		db.Close()
		if db, err = Open(ctx, path); err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, ok := next(db, line); ok {
			t.Error("a restart has undone it")
		}
		s, err := db.StopSending(ctx, false, "", storage.Author{Kind: "admin"})
		if _, ok := next(db, line); !ok || err != nil || s.Stopped {
			t.Error("it cannot be undone", err)
		}
	})
	t.Run("a line that is switched off", func(t *testing.T) {
		db, line := fresh()
		if _, err := db.SwitchLine(ctx, line, false); err != nil {
			t.Fatal(err)
		}
		if _, ok := next(db, line); ok {
			t.Error("it sends")
		}
	})
	t.Run("quiet hours", func(t *testing.T) {
		db, line := fresh()
		clock := func(d time.Duration) string { return time.Now().UTC().Add(d).Format("15:04") }
		q := storage.Quiet{From: clock(-time.Hour), To: clock(time.Hour), Zone: "UTC", Policy: storage.QuietHold}
		if err := db.SetQuiet(ctx, q); err != nil {
			t.Fatal(err)
		}
		if wait, ok := next(db, line); ok || time.Until(wait.Time) > time.Hour || time.Until(wait.Time) < 58*time.Minute {
			t.Errorf("ok %v, until %v", ok, wait)
		}
		compose(t, db, "+15550100", 1) // it is taken, and waits
		q.Line, q.Policy = line, storage.QuietRefuse
		if err := db.SetQuiet(ctx, q); err != nil {
			t.Fatal(err)
		}
		_, _, err := db.Compose(ctx, storage.Draft{To: "+15550100", Text: "x", Count: storage.Count{Parts: 1}})
		if code(err) != storage.CodeQuiet {
			t.Errorf("it is taken: %v", err)
		}
		if err := db.DeleteQuiet(ctx, line); err != nil {
			t.Fatal(err)
		}
		if err := db.DeleteQuiet(ctx, ""); err != nil {
			t.Fatal(err)
		}
		if _, ok := next(db, line); !ok {
			t.Error("it is quiet still")
		}
	})
	t.Run("pace", func(t *testing.T) {
		db, line := fresh()
		if err := db.SetPolicy(ctx, storage.Policy{Line: line, Pace: 2}); err != nil {
			t.Fatal(err)
		}
		due, _, ok, _ := db.Next(ctx, line)
		if !ok {
			t.Fatal("the first part waits")
		}
		mark(t, db, storage.Change{Line: line, Message: due.Message, N: 1, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1})
		if wait, ok := next(db, line); ok || time.Until(wait.Time) > 30*time.Second || time.Until(wait.Time) < 20*time.Second {
			t.Errorf("ok %v, until %v", ok, wait)
		}
	})
	t.Run("undo, and a moment ahead", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		for _, d := range []storage.Draft{{Undo: 5 * time.Second}, {At: storage.At(time.Now().Add(time.Hour)), Expires: time.Minute}} {
			d.To, d.Text, d.Count.Parts = "+15550100", "x", 1
			m, _, err := db.Compose(ctx, d)
			if err != nil || m.DueAt.IsZero() || m.State != storage.Queued || d.Expires > 0 && !m.ExpiresAt.After(m.DueAt.Time) {
				t.Fatalf("%+v %v", m, err)
			}
			if wait, ok := next(db, line); ok || wait != m.DueAt {
				t.Errorf("ok %v, until %v and not %v", ok, wait, m.DueAt)
			}
			if m, err = db.Cancel(ctx, m.ID, storage.Author{Kind: "agent", Name: "Ana"}); err != nil || m.State != storage.Canceled || m.Reason != "canceled by Ana" {
				t.Errorf("%+v %v", m, err)
			}
		}
	})
}
