package bulk

import (
	"encoding/json"
	"slices"
	"testing"

	"smsbridge/storage"
)

func (o *office) set(key, value string) {
	o.t.Helper()
	text, _ := json.Marshal(value)
	if _, err := o.SaveSetting(o.t.Context(), "", key, text); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) rule(a storage.AutoReply) storage.AutoReply {
	o.t.Helper()
	a, err := o.SaveAutoReply(o.t.Context(), a)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// said is what was sent to a number.
func (o *office) said(to string) (texts []string) {
	o.t.Helper()
	if err := o.sweep(o.DB); err != nil {
		o.t.Fatal(err)
	}
	for _, m := range o.messages()[to] {
		texts = append(texts, m.Text)
	}
	return texts
}

// Nothing answers by itself while nobody has switched it on: not to STOP, not to
// HELP, not to a first text, and not by a rule that is there but off.
func TestNothingAnswersByItself_S31_H7(t *testing.T) {
	o := newOffice(t)
	o.rule(storage.AutoReply{Name: "hello", Text: "Hello"})
	for _, text := range []string{"Hi", "STOP", "START", "HELP"} {
		o.hears(number(1), text)
	}
	if got := o.said(number(1)); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

// An answer says which rule gave it, comes once within its hours, and never to
// what no person can have written.
func TestAutoReply_S31_H7(t *testing.T) {
	o := newOffice(t)
	o.rule(storage.AutoReply{Name: "hello", On: true, Text: "Hello {{first_name}}", First: true})
	o.rule(storage.AutoReply{Name: "hours", On: true, Text: "We open at nine.", Keyword: "hours", Every: 1})
	if _, err := o.SaveContact(t.Context(), storage.Contact{Name: "Eva", First: "Eva", Numbers: []string{number(1)}}); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		o.hears(number(1), "What are your hours?")
	}
	if got := o.said(number(1)); !slices.Equal(got, []string{"Hello Eva", "We open at nine."}) {
		t.Errorf("%q", got)
	}
	if a := o.messages()[number(1)][0].Author; a == nil || a.Kind != storage.AuthorRule || a.Name != "hello" {
		t.Errorf("author %+v", a)
	}
	for _, from := range []string{"CASINO", "12345", "+15550191" /* ourselves */} {
		o.hears(from, "hours")
		if got := o.said(from); len(got) != 0 {
			t.Errorf("%s was answered: %q", from, got)
		}
	}
	o.hears(number(2), "hours") // the first rule is about it, and its field has no value
	if got := o.said(number(2)); len(got) != 0 {
		t.Errorf("a text with a missing value went out: %q", got)
	}
}

// Two offices that answer each other by themselves stop soon: whatever the
// rules, a thread gets so many answers a day and no more.
func TestAutoRepliesDoNotLoop_H7(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		o.rule(storage.AutoReply{Name: name, On: true, Text: "about " + name, Keyword: name, Every: 1})
	}
	for range 4 {
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			o.hears(number(1), "about "+name)
			o.carry()
		}
	}
	if got := o.said(number(1)); len(got) != storage.RepliesADay {
		t.Errorf("%d answers in one day: %q", len(got), got)
	}
}

// STOP is confirmed, once, where the box was told to; it is the last that
// reaches them until they say START.
func TestStop_S31_H5(t *testing.T) {
	o := newOffice(t)
	o.set(storage.SettingStopReply, "You get no more texts.")
	o.set(storage.SettingHelpReply, "We are the bakery.")
	draft := func() storage.Draft {
		n, _ := count("x")
		return storage.Draft{To: number(1), Text: "x", Count: n, Author: storage.Author{Kind: "agent", ID: "ag_1"}}
	}
	if _, _, err := o.Compose(t.Context(), draft()); err != nil {
		t.Fatal(err)
	}
	o.hears(number(1), "Arrêt!")
	o.hears(number(1), "STOP")
	if n := o.carry(); n != 0 {
		t.Errorf("%d texts that waited went out after STOP", n)
	}
	if got := o.said(number(1)); !slices.Equal(got, []string{"x", "You get no more texts."}) {
		t.Errorf("%q", got)
	}
	if n := o.carry(); n != 1 {
		t.Errorf("%d confirmations went out", n)
	}
	_, _, err := o.Compose(t.Context(), draft())
	if e, ok := err.(*storage.Error); !ok || e.Code != storage.CodeOptedOut || e.Field != "to" {
		t.Errorf("a text to who opted out: %v", err)
	}
	o.hears(number(1), "HELP") // answered by nothing: they want no texts
	if got := o.said(number(1)); len(got) != 2 {
		t.Errorf("%q", got)
	}
	o.hears(number(1), "start")
	if _, _, err := o.Compose(t.Context(), draft()); err != nil {
		t.Errorf("after START: %v", err)
	}
	if _, err := o.SetOptOut(t.Context(), storage.OptOut{Number: number(1), Out: true, By: storage.Author{Kind: "agent", Name: "Ana"}}); err != nil {
		t.Fatal(err)
	}
	page, err := o.OptOuts(t.Context(), storage.Page{})
	if err != nil || len(page.OptOuts) != 1 || page.OptOuts[0].By.Name != "Ana" {
		t.Errorf("%+v %v", page, err)
	}
	o.hears(number(2), "help")
	if got := o.said(number(2)); !slices.Equal(got, []string{"We are the bakery."}) {
		t.Errorf("%q", got)
	}
}

