package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"smsbridge/storage"
)

// A machine is a clock that nobody can set and one that anybody can: the test
// moves both, and the ledger sees only what the real ones would show it.
type pretendMachine struct {
	boot   int
	since  time.Duration // of this start
	passed time.Duration // that has passed, off or on: what the judge goes by
	skew   time.Duration // of the clock on the wall
}

// wall is the planted fault: the clock that anybody can set.
func (m *pretendMachine) wall() (string, time.Duration) {
	return "wall", 99*365*24*time.Hour + m.passed + m.skew
}

func (m *pretendMachine) uptime() (string, time.Duration) {
	return fmt.Sprint("boot ", m.boot), m.since
}

func (m *pretendMachine) pass(d time.Duration) { m.since += d; m.passed += d }

// restart is a power cut: the machine is off for a while.
func (m *pretendMachine) restart(off time.Duration) {
	m.boot++
	m.since, m.passed = 0, m.passed+off
}

// A judge goes by true time: it asks whether what was accepted can be told as
// windows one after the other, each with no more than the limit, and each begun no
// sooner than its length after the one before. It keeps every way in which that
// can be told; when none is left, parts were accepted above the limit.
type judge struct {
	limit  int
	window time.Duration
	told   []opened
	over   int
}

type opened struct {
	at    time.Duration
	parts int
}

func (j *judge) accept(parts int, now time.Duration) {
	next := j.told[:0:0]
	anew := len(j.told) == 0
	for _, o := range j.told {
		anew = anew || now-o.at >= j.window
		if o.parts += parts; o.parts <= j.limit {
			next = append(next, o)
		}
	}
	if !anew && len(next) == 0 {
		j.over, anew = j.over+parts, true
	}
	if anew {
		next = append(next, opened{now, parts})
	}
	j.told = next
}

// tries is the number of tries of a property.
func tries(few, many int) int {
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		return many
	}
	return few
}

var limitsOfTest = []storage.Limit{
	{Subject: storage.OfBox, Window: storage.PerDay, Parts: 211},
	{Subject: storage.OfLine, Window: storage.PerHour, Parts: 53},
	{Subject: storage.OfAgent, Window: storage.PerMinute, Parts: 7},
}

