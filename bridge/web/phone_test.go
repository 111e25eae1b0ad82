package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/bridge/hook"
	"smsbridge/storage"
)

// A modemThatDials is the radio bank's edge: it says what it was asked to dial.
type modemThatDials struct {
	Radio
	dialed []string
}

func (m *modemThatDials) Dial(_ context.Context, line, number string, _ storage.Author) error {
	m.dialed = append(m.dialed, line+" "+number)
	return nil
}

// TestClickToCall_S16_S17_S38_S80_S81 presses the phone button of a thread in
// each way that a box can be set up, the telephone system being a real endpoint.
func TestClickToCall_S16_S17_S38_S80_S81(t *testing.T) {
	var asked []storage.CallWords
	status := http.StatusAccepted
	pbx := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var words storage.CallWords
		if err := json.NewDecoder(r.Body).Decode(&words); err != nil {
			t.Error(err)
		}
		asked = append(asked, words)
		w.WriteHeader(status)
	}))
	defer pbx.Close()
	at, _ := url.Parse(pbx.URL)
	guard, err := hook.NewGuard([]string{"127.0.0.1"}, []string{at.Port()})
	if err != nil {
		t.Fatal(err)
	}
	ringer := hook.NewRinger(guard)
	defer ringer.Close()
	radio := &modemThatDials{}
	b := newBox(t, func(c *Config) { c.Ringer, c.Radio = ringer, radio })
	second := b.attach(t, "8902", "+15550191")
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID, second.ID)
	d := b.desk(t, cookie)
	set := func(key, value string) {
		t.Helper()
		if _, err := b.db.SaveSetting(t.Context(), "", key, json.RawMessage(value)); err != nil {
			t.Fatal(err)
		}
	}
	var sent sendResult
	d.must("message.send", fmt.Sprintf(`{"to":{"number":"+15550100"},"from":%q,"text":"x"}`, second.ID), &sent)
	press := fmt.Sprintf(`{"thread":%q}`, sent.Message.Thread)

	var mine me
	d.must("me.get", `{}`, &mine)
	if e := d.ask("call.start", press, nil); mine.Offers.Call != storage.CallNone || e == nil || e.Data.Type != "not_set_up" {
		t.Errorf("not set up: offers %+v, answer %+v", mine.Offers, e)
	}
	var c started
	set(storage.SettingCall, `"tel"`)
	d.must("call.start", press, &c)
	if c.URL != "tel:+15550100" || c.Line != second.ID || c.Number != "+15550191" || c.Hint != nil {
		t.Errorf("by tel: %+v", c)
	}
	if m := c.Message; m.Channel != storage.ChannelCall || m.Thread != sent.Message.Thread || m.Dir != storage.Outbound || m.Author.ID != ana.ID || len(m.Parts) != 0 {
		t.Errorf("in the thread: %+v", m)
	}

	set(storage.SettingCall, `"hook"`)
	if e := d.ask("call.start", press, nil); e == nil || e.Data.Field != "voice_number" {
		t.Errorf("without a phone to ring: %+v", e)
	}
	d.must("me.update", `{"voice_number":"+1 555 01 77"}`, nil)
	if e := d.ask("call.start", press, nil); e == nil || e.Data.Type != "not_set_up" {
		t.Errorf("without an address: %+v", e)
	}
	set(storage.SettingCallURL, `"`+pbx.URL+`/call"`)
	c = started{}
	d.must("call.start", press, &c)
	if len(asked) != 1 || asked[0].From != "+15550177" || asked[0].To != "+15550100" || asked[0].Show != "+15550191" || asked[0].Agent.Name != "Ana" {
		t.Fatalf("the telephone system was asked %+v", asked)
	}
	if c.Hint == nil || c.Hint.Type != "number_differs" || !strings.Contains(c.Hint.Detail, "+15550177") {
		t.Errorf("hint: %+v", c.Hint)
	}
	status = http.StatusInternalServerError
	before, _ := b.db.Messages(t.Context(), sent.Message.Thread, storage.Page{})
	if e := d.ask("call.start", press, nil); e == nil || e.Code != phoneRefused.Code {
		t.Errorf("refused by the telephone system: %+v", e)
	}
	if after, _ := b.db.Messages(t.Context(), sent.Message.Thread, storage.Page{}); len(after.Messages) != len(before.Messages) {
		t.Error("a call that was not begun stands in the thread")
	}

	set(storage.SettingCall, `"modem"`)
	d.must("call.start", press, &c)
	if !slices.Equal(radio.dialed, []string{second.ID + " +15550100"}) {
		t.Errorf("the modem dialed %v", radio.dialed)
	}
	var f storage.FromOptions
	d.must("from.options", `{"to":{"number":"+15550100"}}`, &f)
	if f.From != second.ID {
		t.Errorf("a call changed what a text comes from: %+v", f)
	}
}

