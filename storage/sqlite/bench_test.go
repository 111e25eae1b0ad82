package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// BenchmarkDesk is what desks ask for, on a small ledger and on one of a
// million messages in ten thousand threads. The figures that count are the
// percentiles; promised are 5 ms for pages and 50 ms for searches (p99).
func BenchmarkDesk(b *testing.B) {
	for _, size := range []struct{ threads, messages int }{{100, 10_000}, {10_000, 1_000_000}} {
		b.Run(fmt.Sprintf("messages=%d", size.messages), func(b *testing.B) {
			d := newLarge(b, size.threads, size.messages)
			b.Run("list", func(b *testing.B) { d.list(b, d.manager, storage.ThreadFilter{}) })
			b.Run("list-some-lines", func(b *testing.B) { d.list(b, d.agent, storage.ThreadFilter{}) })
			b.Run("list-open", func(b *testing.B) { d.list(b, d.agent, storage.ThreadFilter{State: storage.ThreadsOpen}) })
			b.Run("list-unread", func(b *testing.B) { d.list(b, d.agent, storage.ThreadFilter{State: storage.ThreadsUnread}) })
			b.Run("list-closed", func(b *testing.B) { d.list(b, d.agent, storage.ThreadFilter{State: storage.ThreadsClosed}) })
			b.Run("list-named", func(b *testing.B) { d.list(b, d.agent, storage.ThreadFilter{Text: "Person 77"}) })
			b.Run("thread", func(b *testing.B) {
				d.each(b, func(n int) error {
					_, err := d.db.Messages(context.Background(), d.thread(n), storage.Page{Limit: 50})
					return err
				})
			})
			b.Run("thread-some-lines", func(b *testing.B) {
				d.each(b, func(n int) error {
					_, err := d.db.Messages(context.Background(), d.thread(n), storage.Page{Limit: 50, Lines: d.agent.Lines, Agent: d.agent.Agent})
					if code(err) == storage.CodeNotFound {
						return nil
					}
					return err
				})
			})
			b.Run("jump", func(b *testing.B) {
				d.each(b, func(n int) error {
					_, err := d.db.Messages(context.Background(), d.thread(n), storage.Page{Limit: 50, Around: d.message(n)})
					return err
				})
			})
			b.Run("day", func(b *testing.B) {
				d.each(b, func(n int) error {
					_, err := d.db.Messages(context.Background(), d.thread(n), storage.Page{Limit: 50, At: storage.FromMilli(d.at(n))})
					return err
				})
			})
			b.Run("badges", func(b *testing.B) {
				d.each(b, func(int) error {
					_, err := d.db.Badges(context.Background(), d.agent.Agent, d.agent.Lines)
					return err
				})
			})
			for _, q := range []string{"Per", "Person 4711", "Nobody", "0555 00", "+1 555-0004711", "4711"} {
				b.Run("picker/"+q, func(b *testing.B) {
					d.each(b, func(int) error {
						_, err := d.db.Find(context.Background(), q, storage.Page{Limit: 20, Agent: d.agent.Agent, Lines: d.agent.Lines})
						return err
					})
				})
			}
			for _, q := range []string{"rare4711", "the", "the van", "rar", "common word", `"the van"`, "the number:+15550004711", `the from:"Person 4711"`, "nothingofthekind"} {
				b.Run("search/"+q, func(b *testing.B) { d.search(b, q, storage.Page{}) })
				b.Run("search-some-lines/"+q, func(b *testing.B) { d.search(b, q, d.agent) })
			}
			b.Run("open", func(b *testing.B) { d.open(b) })
			b.Run("receive", func(b *testing.B) {
				line := d.lines[0]
				d.each(b, func(n int) error {
					k := keep(b, d.db, line, fmt.Sprint("new", n, time.Now().UnixNano()))
					return d.db.Receive(context.Background(), line, []storage.Arrival{text(k[0], number(n%d.threads), "is the van ready")}, assemble)
				})
			})
		})
	}
}