// An opt-out is for the line that was written to: a person may write from
// another one, a campaign may not.
func TestOptOutOfALine_S31(t *testing.T) {
	o := newOffice(t)
	other, err := o.Attach(t.Context(), storage.Facts{Port: "q", Number: "+15550192", ICCID: "8902", IMEI: "36"})
	if err != nil {
		t.Fatal(err)
	}
	o.hears(number(1), "STOP")
	n, _ := count("x")
	d := storage.Draft{To: number(1), Line: other.ID, Text: "x", Count: n}
	if _, _, err := o.Compose(t.Context(), d); err != nil {
		t.Errorf("from the other line: %v", err)
	}
	d.Line = o.line.ID
	if _, _, err := o.Compose(t.Context(), d); err == nil {
		t.Error("the line that they said STOP to reaches them")
	}
	d.Line, d.Campaign = other.ID, "cg_1"
	if _, _, err := o.Compose(t.Context(), d); err == nil {
		t.Error("a campaign reaches them by another line")
	}
}

// What the block list is about is kept, aside: it is not unread, makes no offer,
// is no news, and is answered by nothing.
func TestBlockedCallsNobody_B10(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	on := storage.CasesOn
	if _, err := o.SetDesk(ctx, o.line.ID, storage.DeskChange{Cases: &on}); err != nil {
		t.Fatal(err)
	}
	o.rule(storage.AutoReply{Name: "hello", On: true, Text: "Hello"})
	for _, b := range []storage.Block{{Kind: storage.BlockNumber, Value: number(1)}, {Kind: storage.BlockKeyword, Value: "free prize"}} {
		if _, err := o.AddBlock(ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	o.hears(number(1), "hi")
	o.hears(number(2), "Win a FREE PRIZE")
	for i, want := range []int{1, 2} {
		if got := o.said(number(want)); len(got) != 0 {
			t.Errorf("%d was answered: %q", i, got)
		}
	}
	offers, _, err := o.Offers(ctx, nil)
	if err != nil || len(offers) != 0 {
		t.Errorf("offers: %+v %v", offers, err)
	}
	for _, e := range o.told() {
		if e.Type == storage.MessageReceived {
			t.Errorf("news: %s", e.Data)
		}
	}
	list := func(state string) int {
		page, err := o.Threads(ctx, storage.Page{Agent: o.agent.ID, Filter: storage.ThreadFilter{State: state}})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Threads)
	}
	if open, unread, aside := list(storage.ThreadsOpen), list(storage.ThreadsUnread), list(storage.ThreadsBlocked); open != 0 || unread != 0 || aside != 2 {
		t.Errorf("%d open, %d unread, %d aside", open, unread, aside)
	}
	if b, err := o.Badges(ctx, o.agent.ID, nil); err != nil || b.Messages != 0 {
		t.Errorf("%+v %v", b, err)
	}
	// The control: the same from somebody else is news.
	o.hears(number(3), "hi")
	if open, unread := list(storage.ThreadsOpen), list(storage.ThreadsUnread); open != 1 || unread != 1 {
		t.Errorf("%d open, %d unread", open, unread)
	}
	if offers, _, _ := o.Offers(ctx, nil); len(offers) != 1 {
		t.Errorf("offers: %+v", offers)
	}
	// Taken off the list, the thread is back.
	if _, err := o.DeleteBlock(ctx, number(1)); err != nil {
		t.Fatal(err)
	}
	if open, aside := list(storage.ThreadsOpen), list(storage.ThreadsBlocked); open != 2 || aside != 1 {
		t.Errorf("%d open, %d aside", open, aside)
	}
}
