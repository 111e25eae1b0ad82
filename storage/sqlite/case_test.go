package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"smsbridge/storage"
)

// worked is an office where agent 0 has a case with customer.
func worked(t testing.TB) (*office, storage.Case) {
	o := newOffice(t, 3)
	o.text(customer)
	offer, _ := o.open()
	return o, o.answer(offer.ID, o.agents[0], "")
}

func (o *office) shut(c storage.Case, by storage.Agent) storage.Case {
	o.t.Helper()
	c, err := o.CloseCase(context.Background(), c.ID, as(by), "done")
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) newest(thread string) storage.Message {
	o.t.Helper()
	page, err := o.Messages(context.Background(), thread, storage.Page{Limit: 1})
	if err != nil || len(page.Messages) != 1 {
		o.t.Fatal(page, err)
	}
	return page.Messages[0]
}

func TestInboundJoinsOpenCase_S34(t *testing.T) {
	o, c := worked(t)
	o.text(customer)
	if m := o.newest(c.Thread); m.Case != c.ID {
		t.Errorf("%+v", m)
	}
	if offer, ok := o.open(); ok {
		t.Errorf("an offer for what has an owner: %+v", offer)
	}
}

// A case ends when a person closes it, and by nothing else: not a socket, not a
// session, not time, not a restart. Here everything else is done to it.
func TestCaseOpenUntilClosed_S32(t *testing.T) {
	o, c := worked(t)
	o.late()
	if err := o.Trim(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := o.EndSession(t.Context(), []byte("x")); err != nil && code(err) != storage.CodeNotFound {
		t.Fatal(err)
	}
	if now, err := o.Case(t.Context(), c.ID); err != nil || now.State != storage.CaseOpen || now.Owner != c.Owner {
		t.Fatalf("%+v %v", now, err)
	}
	c = o.shut(c, o.agents[0])
	if c.State != storage.CaseEnded || c.Outcome != "done" || c.ClosedBy != o.agents[0].ID || c.ClosedAt.IsZero() {
		t.Fatalf("%+v", c)
	}
	if _, err := o.CloseCase(t.Context(), c.ID, as(o.agents[0]), ""); code(err) != storage.CodeCaseClosed {
		t.Errorf("closed twice: %v", err)
	}
}

func TestAfterClose_S33_S35(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy storage.Sequel
		late   bool // nobody answers in time
		said   storage.Sequel
		same   bool
		fail   bool
	}{
		{"ask and say nothing", storage.SequelAsk, false, "", false, true},
		{"ask and continue", storage.SequelAsk, false, storage.SequelContinue, true, false},
		{"ask and new", storage.SequelAsk, false, storage.SequelNew, false, false},
		{"ask, unanswered in time", storage.SequelAsk, true, "", false, false},
		{"ask, late and continue all the same", storage.SequelAsk, true, storage.SequelContinue, true, false},
		{"continue", storage.SequelContinue, false, "", true, false},
		{"new", storage.SequelNew, false, "", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, first := worked(t)
			o.desk(storage.DeskChange{AfterClose: &c.policy})
			o.shut(first, o.agents[0])
			o.text(customer)
			if c.late {
				o.late()
			}
			offer, ok := o.open()
			if !ok || offer.LastCase == nil || offer.LastCase.ID != first.ID {
				t.Fatalf("%+v", offer)
			}
			_, next, err := o.AnswerOffer(t.Context(), offer.ID, o.agents[1].ID, c.said)
			if (err != nil) != c.fail {
				t.Fatal(err)
			}
			if c.fail {
				return
			}
			if (next.ID == first.ID) != c.same || next.Owner != o.agents[1].ID || next.State != storage.CaseOpen {
				t.Errorf("%+v", next)
			}
			if !c.same && next.Reference != "SMS"+customer+"-2" {
				t.Errorf("reference %s", next.Reference)
			}
			if c.same && !next.StartedAt.Equal(first.StartedAt.Time) {
				t.Error("ages do not count from the beginning")
			}
			if m := o.newest(next.Thread); m.Case != next.ID {
				t.Errorf("the text is in %q", m.Case)
			}
		})
	}
}