// large is a ledger that has grown.
type large struct {
	db                *DB
	path              string
	threads, messages int
	lines             []string
	manager, agent    storage.Page
	first             uint64 // number of the first message's id
}

// apart is the time between two messages.
const apart = 100 * time.Second

func number(n int) string { return fmt.Sprintf("+1555%07d", n) }

func (d *large) thread(n int) string { return idOf("th", d.db.box, uint64(n%d.threads)+1) }
func (d *large) message(n int) string {
	n = n % d.threads
	return idOf("ms", d.db.box, d.first+uint64(n+d.messages/d.threads/2*d.threads)*step12)
}
func (d *large) at(n int) int64 {
	return int64(d.first>>12) + int64(n%d.messages)*apart.Milliseconds()
}

const step12 = uint64(apart/time.Millisecond) << 12

// newLarge writes a ledger by SQL: threads take turns, lines too; every third
// message goes out.
func newLarge(b *testing.B, threads, messages int) *large {
	b.Helper()
	ctx := context.Background()
	d := &large{threads: threads, messages: messages, path: filepath.Join(b.TempDir(), "large.db")}
	var err error
	if d.db, err = Open(ctx, d.path); err != nil {
		b.Fatal(err)
	}
	for i := range 8 {
		l, err := d.db.Attach(ctx, storage.Facts{Port: fmt.Sprint("p", i), Number: fmt.Sprint("+1666019", i), ICCID: fmt.Sprint("890", i), IMEI: fmt.Sprint("35", i)})
		if err != nil {
			b.Fatal(err)
		}
		d.lines = append(d.lines, l.ID)
	}
	mia, err := d.db.AddAgent(ctx, "Mia", storage.RoleManager, []byte("m"), time.Now())
	if err == nil {
		d.manager.Agent = mia.ID
		mia, err = d.db.AddAgent(ctx, "Ana", storage.RoleAgent, []byte("a"), time.Now())
		d.agent.Agent, d.agent.Lines = mia.ID, d.lines[2:5]
	}
	if err != nil {
		b.Fatal(err)
	}
	d.first = uint64(time.Now().Add(-time.Duration(messages)*apart).UnixMilli()) << 12
	box := d.db.box
	d.db.Close()
	d.fill(b, box)
	if d.db, err = Open(ctx, d.path); err != nil { // puts the words into the index
		b.Fatal(err)
	}
	b.Cleanup(func() { d.db.Close() })
	if _, err := d.db.reader.Exec(`PRAGMA query_only`); err != nil {
		b.Fatal(err)
	}
	return d
}