// TestRingerIsGuarded_S81: what the administrator did not allow is not reached,
// whatever the setting says.
func TestRingerIsGuarded_S81(t *testing.T) {
	reached := false
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer inside.Close()
	at, _ := url.Parse(inside.URL)
	strict, _ := hook.NewGuard(nil, []string{at.Port()})
	open, _ := hook.NewGuard([]string{"127.0.0.1"}, []string{at.Port()})
	for _, c := range []struct {
		guard *hook.Guard
		in    bool
	}{{nil, false}, {strict, false}, {open, true}} {
		r := hook.NewRinger(c.guard)
		reached = false
		if err := r.Ring(t.Context(), inside.URL, storage.CallWords{}); (err == nil) != c.in || reached != c.in {
			t.Errorf("let in should be %v: reached %v, %v", c.in, reached, err)
		}
		r.Close()
	}
	b := newBox(t)
	owner := b.owner(t)
	answer, text := b.ask(t, "PUT", "/api/v1/settings/"+storage.SettingCallURL, `{"value":"http://127.0.0.1/call"}`, "Cookie", owner, "Origin", b.url)
	if p := problemOf(t, text); answer.StatusCode != 400 || !strings.Contains(p.Detail, "public internet") {
		t.Errorf("an address that can never be reached: %d %s", answer.StatusCode, text)
	}
}

// TestPhoneStatus_S104 has a telephone system say what phones do, and be silent
// for too long.
func TestPhoneStatus_S104(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p presence
		ana := storage.Agent{ID: "ag_ana", Chat: true}
		if got := p.of(ana, time.Now()); got.Phone != "" {
			t.Errorf("before anybody spoke: %+v", got)
		}
		p.setPhone(ana.ID, storage.PhoneBusy, time.Now().Add(time.Minute))
		time.Sleep(time.Minute - 1)
		if got := p.of(ana, time.Now()); got.Phone != storage.PhoneBusy || got.Here {
			t.Errorf("within its time: %+v", got)
		}
		time.Sleep(time.Nanosecond)
		if got := p.of(ana, time.Now()); got.Phone != "" {
			t.Errorf("past its time: %+v", got)
		}
	})
	b := newBox(t)
	ana, atAna := b.person(t, "Ana", storage.RoleAgent)
	_, atBen := b.person(t, "Ben", storage.RoleAgent)
	_, pbx := b.token(t, storage.ScopeAct)
	say := func(want int, body string, header ...string) {
		t.Helper()
		if answer, text := b.ask(t, "POST", "/api/v1/presence/phone", body, header...); answer.StatusCode != want {
			t.Errorf("%s: %d %s", body, answer.StatusCode, text)
		}
	}
	say(200, `{"agent":"Ana","state":"ringing"}`, "Authorization", bearer(pbx))
	ben := b.desk(t, atBen)
	if got := ben.presence(ana); got.Phone != storage.PhoneRinging || got.Here {
		t.Errorf("Ben sees %+v", got)
	}
	say(200, `{"state":"idle"}`, "Cookie", atAna, "Origin", b.url)
	say(403, `{"agent":"Ana","state":"busy"}`, "Cookie", atBen, "Origin", b.url)
	say(400, `{"agent":"Ana","state":"dancing"}`, "Authorization", bearer(pbx))
	say(200, `{"agent":"Ana","state":""}`, "Authorization", bearer(pbx))
	if got := ben.presence(ana); got.Phone != "" {
		t.Errorf("forgotten, and shown as %+v", got)
	}
}

