package web

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"smsbridge/storage"
)

// try is a request and the code that it must be refused with; 0: it is done.
type try struct {
	who    *seat
	method string
	params string
	code   int
}

// refusals makes them in turn. A refusal leaves the object as it was: rev is asked
// for before and after.
func refusals(t *testing.T, rev func() int64, all ...try) {
	t.Helper()
	for _, x := range all {
		before := rev()
		code, why := x.who.ask(x.method, x.params, nil)
		if code != x.code || code != 0 && why == "" {
			t.Errorf("%s asks %s %s: %d %q, want %d", x.who.agent.Name, x.method, cut(x.params, 80), code, why, x.code)
		}
		if changed := rev() != before; changed != (x.code == 0) {
			t.Errorf("%s asks %s %s: refused %v, and changed %v", x.who.agent.Name, x.method, cut(x.params, 80), code, changed)
		}
	}
}

// anOffice is an office: two on the line, one on another, one who only looks, and
// the manager.
func anOffice(t *testing.T) (b *box, ana, ben, eve, vic, mia *seat) {
	b = newBox(t)
	other := b.attach(t, "8902", "+15550191")
	return b, b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID),
		b.sit(t, "Eve", storage.RoleAgent, other.ID), b.sit(t, "Vic", storage.RoleViewer), b.sit(t, "Mia", storage.RoleManager)
}

