package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"smsbridge/storage"
)

// busy is a ledger that is written to all the time. What it acknowledged is
// known.
type busy struct {
	*DB
	path  string
	acked atomic.Int64 // texts of each writer, all the same number
	stop  func() int64
}

const writers = 4

func newBusy(t testing.TB) *busy {
	t.Helper()
	b := &busy{path: filepath.Join(t.TempDir(), "ledger.db")}
	var err error
	if b.DB, err = Open(t.Context(), b.path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.DB.Close() })
	line, err := b.Attach(t.Context(), storage.Facts{Port: "tty", Number: "+15550190", ICCID: "8901", IMEI: "35"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.seal("hook", []byte("a secret")); err != nil { // so there is a key
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				_, _, err := b.Compose(context.Background(), storage.Draft{To: fmt.Sprintf("+1555%07d", n%50), Line: line.ID, Text: strings.Repeat("x", 300),
					Count: storage.Count{Parts: 2}, Author: storage.Author{Kind: "admin"}, Key: fmt.Sprint(w, " ", n), Digest: "d"})
				if err != nil {
					t.Error(err)
					return
				}
				b.acked.Add(1)
			}
		})
	}
	b.stop = sync.OnceValue(func() int64 { cancel(); all.Wait(); return b.acked.Load() })
	t.Cleanup(func() { b.stop() })
	return b
}

// after waits until so many more texts were acknowledged.
func (b *busy) after(n int64) {
	for until := b.acked.Load() + n; b.acked.Load() < until; runtime.Gosched() {
	}
}

// incomplete says what is missing from a copy that was begun when so many texts
// were acknowledged: they, their parts, keys and events, and nothing by half.
func incomplete(t testing.TB, file string, acked int64) string {
	t.Helper()
	c, err := Check(t.Context(), file)
	if err != nil {
		return err.Error()
	}
	if len(c.Faults) > 0 {
		return c.Faults[0]
	}
	db, err := sql.Open("sqlite3", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var messages, parts, keys, events, told, first, last int64
	if err := db.QueryRow(`
		SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM part), (SELECT count(*) FROM idem),
		       (SELECT count(*) FROM event WHERE type = 'message.queued'), count(*), min(seq), max(seq)
		FROM event`).Scan(&messages, &parts, &keys, &events, &told, &first, &last); err != nil {
		return err.Error()
	}
	switch {
	case messages < acked:
		return fmt.Sprintf("%d texts of %d that were acknowledged before", messages, acked)
	case parts != 2*messages || keys != messages || events != messages:
		return fmt.Sprintf("%d texts, %d parts, %d keys, %d events", messages, parts, keys, events)
	case told != last-first+1:
		return fmt.Sprintf("%d events from %d to %d", told, first, last)
	}
	return ""
}

// TestBackup_under_load: each copy that is made while texts are accepted is
// whole and holds all that was acknowledged before it was asked for. The
// negative control is the copy that a person would make with cp: the same
// check finds it wanting.
func TestBackup_under_load(t *testing.T) {
	b := newBusy(t)
	for n := range 5 {
		b.after(200)
		acked := b.acked.Load()
		file := filepath.Join(t.TempDir(), fmt.Sprint("backup", n, ".db"))
		made, err := b.Backup(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		if why := incomplete(t, file, acked); why != "" {
			t.Errorf("copy %d: %s", n, why)
		}
		if made.Epoch != b.epoch || made.Seq == 0 || made.Bytes == 0 || !made.Key {
			t.Errorf("it says %+v", made)
		}
		for _, tail := range []string{"", "-key"} {
			if st, err := os.Stat(file + tail); err != nil || st.Mode().Perm() != 0o600 {
				t.Errorf("backup%s: %v %v", tail, st, err)
			}
		}
		if _, err := b.Backup(t.Context(), file); err == nil {
			t.Error("a backup was written over another")
		}
	}
	t.Run("negative control", func(t *testing.T) {
		caught := ""
		for n := 0; n < 20 && caught == ""; n++ {
			b.after(100)
			acked := b.acked.Load()
			file := filepath.Join(t.TempDir(), fmt.Sprint("cp", n, ".db"))
			if err := copyFile(b.path, file); err != nil {
				t.Fatal(err)
			}
			caught = incomplete(t, file, acked)
		}
		if caught == "" {
			t.Fatal("a plain copy was taken for a backup")
		}
		t.Log("cp: ", caught)
	})
	t.Logf("%d texts were acknowledged meanwhile", b.stop())
}

// TestRestore: a backup that is put back has another epoch, sends nothing by
// itself, lets nobody in by an old session, and what was there is kept.
func TestRestore(t *testing.T) {
	b := newBusy(t)
	b.after(50)
	if _, err := b.CreateToken(t.Context(), storage.Token{Label: "crm", Scopes: []string{storage.ScopeRead}}, []byte("h")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "backup.db")
	acked := b.acked.Load()
	if _, err := b.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), file, b.path); err == nil || !strings.Contains(err.Error(), "another smsbridge") {
		t.Errorf("a ledger in use was replaced: %v", err)
	}
	b.after(50)
	all := b.stop()
	sealed, err := b.seal("hook", []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	old := b.epoch
	b.Close()
	if err := os.WriteFile(b.path+"-key", make([]byte, keyLen), 0o600); err != nil { // another one came
		t.Fatal(err)
	}
	r, err := Restore(t.Context(), file, b.path)
	if err != nil {
		t.Fatal(err)
	}
	if r.Epoch == old || len(r.Faults) > 0 || r.Unconfirmed == 0 || len(r.Tokens) != 1 || r.Tokens[0] != "crm" {
		t.Errorf("restored: %+v", r)
	}
	if why := incomplete(t, r.Aside, all); why != "" {
		t.Errorf("what was there is not whole aside: %s", why)
	}
	db, err := Open(t.Context(), b.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	head, _ := db.Head(t.Context())
	if head.Epoch != r.Epoch || head.Seq != r.Seq {
		t.Errorf("opened at %+v", head)
	}
	if waiting, _ := db.Queued(t.Context()); len(waiting) > 0 {
		t.Errorf("%v would be sent once more", waiting)
	}
	if secret, err := db.unseal("hook", sealed); err != nil || string(secret) != "a secret" {
		t.Errorf("the secrets of hooks cannot be read: %v", err)
	}
	if why := incomplete(t, b.path, acked); why != "" {
		t.Error(why)
	}
}

// TestRestore_refuses what is no whole backup, and leaves everything as it was.
func TestRestore_refuses(t *testing.T) {
	b := newBusy(t)
	b.after(300)
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := b.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b.Close()
	before := read(t, b.path)
	good := read(t, file)
	for name, text := range map[string]string{
		"cut off":   good[:len(good)/2],
		"no ledger": "",
		"scribbled": good[:len(good)/3] + strings.Repeat("scribble", 4096) + good[len(good)/3+8*4096:],
	} {
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r, err := Restore(t.Context(), bad, b.path); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if read(t, b.path) != before {
		t.Error("the ledger was changed")
	}
}

// TestRestore_over_ruins: a ledger that cannot be opened is replaced, and kept
// as it is.
func TestRestore_over_ruins(t *testing.T) {
	b := newBusy(t)
	b.after(20)
	file := filepath.Join(t.TempDir(), "backup.db")
	if _, err := b.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	b.stop()
	b.Close()
	if err := os.WriteFile(b.path, []byte(strings.Repeat("ruins", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Restore(t.Context(), file, b.path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(read(t, r.Aside), "ruins") || len(r.Faults) > 0 {
		t.Errorf("%+v", r)
	}
}