func TestTransferAndRelease_S35(t *testing.T) {
	o, c := worked(t)
	if _, err := o.TransferCase(t.Context(), c.ID, o.agents[2].ID, "", as(o.agents[1])); code(err) != storage.CodeClaimed {
		t.Errorf("somebody else's case was given away: %v", err)
	}
	c, err := o.TransferCase(t.Context(), c.ID, o.agents[1].ID, "speaks French", as(o.agents[0]))
	if err != nil || c.Owner != o.agents[1].ID || len(c.Notes) != 1 || c.Notes[0].Text != "speaks French" || c.Notes[0].Author.Name != "Agent 0" {
		t.Fatalf("%+v %v", c, err)
	}
	other, err := o.AddAgent(t.Context(), "Elsewhere", storage.RoleAgent, []byte("e"), time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.TransferCase(t.Context(), c.ID, other.ID, "", as(o.agents[1])); code(err) != storage.CodeNotAssigned {
		t.Errorf("given to who does not work on the line: %v", err)
	}
	if c, err = o.ReleaseCase(t.Context(), c.ID, "", as(o.agents[1])); err != nil || c.Owner != "" || c.State != storage.CaseOpen {
		t.Fatalf("%+v %v", c, err)
	}
	offer, ok := o.open()
	if !ok || offer.Case != c.ID || !slices.Equal(offer.To, o.ids(0, 2)) {
		t.Fatalf("%+v", offer)
	}
	o.text(customer)
	if m := o.newest(c.Thread); m.Case != c.ID {
		t.Errorf("a text to a released case: %+v", m)
	}
	if again := o.answer(offer.ID, o.agents[2], ""); again.ID != c.ID || again.Owner != o.agents[2].ID {
		t.Errorf("%+v", again)
	}
}

// Nobody is texted into the void: when the owner of a case goes, the next text
// is offered.
func TestOwnerGone_S35(t *testing.T) {
	o, c := worked(t)
	yes := true
	if _, err := o.ChangeAgent(t.Context(), o.agents[0].ID, storage.AgentChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	o.text(customer)
	offer, ok := o.open()
	if !ok || offer.Case != c.ID || !slices.Equal(offer.To, o.ids(1, 2)) {
		t.Fatalf("%+v", offer)
	}
}

func TestOutboundFirst_S126_S34(t *testing.T) {
	o := newOffice(t, 2)
	c, err := o.OpenCase(t.Context(), customer, o.agents[0].ID, storage.Draft{})
	if err != nil || c.Origin != storage.Outbound || c.Owner != o.agents[0].ID {
		t.Fatalf("%+v %v", c, err)
	}
	count := storage.Count{Alphabet: "gsm7", Parts: 1}
	m, _, err := o.Compose(t.Context(), storage.Draft{To: customer, Text: "hello", Count: count, Case: c.ID})
	if err != nil || m.Case != c.ID {
		t.Fatalf("%+v %v", m, err)
	}
	o.text(customer)
	if m := o.newest(c.Thread); m.Case != c.ID || m.Dir != storage.Inbound {
		t.Errorf("the reply is in %q", m.Case)
	}
	if again, err := o.OpenCase(t.Context(), customer, o.agents[0].ID, storage.Draft{}); err != nil || again.ID != c.ID {
		t.Errorf("%+v %v", again, err)
	}
	if _, err := o.OpenCase(t.Context(), customer, o.agents[1].ID, storage.Draft{}); code(err) != storage.CodeClaimed {
		t.Errorf("opened twice: %v", err)
	}
	if _, _, err := o.Compose(t.Context(), storage.Draft{To: "+15550101", Text: "x", Count: count, Case: c.ID}); code(err) != storage.CodeInvalid {
		t.Errorf("a text to somebody else in this case: %v", err)
	}
	o.shut(c, o.agents[0])
	if _, _, err := o.Compose(t.Context(), storage.Draft{To: customer, Text: "x", Count: count, Case: c.ID}); code(err) != storage.CodeCaseClosed {
		t.Errorf("a text in a closed case: %v", err)
	}
}

func TestWaitingClock(t *testing.T) {
	o, c := worked(t)
	if c.WaitingSince.IsZero() {
		t.Fatal("nobody waits")
	}
	o.text(customer)
	if now, _ := o.Case(t.Context(), c.ID); !now.WaitingSince.Equal(c.WaitingSince.Time) {
		t.Error("a second text put the clock back")
	}
	author := as(o.agents[0]).Author()
	if _, _, err := o.Compose(t.Context(), storage.Draft{To: customer, Text: "yes", Count: storage.Count{Parts: 1}, Author: author}); err != nil {
		t.Fatal(err)
	}
	if now, _ := o.Case(t.Context(), c.ID); !now.WaitingSince.IsZero() {
		t.Error("an answer did not stop the clock")
	}
	answers, err := o.AnswersOf(t.Context(), storage.StatsFilter{Agent: o.agents[0].ID})
	if err != nil || len(answers) != 1 || answers[0].Count != 1 || answers[0].Within50 != 10 {
		t.Errorf("%+v %v", answers, err)
	}
	if _, n, err := o.WaitingNow(t.Context(), nil, 10); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
}

func TestCaseList(t *testing.T) {
	o := newOffice(t, 2)
	for i := range 5 {
		o.text(fmt.Sprintf("+1555010010%d", i))
		offer, _ := o.open()
		c := o.answer(offer.ID, o.agents[i%2], "")
		if i == 4 {
			o.shut(c, o.agents[0])
		}
	}
	for _, c := range []struct {
		name string
		f    storage.CaseFilter
		p    storage.Page
		want int
	}{
		{"all", storage.CaseFilter{}, storage.Page{}, 5},
		{"open", storage.CaseFilter{State: storage.CaseOpen}, storage.Page{}, 4},
		{"closed", storage.CaseFilter{State: storage.CaseEnded}, storage.Page{}, 1},
		{"mine", storage.CaseFilter{Owner: o.agents[1].ID}, storage.Page{}, 2},
		{"unanswered", storage.CaseFilter{Waiting: true}, storage.Page{}, 4},
		{"by reference", storage.CaseFilter{Search: "sms+15550100103"}, storage.Page{}, 1},
		{"by a piece of it", storage.CaseFilter{Search: "0100103"}, storage.Page{}, 1},
		{"of no line", storage.CaseFilter{}, storage.Page{Lines: []string{}}, 0},
		{"of another line", storage.CaseFilter{}, storage.Page{Lines: []string{"ln_other"}}, 0},
	} {
		page, err := o.Cases(t.Context(), c.f, c.p)
		if err != nil || len(page.Cases) != c.want {
			t.Errorf("%s: %d cases, %v", c.name, len(page.Cases), err)
		}
	}
	var seen []string
	for p := (storage.Page{Limit: 2}); ; {
		page, err := o.Cases(t.Context(), storage.CaseFilter{}, p)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Cases {
			seen = append(seen, c.ID)
		}
		if p.Before = page.Next; p.Before == "" {
			break
		}
	}
	if len(seen) != 5 || !slices.IsSortedFunc(seen, func(a, b string) int { return -cmpString(a, b) }) {
		t.Errorf("paged: %v", seen)
	}
}

func cmpString(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// lost are texts of people that neither an open offer, nor an open case with an
// owner or an offer of its own, nor a case that somebody closed after them has.
func (o *office) lost() (ids []string) {
	o.t.Helper()
	err := o.look(context.Background(), func(v *view) error {
		return v.rows(`
			SELECT message.id FROM message
			WHERE dir = 'in'
			AND NOT EXISTS (
				SELECT 1 FROM desk_case WHERE desk_case.id = message.case_id AND (state = 'closed' OR owner <> '' OR EXISTS (
					SELECT 1 FROM offer WHERE offer.case_id = desk_case.id AND offer.state IN ('ringing', 'unanswered'))))
			AND NOT EXISTS (
				SELECT 1 FROM offer WHERE offer.peer = message.peer AND offer.line = message.line
				AND offer.state IN ('ringing', 'unanswered') AND offer.first <= message.id)`, nil, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return ids
}

// outbound is every row of the message table that goes out.
func (o *office) outbound() (n int) {
	o.t.Helper()
	err := o.look(context.Background(), func(v *view) error {
		_, err := v.get(`SELECT (SELECT count(*) FROM message WHERE dir = 'out') + (SELECT count(*) FROM part)`, nil, &n)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return n
}

// Whatever agents do at once and in whatever order while people text: no text
// is lost, no case has two owners, and not one message leaves.
func TestDeskAtRandom_S23_S31_S34_S35(t *testing.T) {
	o := newOffice(t, 4)
	ctx := context.Background()
	var all sync.WaitGroup
	var texting sync.Mutex // of o.texts
	for w := range 4 {
		all.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			me := o.agents[w]
			for range 120 {
				person := fmt.Sprintf("+1555010010%d", rnd.IntN(3))
				offers, _, _ := o.Offers(ctx, nil)
				page, _ := o.Cases(ctx, storage.CaseFilter{}, storage.Page{Limit: 5})
				var offer, id string
				if len(offers) > 0 {
					offer = offers[rnd.IntN(len(offers))].ID
				}
				if len(page.Cases) > 0 {
					id = page.Cases[rnd.IntN(len(page.Cases))].ID
				}
				var err error
				switch rnd.IntN(12) {
				case 0, 1, 2:
					texting.Lock()
					o.text(person)
					texting.Unlock()
				case 3, 4:
					_, _, err = o.AnswerOffer(ctx, offer, me.ID, []storage.Sequel{storage.SequelNew, storage.SequelContinue, ""}[rnd.IntN(3)])
				case 5:
					_, err = o.DeclineOffer(ctx, offer, me.ID)
				case 6:
					_, err = o.CloseCase(ctx, id, as(me), "")
				case 7:
					_, err = o.ContinueCase(ctx, id, me.ID, as(me))
				case 8:
					_, err = o.TransferCase(ctx, id, o.agents[rnd.IntN(4)].ID, "n", as(me))
				case 9:
					_, err = o.ReleaseCase(ctx, id, "", as(me))
				case 10:
					_, err = o.OpenCase(ctx, person, me.ID, storage.Draft{})
				case 11:
					if err = o.update(ctx, func(t *tx) error { t.exec(`UPDATE offer SET until_at = 1 WHERE state = 'ringing'`); return nil }); err == nil {
						_, err = o.PassOffers(ctx)
					}
				}
				if err != nil && code(err) == "" {
					t.Errorf("a refusal without a code: %v", err)
				}
			}
		})
	}
	all.Wait()
	if ids := o.lost(); len(ids) > 0 {
		t.Errorf("lost: %v", ids)
	}
	if n := o.outbound(); n != 0 {
		t.Errorf("%d rows of outbound messages came of it", n)
	}
	t.Run("negative control", func(t *testing.T) {
		o.text("+15550100999")
		if err := o.update(ctx, func(t *tx) error {
			t.exec(`UPDATE offer SET state = 'withdrawn' WHERE peer = '+15550100999'`)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if len(o.lost()) != 1 {
			t.Error("an offer that was dropped was not found")
		}
		compose(t, o.DB, customer, 1)
		if o.outbound() != 2 {
			t.Error("a message that left was not found")
		}
	})
}