// TestPresence_S103 opens and closes screens, and switches the chat off.
func TestPresence_S103(t *testing.T) {
	var p presence
	var changes []string
	ana := storage.Agent{ID: "ag_ana", Chat: true}
	p.publish = func(agent string) { changes = append(changes, fmt.Sprint(p.of(ana, time.Now()).Here)) }
	p.come(ana.ID, 7)
	p.come(ana.ID, 9)
	if from, here := p.since(ana.ID); from != 7 || !here {
		t.Errorf("the stay began at %d", from)
	}
	if p.leave(ana.ID) {
		t.Error("one of two was the last")
	}
	if !p.of(ana, time.Now()).Here || p.of(storage.Agent{ID: ana.ID}, time.Now()).Here {
		t.Error("who has the chat switched off is shown, or who has it on is not")
	}
	if !p.leave(ana.ID) || p.of(ana, time.Now()).Here {
		t.Error("nobody is there, and somebody is shown")
	}
	p.forget(ana.ID)
	if _, here := p.since(ana.ID); here {
		t.Error("the stay has not ended")
	}
	if !slices.Equal(changes, []string{"true", "false"}) {
		t.Errorf("told: %v", changes)
	}
}

// TestEmbedding_S123 lists one portal: its pages may frame ours and open a
// socket with a ticket, and nobody else's may, nor may it do anything more.
func TestEmbedding_S123(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	_, secret := b.token(t, storage.ScopeRead)
	framed := func(want bool) {
		t.Helper()
		answer, _ := b.ask(t, "GET", "/", "")
		csp, old := answer.Header.Get("Content-Security-Policy"), answer.Header.Get("X-Frame-Options")
		if in := strings.Contains(csp, "frame-ancestors 'self' https://crm.example;"); in != want || (old == "") != want || strings.Contains(csp, "frame-ancestors 'none'") == want {
			t.Errorf("framed should be %v: %s / %q", want, csp, old)
		}
	}
	in := func(origin string) bool {
		t.Helper()
		_, text := b.ask(t, "POST", "/api/v1/tickets", "", "Authorization", bearer(secret))
		var out ticketAnswer
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		w, _, err := b.tryDial(t, "Origin", origin)
		return err == nil && w.open(fmt.Sprintf(`{"ticket":%q}`, out.Ticket))["error"] == nil
	}
	framed(false)
	if in("https://crm.example") {
		t.Error("a portal that nobody listed came in")
	}
	answer, text := b.ask(t, "PUT", "/api/v1/settings/embed_origins", `{"value":["https://crm.example"]}`, "Cookie", owner, "Origin", b.url)
	want(t, "embed_origins", answer, text, 200)
	framed(true)
	if !in("https://crm.example") {
		t.Error("the portal that was listed did not come in")
	}
	for _, other := range []string{"https://crm.example.evil.example", "http://crm.example", "https://evil.example", "null"} {
		if in(other) {
			t.Errorf("%s came in", other)
		}
	}
	if w, _, err := b.tryDial(t, "Origin", "https://crm.example", "Cookie", owner); err == nil && w.open(`{}`)["error"] == nil {
		t.Error("the portal's page came in with the owner's cookie")
	}
	if answer, _ := b.ask(t, "GET", "/api/v1/me", "", "Origin", "https://crm.example", "Authorization", bearer(secret)); answer.StatusCode != 403 {
		t.Errorf("the portal's page asked over HTTP: %d", answer.StatusCode)
	}
	answer, text = b.ask(t, "PUT", "/api/v1/settings/embed_origins", `{"value":null}`, "Cookie", owner, "Origin", b.url)
	want(t, "embed_origins", answer, text, 200)
	framed(false)
	if in("https://crm.example") {
		t.Error("a portal that was taken off the list came in")
	}
}

// TestPreferences_S39_S99 are a person's own, on every screen.
func TestPreferences_S39_S99(t *testing.T) {
	b := newBox(t)
	_, atAna := b.person(t, "Ana", storage.RoleAgent)
	_, atBen := b.person(t, "Ben", storage.RoleOwner)
	one, two, ben := b.desk(t, atAna), b.desk(t, atAna), b.desk(t, atBen)
	one.must("preference.set", `{"key":"phone_button","value":"call"}`, nil)
	if e := two.hears(storage.PreferenceUpdated); e.Seq == 0 {
		t.Error("the second screen did not hear")
	}
	var list preferenceList
	ben.must("preference.get", `{}`, &list)
	if slices.ContainsFunc(list.Preferences, func(s storage.Setting) bool { return !s.Default }) {
		t.Errorf("Ben's are %+v", list)
	}
	if e := one.ask("preference.set", `{"key":"phone_button","value":"fax"}`, nil); e == nil || !slices.Equal(e.Data.Options, []string{"ask", "sms", "call"}) {
		t.Errorf("fax: %+v", e)
	}
	if e := one.ask("setting.set", `{"key":"sms_enabled","value":false}`, nil); e == nil || e.Code != forbidden.Code {
		t.Errorf("an agent sets what is the box's: %+v", e)
	}
}
