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

func (b *box) pair(t testing.TB, body string) pairBegun {
	t.Helper()
	answer, text := b.ask(t, "POST", "/api/v1/pair", body)
	want(t, "begin", answer, text, 200)
	var p pairBegun
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%s %v", text, err)
	}
	return p
}

// mayAsk lets the pause between two questions pass.
func (b *box) mayAsk() {
	b.pairs.mu.Lock()
	defer b.pairs.mu.Unlock()
	for _, p := range b.pairs.all {
		p.next = time.Time{}
	}
}

func TestPair(t *testing.T) {
	b := newBox(t)
	b.owner(t)
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	p := b.pair(t, `{"name":"desk of Ana"}`)
	if len(p.Pictures) != 4 || p.Expires != 600 || !strings.HasPrefix(p.Device, "dvc_") {
		t.Errorf("%+v", p)
	}
	poll := func() (string, string) {
		_, text := b.ask(t, "POST", "/api/v1/pair/token", fmt.Sprintf(`{"device_code":%q}`, p.Device))
		return problemOf(t, text).Type, text
	}
	for _, want := range []string{"/problems/authorization_pending", "/problems/slow_down", "/problems/slow_down"} {
		if got, text := poll(); got != want {
			t.Errorf("%s, not %s: %s", got, want, text)
		}
	}
	answer, text := b.page(t, cookie, "GET", "/api/v1/pair?code="+strings.ToLower(p.Code), "")
	want(t, "look", answer, text, 200)
	var shown struct{ Pairing pairView }
	if err := json.Unmarshal([]byte(text), &shown); err != nil || !slices.Equal(shown.Pairing.Pictures, p.Pictures) || shown.Pairing.Name != "desk of Ana" {
		t.Errorf("the person compares other pictures: %s", text)
	}
	if strings.Contains(text, p.Device) {
		t.Error("the person is shown the program's secret")
	}
	answer, text = b.page(t, cookie, "POST", "/api/v1/pair/approve", fmt.Sprintf(`{"code":%q}`, p.Code))
	want(t, "approve", answer, text, 200)
	answer, text = b.page(t, cookie, "POST", "/api/v1/pair/deny", fmt.Sprintf(`{"code":%q}`, p.Code))
	want(t, "deny what was approved", answer, text, 404)
	b.mayAsk()
	_, text = poll()
	var made madeToken
	if err := json.Unmarshal([]byte(text), &made); err != nil || made.Token.Agent != ana.ID || made.Token.Label != "desk of Ana" {
		t.Fatalf("%s %v", text, err)
	}
	if got, text := poll(); got != "/problems/expired_token" {
		t.Errorf("the token a second time: %s", text)
	}
	answer, text = b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"x"}`, "Authorization", bearer(made.Secret))
	want(t, "with the token", answer, text, 202)
	answer, text = b.ask(t, "GET", "/api/v1/agents", "", "Authorization", bearer(made.Secret))
	want(t, "what Ana may not", answer, text, 403)
	rows, err := b.db.AuditRows(t.Context(), 0, 10)
	if err != nil || !slices.ContainsFunc(rows, func(e storage.AuditEntry) bool {
		return e.Method == "pair.token" && e.Author.ID == ana.ID && e.Object == made.Token.ID
	}) {
		t.Errorf("the audit does not say who approved it: %+v", rows)
	}
}

func TestPair_refused(t *testing.T) {
	b := newBox(t)
	_, cookie := b.person(t, "Ana", storage.RoleAgent)
	for _, body := range []string{`{}`, `{"name":"x","scopes":["admin"]}`, `{"name":"` + strings.Repeat("x", 81) + `"}`} {
		if answer, text := b.ask(t, "POST", "/api/v1/pair", body); answer.StatusCode != 400 {
			t.Errorf("%s: %d %s", body, answer.StatusCode, text)
		}
	}
	p := b.pair(t, `{"name":"x"}`)
	answer, text := b.page(t, cookie, "POST", "/api/v1/pair/deny", fmt.Sprintf(`{"code":%q}`, p.Code))
	want(t, "deny", answer, text, 200)
	if _, text := b.ask(t, "POST", "/api/v1/pair/token", fmt.Sprintf(`{"device_code":%q}`, p.Device)); problemOf(t, text).Type != "/problems/access_denied" {
		t.Errorf("after that: %s", text)
	}
	for range triesAtOnce {
		answer, text := b.page(t, cookie, "POST", "/api/v1/pair/approve", `{"code":"BBBB-BBBB"}`)
		want(t, "a guess", answer, text, 404)
	}
	answer, text = b.page(t, cookie, "POST", "/api/v1/pair/approve", `{"code":"BBBB-BBBB"}`)
	want(t, "one guess more", answer, text, 429)
	for range pairsFrom {
		b.pair(t, `{"name":"x"}`)
	}
	answer, text = b.ask(t, "POST", "/api/v1/pair", `{"name":"x"}`)
	want(t, "one more from the same address", answer, text, 429)
}

func TestPair_by_the_clock(t *testing.T) {
	var l pairings
	now := time.Unix(0, 0)
	p := &pairing{code: "BBBB-BBBB"}
	if err := l.begin(now, "secret", p); err != nil {
		t.Fatal(err)
	}
	kindAt := func(at time.Duration) string {
		_, err := l.ask(now.Add(at), "secret")
		return err.(*refusal).Type
	}
	for _, c := range []struct {
		at   time.Duration
		want string
	}{
		{0, "authorization_pending"}, {1 * time.Second, "slow_down"}, // from now on 7 s
		{7 * time.Second, "slow_down"}, // 12 s
		{19 * time.Second, "authorization_pending"}, {31 * time.Second, "authorization_pending"},
		{pairAge - 1, "authorization_pending"}, {pairAge, "expired_token"},
	} {
		if got := kindAt(c.at); got != c.want {
			t.Errorf("at %s: %s, not %s", c.at, got, c.want)
		}
	}
	if _, found := l.decide(now.Add(pairAge), "BBBB-BBBB", nil); found {
		t.Error("a code is good after its time")
	}
}

func TestTicket(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Portals = []string{"https://crm.example/"} })
	token, secret := b.token(t, storage.ScopeRead)
	take := func() string {
		answer, text := b.ask(t, "POST", "/api/v1/tickets", "", "Authorization", bearer(secret))
		want(t, "ticket", answer, text, 201)
		var out struct{ Ticket string }
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatal(err)
		}
		return out.Ticket
	}
	open := func(origin, params string) (map[string]any, *wire) {
		w := b.dial(t, "Origin", origin)
		return w.open(params), w
	}
	first := take()
	a, w := open("https://crm.example", fmt.Sprintf(`{"ticket":%q,"subscribe":{}}`, first))
	if a["error"] != nil {
		t.Fatalf("%v", a)
	}
	if a, _ := open("https://crm.example", fmt.Sprintf(`{"ticket":%q}`, first)); a["error"] == nil {
		t.Error("a ticket was good twice")
	}
	with := b.dial(t, "Origin", "https://crm.example")
	with.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"token":%q}}`, secret))
	if code := with.ends(); code != closeForbidden {
		t.Errorf("a portal's page that came with a token: %d", code)
	}
	if a, _ := open(b.url, fmt.Sprintf(`{"ticket":%q}`, take())); a["error"] != nil {
		t.Errorf("from our own page: %v", a)
	}
	for _, origin := range []string{"https://evil.example", "http://crm.example", "https://crm.example:444", "null", "https://crm.example.evil.example"} {
		if _, answer, err := b.tryDial(t, "Origin", origin); err == nil || answer.StatusCode != 403 {
			t.Errorf("a socket for %s", origin)
		}
	}
	answer, text := b.ask(t, "GET", "/api/v1/me", "", "Origin", "https://crm.example", "Authorization", bearer(secret))
	want(t, "anything but the socket, by the portal's page", answer, text, 403)
	cookie := b.owner(t)
	if a, _ := func() (map[string]any, *wire) {
		w := b.dial(t, "Origin", "https://crm.example", "Cookie", cookie)
		return w.open(`{}`), w
	}(); a["error"] == nil {
		t.Error("a portal's page came in with the owner's cookie")
	}
	if answer, text := b.page(t, cookie, "DELETE", "/api/v1/tokens/"+token.ID, ""); answer.StatusCode != 200 {
		t.Fatal(text)
	}
	if code := w.ends(); code != closeRevoked {
		t.Errorf("the ticket's socket ended with %d when its token did", code)
	}
	var l tickets
	now := time.Unix(0, 0)
	if err := l.put(now, "x", &proof{}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.take(now.Add(ticketAge), "x"); err == nil {
		t.Error("a ticket was good after its time")
	}
}
