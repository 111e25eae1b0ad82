package web

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// A desk is a person's socket: it asks, and keeps the events that come between.
type desk struct {
	*wire
	opened map[string]any
	events []told
	asked  int
}

// told is an event as a desk hears it.
type told struct {
	Seq, Prev int64
	Type      string
	Thread    string
	Data      struct{ Message storage.Message }
}

func (b *box) desk(t testing.TB, cookie string) *desk {
	t.Helper()
	w := b.dial(t, "Cookie", cookie, "Origin", b.url)
	a := w.open(`{}`)
	result, ok := a["result"].(map[string]any)
	if !ok {
		t.Fatalf("session.open: %v", a)
	}
	return &desk{wire: w, opened: result}
}

// ask asks, and reads the answer into one of its type; a refusal is given back.
func (d *desk) ask(method, params string, into any) *rpcError {
	d.Helper()
	d.asked++
	id := fmt.Sprint("q", d.asked)
	d.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":%q,"params":%s}`, id, method, params))
	for {
		var f struct {
			ID     string
			Result json.RawMessage
			Error  *rpcError
		}
		if text := d.frame(); json.Unmarshal(text, &f) != nil || f.ID != id {
			continue
		}
		if f.Error == nil && into != nil {
			if err := json.Unmarshal(f.Result, into); err != nil {
				d.Fatal(err)
			}
		}
		return f.Error
	}
}

// must asks what must be answered.
func (d *desk) must(method, params string, into any) {
	d.Helper()
	if e := d.ask(method, params, into); e != nil {
		d.Fatalf("%s %s: %+v", method, params, e)
	}
}

// frame is the next frame; an event is kept.
func (d *desk) frame() []byte {
	d.Helper()
	text, err := d.next()
	if err != nil {
		d.Fatal(err)
	}
	var f struct {
		Method string
		Params told
	}
	if json.Unmarshal(text, &f) == nil && f.Method == "event" {
		d.events = append(d.events, f.Params)
	}
	return text
}

// hears reads until an event of a type, and gives it.
func (d *desk) hears(kind string) told {
	d.Helper()
	for {
		for i, e := range d.events {
			if e.Type == kind {
				d.events = slices.Delete(d.events, 0, i+1)
				return e
			}
		}
		d.frame()
	}
}

// leaves closes the desk, and waits until the box knows.
func (b *box) leaves(d *desk, agent storage.Agent) {
	d.Helper()
	d.Close()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, here := b.presence.since(agent.ID); !here {
			return
		}
		if time.Now().After(end) {
			d.Fatal("the box does not know that the desk was left")
		}
	}
}

