package sqlite

import (
	"slices"
	"testing"
	"time"

	"smsbridge/storage"
)

var ana = storage.Author{Kind: "agent", ID: "ag_1", Name: "Ana"}

// moved takes part n of a message through states, the first being what it is in.
func moved(t *testing.T, db *DB, m storage.Message, n int, states ...storage.MessageState) {
	t.Helper()
	for i := range states[1:] {
		mark(t, db, storage.Change{Line: m.Line, Message: m.ID, N: n, From: states[i], To: states[i+1], PDU: "00", Length: 1, Ref: -1})
	}
}

func TestCancel(t *testing.T) {
	db := open(t)
	attach(t, db)
	for _, c := range []struct {
		name   string
		states []storage.MessageState // of the first of two parts
		may    bool
	}{
		{"waits", []storage.MessageState{storage.Queued}, true},
		{"waits for another try", []storage.MessageState{storage.Queued, storage.Sending, storage.Queued}, true},
		{"on its way", []storage.MessageState{storage.Queued, storage.Sending}, false},
		{"sent", []storage.MessageState{storage.Queued, storage.Sending, storage.Sent}, false},
		{"unconfirmed", []storage.MessageState{storage.Queued, storage.Sending, storage.Unconfirmed}, false},
	} {
		m := compose(t, db, "+15550100", 2)
		moved(t, db, m, 1, c.states...)
		after, err := db.Cancel(t.Context(), m.ID, ana)
		switch {
		case c.may != (err == nil) || err != nil && code(err) != storage.CodeConflict:
			t.Errorf("%s: %v", c.name, err)
		case c.may && (after.State != storage.Canceled || after.Parts[1].State != storage.Canceled):
			t.Errorf("%s: %+v", c.name, after)
		}
		if again, err := db.Cancel(t.Context(), m.ID, ana); c.may && (err != nil || again.State != storage.Canceled) {
			t.Errorf("%s: once more: %v", c.name, err)
		}
	}
	if _, err := db.Cancel(t.Context(), "ms_none", ana); code(err) != storage.CodeNotFound {
		t.Error(err)
	}
}

