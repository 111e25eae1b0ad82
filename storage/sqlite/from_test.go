package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"smsbridge/storage"
)

// TestFromIsWhatIsSent_S62_S63_S93 asks for any box, any lines that one may use
// and any past what would be filled in, and then sends: the text comes from that
// line, or is refused where nothing was filled in; and it warns exactly if the
// option said that it changes.
func TestFromIsWhatIsSent_S62_S63_S93(t *testing.T) {
	sent, refused, warned := 0, 0, 0
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 63))
		db := open(t)
		var ids []string
		for i := range 1 + r.IntN(3) {
			l, err := db.Attach(t.Context(), storage.Facts{Port: "p", Number: fmt.Sprint("+1555019", i), ICCID: fmt.Sprint("890", i), IMEI: "35"})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, l.ID)
		}
		for range 12 {
			line := ids[r.IntN(len(ids))]
			if _, err := db.SwitchLine(t.Context(), line, r.IntN(3) > 0); err != nil {
				t.Fatal(err)
			}
			var among []string
			if r.IntN(2) == 0 {
				among = slices.DeleteFunc(slices.Clone(ids), func(string) bool { return r.IntN(3) == 0 })
			}
			to := fmt.Sprint("+1555010", r.IntN(2))
			if r.IntN(3) == 0 {
				receive(t, db, line, to)
			}
			f, err := db.FromOptions(t.Context(), to, among)
			if err != nil {
				t.Fatal(err)
			}
			m, _, err := db.Compose(t.Context(), storage.Draft{To: to, Among: among, Text: "x", Count: storage.Count{Parts: 1}})
			if (err == nil) != (f.From != "") || m.Line != f.From {
				t.Fatalf("seed %d: filled in %q (%s), sent from %q: %v", seed, f.From, f.Why, m.Line, err)
			}
			if err != nil {
				refused++
				continue
			}
			sent++
			i := slices.IndexFunc(f.Options, func(o storage.FromOption) bool { return o.Line == m.Line })
			if f.Options[i].Changes != slices.Contains(m.Warnings, storage.WarnFrom) {
				t.Fatalf("seed %d: %+v, and the text warns %v", seed, f.Options[i], m.Warnings)
			}
			if f.Options[i].Changes {
				warned++
			}
		}
	}
	t.Logf("%d sent, %d of them with a warning; %d refused", sent, warned, refused)
	if sent == 0 || refused == 0 || warned == 0 {
		t.Error("one of the ways was never gone")
	}
}

// receive lets a text come in.
func receive(t testing.TB, db *DB, line, from string) {
	t.Helper()
	pdu := fmt.Sprint("00", time.Now().UnixNano())
	kept := keep(t, db, line, pdu)
	a := text(kept[0], from, "hello")
	a.Identity = pdu
	if err := db.Receive(t.Context(), line, []storage.Arrival{a}, assemble); err != nil {
		t.Fatal(err)
	}
}

// TestNumberIsReadyOnceTested_S10: a number is marked when a self-test has
// arrived at it, and unmarked when the card becomes another.
func TestNumberIsReadyOnceTested_S10(t *testing.T) {
	db := open(t)
	line := attach(t, db)
	tested := func() bool {
		lines, _, err := db.Lines(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return !lines[0].TestedAt.IsZero()
	}
	_, err := db.BeginSelfTest(t.Context(), line.ID, storage.Draft{To: line.Number, Line: line.ID, Text: "try", Count: storage.Count{Parts: 1}}, time.Hour, 4)
	if err != nil || tested() {
		t.Fatalf("marked before anything arrived, or %v", err)
	}
	if ok, err := db.ArriveSelfTest(t.Context(), line.ID, "another text"); ok || err != nil || tested() {
		t.Errorf("marked by another text: %v %v", ok, err)
	}
	if ok, err := db.ArriveSelfTest(t.Context(), line.ID, "try"); !ok || err != nil || !tested() {
		t.Errorf("not marked: %v %v", ok, err)
	}
	same := storage.Facts{Port: "q", Number: line.Number, ICCID: line.ICCID, IMEI: line.IMEI}
	if _, err := db.Attach(t.Context(), same); err != nil || !tested() {
		t.Errorf("another port unmarked it: %v", err)
	}
	typed := "+1 (555) 01-98" // the card may not tell it
	if l, err := db.ChangeLine(t.Context(), line.ID, storage.LineChange{Number: &typed}); err != nil || l.Number != "+15550198" || tested() {
		t.Errorf("a typed number is marked: %+v %v", l, err)
	}
	same.Number = "+15550199"
	if _, err := db.Attach(t.Context(), same); err != nil || tested() {
		t.Errorf("another number is marked: %v", err)
	}
}

// TestChooseFrom_S14 says for each thing that can be wrong what it is and who
// mends it.
func TestChooseFrom_S14(t *testing.T) {
	line := func(id string, state storage.LineState, off bool) storage.Line {
		return storage.Line{ID: id, State: state, SMSDisabled: off}
	}
	for _, c := range []struct {
		name   string
		lines  []storage.Line
		among  []string
		reason storage.FromReason
		by     storage.Role
		from   string
	}{
		{"no modem", nil, nil, storage.NoModem, storage.RoleOwner, ""},
		{"not assigned", []storage.Line{line("a", storage.LineReady, false)}, []string{}, storage.NotAssigned, storage.RoleManager, ""},
		{"switched off", []storage.Line{line("a", storage.LineReady, true)}, nil, storage.SwitchedOff, storage.RoleOwner, ""},
		{"not registered", []storage.Line{line("a", storage.LineNotRegistered, false)}, nil, storage.NotRegistered, storage.RoleOwner, "a"},
		{"no modem at the port", []storage.Line{line("a", storage.LineAbsent, false)}, nil, storage.ModemAbsent, storage.RoleOwner, "a"},
		{"one of two ready", []storage.Line{line("a", storage.LineAbsent, false), line("b", storage.LineReady, false)}, nil, "", "", ""},
		{"all is well", []storage.Line{line("a", storage.LineReady, false), line("b", storage.LineAbsent, true)}, nil, "", "", "a"},
	} {
		f := storage.ChooseFrom(c.lines, "", c.among)
		if f.Reason != c.reason || f.By != c.by || f.From != c.from || (f.Detail == "") != (c.reason == "") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
