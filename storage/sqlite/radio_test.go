package sqlite

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// types lists the types of the events after seq.
func types(t testing.TB, db *DB, seq int64) []string {
	t.Helper()
	events, err := db.Events(context.Background(), seq, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range events {
		all = append(all, e.Type)
	}
	return all
}

func count(all []string, one string) int {
	n := 0
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

func TestJournal(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	for n := range 3 {
		if err := db.Note(ctx, storage.Note{Port: "p", Line: line, Step: "reopen", Words: fmt.Sprint(n), Level: storage.Warn}); err != nil {
			t.Fatal(err)
		}
	}
	db.Note(ctx, storage.Note{Port: "q", Step: "absent", Words: "3", Level: storage.Info})
	notes, err := db.Journal(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, n := range notes {
		words = append(words, n.Words)
		if n.At.IsZero() {
			t.Error("a note without its time")
		}
	}
	if !slices.Equal(words, []string{"1", "2", "3"}) {
		t.Errorf("the newest three, the oldest first: %q", words)
	}
	all := types(t, db, 0)
	if count(all, storage.LineNote) != 3 || count(all, storage.ModemNote) != 1 {
		t.Errorf("%q", all)
	}
}

func TestPIN(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	try := func(iccid, pin string) bool {
		t.Helper()
		may, err := db.TryPIN(ctx, iccid, pin)
		if err != nil {
			t.Fatal(err)
		}
		return may
	}
	t.Run("one try for ever, whatever became of it", func(t *testing.T) {
		if !try("8901", "1234") {
			t.Fatal("the first try is refused")
		}
		for range 50 {
			if try("8901", "1234") {
				t.Fatal("a second try")
			}
		}
		db.PINTried(ctx, "8901", "1234", storage.PINRefused)
		if try("8901", "1234") {
			t.Fatal("a second try after a refusal")
		}
	})
	t.Run("another PIN and another card have their own", func(t *testing.T) {
		if !try("8901", "4321") || !try("8902", "1234") {
			t.Fatal("refused")
		}
	})
	t.Run("a good one goes on, and ends when its outcome stays out", func(t *testing.T) {
		for range 5 {
			db.PINTried(ctx, "8902", "1234", storage.PINGood)
			if !try("8902", "1234") {
				t.Fatal("a good PIN is refused")
			}
		}
		db.PINTried(ctx, "8902", "1234", storage.PINGood)
		for i, may := range []bool{true, true, false} {
			if try("8902", "1234") != may {
				t.Fatalf("try %d: a card has three, and two may go astray", i+1)
			}
		}
	})
	t.Run("the file does not hold the PIN", func(t *testing.T) {
		db.write.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		const pin = "97531864"
		try("8903", pin)
		found := false
		filepath.WalkDir(filepath.Dir(db.path), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				found = found || strings.Contains(read(t, path), pin)
			}
			return nil
		})
		if found {
			t.Fatal("it does")
		}
		// Negative control: what is written in plain is found.
		db.write.conn.ExecContext(ctx, "INSERT INTO meta (key, value) VALUES ('planted', '"+pin+"')")
		if !strings.Contains(read(t, db.path+"-wal"), pin) {
			t.Fatal("the search does not find a planted PIN")
		}
	})
}

func TestMissed(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	sent := compose(t, db, "+15550100", 1)
	m, err := db.Missed(ctx, line, storage.Call{From: "+15550100", At: time0()})
	if err != nil {
		t.Fatal(err)
	}
	if m.Thread != sent.Thread || m.Channel != storage.ChannelCall || m.Dir != storage.Inbound || m.From != "+15550100" {
		t.Errorf("%+v", m)
	}
	mark(t, db, storage.Change{Line: line, Message: sent.ID, N: 1, From: storage.Queued, To: storage.Canceled})
	if _, _, due, err := db.Next(ctx, line); due || err != nil {
		t.Error("a call is due to be sent", err)
	}
	if m, err := db.Missed(ctx, line, storage.Call{}); err != nil || m.From != storage.Withheld {
		t.Errorf("%+v %v", m, err)
	}
	if n := count(types(t, db, 0), storage.MessageReceived); n != 2 {
		t.Errorf("told %d times", n)
	}
}

func TestMove(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	old := attach(t, db)
	waits := compose(t, db, "+15550100", 2)
	in := keep(t, db, old.ID, "aa")
	if err := db.Receive(ctx, old.ID, []storage.Arrival{text(in[0], "+15550100", "before")}, assemble); err != nil {
		t.Fatal(err)
	}
	card, err := db.Attach(ctx, storage.Facts{Port: "q", ICCID: "8902", IMEI: "36", IMSI: "002"})
	if err != nil {
		t.Fatal(err)
	}
	in = keep(t, db, card.ID, "bb")
	if err := db.Receive(ctx, card.ID, []storage.Arrival{text(in[0], "+15550101", "by itself")}, assemble); err != nil {
		t.Fatal(err)
	}
	before, _ := db.Head(ctx)
	look, err := db.Move(ctx, old.ID, card.ID, true)
	if err != nil || look.Done || look.Threads != 1 || look.Messages != 1 || look.Queued != 2 || len(look.Words) < 4 {
		t.Fatalf("preview %+v %v", look, err)
	}
	if head, _ := db.Head(ctx); head != before {
		t.Fatal("a preview has changed the ledger")
	}
	done, err := db.Move(ctx, old.ID, card.ID, false)
	if err != nil || !done.Done {
		t.Fatal(done, err)
	}
	lines, _, _ := db.Lines(ctx)
	if len(lines) != 1 || lines[0].ID != old.ID || lines[0].ICCID != "8902" || lines[0].Number != old.Number || lines[0].Port != "q" {
		t.Fatalf("%+v", lines)
	}
	if lines[0].Rev != done.Line.Rev {
		t.Errorf("rev %d in the ledger, %d told", lines[0].Rev, done.Line.Rev)
	}
	if due, _, ok, _ := db.Next(ctx, old.ID); !ok || due.Message != waits.ID {
		t.Errorf("what waited is not due: %+v", due)
	}
	threads, _ := db.Threads(ctx, storage.Page{})
	for _, th := range threads.Threads {
		if th.Line != old.ID || th.Last.Line != old.ID {
			t.Errorf("%+v", th)
		}
	}
	told := types(t, db, before.Seq)
	if !slices.Equal(told, []string{storage.LineMoved, storage.LineUpdated, storage.LineNote}) {
		t.Errorf("%q", told)
	}
	again, err := db.Attach(ctx, storage.Facts{Port: "q", ICCID: "8902", IMEI: "36", IMSI: "002"})
	if err != nil || again.ID != old.ID {
		t.Errorf("the new card opens as %s: %v", again.ID, err)
	}
	stranger, err := db.Attach(ctx, storage.Facts{Port: "r", ICCID: "8901", IMEI: "35"})
	if err != nil || stranger.ID == old.ID {
		t.Errorf("the old card opens as %s: %v", stranger.ID, err)
	}
	for _, c := range [][2]string{{old.ID, old.ID}, {"ln_x", old.ID}, {old.ID, "ln_x"}} {
		if _, err := db.Move(ctx, c[0], c[1], false); code(err) == "" {
			t.Errorf("%v: %v", c, err)
		}
	}
}

func TestUSSD(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	s, err := db.BeginUSSD(ctx, line, "*100#", storage.Author{Kind: "admin"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.BeginUSSD(ctx, line, "*101#", storage.Author{}); code(err) != storage.CodeConflict {
		t.Fatal("a second dialogue on one card", err)
	}
	steps := []storage.USSDStep{
		{From: storage.USSDWaiting, To: storage.USSDAsking, Dir: storage.Inbound, Text: "Menu\n1. Credit\n2. Top up\n0 - Back"},
		{From: storage.USSDAsking, To: storage.USSDWaiting, Dir: storage.Outbound, Text: "1"},
		{From: storage.USSDWaiting, To: storage.USSDDone, Dir: storage.Inbound, Text: "Your credit is 4.20 EUR"},
	}
	for _, step := range steps {
		step.Session = s.ID
		if s, err = db.StepUSSD(ctx, step); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.StepUSSD(ctx, storage.USSDStep{Session: s.ID, From: storage.USSDAsking, To: storage.USSDCanceled}); code(err) != storage.CodeConflict {
		t.Error("a session that is over went on", err)
	}
	kept, err := db.USSDSessions(ctx, line, 10)
	if err != nil || len(kept) != 1 || len(kept[0].Turns) != 4 || kept[0].State != storage.USSDDone || kept[0].EndedAt.IsZero() {
		t.Fatalf("%+v %v", kept, err)
	}
	if c := kept[0].Turns[1].Choices; len(c) != 3 || c[2] != (storage.USSDChoice{Answer: "0", Label: "Back"}) {
		t.Errorf("%+v", c)
	}
	db.BeginUSSD(ctx, line, "*100#", storage.Author{})
	if err := db.EndUSSD(ctx, "stopped"); err != nil {
		t.Fatal(err)
	}
	if kept, _ := db.USSDSessions(ctx, "", 1); kept[0].State != storage.USSDFailed || kept[0].Reason != "stopped" {
		t.Errorf("%+v", kept)
	}
}

func TestBalanceLow(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	for _, b := range []struct {
		amount float64
		alerts int
	}{{10, 0}, {3, 1}, {2, 1}, {0, 1}, {12, 1}, {4, 2}, {4, 2}} {
		if err := db.SetBalance(ctx, line, storage.Balance{Amount: b.amount, Low: b.amount < 5}); err != nil {
			t.Fatal(err)
		}
		if n := count(types(t, db, 0), storage.LineBalanceLow); n != b.alerts {
			t.Errorf("at %v: %d alerts, want %d", b.amount, n, b.alerts)
		}
	}
}

func TestSelfTest(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db)
	begin := func(text string, within time.Duration) (storage.SelfTest, error) {
		return db.BeginSelfTest(ctx, line.ID, storage.Draft{
			To: line.Number, Line: line.ID, Text: text, Count: storage.Count{Alphabet: "gsm7", Parts: 1}, Author: storage.Author{Kind: "self_test"},
		}, within, 3)
	}
	alarm := func() string { l, _, _ := db.Lines(ctx); return l[0].Alarm }
	lost, err := begin("first", 0)
	if err != nil {
		t.Fatal(err)
	}
	db.LoseSelfTests(ctx)
	if alarm() != "" {
		t.Error("a text that never left raised the alarm of reception")
	}
	if lost, err = begin("second", 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []storage.Change{{From: storage.Queued, To: storage.Sending}, {From: storage.Sending, To: storage.Sent}} {
		c.Line, c.Message, c.N = line.ID, lost.Message, 1
		mark(t, db, c)
	}
	db.LoseSelfTests(ctx)
	if alarm() == "" {
		t.Error("no alarm though it was sent and did not arrive")
	}
	if ok, err := db.ArriveSelfTest(ctx, line.ID, "no such text"); ok || err != nil {
		t.Error("another text ended the test", err)
	}
	if ok, err := db.ArriveSelfTest(ctx, line.ID, "second"); !ok || err != nil || alarm() != "" {
		t.Error("a late arrival did not end the alarm", ok, err, alarm())
	}
	if _, err := begin("third", time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := begin("fourth", time.Hour); code(err) != storage.CodeConflict {
		t.Error("the cap of three does not hold", err)
	}
	if tests, spent, err := db.SelfTests(ctx, 10); err != nil || spent != 3 || len(tests) != 3 {
		t.Errorf("%+v %d %v", tests, spent, err)
	}
}

// A ledger of the first schema keeps its texts when it comes to this one.
func TestUpgrade(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "ledger.db")
	first, err := migrations.ReadFile("migrations/0001_ledger.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := &DB{path: path}
	plant(t, path, string(first)+`
		INSERT INTO meta (key, value) VALUES ('box', 'TEST'), ('epoch', 'ep_1');
		INSERT INTO thread (id, channel, peer) VALUES ('th_1', 'sms', '+15550100');
		INSERT INTO message (id, thread, line, dir, peer, text, state, total, created_at, rev)
		VALUES ('ms_1', 'th_1', 'ln_1', 'in', '+15550100', 'old', 'received', 1, 1, 1);
		PRAGMA user_version = 1;`)
	if db, err = Open(ctx, path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if m, err := db.Message(ctx, "ms_1"); err != nil || m.Text != "old" || m.Channel != storage.ChannelSMS {
		t.Fatalf("%+v %v", m, err)
	}
	if may, err := db.TryPIN(ctx, "8901", "1"); !may || err != nil {
		t.Fatal("the upgraded ledger has no secret", err)
	}
}