func missedIn(t testing.TB, opened map[string]any) (m storage.Missed) {
	t.Helper()
	text, _ := json.Marshal(opened["missed"])
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (d *desk) presence(of storage.Agent) storage.Presence {
	d.Helper()
	var list colleagueList
	d.must("agent.directory", `{}`, &list)
	i := slices.IndexFunc(list.Colleagues, func(c storage.Colleague) bool { return c.ID == of.ID })
	if i < 0 {
		d.Fatalf("%s is not in the directory: %+v", of.Name, list)
	}
	return list.Colleagues[i].Presence
}

// Ana writes to Ben, who is not there, from the first of her two screens. A
// manager, who sees every text, listens all the while.
func TestStory_a_colleague_who_is_away_S6_S8_S100_S101_S102_S103_S105_S106(t *testing.T) {
	b := newBox(t)
	ana, atAna := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	ben, atBen := b.person(t, "Ben", storage.RoleAgent)
	_, atEve := b.person(t, "Eve", storage.RoleManager)
	b.leaves(b.desk(t, atBen), ben) // he was here this morning

	one, two, eve := b.desk(t, atAna), b.desk(t, atAna), b.desk(t, atEve)
	if one.presence(ben).Here || !one.presence(ana).Here {
		t.Error("Ana is shown to be away, or Ben to be here")
	}
	var first, second sendResult
	one.must("chat.send", `{"to":{"agent":"Ben"},"text":"lunch at one?","idem":"k1"}`, &first)
	one.must("chat.send", `{"to":{"agent":"Ben"},"text":"lunch at one?","idem":"k1"}`, &second)
	if !second.Replayed || second.Message.ID != first.Message.ID {
		t.Errorf("said twice: %+v", second)
	}
	for name, screen := range map[string]*desk{"first": one, "second": two} {
		if e := screen.hears(storage.MessageReceived); e.Data.Message.ID != first.Message.ID || e.Data.Message.Sender != ana.ID {
			t.Errorf("Ana's %s screen hears %+v", name, e)
		}
	}

	back := b.desk(t, atBen)
	if m := missedIn(t, back.opened); m.Messages != 1 || m.Threads != 1 || m.Thread != first.Message.Thread || m.Since.IsZero() {
		t.Errorf("Ben is told that he missed %+v", m)
	}
	if !one.presence(ben).Here {
		t.Error("Ben is back, and shown to be away")
	}
	back.must("chat.send", fmt.Sprintf(`{"to":{"thread":%q},"text":"yes"}`, first.Message.Thread), nil)
	if e := two.hears(storage.MessageReceived); e.Data.Message.Text != "yes" {
		t.Errorf("Ana's second screen hears %+v", e)
	}
	var again me
	back.must("me.get", `{}`, &again)
	if again.Missed.Messages != 1 {
		t.Errorf("what came while he is here counts as missed: %+v", again.Missed)
	}
	b.leaves(back, ben)
	if m := missedIn(t, b.deskOf(t, atBen, ben)); m.Messages != 0 {
		t.Errorf("Ben missed nothing this time, and is told %+v", m)
	}

	var page storage.MessagePage
	two.must("thread.messages", fmt.Sprintf(`{"thread":%q}`, first.Message.Thread), &page)
	if len(page.Messages) != 2 || page.Messages[1].Text != "yes" {
		t.Errorf("Ana's second screen reads %+v", page.Messages)
	}
	for method, params := range map[string]string{
		"thread.messages": fmt.Sprintf(`{"thread":%q}`, first.Message.Thread), "message.get": fmt.Sprintf(`{"id":%q}`, first.Message.ID)} {
		if e := eve.ask(method, params, nil); e == nil || e.Code != notFound.Code {
			t.Errorf("the manager asks %s: %+v", method, e)
		}
	}
	b.signals(t, 1, 1)
	if eve.hears(storage.LineUpdated); slices.ContainsFunc(eve.events, func(e told) bool { return e.Thread != "" }) {
		t.Errorf("the manager heard %+v", eve.events)
	}
}

// deskOf is what session.open answers, from a desk that is left at once.
func (b *box) deskOf(t testing.TB, cookie string, agent storage.Agent) map[string]any {
	t.Helper()
	d := b.desk(t, cookie)
	b.leaves(d, agent)
	return d.opened
}

// TestMissed_S102_S106 counts a night: what a line received, what a colleague
// wrote, and neither what was said on lines of others nor what was read since.
func TestMissed_S102_S106(t *testing.T) {
	b := newBox(t)
	other := b.attach(t, "8902", "+15550191")
	ana, atAna := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	ben, _ := b.person(t, "Ben", storage.RoleAgent)
	b.leaves(b.desk(t, atAna), ana)
	call := func(line, from string) storage.Message {
		m, err := b.db.Missed(t.Context(), line, storage.Call{From: from, At: storage.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	write := func(from, to storage.Agent) {
		if _, _, err := b.db.Chat(t.Context(), storage.ChatDraft{From: from.ID, To: to.ID, Text: "x", Author: storage.Author{Kind: "agent", ID: from.ID}}); err != nil {
			t.Fatal(err)
		}
	}
	call(b.line.ID, "+15550100")
	call(b.line.ID, "+15550100")
	call(other.ID, "+15550101")
	write(ben, ana)
	write(ana, ben) // from another screen of hers
	if m := missedIn(t, b.deskOf(t, atAna, ana)); m.Messages != 3 || m.Threads != 2 {
		t.Errorf("missed %+v, want 3 in 2 threads", m)
	}
	if m := missedIn(t, b.deskOf(t, atAna, ana)); m.Messages != 0 {
		t.Errorf("told once more: %+v", m)
	}
	head, _ := b.db.Head(t.Context())
	if m, err := b.db.MissedBy(t.Context(), ben.ID, nil, head.Seq); err != nil || m.Messages != 4 {
		t.Errorf("control: Ben, were he everywhere, missed %+v %v, want 4", m, err)
	}
}

// TestGates_S13_S14_S70_S71 shuts one gate after the other. Each refusal names
// its gate, says why in a word and who can mend it; and with the gate open
// again the same text goes.
func TestGates_S13_S14_S70_S71(t *testing.T) {
	b := newBox(t)
	ctx := t.Context()
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	set := func(value string) {
		if _, err := b.db.SaveSetting(ctx, "", storage.SettingSMS, json.RawMessage(value)); err != nil {
			t.Fatal(err)
		}
	}
	user := func(on bool) {
		if _, err := b.db.ChangeAgent(ctx, ana.ID, storage.AgentChange{SMS: &on}); err != nil {
			t.Fatal(err)
		}
	}
	assign := func(yes bool) {
		if _, err := b.db.Assign(ctx, b.line.ID, ana.ID, yes); err != nil {
			t.Fatal(err)
		}
	}
	line := func(on bool) {
		if _, err := b.db.SwitchLine(ctx, b.line.ID, on); err != nil {
			t.Fatal(err)
		}
	}
	send := func() (int, problem) {
		answer, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"hi"}`, "Cookie", cookie, "Origin", b.url)
		if answer.StatusCode == 202 {
			return 202, problem{}
		}
		return answer.StatusCode, problemOf(t, text)
	}
	for _, c := range []struct {
		name        string
		shut, again func()
		want        problem
	}{
		{"the box", func() { set("false") }, func() { set("null") },
			problem{Code: 3001, Type: "sms_disabled_system", Gate: "system", Reason: "sms_disabled_system", By: storage.RoleOwner}},
		{"the account", func() { user(false) }, func() { user(true) },
			problem{Code: 3002, Type: "sms_disabled_user", Gate: "sms", Reason: "sms_disabled_user", By: storage.RoleOwner}},
		{"the number", func() { assign(false) }, func() { assign(true) },
			problem{Code: 3003, Type: "line_not_assigned", Gate: "line", Reason: "not_assigned", By: storage.RoleManager}},
		{"the number's switch", func() { line(false) }, func() { line(true) },
			problem{Code: 3001, Type: "sms_disabled_system", Gate: "line", Reason: "switched_off", By: storage.RoleOwner}},
		{"all of them", func() { set("false"); user(false); assign(false) }, func() { set("true"); user(true); assign(true) },
			problem{Code: 3001, Type: "sms_disabled_system", Gate: "system", Reason: "sms_disabled_system", By: storage.RoleOwner}},
	} {
		if status, p := send(); status != 202 {
			t.Fatalf("before %s is shut: %d %+v", c.name, status, p)
		}
		c.shut()
		_, p := send()
		got := problem{Code: p.Code, Type: strings.TrimPrefix(p.Type, "/problems/"), Gate: p.Gate, Reason: p.Reason, By: p.By}
		if !slices.Equal([]any{got.Code, got.Type, got.Gate, got.Reason, got.By}, []any{c.want.Code, c.want.Type, c.want.Gate, c.want.Reason, c.want.By}) || p.Detail == "" {
			t.Errorf("%s is shut: %+v", c.name, p)
		}
		c.again()
	}
	set("false") // the ledger keeps the first gate too, for what does not come this way
	if _, _, err := b.db.Compose(ctx, storage.Draft{To: "+15550100", Text: "hi", Count: storage.Count{Parts: 1}}); err == nil {
		t.Error("the ledger took a text while texts are off")
	}
	set("true")
	second := b.attach(t, "8902", "+15550191")
	if _, err := b.db.Assign(ctx, second.ID, ana.ID, true); err != nil {
		t.Fatal(err)
	}
	answer, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550177"},"text":"hi"}`, "Cookie", cookie, "Origin", b.url)
	if p := problemOf(t, text); answer.StatusCode != 422 || p.Code != 2001 || !slices.Equal(p.Options, []string{b.line.ID, second.ID}) {
		t.Errorf("two numbers and none chosen: %d %+v", answer.StatusCode, p)
	}
}

// Ana has two numbers, and changes from one to the other in the middle.
func TestStory_switching_numbers_S11_S62_S63_S93(t *testing.T) {
	b := newBox(t)
	second := b.attach(t, "8902", "+15550191")
	foreign := b.attach(t, "8903", "+15550192")
	_, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID, second.ID)
	d := b.desk(t, cookie)
	options := func(why storage.FromWhy, from, last string, changes ...bool) {
		t.Helper()
		var f storage.FromOptions
		d.must("from.options", `{"to":{"number":"+1 555 0100"}}`, &f)
		if f.Why != why || f.From != from || !f.Choose || len(f.Options) != 2 || f.Options[0].Line != b.line.ID || f.Options[0].State != storage.LineReady {
			t.Errorf("options: %+v", f)
			return
		}
		for i, o := range f.Options {
			if o.Changes != changes[i] || o.Last != (o.Line == last) || o.Filled != (o.Line == from) || o.Line == foreign.ID {
				t.Errorf("option %d: %+v", i, o)
			}
		}
	}
	send := func(from string, warned bool) {
		t.Helper()
		var r sendResult
		d.must("message.send", fmt.Sprintf(`{"to":{"number":"+15550100"},"from":%q,"text":"x"}`, from), &r)
		if slices.Contains(r.Message.Warnings, storage.WarnFrom) != warned {
			t.Errorf("from %q: warnings %v", from, r.Message.Warnings)
		}
	}
	options(storage.FromChoose, "", "", false, false)
	send(b.line.ID, false)
	options(storage.FromLast, b.line.ID, b.line.ID, false, true)
	send("", false)
	send(second.ID, true)
	options(storage.FromLast, second.ID, second.ID, true, false)
	send(second.ID, false)
	if _, err := b.db.Missed(t.Context(), b.line.ID, storage.Call{From: "+15550100", At: storage.Now()}); err != nil { // the other direction
		t.Fatal(err)
	}
	options(storage.FromLast, b.line.ID, b.line.ID, false, true)
	if _, err := b.db.Missed(t.Context(), foreign.ID, storage.Call{From: "+15550100", At: storage.Now()}); err != nil {
		t.Fatal(err)
	}
	options(storage.FromChoose, "", "", true, true) // a colleague's number was last: hers are both others
}

// TestColleaguesAreNotTexted_S75_S77 tries every way to reach a colleague by
// text, and a client by video.
func TestColleaguesAreNotTexted_S75_S77(t *testing.T) {
	b := newBox(t)
	ben, _ := b.person(t, "Ben", storage.RoleAgent)
	_, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	d := b.desk(t, cookie)
	var said, text sendResult
	d.must("chat.send", `{"to":{"agent":"Ben"},"text":"hello"}`, &said)
	d.must("message.send", `{"to":{"number":"+15550142"},"text":"his phone is not known yet"}`, &text)
	phone := "+15550142"
	if _, err := b.db.SetProfile(t.Context(), ben.ID, storage.Profile{Voice: &phone}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.SaveSetting(t.Context(), "", storage.SettingVideo, json.RawMessage(`"https://meet.example/{room}?x=1"`)); err != nil {
		t.Fatal(err)
	}
	for method, params := range map[string]string{
		"message.send by account": `{"to":{"agent":"Ben"},"text":"x"}`,
		"message.send by thread":  fmt.Sprintf(`{"to":{"thread":%q},"text":"x"}`, said.Message.Thread),
		"message.send by phone":   `{"to":{"number":"+1 555 01 42"},"text":"x"}`,
		"chat.send to a client":   fmt.Sprintf(`{"to":{"thread":%q},"text":"x"}`, text.Message.Thread),
		"chat.video to a client":  fmt.Sprintf(`{"to":{"thread":%q}}`, text.Message.Thread),
	} {
		name, _, _ := strings.Cut(method, " ")
		if e := d.ask(name, params, nil); e == nil || e.Code != channelNot.Code || e.Data.Type != "channel_not_allowed" {
			t.Errorf("%s: %+v", method, e)
		}
	}
	var first, second sendResult
	d.must("chat.video", `{"to":{"agent":"Ben"}}`, &first)
	d.must("chat.video", `{"to":{"agent":"Ben"}}`, &second)
	if !strings.HasPrefix(first.Message.Text, "https://meet.example/") || !strings.HasSuffix(first.Message.Text, "?x=1") || first.Message.Text == second.Message.Text {
		t.Errorf("invited to %q, then to %q", first.Message.Text, second.Message.Text)
	}
	_, program := b.token(t, storage.ScopeSend)
	if answer, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550142"},"text":"the pump has stopped"}`, "Authorization", bearer(program)); answer.StatusCode != 202 {
		t.Errorf("a program may not wake Ben: %s", text)
	}
}
