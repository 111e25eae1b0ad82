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

// past is a moment n minutes after a morning long ago.
func past(n int) storage.Time {
	return storage.At(time.Date(2019, 5, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute))
}

func old(dir storage.Direction, n int, text string) storage.Imported {
	return storage.Imported{Dir: dir, Peer: "+15550177", Text: text, At: past(n)}
}

func (d *searched) bring(t *testing.T, preview bool, messages ...storage.Imported) storage.ImportResult {
	t.Helper()
	r, err := d.Import(context.Background(), storage.Import{Line: d.lines[0], Source: "gammu", Messages: messages, Preview: preview})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// texts are those of a number's thread, the oldest first.
func (d *searched) texts(t *testing.T, number string) (all []string) {
	t.Helper()
	var thread string
	if err := d.reader.QueryRow(`SELECT thread FROM thread_number WHERE number = ?`, number).Scan(&thread); err != nil {
		t.Fatal(err)
	}
	page, err := d.Messages(context.Background(), thread, storage.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range page.Messages {
		all = append(all, m.Text)
	}
	return all
}

func (d *searched) head(t *testing.T) int64 {
	t.Helper()
	h, err := d.Head(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}

func TestImport_N14(t *testing.T) {
	d := newSearched(t)
	d.come(t, d.lines[0], "+15550177", "a new one")
	before := d.head(t)
	batch := []storage.Imported{old(storage.Inbound, 0, "zebra"), old(storage.Outbound, 2, "third"), old(storage.Inbound, 1, "second")}
	if r := d.bring(t, true, batch...); r.Added != 3 || d.head(t) != before {
		t.Fatalf("a preview says %+v, and the log went from %d to %d", r, before, d.head(t))
	}
	r := d.bring(t, false, batch...)
	if r.Added != 3 || r.Known != 0 || r.Threads != 1 || r.From != past(0) || r.To != past(2) {
		t.Fatalf("%+v", r)
	}
	if got := d.texts(t, "+15550177"); !slices.Equal(got, []string{"zebra", "second", "third", "a new one"}) {
		t.Errorf("the thread reads %q", got)
	}
	events, err := d.Events(context.Background(), before, 100)
	if err != nil || len(events) != 1 || events[0].Type != storage.HistoryImported {
		t.Errorf("%d events, %v: %+v", len(events), err, events)
	}
	page, err := d.Threads(context.Background(), storage.Page{Agent: d.boss.ID})
	if err != nil || page.Threads[0].Last.Text != "a new one" || page.Threads[0].View.Unread != 1 {
		t.Errorf("the thread is listed as %+v, %v", page.Threads[0], err)
	}
	if got := d.hits(t, d.boss, "zebra"); len(got) != 1 {
		t.Errorf("a search finds %q", got)
	}
	if again := drain(t, d.DB, d.lines[0]); len(again) > 0 {
		t.Errorf("what another program sent would go out again: %q", again)
	}
	usage, err := d.UsageOf(context.Background(), storage.StatsFilter{})
	if err != nil || len(usage) != 1 || usage[0].Received != 1 || usage[0].Sent != 0 {
		t.Errorf("the figures count what this box did not do: %+v, %v", usage, err)
	}
	var offers int
	d.reader.QueryRow(`SELECT count(*) FROM offer WHERE first <> ?`, page.Threads[0].Last.ID).Scan(&offers)
	if offers > 0 {
		t.Errorf("%d offers came of it", offers)
	}
}

func TestImportTwice_N14(t *testing.T) {
	d := newSearched(t)
	var batch []storage.Imported
	for n := range 300 {
		batch = append(batch, old([]storage.Direction{storage.Inbound, storage.Outbound}[n%2], n/5, fmt.Sprint("text ", n)))
	}
	if r := d.bring(t, false, batch...); r.Added != 300 {
		t.Fatalf("%+v", r)
	}
	for _, preview := range []bool{true, false} {
		if r := d.bring(t, preview, batch...); r.Added != 0 || r.Known != 300 {
			t.Errorf("again: %+v", r)
		}
	}
	if got := len(d.texts(t, "+15550177")); got != 200 { // a page
		t.Errorf("%d texts", got)
	}
	// One double among news is found, and what differs in anything is none.
	other := batch[7]
	for _, change := range []func(m *storage.Imported){
		func(m *storage.Imported) { m.Text += "!" },
		func(m *storage.Imported) { m.At = storage.At(m.At.Add(time.Second)) },
		func(m *storage.Imported) { m.Peer = "+15550178" },
		func(m *storage.Imported) { m.Own = "+15550999" },
		func(m *storage.Imported) { m.Dir = storage.Inbound },
	} {
		m := other
		change(&m)
		if r := d.bring(t, true, m, other); r.Added != 1 || r.Known != 1 {
			t.Errorf("%+v beside %+v: %+v", m, other, r)
		}
	}
}

// The same text may be known from the modem: by its service centre's time.
func TestImportOfWhatTheModemGave_N14(t *testing.T) {
	d := newSearched(t)
	m := d.come(t, d.lines[0], "+15550177", "twice")
	at := m.SentAt
	if at.IsZero() {
		at = m.CreatedAt
	}
	seconds := storage.At(at.Truncate(time.Second))
	known := storage.Imported{Dir: storage.Inbound, Peer: "+15550177", Text: "twice", At: seconds}
	if r := d.bring(t, false, known); r.Added != 0 || r.Known != 1 {
		t.Errorf("%+v", r)
	}
}

func TestImportManyInOneMoment_N14(t *testing.T) {
	d := newSearched(t)
	total := 0
	for range 10 {
		var batch []storage.Imported
		for range storage.MaxImported {
			total++
			batch = append(batch, old(storage.Outbound, 0, fmt.Sprint("mass text ", total)))
		}
		if r := d.bring(t, false, batch...); r.Added != len(batch) {
			t.Fatalf("%+v", r)
		}
	}
	var rows, late int
	d.reader.QueryRow(`SELECT count(*), sum(id > ?) FROM message`, idAt("ms", d.box, past(1))).Scan(&rows, &late)
	if rows != total || late != 0 {
		t.Errorf("%d rows of %d, %d of them in the wrong minute", rows, total, late)
	}
}

func TestImportRefuses_N14(t *testing.T) {
	d := newSearched(t)
	for field, m := range map[string]storage.Imported{
		"messages[0].dir":   {Peer: "+15550177", At: past(0)},
		"messages[0].peer":  {Dir: storage.Inbound, Peer: "a\nb", At: past(0)},
		"messages[0].at":    {Dir: storage.Inbound, Peer: "+15550177", At: storage.At(time.Now().Add(48 * time.Hour))},
		"messages[0].state": {Dir: storage.Outbound, Peer: "+15550177", At: past(0), State: storage.Queued},
		"messages[0].text":  {Dir: storage.Inbound, Peer: "+15550177", At: past(0), Text: strings.Repeat("x", 1<<17)},
	} {
		_, err := d.Import(context.Background(), storage.Import{Line: d.lines[0], Messages: []storage.Imported{m}})
		if err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := d.Import(context.Background(), storage.Import{Line: "ln_NONE"}); err == nil {
		t.Error("a line that is not there took a history")
	}
}

// Whatever comes in whatever order, between live messages, each thread reads in
// the order of its times, and its last message is the newest.
func TestImportOrder_N14(t *testing.T) {
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 14))
		d := newSearched(t)
		var all []storage.Imported
		for n := range 200 {
			all = append(all, storage.Imported{Dir: storage.Inbound, Peer: fmt.Sprintf("+1555010%d", r.IntN(4)), Text: fmt.Sprint(n), At: past(r.IntN(60))})
		}
		for batch := range slices.Chunk(all, 23) {
			d.bring(t, false, batch...)
			d.come(t, d.lines[r.IntN(2)], fmt.Sprintf("+1555010%d", r.IntN(4)), "live")
		}
		var wrong int
		err := d.reader.QueryRow(`
			SELECT (SELECT count(*) FROM message AS a JOIN message AS b ON b.thread = a.thread AND b.id > a.id AND b.created_at < a.created_at)
			     + (SELECT count(*) FROM thread WHERE last <> (SELECT max(id) FROM message WHERE message.thread = thread.id))
			     + (SELECT count(*) FROM thread_line WHERE last <> (SELECT max(id) FROM message WHERE message.thread = thread_line.thread AND message.line = thread_line.line))
			     + (SELECT count(*) FROM thread WHERE line <> (SELECT line FROM message WHERE id = last))`).Scan(&wrong)
		if err != nil || wrong > 0 {
			t.Errorf("seed %d: %d rows are out of order, %v", seed, wrong, err)
		}
	}
}
