package sqlite

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"smsbridge/storage"
)

const customer = "+15550100"

// An office is a ledger with a line and some agents who are assigned to it.
type office struct {
	t testing.TB
	*DB
	line   storage.Line
	agents []storage.Agent
	texts  int
}

func newOffice(t testing.TB, agents int) *office {
	o := &office{t: t, DB: open(t)}
	o.line = attach(t, o.DB)
	for i := range agents {
		o.hire(fmt.Sprintf("Agent %d", i))
	}
	return o
}

func (o *office) hire(name string) storage.Agent {
	o.t.Helper()
	a, err := o.AddAgent(context.Background(), name, storage.RoleAgent, []byte(name), time.Now().Add(time.Hour))
	if err == nil {
		a, err = o.Assign(context.Background(), o.line.ID, a.ID, true)
	}
	if err != nil {
		o.t.Fatal(err)
	}
	o.agents = append(o.agents, a)
	return a
}

// text lets a person text the line.
func (o *office) text(from string) {
	o.t.Helper()
	o.texts++
	pdu := fmt.Sprintf("%08X", o.texts)
	k := keep(o.t, o.DB, o.line.ID, pdu)
	if err := o.Receive(context.Background(), o.line.ID, []storage.Arrival{text(k[0], from, "text "+pdu)}, assemble); err != nil {
		o.t.Fatal(err)
	}
}

// desk changes how the line reaches people.
func (o *office) desk(c storage.DeskChange) {
	o.t.Helper()
	if _, err := o.SetDesk(context.Background(), o.line.ID, c); err != nil {
		o.t.Fatal(err)
	}
}

// open is the one offer that stands; none if there is none.
func (o *office) open() (storage.Offer, bool) {
	o.t.Helper()
	found, _, err := o.Offers(context.Background(), nil)
	if err != nil || len(found) > 1 {
		o.t.Fatalf("%+v %v", found, err)
	}
	if len(found) == 0 {
		return storage.Offer{}, false
	}
	return found[0], true
}