func (d *large) fill(b *testing.B, box string) {
	b.Helper()
	db, err := sql.Open("sqlite3", "file:"+d.path+"?_journal_mode=WAL&_synchronous=OFF")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	do := func(query string, all func(run func(args ...any))) {
		s, err := tx.Prepare(query)
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		all(func(args ...any) {
			if _, err := s.Exec(args...); err != nil {
				b.Fatal(err)
			}
		})
	}
	do(`INSERT INTO contact (id, name, folded) VALUES (?, ?, ?)`, func(run func(...any)) {
		for n := range d.threads {
			c := storage.Contact{Name: fmt.Sprintf("Person %d of House", n)}
			run(fmt.Sprint("ct_", n), c.Name, c.Words())
		}
	})
	do(`INSERT INTO contact_number (number, contact, type) VALUES (?, ?, 'mobile')`, func(run func(...any)) {
		for n := range d.threads {
			run(number(n), fmt.Sprint("ct_", n))
		}
	})
	do(`INSERT INTO thread (id, channel, peer, contact) VALUES (?, 'sms', ?, ?)`, func(run func(...any)) {
		for n := range d.threads {
			run(idOf("th", box, uint64(n)+1), number(n), fmt.Sprint("ct_", n))
		}
	})
	do(`INSERT INTO thread_number (number, thread) VALUES (?, ?)`, func(run func(...any)) {
		for n := range d.threads {
			run(number(n), idOf("th", box, uint64(n)+1))
		}
	})
	r := rand.New(rand.NewPCG(1, 2))
	do(`INSERT INTO message (id, thread, line, dir, peer, text, state, total, created_at, rev) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, 1)`, func(run func(...any)) {
		for n := range d.messages {
			dir, state := "in", "received"
			if n%3 == 0 {
				dir, state = "out", "sent"
			}
			id := d.first + uint64(n)*step12
			run(idOf("ms", box, id), idOf("th", box, uint64(n%d.threads)+1), d.lines[n/7%len(d.lines)], dir, number(n%d.threads), sentence(r, n), state, int64(id>>12))
		}
	})
	for _, q := range []string{
		`INSERT INTO thread_line SELECT thread, line, max(id) FROM message GROUP BY thread, line`,
		`UPDATE thread SET last = (SELECT max(id) FROM message WHERE message.thread = thread.id)`,
		`UPDATE thread SET line = (SELECT line FROM message WHERE message.id = thread.last)`,
	} {
		if _, err := tx.Exec(q); err != nil {
			b.Fatal(err)
		}
	}
	// Both have read nearly all, and closed half.
	for _, agent := range []string{d.agent.Agent, d.manager.Agent} {
		if _, err := tx.Exec(`
			INSERT INTO thread_view (agent, thread, read_to, closed_at, rev)
			SELECT ?1, id, CASE WHEN rowid_ % 50 = 0 THEN '' ELSE last END, CASE WHEN rowid_ % 2 = 0 AND rowid_ % 50 > 0 THEN 1 ELSE 0 END, 1
			FROM (SELECT id, last, row_number() OVER () AS rowid_ FROM thread)`, agent); err != nil {
			b.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}

// sentence is a text with common words, a rare one at times, and its number.
func sentence(r *rand.Rand, n int) string {
	common := []string{"the", "is", "van", "ready", "at", "three", "please", "call", "back", "tomorrow", "thanks", "order", "house", "street", "number"}
	words := make([]string, 0, 10)
	for range 8 {
		words = append(words, common[int(r.ExpFloat64()*4)%len(common)])
	}
	words = append(words, fmt.Sprint("w", r.IntN(20_000)))
	if n%100 == 0 {
		words = append(words, fmt.Sprint("rare", n/100))
	}
	return strings.Join(words, " ")
}

// each measures do, and reports its percentiles.
func (d *large) each(b *testing.B, do func(n int) error) {
	b.Helper()
	var took []time.Duration
	r := rand.New(rand.NewPCG(3, 4))
	if err := do(0); err != nil { // statements are prepared once
		b.Fatal(err)
	}
	for b.Loop() {
		n := r.IntN(d.messages)
		start := time.Now()
		if err := do(n); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	at := func(p int) float64 { return float64(took[(len(took)-1)*p/100].Microseconds()) / 1000 }
	b.ReportMetric(at(50), "p50-ms")
	b.ReportMetric(at(99), "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func (d *large) list(b *testing.B, p storage.Page, f storage.ThreadFilter) {
	p.Limit, p.Filter = 50, f
	next := ""
	d.each(b, func(int) error {
		p.Before = next
		page, err := d.db.Threads(context.Background(), p)
		next = page.Next
		return err
	})
}

func (d *large) search(b *testing.B, text string, p storage.Page) {
	q, err := storage.ParseQuery(text)
	if err != nil {
		b.Fatal(err)
	}
	p.Limit = 20
	d.each(b, func(int) error {
		_, err := d.db.Search(context.Background(), q, p)
		return err
	})
}

// open is the time from start to ready.
func (d *large) open(b *testing.B) {
	d.each(b, func(int) error {
		d.db.Close()
		var err error
		d.db, err = Open(context.Background(), d.path)
		return err
	})
}