// What a rule holds takes a manager; what a person holds does not.
func TestRelease(t *testing.T) {
	db := open(t)
	line := attach(t, db).ID
	if _, err := db.ChangeRules(t.Context(), func(r storage.Rules) storage.Rules { return r.With(storage.Rules{Held: []string{"+1555"}}) }); err != nil {
		t.Fatal(err)
	}
	m := compose(t, db, "+15550100", 2)
	if m.State != storage.Held || m.Reason == "" || m.Parts[1].State != storage.Held {
		t.Fatalf("%+v", m)
	}
	if _, _, ok, _ := db.Next(t.Context(), line); ok {
		t.Fatal("it goes out")
	}
	if _, err := db.Release(t.Context(), m.ID, false); code(err) != storage.CodeDenied {
		t.Errorf("an agent releases it: %v", err)
	}
	m, err := db.Release(t.Context(), m.ID, true)
	if err != nil || m.State != storage.Queued || m.Reason != "" {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := db.Release(t.Context(), m.ID, true); code(err) != storage.CodeConflict {
		t.Error(err)
	}
	if m, err = db.Hold(t.Context(), m.ID, ana); err != nil || m.State != storage.Held {
		t.Fatalf("%+v %v", m, err)
	}
	if m, err = db.Release(t.Context(), m.ID, false); err != nil || m.State != storage.Queued {
		t.Fatalf("%+v %v", m, err)
	}
	if due, _, ok, _ := db.Next(t.Context(), line); !ok || due.Message != m.ID {
		t.Error("it is not due")
	}
}

// Sent again is a new message, once; the old one keeps its truth.
func TestResend(t *testing.T) {
	db := open(t)
	attach(t, db)
	ends := map[storage.MessageState][]storage.MessageState{
		storage.Queued:      {storage.Queued},
		storage.Sent:        {storage.Queued, storage.Sending, storage.Sent},
		storage.Unconfirmed: {storage.Queued, storage.Sending, storage.Unconfirmed},
		storage.Failed:      {storage.Queued, storage.Sending, storage.Failed},
	}
	for state, path := range ends {
		for _, doubtful := range []bool{false, true} {
			m := compose(t, db, "+15550100", 1)
			moved(t, db, m, 1, path...)
			d := storage.Draft{Author: ana, Key: m.ID, Digest: "d"}
			repeated, replayed, err := db.Resend(t.Context(), m.ID, doubtful, d)
			if may := state == storage.Failed && !doubtful || state == storage.Unconfirmed && doubtful; may != (err == nil) {
				t.Errorf("%s, doubtful %v: %v", state, doubtful, err)
			}
			if err != nil {
				continue
			}
			old, _ := db.Message(t.Context(), m.ID)
			if old.State != state || old.ResentAs != repeated.ID || repeated.ResendOf != old.ID || repeated.State != storage.Queued ||
				repeated.Text != old.Text || repeated.Author.Name != "Ana" || replayed {
				t.Errorf("%+v became %+v", old, repeated)
			}
			if slices.Contains(repeated.Warnings, storage.MaybeDuplicate) != doubtful {
				t.Errorf("warnings %q", repeated.Warnings)
			}
			same, replayed, err := db.Resend(t.Context(), m.ID, doubtful, d)
			if err != nil || !replayed || same.ID != repeated.ID {
				t.Errorf("the same key: %s, %v", same.ID, err)
			}
			d.Key = "other"
			if _, _, err := db.Resend(t.Context(), m.ID, doubtful, d); code(err) != storage.CodeConflict {
				t.Errorf("twice: %v", err)
			}
		}
	}
}

func TestCloseUnconfirmed(t *testing.T) {
	db := open(t)
	attach(t, db)
	for _, as := range []storage.MessageState{storage.Sent, storage.Failed} {
		m := compose(t, db, "+15550100", 2)
		moved(t, db, m, 1, storage.Queued, storage.Sending, storage.Unconfirmed)
		closed, err := db.CloseUnconfirmed(t.Context(), m.ID, as, ana)
		if err != nil || closed.Parts[0].State != as || closed.Parts[0].Reason == "" {
			t.Errorf("%+v %v", closed, err)
		}
		if want := map[storage.MessageState]storage.MessageState{storage.Sent: storage.Queued, storage.Failed: storage.Canceled}[as]; closed.Parts[1].State != want {
			t.Errorf("the other part is %s", closed.Parts[1].State)
		}
		if _, err := db.CloseUnconfirmed(t.Context(), m.ID, as, ana); code(err) != storage.CodeConflict {
			t.Error(err)
		}
	}
	if _, err := db.CloseUnconfirmed(t.Context(), "ms_1", storage.Delivered, ana); code(err) != storage.CodeInvalid {
		t.Error(err)
	}
}

// A pool takes turns for new recipients and keeps to the line of old ones; whom
// another number is shown, its author is told.
func TestPool_S68(t *testing.T) {
	db := open(t)
	var lines []string
	for _, iccid := range []string{"a", "b", "c"} {
		l, err := db.Attach(t.Context(), storage.Facts{Port: iccid, ICCID: iccid, IMEI: iccid})
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l.ID)
	}
	draft := func(to, line string) (storage.Message, error) {
		m, _, err := db.Compose(t.Context(), storage.Draft{To: to, Line: line, Text: "x", Count: storage.Count{Parts: 1}})
		return m, err
	}
	if _, err := draft("+15550100", ""); code(err) != storage.CodeFromRequired {
		t.Fatalf("without a pool: %v", err)
	}
	for _, l := range lines[:2] {
		if err := db.SetPolicy(t.Context(), storage.Policy{Line: l, Pool: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		to, from, want string
		warned         bool
	}{
		{"+15550101", "", lines[0], false}, {"+15550102", "", lines[1], false}, {"+15550103", "", lines[0], false},
		{"+15550102", "", lines[1], false}, {"+15550102", lines[2], lines[2], true}, {"+15550102", "", lines[2], false},
		{"+15550104", "", lines[1], false},
	} {
		m, err := draft(c.to, c.from)
		if err != nil || m.Line != c.want || slices.Contains(m.Warnings, storage.WarnFrom) != c.warned {
			t.Errorf("%+v: %s %q %v", c, m.Line, m.Warnings, err)
		}
	}
}

func TestAdmit_S29(t *testing.T) {
	db := open(t)
	line, err := db.Attach(t.Context(), storage.Facts{Port: "p", ICCID: "1", IMEI: "1", IMSI: "262011234567890"}) // of Germany
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SetPolicy(t.Context(), storage.Policy{MaxCharacters: 140}); err != nil {
		t.Fatal(err)
	}
	long := make([]byte, 141)
	for i := range long {
		long[i] = 'a'
	}
	for _, c := range []struct {
		name, to, text string
		code           storage.Code
		state          storage.MessageState
	}{
		{"at home", "+4915123456789", "x", "", storage.Queued},
		{"abroad", "+33612345678", "x", storage.CodeRule, ""},
		{"premium", "+499001234567", "x", "", storage.Held},
		{"longest", "+4915123456789", string(long[1:]), "", storage.Queued},
		{"too long", "+4915123456789", string(long), storage.CodeTooLong, ""},
	} {
		m, _, err := db.Compose(t.Context(), storage.Draft{To: c.to, Line: line.ID, Text: c.text, Count: storage.Count{Parts: 1}})
		if code(err) != c.code || m.State != c.state {
			t.Errorf("%s: %s %v", c.name, m.State, err)
		}
	}
}

func TestWaiting(t *testing.T) {
	db := open(t)
	line := attach(t, db)
	if err := db.SetLine(t.Context(), line.ID, storage.LineStatus{State: storage.LineReady}); err != nil {
		t.Fatal(err)
	}
	held := compose(t, db, "+15550105", 1)
	if _, err := db.Hold(t.Context(), held.ID, ana); err != nil {
		t.Fatal(err)
	}
	onWay, first, second := compose(t, db, "+15550101", 1), compose(t, db, "+15550102", 2), compose(t, db, "+15550102", 1)
	moved(t, db, onWay, 1, storage.Queued, storage.Sending)
	later, _, err := db.Compose(t.Context(), storage.Draft{To: "+15550103", Text: "x", At: storage.At(time.Now().Add(time.Hour)), Count: storage.Count{Parts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]storage.Why{held.ID: storage.WhyHeld, onWay.ID: storage.WhyOnWay, first.ID: storage.WhyTurn, second.ID: storage.WhyTurn, later.ID: storage.WhyAt}
	see := func() map[string]int {
		q, err := db.Queue(t.Context(), nil, 10)
		if err != nil || q.Total != len(want) {
			t.Fatalf("%+v %v", q, err)
		}
		places := make(map[string]int)
		for _, w := range q.Messages {
			if w.Why != want[w.Message.ID] || w.Words == "" {
				t.Errorf("%s waits for %s (%s), not %s", w.Message.ID, w.Why, w.Words, want[w.Message.ID])
			}
			places[w.Message.ID] = w.Position
		}
		return places
	}
	if p := see(); p[first.ID] != 1 || p[second.ID] <= 1 || p[held.ID] != 0 || p[onWay.ID] != 0 {
		t.Errorf("places %v", p)
	}
	if _, err := db.StopSending(t.Context(), true, "", ana); err != nil {
		t.Fatal(err)
	}
	want[first.ID], want[second.ID], want[later.ID] = storage.WhyStopped, storage.WhyStopped, storage.WhyStopped
	see()
	if q, err := db.Queue(t.Context(), []string{"ln_other"}, 10); err != nil || len(q.Messages) != 0 {
		t.Errorf("somebody else's queue: %+v %v", q, err)
	}
}