func (o *office) answer(id string, a storage.Agent, choice storage.Sequel) storage.Case {
	o.t.Helper()
	_, c, err := o.AnswerOffer(context.Background(), id, a.ID, choice)
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func as(a storage.Agent) storage.Caller { return storage.Caller{Agent: &a} }

// late puts every deadline into the past, as if its time had gone by.
func (o *office) late() {
	o.t.Helper()
	err := o.update(context.Background(), func(t *tx) error {
		t.exec(`UPDATE offer SET until_at = ? WHERE state = 'ringing'`, t.now.Add(-time.Second).UnixMilli())
		return nil
	})
	if err == nil {
		_, err = o.PassOffers(context.Background())
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// told are the agents whom the newest event of a type was for.
func (o *office) told(kind string) []string {
	o.t.Helper()
	events, err := o.Events(context.Background(), 0, 10_000)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, e := range slices.Backward(events) {
		if e.Type == kind {
			return e.For
		}
	}
	o.t.Fatalf("nobody was told %s", kind)
	return nil
}

func (o *office) ids(n ...int) (ids []string) {
	for _, i := range n {
		ids = append(ids, o.agents[i].ID)
	}
	return ids
}

func TestOffer_S20_S21_S22_S23_S27(t *testing.T) {
	o := newOffice(t, 3)
	o.text(customer)
	offer, ok := o.open()
	if !ok || offer.Title != storage.OfferTitle || offer.Reference != "SMS"+customer || offer.Number != customer || offer.Until.IsZero() {
		t.Fatalf("%+v", offer)
	}
	if got := o.told(storage.OfferCreated); !slices.Equal(got, o.ids(0, 1, 2)) {
		t.Errorf("told %v", got)
	}
	o.text(customer)
	if again, _ := o.open(); again.ID != offer.ID {
		t.Error("a second text made a second offer")
	}
	c := o.answer(offer.ID, o.agents[1], "")
	if c.Owner != o.agents[1].ID || c.Reference != offer.Reference || c.Number != customer || c.State != storage.CaseOpen {
		t.Fatalf("%+v", c)
	}
	if got := o.told(storage.OfferTaken); !slices.Equal(got, o.ids(0, 1, 2)) {
		t.Errorf("that it was taken was told %v", got)
	}
	_, _, err := o.AnswerOffer(t.Context(), offer.ID, o.agents[2].ID, "")
	if e, ok := errors.AsType[*storage.Error](err); !ok || e.Code != storage.CodeClaimed || e.Detail != "Agent 1 has taken SMS+15550100" || !slices.Equal(e.Options, o.ids(1)) {
		t.Errorf("second: %v", err)
	}
	if again := o.answer(offer.ID, o.agents[1], ""); again.ID != c.ID {
		t.Error("the same answer again gave another case")
	}
	page, err := o.Messages(t.Context(), c.Thread, storage.Page{})
	if err != nil || len(page.Messages) != 2 {
		t.Fatal(page, err)
	}
	for _, m := range page.Messages {
		if m.Case != c.ID {
			t.Errorf("%s is not in the case: %q", m.ID, m.Case)
		}
	}
	if !c.StartedAt.Equal(page.Messages[0].CreatedAt.Time) { // ages count from the first message
		t.Errorf("started %v, first text %v", c.StartedAt, page.Messages[0].CreatedAt)
	}
}

func TestOffer_title_of_a_contact_S21(t *testing.T) {
	o := newOffice(t, 2)
	if _, err := o.SaveContact(t.Context(), storage.Contact{Name: "Bob", Numbers: []string{customer}}); err != nil {
		t.Fatal(err)
	}
	o.text(customer)
	if offer, _ := o.open(); offer.Title != "Bob" {
		t.Errorf("%+v", offer)
	}
}

// A shop of one has no desk: no offer until a second agent is assigned, or the
// owner of the box says so.
func TestDesk_switch(t *testing.T) {
	o := newOffice(t, 1)
	o.text(customer)
	if _, ok := o.open(); ok {
		t.Fatal("an offer for one")
	}
	o.hire("Second")
	o.text(customer)
	if _, ok := o.open(); !ok {
		t.Fatal("no offer for two")
	}
	off := storage.CasesOff
	o.desk(storage.DeskChange{Cases: &off})
	o.text("+15550101")
	if found, _, _ := o.Offers(t.Context(), nil); len(found) != 1 {
		t.Errorf("%+v", found)
	}
	on := storage.CasesOn
	o.desk(storage.DeskChange{Cases: &on})
	for _, from := range []string{"BANK", "12345", storage.Withheld, o.line.Number} {
		o.text(from)
	}
	if found, _, _ := o.Offers(t.Context(), nil); len(found) != 1 {
		t.Errorf("what nobody can answer made offers: %+v", found)
	}
}

func TestOfferPasses_S35(t *testing.T) {
	round := storage.RingRound
	ask := storage.SequelAsk
	o := newOffice(t, 2)
	o.desk(storage.DeskChange{Strategy: &round, AfterClose: &ask})
	o.text(customer)
	offer, _ := o.open()
	if !slices.Equal(offer.To, o.ids(0)) {
		t.Fatalf("rings first for %v", offer.To)
	}
	if _, _, err := o.AnswerOffer(t.Context(), offer.ID, o.agents[1].ID, ""); code(err) != storage.CodeDenied {
		t.Errorf("answered by who was not asked: %v", err)
	}
	o.late()
	offer, _ = o.open()
	if !slices.Equal(offer.To, o.ids(1)) || !slices.Equal(o.told(storage.OfferExpired), o.ids(0)) || !slices.Equal(o.told(storage.OfferCreated), o.ids(1)) {
		t.Fatalf("rings then for %v", offer.To)
	}
	o.late()
	offer, _ = o.open()
	if offer.State != storage.OfferUnanswered || len(offer.To) > 0 || o.told(storage.OfferExpired) != nil {
		t.Fatalf("and then %+v", offer)
	}
	o.late() // nothing to pass any more
	if again, ok := o.open(); !ok || again.Rev != offer.Rev {
		t.Fatal("an unanswered offer was lost")
	}
	o.answer(offer.ID, o.agents[0], "")
	o.text("+15550101")
	if offer, ok := o.open(); !ok || !slices.Equal(offer.To, o.ids(0)) { // 1 was rung for after 0
		t.Errorf("the next one rings for %v", offer.To)
	}
}

func TestOfferDeclined(t *testing.T) {
	o := newOffice(t, 2)
	o.text(customer)
	offer, _ := o.open()
	if offer, err := o.DeclineOffer(t.Context(), offer.ID, o.agents[0].ID); err != nil || !slices.Equal(offer.To, o.ids(1)) {
		t.Fatalf("%+v %v", offer, err)
	}
	if _, err := o.DeclineOffer(t.Context(), offer.ID, o.agents[0].ID); code(err) != storage.CodeConflict {
		t.Errorf("declined twice: %v", err)
	}
	before := offer.Until
	offer, err := o.ExtendOffer(t.Context(), offer.ID, o.agents[1].ID, 30*time.Minute)
	if err != nil || !offer.Until.After(before.Add(10*time.Minute)) {
		t.Errorf("%v %v", offer.Until, err)
	}
	if offer, err := o.DeclineOffer(t.Context(), offer.ID, o.agents[1].ID); err != nil || offer.State != storage.OfferUnanswered {
		t.Errorf("%+v %v", offer, err)
	}
}

// Deadlines stand in the file: a box that was off finds them.
func TestOfferOverRestart_S35(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, DB: db}
	o.line = attach(t, db)
	o.hire("Ana")
	o.hire("Ben")
	o.text(customer)
	before, _ := o.open()
	if err := db.update(t.Context(), func(t *tx) error {
		t.exec(`UPDATE offer SET until_at = 1`)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	db.Close()
	if o.DB, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.PassOffers(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, ok := o.open()
	if !ok || after.ID != before.ID || after.State != storage.OfferUnanswered {
		t.Fatalf("%+v", after)
	}
}

// A clock that is put back must not let an offer ring for years.
func TestOfferClockPutBack(t *testing.T) {
	o := newOffice(t, 2)
	o.text(customer)
	if err := o.update(t.Context(), func(t *tx) error {
		t.exec(`UPDATE offer SET until_at = ?`, t.now.Add(1000*time.Hour).UnixMilli())
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if next, err := o.PassOffers(t.Context()); err != nil || !next.IsZero() {
		t.Fatal(next, err)
	}
	if offer, _ := o.open(); offer.State != storage.OfferUnanswered {
		t.Errorf("%+v", offer)
	}
}

// race lets everybody answer at once and counts who was told to have won.
func race(t *testing.T, o *office, answer func(offer string, a storage.Agent) error) (winners int) {
	t.Helper()
	offer, ok := o.open()
	if !ok {
		t.Fatal("no offer")
	}
	var won atomic.Int32
	var all sync.WaitGroup
	start := make(chan struct{})
	for _, a := range o.agents {
		all.Go(func() {
			<-start
			switch err := answer(offer.ID, a); {
			case err == nil:
				won.Add(1)
			case code(err) != storage.CodeClaimed:
				t.Errorf("%s: %v", a.Name, err)
			}
		})
	}
	close(start)
	all.Wait()
	return int(won.Load())
}

func TestRacingAgents_S23(t *testing.T) {
	o := newOffice(t, 8)
	honest := func(offer string, a storage.Agent) error {
		_, c, err := o.AnswerOffer(context.Background(), offer, a.ID, "")
		if err == nil && c.Owner != a.ID {
			t.Errorf("%s won a case of %s", a.Name, c.OwnerName)
		}
		return err
	}
	for i := range 40 {
		o.text(fmt.Sprintf("+1555010%04d", i))
		if n := race(t, o, honest); n != 1 {
			t.Fatalf("round %d: %d owners", i, n)
		}
	}
	t.Run("negative control", func(t *testing.T) {
		o.text(customer)
		var looked sync.WaitGroup
		looked.Add(len(o.agents))
		n := race(t, o, func(offer string, a storage.Agent) error { // looks first, writes then
			seen, err := o.Offer(context.Background(), offer)
			looked.Done()
			looked.Wait()
			if err != nil || !seen.State.Open() {
				return over(seen)
			}
			return o.update(context.Background(), func(t *tx) error {
				t.exec(`UPDATE offer SET state = 'taken', taken_by = ? WHERE id = ?`, a.ID, offer)
				return nil
			})
		})
		if n < 2 {
			t.Fatalf("a check-then-act was not caught: %d owners", n)
		}
	})
}
