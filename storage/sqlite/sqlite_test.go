package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"smsbridge/storage"
)

// open makes a ledger in a temporary folder.
func open(t testing.TB) *DB {
	t.Helper()
	db, err := Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// attach makes a line with the number of a simulated SIM.
func attach(t testing.TB, db *DB) storage.Line {
	t.Helper()
	line, err := db.Attach(context.Background(), storage.Facts{Port: "p", Number: "+15550191", ICCID: "8901", IMEI: "35"})
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// compose queues a text of so many parts.
func compose(t testing.TB, db *DB, to string, parts int) storage.Message {
	t.Helper()
	m, _, err := db.Compose(context.Background(), storage.Draft{To: to, Text: "hello", Count: storage.Count{Alphabet: "gsm7", Parts: parts}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// mark moves a part and demands that the ledger takes it.
func mark(t testing.TB, db *DB, c storage.Change) {
	t.Helper()
	if err := db.Mark(context.Background(), c); err != nil {
		t.Fatal(err)
	}
}

// keep hands PDUs to the ledger as a direct indication would.
func keep(t testing.TB, db *DB, line string, pdus ...string) []storage.Kept {
	t.Helper()
	found := make([]storage.Kept, len(pdus))
	for i, p := range pdus {
		found[i] = storage.Kept{PDU: p, Index: -1}
	}
	kept, err := db.Keep(context.Background(), line, nil, found)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

func text(k storage.Kept, from, text string) storage.Arrival {
	return storage.Arrival{Kept: k, Identity: k.PDU, From: from, Text: text}
}

// assemble places a part in the newest open set that misses it; the rule that
// counts is the gateway's.
func assemble(sets storage.Sets, a storage.Arrival) (storage.Assembled, error) {
	open, err := sets.Like(a)
	if err != nil {
		return storage.Assembled{}, err
	}
	r := storage.Assembled{}
	have := map[int]string{a.Set.Seq: a.Kept.PDU}
	for _, o := range slices.Backward(open) {
		if slices.ContainsFunc(o.Parts, func(s storage.Segment) bool { return s.Seq == a.Set.Seq }) {
			continue
		}
		r.Message = o.Message
		for _, s := range o.Parts {
			have[s.Seq] = s.PDU
		}
		break
	}
	for seq := 1; seq <= a.Set.Total; seq++ {
		r.Text += cmp.Or(have[seq], "…")
	}
	r.Whole = len(have) == a.Set.Total
	return r, nil
}

func code(err error) storage.Code {
	if e, ok := errors.AsType[*storage.Error](err); ok {
		return e.Code
	}
	return ""
}

func TestOutbound(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db)
	m := compose(t, db, "+15550100", 2)
	if m.State != storage.Queued || len(m.Parts) != 2 || m.Line != line.ID || m.From != "+15550191" {
		t.Fatalf("composed %+v", m)
	}
	for n := 1; n <= 2; n++ {
		due, _, ok, err := db.Next(ctx, line.ID)
		if err != nil || !ok || due.Message != m.ID || due.N != n || due.Total != 2 || due.ConcatRef == 0 {
			t.Fatalf("due %+v %v %v", due, ok, err)
		}
		c := storage.Change{Line: line.ID, Message: m.ID, N: n, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1}
		mark(t, db, c)
		if err := db.Mark(ctx, c); code(err) != storage.CodeConflict {
			t.Fatalf("a part was released twice: %v", err)
		}
		mark(t, db, storage.Change{Line: line.ID, Message: m.ID, N: n, From: storage.Sending, To: storage.Sent, Ref: 6 + n})
	}
	if _, _, ok, _ := db.Next(ctx, line.ID); ok {
		t.Fatal("something is due still")
	}
	if m, _ = db.Message(ctx, m.ID); m.State != storage.Sent || m.SentAt.IsZero() {
		t.Fatalf("sent: %+v", m)
	}
	for n, pdu := range []string{"r1", "r2"} {
		k := keep(t, db, line.ID, pdu)
		err := db.Receive(ctx, line.ID, []storage.Arrival{{Kept: k[0], Kind: storage.Report, From: "+15550100", Ref: 7 + n, Outcome: storage.Delivered, DeliveredAt: storage.Now()}}, assemble)
		if err != nil {
			t.Fatal(err)
		}
	}
	if m, _ = db.Message(ctx, m.ID); m.State != storage.Delivered || *m.Parts[1].Ref != 8 {
		t.Fatalf("delivered: %+v", m)
	}
}

func TestReport(t *testing.T) {
	ctx := context.Background()
	report := func(db *DB, line, pdu, from string, ref int) {
		k := keep(t, db, line, pdu)
		if err := db.Receive(ctx, line, []storage.Arrival{{Kept: k[0], Kind: storage.Report, From: from, Ref: ref, Outcome: storage.Delivered}}, assemble); err != nil {
			t.Fatal(err)
		}
	}
	send := func(db *DB, line string, ref int) string {
		m := compose(t, db, "+15550100", 1)
		mark(t, db, storage.Change{Line: line, Message: m.ID, N: 1, From: storage.Queued, To: storage.Sending})
		if ref >= 0 {
			mark(t, db, storage.Change{Line: line, Message: m.ID, N: 1, From: storage.Sending, To: storage.Sent, Ref: ref})
		}
		return m.ID
	}
	state := func(db *DB, id string) storage.MessageState {
		m, err := db.Message(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return m.State
	}
	t.Run("before its part is marked sent", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		id := send(db, line, -1)
		report(db, line, "r", "+15550100", 9)
		mark(t, db, storage.Change{Line: line, Message: id, N: 1, From: storage.Sending, To: storage.Sent, Ref: 9})
		if s := state(db, id); s != storage.Delivered {
			t.Fatal(s)
		}
	})
	t.Run("settles an unconfirmed part by the TP-MR that had to come", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		send(db, line, 41)
		id := send(db, line, -1)
		if n, err := db.Doubt(ctx, "stopped"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		report(db, line, "r43", "+15550100", 43)
		if s := state(db, id); s != storage.Unconfirmed {
			t.Fatalf("a report with another TP-MR made it %s", s)
		}
		report(db, line, "r42", "5550100", 42) // national form
		if s := state(db, id); s != storage.Delivered {
			t.Fatal(s)
		}
	})
	t.Run("of another recipient changes nothing", func(t *testing.T) {
		db := open(t)
		line := attach(t, db).ID
		id := send(db, line, 3)
		report(db, line, "r", "+15559999", 3)
		if s := state(db, id); s != storage.Sent {
			t.Fatal(s)
		}
	})
}

func TestKeep(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	slot := []storage.Kept{{Memory: "SM", Index: 3, PDU: "AA"}}
	first, err := db.Keep(ctx, line, []string{"SM"}, slot)
	if err != nil || first[0].Known {
		t.Fatal(first, err)
	}
	again, _ := db.Keep(ctx, line, []string{"SM"}, slot)
	if !again[0].Known || again[0].Filed || again[0].ID != first[0].ID {
		t.Fatalf("kept twice: %+v", again)
	}
	if err := db.Receive(ctx, line, []storage.Arrival{text(again[0], "+15550100", "hi")}, assemble); err != nil {
		t.Fatal(err)
	}
	again, _ = db.Keep(ctx, line, []string{"SM"}, slot)
	if !again[0].Filed {
		t.Fatal("what was read is to be read again")
	}
	if _, err := db.Keep(ctx, line, []string{"SM"}, nil); err != nil { // the slot is empty now
		t.Fatal(err)
	}
	later, _ := db.Keep(ctx, line, nil, slot) // the network delivers it again
	if later[0].Known {
		t.Fatal("a new delivery was taken for the old one")
	}
	if err := db.Receive(ctx, line, []storage.Arrival{text(later[0], "+15550100", "hi")}, assemble); err != nil {
		t.Fatal(err)
	}
	page, _ := db.Threads(ctx, storage.Page{})
	messages, _ := db.Messages(ctx, page.Threads[0].ID, storage.Page{})
	if len(messages.Messages) != 1 || messages.Messages[0].Copies != 2 {
		t.Fatalf("%+v", messages.Messages)
	}
}

func TestSet(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	line := attach(t, db).ID
	part := func(pdu string, bits, seq int) {
		k := keep(t, db, line, pdu)
		a := text(k[0], "+15550100", "")
		a.Set = &storage.Set{Ref: 7, Bits: bits, Total: 2, Seq: seq}
		if err := db.Receive(ctx, line, []storage.Arrival{a}, assemble); err != nil {
			t.Fatal(err)
		}
	}
	part("A1", 8, 1)  // A2 is lost
	part("B1", 8, 1)  // the sender uses the reference again
	part("C2", 16, 2) // same number, other width: another set
	part("B2", 8, 2)
	part("C1", 16, 1)
	page, _ := db.Threads(ctx, storage.Page{})
	messages, _ := db.Messages(ctx, page.Threads[0].ID, storage.Page{})
	var got []string
	for _, m := range messages.Messages {
		got = append(got, fmt.Sprintf("%s:%s", m.State, m.Text))
	}
	want := "partial:A1… received:B1B2 received:C1C2"
	if strings.Join(got, " ") != want {
		t.Fatalf("got %v, want %s", got, want)
	}
	db.update(ctx, func(tx *tx) error {
		s := sets{t: tx, line: line}
		oldest, count, octets, err := s.Oldest()
		if err != nil || count != 1 || octets != 1 || oldest.Message != messages.Messages[0].ID {
			t.Errorf("the oldest open set: %+v, %d sets, %d octets, %v", oldest, count, octets, err)
		}
		return s.End(oldest.Message)
	})
	part("A2", 8, 2) // its set was given up
	if messages, _ = db.Messages(ctx, page.Threads[0].ID, storage.Page{}); len(messages.Messages) != 4 {
		t.Fatalf("%+v", messages.Messages)
	}
}

func TestIdem_S28(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	attach(t, db)
	d := storage.Draft{To: "+15550100", Text: "x", Count: storage.Count{Parts: 1}, Key: "k", Digest: "1", Author: storage.Author{Kind: "token", ID: "a"}}
	m1, replayed1, err1 := db.Compose(ctx, d)
	m2, replayed2, err2 := db.Compose(ctx, d)
	if err1 != nil || err2 != nil || replayed1 || !replayed2 || m1.ID != m2.ID {
		t.Fatal(m1.ID, m2.ID, replayed1, replayed2, err1, err2)
	}
	d.Digest = "2"
	if _, _, err := db.Compose(ctx, d); code(err) != storage.CodeIdemMismatch {
		t.Fatal(err)
	}
	d.Author.ID = "b"
	if m, replayed, err := db.Compose(ctx, d); err != nil || replayed || m.ID == m1.ID {
		t.Fatal("another author's key is another key", err)
	}
}

func TestOpen(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	t.Run("a second time is refused", func(t *testing.T) {
		if _, err := Open(ctx, db.path); err == nil || !strings.Contains(err.Error(), "another smsbridge") {
			t.Fatal(err)
		}
	})
	t.Run("durable settings are asserted", func(t *testing.T) {
		// Negative control: with the driver's default the assertion speaks.
		if _, err := db.write.conn.ExecContext(ctx, "PRAGMA synchronous = NORMAL"); err != nil {
			t.Fatal(err)
		}
		if err := db.assert(ctx); err == nil {
			t.Fatal("synchronous=NORMAL was taken")
		}
		db.write.conn.ExecContext(ctx, "PRAGMA synchronous = FULL")
	})
	t.Run("a newer schema is refused", func(t *testing.T) {
		db.write.conn.ExecContext(ctx, "PRAGMA user_version = 99")
		path := db.path
		db.Close()
		if _, err := Open(ctx, path); err == nil || !strings.Contains(err.Error(), "version 99") {
			t.Fatal(err)
		}
	})
}

func BenchmarkSend(b *testing.B) {
	db := open(b)
	line := attach(b, db).ID
	for b.Loop() {
		m := compose(b, db, "+15550100", 1)
		mark(b, db, storage.Change{Line: line, Message: m.ID, N: 1, From: storage.Queued, To: storage.Sending})
		mark(b, db, storage.Change{Line: line, Message: m.ID, N: 1, From: storage.Sending, To: storage.Sent, Ref: 1})
	}
}

func BenchmarkReceive(b *testing.B) {
	db := open(b)
	line := attach(b, db).ID
	n := 0
	for b.Loop() {
		n++
		k := keep(b, db, line, fmt.Sprint(n))
		if err := db.Receive(context.Background(), line, []storage.Arrival{text(k[0], "+15550100", "hi")}, assemble); err != nil {
			b.Fatal(err)
		}
	}
}
