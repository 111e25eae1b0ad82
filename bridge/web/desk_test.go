package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"smsbridge/storage"
)

// A seat is an agent at a socket: requests have answers, events are kept.
type seat struct {
	*wire
	agent storage.Agent
	asked int
	heard []event
}

type event struct {
	Type string
	Data struct {
		Offer storage.Offer
		Case  storage.Case
		Desk  storage.Desk
	}
}

// sit signs a person in at a socket.
func (b *box) sit(t testing.TB, name string, role storage.Role, lines ...string) *seat {
	t.Helper()
	a, cookie := b.person(t, name, role, lines...)
	w := b.dial(t, "Cookie", cookie, "Origin", b.url)
	w.open(`{"subscribe":{}}`)
	return &seat{wire: w, agent: a}
}

// ask calls a method; an answer is read into out, a refusal is its code and
// detail.
func (s *seat) ask(method, params string, out any) (code int, detail string) {
	s.Helper()
	s.asked++
	id := fmt.Sprint(s.asked)
	s.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%q,"method":%q,"params":%s}`, id, method, params))
	for {
		var f struct {
			ID     string
			Method string
			Params json.RawMessage
			Result json.RawMessage
			Error  *struct {
				Code int
				Data struct{ Detail string }
			}
		}
		text, err := s.next()
		if err == nil {
			err = json.Unmarshal(text, &f)
		}
		if err != nil {
			s.Fatal(err)
		}
		s.note(f.Method, f.Params)
		switch {
		case f.ID != id:
		case f.Error != nil:
			return f.Error.Code, f.Error.Data.Detail
		case out == nil:
			return 0, ""
		default:
			if err := json.Unmarshal(f.Result, out); err != nil {
				s.Fatalf("%s: %v", f.Result, err)
			}
			return 0, ""
		}
	}
}

func (s *seat) note(method string, params json.RawMessage) {
	if method != "event" {
		return
	}
	var e event
	if err := json.Unmarshal(params, &e); err != nil {
		s.Fatal(err)
	}
	s.heard = append(s.heard, e)
}

// hears reads until an event of a type has come.
func (s *seat) hears(kind string) event {
	s.Helper()
	for {
		for i, e := range s.heard {
			if e.Type == kind {
				s.heard = s.heard[i+1:]
				return e
			}
		}
		f := s.hear()
		params, _ := json.Marshal(f["params"])
		s.note(fmt.Sprint(f["method"]), params)
	}
}

// heardOf tells whether an event of a type has come up to now: what was written
// before a request is told before a later event is.
func (s *seat) heardOf(kind string) bool {
	for _, e := range s.heard {
		if e.Type == kind {
			return true
		}
	}
	return false
}

// texts lets a person text a line.
func (b *box) texts(t testing.TB, line, from, text string) {
	t.Helper()
	ctx := context.Background()
	id := newSecret("")
	kept, err := b.db.Keep(ctx, line, nil, []storage.Kept{{PDU: id, Index: -1}})
	if err == nil {
		err = b.db.Receive(ctx, line, []storage.Arrival{{Kept: kept[0], Identity: id, From: from, Text: text}}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// outbound is every message that goes out.
func (b *box) outbound(t testing.TB) (n int) {
	t.Helper()
	page, err := b.db.Threads(context.Background(), storage.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, th := range page.Threads {
		m, err := b.db.Messages(context.Background(), th.ID, storage.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range m.Messages {
			if m.Dir == storage.Outbound {
				n++
			}
		}
	}
	return n
}

const stranger1 = "+15550100"

// The story of a first text: offered to all, answered by one, who has case,
// history, number and name in one answer; the others see who it was and go on
// reading.
func TestStrangersFirstText_S18_S20_S21_S22_S23_S24_S25_S125(t *testing.T) {
	looked := 0
	b := newBox(t, func(c *Config) {
		c.Lookup = func(_ context.Context, url string) (storage.Lookup, error) {
			looked++
			if url != "https://crm.example/who?n=%2B15550100" {
				return storage.Lookup{}, errors.New("asked at " + url)
			}
			return storage.Lookup{Source: "http", Name: "Bob Byrne", Address: "1 Main St"}, nil
		}
	})
	other := b.attach(t, "8902", "+15550191")
	ana, ben := b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID)
	eve := b.sit(t, "Eve", storage.RoleAgent, other.ID)
	boss := b.sit(t, "Mia", storage.RoleManager)
	code, why := boss.ask("desk.set", fmt.Sprintf(`{"id":%q,"pop":"https://crm.example/pop?n={number}&ref={reference}","lookup":"https://crm.example/who?n={number}"}`, b.line.ID), nil)
	if code != 0 {
		t.Fatal(code, why)
	}
	if d := ana.hears("desk.updated").Data.Desk; d.Pop == "" || d.Lookup != "" {
		t.Errorf("agents are told the lookup's address, which may carry a key: %+v", d) // desk.get hides it from them too
	}
	b.texts(t, b.line.ID, stranger1, "Hi, is the van ready?")
	for _, s := range []*seat{ana, ben} {
		if o := s.hears("offer.created").Data.Offer; o.Title != "SMS Chat Request" || o.Reference != "SMS"+stranger1 || o.Until.IsZero() {
			t.Errorf("%s is offered %+v", s.agent.Name, o)
		}
	}
	var listed struct{ Offers []storage.Offer }
	if ana.ask("offer.list", `{}`, &listed); len(listed.Offers) != 1 {
		t.Fatalf("%+v", listed)
	}
	id := listed.Offers[0].ID
	if eve.ask("offer.list", `{}`, &listed); len(listed.Offers) != 0 {
		t.Errorf("on another line: %+v", listed)
	}
	if code, _ := eve.ask("offer.answer", fmt.Sprintf(`{"id":%q}`, id), nil); code != notFound.Code {
		t.Errorf("answered from another line: %d", code)
	}
	var got casePop
	if code, why := ana.ask("offer.answer", fmt.Sprintf(`{"id":%q}`, id), &got); code != 0 {
		t.Fatal(code, why)
	}
	if got.Case.Number != stranger1 || got.Case.Owner != ana.agent.ID || got.Case.Pop != "https://crm.example/pop?n=%2B15550100&ref=SMS%2B15550100" {
		t.Errorf("%+v", got.Case)
	}
	if l := got.Case.Lookup; l == nil || l.Name != "Bob Byrne" || l.Address != "1 Main St" {
		t.Errorf("looked up: %+v", l)
	}
	if len(got.Messages) != 1 || got.Messages[0].Text != "Hi, is the van ready?" || got.Messages[0].Case != got.Case.ID {
		t.Errorf("history: %+v", got.Messages)
	}
	if code, why := ben.ask("offer.answer", fmt.Sprintf(`{"id":%q}`, id), nil); code != claimed.Code || why != "Ana has taken SMS+15550100" {
		t.Errorf("second: %d %s", code, why)
	}
	if o := ben.hears("offer.taken").Data.Offer; o.TakenName != "Ana" || o.State != storage.OfferStateTaken {
		t.Errorf("%+v", o)
	}
	if c := ben.hears("case.opened").Data.Case; c.OwnerName != "Ana" || c.Number != stranger1 {
		t.Errorf("%+v", c)
	}
	var page storage.MessagePage
	if code, _ := ben.ask("thread.messages", fmt.Sprintf(`{"thread":%q}`, got.Case.Thread), &page); code != 0 || len(page.Messages) != 1 {
		t.Errorf("taken means hidden from others: %d %+v", code, page) // E6
	}
	boss.hears("case.opened")
	if err := b.db.SetLine(t.Context(), other.ID, storage.LineStatus{State: storage.LineReady, Signal: -50}); err != nil {
		t.Fatal(err)
	}
	eve.hears("line.updated")
	if eve.heardOf("offer.created") || eve.heardOf("case.opened") || looked != 1 {
		t.Errorf("on another line was told %+v; asked %d times", eve.heard, looked)
	}
	if n := b.outbound(t); n != 0 {
		t.Errorf("%d messages left although nobody pressed Send", n)
	}
}

// The story of what comes after a case was closed: the agent chooses, and an
// answer in the case goes where the case is.
func TestContinueOrNew_S31_S32_S33_S34_S35_S126(t *testing.T) {
	b := newBox(t)
	ana, ben := b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID)
	var first casePop
	if code, why := ana.ask("case.open", `{"to":{"number":"+15550100"}}`, &first); code != 0 {
		t.Fatal(code, why)
	}
	var sent sendResult
	if code, why := ana.ask("message.send", fmt.Sprintf(`{"case":%q,"text":"The van is ready."}`, first.Case.ID), &sent); code != 0 || sent.Message.Case != first.Case.ID || sent.Message.To != stranger1 {
		t.Fatal(code, why, sent)
	}
	b.texts(t, b.line.ID, stranger1, "thanks")
	if c := ana.hears("case.updated").Data.Case; c.WaitingSince.IsZero() {
		t.Errorf("the reply did not land in the case: %+v", c)
	}
	ana.Close() // the browser goes; the case does not
	var c caseAnswer
	if ben.ask("case.get", fmt.Sprintf(`{"id":%q}`, first.Case.ID), &c); c.Case.State != storage.CaseOpen || c.Case.OwnerName != "Ana" {
		t.Errorf("%+v", c.Case)
	}
	if code, _ := ben.ask("case.close", fmt.Sprintf(`{"id":%q}`, first.Case.ID), nil); code != claimed.Code {
		t.Errorf("closed somebody else's: %d", code)
	}
	begin, cookie := b.begin()
	if _, err := b.db.BeginSession(t.Context(), ana.agent.ID, begin); err != nil {
		t.Fatal(err)
	}
	w := b.dial(t, "Cookie", cookie, "Origin", b.url)
	w.open(`{"subscribe":{}}`)
	ana = &seat{wire: w, agent: ana.agent}
	if code, why := ana.ask("case.close", fmt.Sprintf(`{"id":%q,"outcome":"sold"}`, first.Case.ID), &c); code != 0 || c.Case.Outcome != "sold" {
		t.Fatal(code, why)
	}
	if code, _ := ana.ask("message.send", fmt.Sprintf(`{"case":%q,"text":"x"}`, first.Case.ID), nil); code != caseClosed.Code {
		t.Errorf("a text in a closed case: %d", code)
	}
	b.texts(t, b.line.ID, stranger1, "one more thing")
	o := ben.hears("offer.created").Data.Offer
	if o.Policy != storage.SequelAsk || o.LastCase == nil || o.LastCase.ID != first.Case.ID {
		t.Fatalf("%+v", o)
	}
	if code, _ := ben.ask("offer.answer", fmt.Sprintf(`{"id":%q}`, o.ID), nil); code != invalidParams.Code {
		t.Errorf("no choice was made: %d", code)
	}
	var next casePop
	if code, why := ben.ask("offer.answer", fmt.Sprintf(`{"id":%q,"choice":"continue"}`, o.ID), &next); code != 0 || next.Case.ID != first.Case.ID || next.Case.Owner != ben.agent.ID || len(next.Messages) != 3 {
		t.Fatal(code, why, next)
	}
	ben.ask("case.close", fmt.Sprintf(`{"id":%q}`, first.Case.ID), nil)
	b.texts(t, b.line.ID, stranger1, "another van")
	o = ben.hears("offer.created").Data.Offer
	if code, why := ben.ask("offer.answer", fmt.Sprintf(`{"id":%q,"choice":"new"}`, o.ID), &next); code != 0 || next.Case.ID == first.Case.ID || len(next.Messages) != 4 {
		t.Fatal(code, why, next)
	}
	if n := b.outbound(t); n != 1 {
		t.Errorf("%d messages left; somebody pressed Send once", n)
	}
	for state, want := range map[string]int{`{"state":"open"}`: 1, `{"state":"closed"}`: 1, `{"state":"unanswered"}`: 1, `{"owner":"me"}`: 2, `{"q":"SMS+15550100-"}`: 1} {
		var page storage.CasePage
		if code, why := ben.ask("case.list", state, &page); code != 0 || len(page.Cases) != want {
			t.Errorf("%s: %d cases, %d %s", state, len(page.Cases), code, why)
		}
	}
}

// Agents at four sockets press Answer at once, again and again.
func TestRacingDesks_S23(t *testing.T) {
	b := newBox(t)
	var seats []*seat
	for i := range 4 {
		seats = append(seats, b.sit(t, fmt.Sprintf("Agent %d", i), storage.RoleAgent, b.line.ID))
	}
	for round := range 15 {
		b.texts(t, b.line.ID, fmt.Sprintf("+1555010%04d", round), "hi")
		won := make([]bool, len(seats))
		var all sync.WaitGroup
		for i, s := range seats {
			id := s.hears("offer.created").Data.Offer.ID
			all.Go(func() {
				code, why := s.ask("offer.answer", fmt.Sprintf(`{"id":%q}`, id), nil)
				if won[i] = code == 0; !won[i] && code != claimed.Code {
					t.Errorf("%d %s", code, why)
				}
			})
		}
		all.Wait()
		winners := 0
		for _, w := range won {
			if w {
				winners++
			}
		}
		if winners != 1 {
			t.Fatalf("round %d: %d owners", round, winners)
		}
	}
}

// Managers see everybody's figures, agents their own, and both as CSV.
func TestUsage_S120_S121_S122(t *testing.T) {
	b := newBox(t)
	ana, ben := b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID)
	boss := b.sit(t, "Mia", storage.RoleManager)
	b.texts(t, b.line.ID, stranger1, "hi")
	for i, s := range []*seat{ana, ana, ben} {
		var sent sendResult
		if code, why := s.ask("message.send", `{"to":{"number":"+15550100"},"text":"x"}`, &sent); code != 0 {
			t.Fatal(code, why)
		}
		c := storage.Change{Line: b.line.ID, Message: sent.Message.ID, N: 1, From: storage.Queued, To: storage.Sending, Ref: -1}
		err := b.db.Mark(t.Context(), c)
		if c.From, c.To = storage.Sending, storage.Sent; i == 1 {
			c.To = storage.Failed
		}
		if err == nil {
			err = b.db.Mark(t.Context(), c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var out struct {
		Usage   []storage.Usage
		Enabled bool `json:"sms_enabled"`
	}
	if code, why := boss.ask("stats.usage", `{}`, &out); code != 0 || !out.Enabled || out.Usage[0] != (storage.Usage{Received: 1, Sent: 2, Failed: 1, Parts: 2}) {
		t.Errorf("%d %s %+v", code, why, out)
	}
	for value, on := range map[string]bool{"false": false, "true": true} {
		if _, err := b.db.SaveSetting(t.Context(), "", storage.SettingSMS, json.RawMessage(value)); err != nil {
			t.Fatal(err)
		}
		if boss.ask("stats.usage", `{}`, &out); out.Enabled != on {
			t.Errorf("sms_enabled of the box is %s, and its usage says %v", value, out.Enabled)
		}
	}
	if boss.ask("stats.usage", `{"by":"agent"}`, &out); len(out.Usage) != 3 {
		t.Errorf("%+v", out.Usage)
	}
	if ana.ask("stats.usage", `{"by":"agent"}`, &out); len(out.Usage) != 1 || out.Usage[0] != (storage.Usage{Agent: ana.agent.ID, Sent: 1, Failed: 1, Parts: 1}) {
		t.Errorf("%+v", out.Usage)
	}
	if code, _ := ana.ask("stats.usage", fmt.Sprintf(`{"agent":%q}`, ben.agent.ID), nil); code != forbidden.Code {
		t.Errorf("another's figures: %d", code)
	}
	if code, _ := boss.ask("stats.usage", `{"from":"yesterday"}`, nil); code != invalidParams.Code {
		t.Errorf("no day: %d", code)
	}
	var answers struct{ Answers []storage.Answers }
	if boss.ask("stats.answer", `{}`, &answers); len(answers.Answers) != 1 || answers.Answers[0].Agent != ana.agent.ID || answers.Answers[0].Count != 1 {
		t.Errorf("%+v", answers)
	}
	owner := b.owner(t)
	answer, text := b.page(t, owner, "GET", "/api/v1/stats/usage.csv", "")
	if lines := strings.Split(text, "\n"); answer.StatusCode != 200 || len(lines) != 5 || lines[0] != "day,line,agent,received,sent,delivered,undelivered,failed,unconfirmed,parts" ||
		!strings.HasSuffix(lines[2], b.line.ID+","+ana.agent.ID+",0,1,0,0,1,0,1") {
		t.Errorf("%d %s", answer.StatusCode, text)
	}
	answer, text = b.page(t, owner, "GET", "/metrics", "")
	if !strings.Contains(text, `smsbridge_messages{line="`+b.line.ID+`",state="sent"} 2`) || !strings.Contains(answer.Header.Get("Content-Type"), "version=0.0.4") {
		t.Errorf("%v %s", answer.Header, text)
	}
	if answer, _ := b.ask(t, http.MethodGet, "/metrics", ""); answer.StatusCode != 401 {
		t.Errorf("a stranger reads metrics: %d", answer.StatusCode)
	}
}

// Whoever has no account acts for somebody that he names; people act as
// themselves.
func TestActor(t *testing.T) {
	b := newBox(t)
	ana, ben := b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID)
	b.texts(t, b.line.ID, stranger1, "hi")
	o := ana.hears("offer.created").Data.Offer
	if code, _ := ben.ask("offer.answer", fmt.Sprintf(`{"id":%q,"agent":%q}`, o.ID, ana.agent.ID), nil); code != forbidden.Code {
		t.Errorf("answered for somebody else: %d", code)
	}
	_, send := b.token(t, storage.ScopeSend)
	_, admin := b.token(t, storage.ScopeAdmin)
	path := "/api/v1/offers/" + o.ID + "/answer"
	answer, text := b.ask(t, "POST", path, `{"agent":"Ana"}`, "Authorization", bearer(send))
	want(t, "a token that may only send", answer, text, 403)
	answer, text = b.ask(t, "POST", path, `{}`, "Authorization", bearer(admin))
	want(t, "for nobody", answer, text, 400)
	answer, text = b.ask(t, "POST", path, `{"agent":"Ana"}`, "Authorization", bearer(admin))
	want(t, "for Ana", answer, text, 200)
}