// ledgerWith opens a ledger on a machine, with no limits but some.
func ledgerWith(t *testing.T, path string, up uptime, limits ...storage.Limit) *DB {
	t.Helper()
	db, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	db.uptime = up
	for _, l := range storage.DefaultLimits() {
		l.Parts = storage.Unlimited
		limits = append([]storage.Limit{l}, limits...)
	}
	for _, l := range limits {
		if err := db.SetLimit(context.Background(), l); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// TestLimits tries to send without pause while time passes, the clock on the wall
// jumps by days, and process and machine start anew. Not one part above a limit is
// accepted. The planted fault goes by the clock on the wall, and overshoots.
func TestLimits(t *testing.T) {
	m := &pretendMachine{}
	if over := tryLimits(t, tries(4000, 100_000), m, m.uptime); over != 0 {
		t.Errorf("%d parts were accepted above the limits", over)
	}
	m = &pretendMachine{}
	if over := tryLimits(t, 2000, m, m.wall); over == 0 {
		t.Error("the planted fault was not seen")
	}
}

// tryLimits gives the parts that were accepted above a limit.
func tryLimits(t *testing.T, times int, m *pretendMachine, up uptime) (over int) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db := ledgerWith(t, path, up, limitsOfTest...)
	defer func() { db.Close() }()
	line := attach(t, db)
	judges := make([]*judge, len(limitsOfTest))
	for i, l := range limitsOfTest {
		judges[i] = &judge{limit: l.Parts, window: l.Window.Length()}
	}
	random := rand.New(rand.NewPCG(1, 2))
	accepted, refused, starts := 0, 0, 0
	for n := range times {
		switch chance := random.IntN(1000); {
		case chance < 5:
			db.Close()
			db, starts = ledgerWith(t, path, up, limitsOfTest...), starts+1
		case chance < 8:
			db.Close()
			m.restart(time.Duration(random.IntN(100)) * time.Hour)
			db, starts = ledgerWith(t, path, up, limitsOfTest...), starts+1
		case chance < 300:
			m.pass(time.Duration(random.ExpFloat64() * float64(20*time.Second)))
		case chance < 310:
			m.pass(time.Duration(random.IntN(40)) * time.Hour)
		case chance < 330:
			m.skew += time.Duration(random.IntN(49)-24) * time.Hour
		}
		parts := 1 + random.IntN(3)
		_, _, err := db.Compose(t.Context(), storage.Draft{
			To: fmt.Sprintf("+1555%04d", n%50), Line: line.ID, Person: "ag_1", Text: "x", Count: storage.Count{Alphabet: "gsm7", Parts: parts},
		})
		switch {
		case err == nil:
			accepted += parts
			for _, j := range judges {
				j.accept(parts, m.passed)
			}
		case code(err) == storage.CodeQuota:
			refused++
		default:
			t.Fatal(err)
		}
	}
	for _, j := range judges {
		over += j.over
	}
	if accepted < 100 || refused < 100 || starts == 0 {
		t.Errorf("this shows nothing: %d accepted, %d refused, %d starts", accepted, refused, starts)
	}
	t.Logf("%d tries: %d parts accepted, %d tries refused, %d starts, %d parts above the limits", times, accepted, refused, starts, over)
	return over
}

// Drafts that race for the last part of a limit: it goes to one. The planted
// fault asks first and counts afterwards, outside the transaction, as one would
// write it with two calls; it is seen to overshoot.
func TestLimits_race(t *testing.T) {
	const limit, rivals = 5, 40
	race := func(planted bool) (accepted int) {
		m := &pretendMachine{}
		db := ledgerWith(t, filepath.Join(t.TempDir(), "ledger.db"), m.uptime, storage.Limit{Subject: storage.OfBox, Window: storage.PerDay, Parts: limit})
		defer db.Close()
		line := attach(t, db)
		won := make(chan bool, rivals)
		asked := make(chan struct{}, rivals)
		for n := range rivals {
			go func() {
				if planted && checkThenAct(t, db, limit, asked) {
					err := db.update(context.Background(), func(t *tx) error {
						_, err := t.composeUnlimited(storage.Draft{To: fmt.Sprintf("+1555%04d", n), Line: line.ID, Text: "x", Count: storage.Count{Parts: 1}}, line)
						return err
					})
					won <- err == nil
					return
				}
				if planted {
					won <- false
					return
				}
				_, _, err := db.Compose(context.Background(), storage.Draft{To: fmt.Sprintf("+1555%04d", n), Line: line.ID, Text: "x", Count: storage.Count{Parts: 1}})
				won <- err == nil
			}()
		}
		for range rivals {
			if <-won {
				accepted++
			}
		}
		return accepted
	}
	if n := race(false); n != limit {
		t.Errorf("%d parts were accepted, the limit is %d", n, limit)
	}
	if n := race(true); n <= limit {
		t.Errorf("the planted fault was not seen: %d parts", n)
	}
}

// checkThenAct asks how the limit stands, and lets all the others ask too before
// it answers.
func checkThenAct(t *testing.T, db *DB, limit int, asked chan struct{}) bool {
	limits, err := db.Limits(context.Background())
	if err != nil {
		t.Error(err)
		return false
	}
	asked <- struct{}{}
	for len(asked) < cap(asked) {
		time.Sleep(time.Millisecond)
	}
	for _, l := range limits {
		if l.Subject == storage.OfBox && l.Window == storage.PerDay {
			return l.Used < limit
		}
	}
	return false
}

// composeUnlimited is compose without the limits: the planted fault's second half.
func (t *tx) composeUnlimited(d storage.Draft, line storage.Line) (string, error) {
	m := storage.Message{ID: t.db.write.ids.next("ms"), Line: line.ID, Thread: t.threadOf(d.To, line.ID)}
	t.insert(&m, d, line, storage.Verdict{})
	return m.ID, t.err
}

// The limits of a new ledger are the default ones, and what was changed stays
// changed over a start.
func TestLimits_seed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SeedLimits(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := db.Limits(t.Context())
	if err != nil || len(found) != len(storage.DefaultLimits()) {
		t.Fatalf("%d limits, %v", len(found), err)
	}
	changed := storage.Limit{Subject: storage.OfBox, Window: storage.PerDay, Parts: 3}
	if err := db.SetLimit(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if db, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.SeedLimits(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, err = db.Limits(t.Context()); err != nil || !slices.ContainsFunc(found, func(l storage.LimitStatus) bool {
		l.Rev = 0 // of the change
		return l.Limit == changed
	}) {
		t.Fatalf("%+v, %v", found, err)
	}
}