// An offer is given more time, declined by one, then by all, and is then for
// everybody.
func TestOfferMethods_S23_S35(t *testing.T) {
	b, ana, ben, eve, vic, mia := anOffice(t)
	b.texts(t, b.line.ID, stranger1, "hi")
	o := ana.hears("offer.created").Data.Offer
	id := fmt.Sprintf(`{"id":%q}`, o.ID)
	now := func() storage.Offer {
		t.Helper()
		got, err := b.db.Offer(t.Context(), o.ID)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	rev := func() int64 { return now().Rev }
	longer := func(seconds int) string { return fmt.Sprintf(`{"id":%q,"seconds":%d}`, o.ID, seconds) }
	refusals(t, rev,
		try{ana, "offer.extend", longer(storage.ShortestWait - 1), invalidParams.Code},
		try{ana, "offer.extend", longer(storage.LongestWait + 1), invalidParams.Code},
		try{eve, "offer.extend", longer(600), notFound.Code},
		try{vic, "offer.extend", longer(600), forbidden.Code},
		try{ana, "offer.extend", `{"id":"of_NONE","seconds":600}`, notFound.Code},
		try{ana, "offer.extend", longer(storage.LongestWait), 0},
	)
	if n := now(); !n.Until.After(o.Until.Time) {
		t.Errorf("it was given an hour, and rings until %v, not longer than %v", n.Until, o.Until)
	}
	if told := ben.hears("offer.updated").Data.Offer; !told.Until.After(o.Until.Time) {
		t.Errorf("Ben is told %+v", told)
	}
	refusals(t, rev,
		try{eve, "offer.decline", id, notFound.Code},
		try{vic, "offer.decline", id, forbidden.Code},
		try{mia, "offer.decline", id, conflict.Code}, // it does not ring for her
		try{ana, "offer.decline", `{"id":"of_NONE"}`, notFound.Code},
		try{ana, "offer.decline", fmt.Sprintf(`{"id":%q,"agent":%q}`, o.ID, ben.agent.ID), forbidden.Code},
		try{ana, "offer.decline", id, 0},
		try{ana, "offer.decline", id, conflict.Code},
	)
	if n := now(); !slices.Equal(n.To, []string{ben.agent.ID}) || n.State != storage.OfferRinging {
		t.Errorf("Ana does not want it: %+v", n)
	}
	refusals(t, rev,
		try{ben, "offer.decline", id, 0},
		try{ben, "offer.decline", id, conflict.Code},
		try{ben, "offer.extend", longer(600), conflict.Code},
	)
	if n := now(); n.State != storage.OfferUnanswered {
		t.Errorf("nobody wants it: %+v", n)
	}
	refusals(t, rev,
		try{ana, "offer.answer", id, 0}, // she has thought better of it
		try{ben, "offer.decline", id, claimed.Code},
		try{ben, "offer.answer", id, claimed.Code},
	)
}

// A case goes from hand to hand: noted in, transferred, released, judged, closed
// and continued, each time by whom it is, and by nobody else.
func TestCaseMethods_S32_S33_S34(t *testing.T) {
	b, ana, ben, eve, vic, mia := anOffice(t)
	var pop casePop
	if code, why := ana.ask("case.open", `{"to":{"number":"+15550100"}}`, &pop); code != 0 {
		t.Fatal(code, why)
	}
	id := pop.Case.ID
	now := func() storage.Case {
		t.Helper()
		got, err := b.db.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	rev := func() int64 { return now().Rev }
	with := func(rest string) string { return fmt.Sprintf(`{"id":%q%s}`, id, rest) }
	strangers := func(method, rest string) {
		t.Helper()
		refusals(t, rev,
			try{eve, method, with(rest), notFound.Code},
			try{vic, method, with(rest), forbidden.Code},
			try{ana, method, `{"id":"cs_NONE"` + rest + `}`, notFound.Code},
		)
	}

	strangers("case.note", `,"note":"x"`)
	refusals(t, rev,
		try{ana, "case.note", with(`,"note":" "`), invalidParams.Code},
		try{ana, "case.note", with(`,"note":"` + strings.Repeat("é", storage.LongestNote+1) + `"`), invalidParams.Code},
		try{ben, "case.note", with(`,"note":"he likes blue"`), 0}, // a colleague may know more
	)

	strangers("case.transfer", `,"to":"Ben"`)
	refusals(t, rev,
		try{ben, "case.transfer", with(`,"to":"Ben"`), claimed.Code},
		try{ana, "case.transfer", with(``), invalidParams.Code},
		try{ana, "case.transfer", with(`,"to":"Nobody"`), notFound.Code},
		try{ana, "case.transfer", with(`,"to":"Eve"`), notAssigned.Code},
		try{ana, "case.transfer", with(`,"to":"Ben","note":"yours"`), 0},
		try{ana, "case.transfer", with(`,"to":"Ana"`), claimed.Code},
	)
	if c := ben.hears("case.updated").Data.Case; c.ID != id {
		t.Errorf("Ben is told %+v", c)
	}
	if c := now(); c.Owner != ben.agent.ID || len(c.Notes) != 2 || c.Notes[1].Kind != "transfer" || c.Notes[1].Text != "yours" || c.Notes[1].Author.ID != ana.agent.ID {
		t.Errorf("transferred: %+v", c)
	}

	strangers("case.outcome", `,"outcome":"sold"`)
	refusals(t, rev,
		try{ana, "case.outcome", with(`,"outcome":"sold"`), claimed.Code},
		try{ben, "case.outcome", with(`,"outcome":"` + strings.Repeat("x", storage.LongestOutcome+1) + `"`), invalidParams.Code},
		try{ben, "case.outcome", with(`,"outcome":"asked"`), 0},
		try{mia, "case.outcome", with(`,"outcome":"wants a price"`), 0},
	)

	strangers("case.release", ``)
	refusals(t, rev,
		try{ana, "case.release", with(``), claimed.Code},
		try{ben, "case.release", with(`,"note":"I am off"`), 0},
		try{ben, "case.release", with(``), conflict.Code},
	)
	o := ana.hears("offer.created").Data.Offer
	if c := now(); c.Owner != "" || c.State != storage.CaseOpen || o.Case != id || slices.Contains(o.To, ben.agent.ID) {
		t.Errorf("released: %+v; offered %+v", c, o)
	}
	refusals(t, rev, try{ana, "offer.answer", fmt.Sprintf(`{"id":%q}`, o.ID), 0})

	strangers("case.continue", ``)
	refusals(t, rev,
		try{ben, "case.continue", with(``), claimed.Code}, // it is open
		try{ana, "case.close", with(``), 0},
		try{ana, "case.release", with(``), caseClosed.Code},
		try{ana, "case.transfer", with(`,"to":"Ben"`), caseClosed.Code},
		try{ana, "case.note", with(`,"note":"he called again"`), 0}, // what comes later may be written down
		try{ben, "case.continue", fmt.Sprintf(`{"id":%q,"agent":%q}`, id, ana.agent.ID), forbidden.Code},
		try{ben, "case.continue", with(``), 0},
	)
	if c := now(); c.Owner != ben.agent.ID || c.State != storage.CaseOpen || c.Outcome != "wants a price" || len(c.Notes) != 4 || !c.ClosedAt.IsZero() {
		t.Errorf("continued: %+v", c)
	}
	refusals(t, rev, try{ben, "case.close", with(``), 0})
	if code, why := ana.ask("case.open", `{"to":{"number":"+15550100"}}`, &pop); code != 0 || pop.Case.ID == id {
		t.Fatal(code, why)
	}
	refusals(t, rev, try{ben, "case.continue", with(``), conflict.Code}) // another one is open
}
