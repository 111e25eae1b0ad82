package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"smsbridge/storage"
)

// aged moves a message, and what the log says of it, some days back.
func (d *searched) aged(t *testing.T, m storage.Message, days int) {
	t.Helper()
	err := d.update(context.Background(), func(x *tx) error {
		x.exec(`UPDATE message SET created_at = created_at - ? WHERE id = ?`, int64(days)*86400000, m.ID)
		x.exec(`UPDATE event SET at = at - ? WHERE data ->> '$.message.id' = ?`, int64(days)*86400000, m.ID)
		return x.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *searched) keepFor(t *testing.T, line string, days int) {
	t.Helper()
	if _, err := d.SetRetention(context.Background(), storage.Retention{Line: line, Days: days}, true); err != nil {
		t.Fatal(err)
	}
}

func (d *searched) swept(t *testing.T, preview bool) storage.Swept {
	t.Helper()
	s, err := d.Sweep(context.Background(), preview)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRetention_M6(t *testing.T) {
	d := newSearched(t)
	early := d.come(t, d.lines[0], "+15550171", "gherkin, your code is 482913")
	d.aged(t, early, 40)
	d.aged(t, d.come(t, d.lines[0], "+15550172", "marmalade"), 40)
	d.come(t, d.lines[0], "+15550172", "fresh")
	d.aged(t, d.come(t, d.lines[1], "+15550173", "other line"), 40)
	if s := d.swept(t, false); s.Messages != 0 {
		t.Fatalf("it is off, and %+v went", s)
	}
	d.keepFor(t, "", 30)
	d.keepFor(t, d.lines[1], 90)
	if s := d.swept(t, true); s.Messages != 2 || s.Threads != 1 || len(d.texts(t, "+15550171")) != 1 {
		t.Fatalf("a preview: %+v", s)
	}
	if s := d.swept(t, false); s.Messages != 2 || s.Threads != 1 {
		t.Fatalf("%+v", s)
	}
	if s := d.swept(t, false); s.Messages != 0 {
		t.Errorf("again: %+v", s)
	}
	if got := d.texts(t, "+15550172"); !slices.Equal(got, []string{"fresh"}) {
		t.Errorf("%q is left", got)
	}
	if got := d.texts(t, "+15550173"); len(got) != 1 {
		t.Errorf("a line with days of its own has %q", got)
	}
	for _, word := range []string{"gherkin", "marmalade"} {
		if got := d.hits(t, d.boss, word); len(got) > 0 {
			t.Errorf("a search finds %q", got)
		}
	}
	var wrong int
	err := d.reader.QueryRow(`
		SELECT (SELECT count(*) FROM event WHERE data LIKE '%gherkin%' OR data LIKE '%marmalade%' OR data LIKE '%482913%')
		     + (SELECT count(*) FROM kept WHERE message = ? AND pdu NOT LIKE 'sha256:%')
		     + (SELECT count(*) FROM thread WHERE last <> (SELECT max(id) FROM message WHERE message.thread = thread.id))`, early.ID).Scan(&wrong)
	if err != nil || wrong > 0 {
		t.Errorf("%d rows say what was deleted, %v", wrong, err)
	}
	// A text that comes again begins a thread.
	d.come(t, d.lines[0], "+15550171", "again")
	if got := d.texts(t, "+15550171"); !slices.Equal(got, []string{"again"}) {
		t.Errorf("%q", got)
	}
}

// What was deleted is not in the files either.
func TestRetentionLeavesNoTrace_M6(t *testing.T) {
	d := newSearched(t)
	for n := range 50 {
		d.aged(t, d.come(t, d.lines[0], "+15550171", fmt.Sprint("quicksilver ", n)), 40)
	}
	traces := func() (n int) {
		names, _ := filepath.Glob(d.path + "*")
		for _, name := range names {
			octets, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(octets, []byte("quicksilver"))
		}
		return n
	}
	if traces() == 0 {
		t.Fatal("the words are nowhere in the files: this test sees nothing")
	}
	d.keepFor(t, "", 30)
	if s := d.swept(t, false); s.Messages != 50 {
		t.Fatalf("%+v", s)
	}
	if n := traces(); n > 0 {
		t.Errorf("%d traces are left in the files", n)
	}
}

func TestRetentionLeavesWhatMoves_M6(t *testing.T) {
	d := newSearched(t)
	m, _, err := d.Compose(context.Background(), storage.Draft{To: "+15550171", Line: d.lines[0], Text: "waits", Count: storage.Count{Parts: 1}})
	if err != nil {
		t.Fatal(err)
	}
	d.aged(t, m, 40)
	d.keepFor(t, "", 30)
	if s := d.swept(t, false); s.Messages != 0 {
		t.Errorf("what waits to be sent went: %+v", s)
	}
	for _, days := range []int{-1, storage.MaxRetention + 1} {
		if _, err := d.SetRetention(context.Background(), storage.Retention{Days: days}, true); err == nil {
			t.Errorf("%d days were taken", days)
		}
	}
}

func TestSweepInBatches_M6(t *testing.T) {
	d := newSearched(t)
	var batch []storage.Imported
	for n := range 2*sweepBatch + 7 {
		batch = append(batch, old(storage.Inbound, n, fmt.Sprint("text ", n)))
	}
	for part := range slices.Chunk(batch, 100) {
		d.bring(t, false, part...)
	}
	before := d.head(t)
	d.keepFor(t, "", 30)
	if s := d.swept(t, false); s.Messages != len(batch) || s.Threads != 1 || time.Since(s.Before.Time) < time.Hour {
		t.Errorf("%+v", s)
	}
	if events := d.head(t) - before; events > 6 {
		t.Errorf("%d events tell of it", events)
	}
}
