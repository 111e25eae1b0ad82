package web

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"smsbridge/storage"
)

func allLookalikes(c *Config) { c.Lookalikes = Lookalikes() }

func basic(user, secret string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+secret))
}

const formKind = "application/x-www-form-urlencoded"

// like are the requests of each lookalike, whole, for a token.
func like(id, secret, message string) map[string]func(b *box, t testing.TB) (*http.Response, string) {
	q := url.Values{"username": {id}, "password": {secret}, "to": {"+15550100"}, "text": {"It is ready."}}.Encode()
	twilio := "/2010-04-01/Accounts/" + id + "/Messages"
	sign := []string{"Authorization", basic(id, secret)}
	ask := func(verb, path, body string, header ...string) func(b *box, t testing.TB) (*http.Response, string) {
		return func(b *box, t testing.TB) (*http.Response, string) { return b.ask(t, verb, path, body, header...) }
	}
	return map[string]func(b *box, t testing.TB) (*http.Response, string){
		"send kannel GET":  ask("GET", "/cgi-bin/sendsms?"+q, ""),
		"send kannel form": ask("POST", "/cgi-bin/sendsms", q, "Content-Type", formKind),
		"send kannel headers": ask("POST", "/cgi-bin/sendsms", "It is ready.", "Content-Type", "text/plain",
			"X-Kannel-Username", id, "X-Kannel-Password", secret, "X-Kannel-To", "+15550100"),
		"send twilio":  ask("POST", twilio+".json", url.Values{"To": {"+15550100"}, "Body": {"It is ready."}}.Encode(), append(sign, "Content-Type", formKind)...),
		"read twilio":  ask("GET", twilio+"/"+message+".json", "", sign...),
		"send smsgate": ask("POST", "/3rdparty/v1/messages", `{"textMessage":{"text":"It is ready."},"phoneNumbers":["+15550100"]}`, append(sign, "Content-Type", "application/json")...),
		"read smsgate": ask("GET", "/3rdparty/v1/messages/"+message, "", sign...),
	}
}

// TestLookalike_rights is every form for every kind of caller, judged by a list
// that was typed for it; and what a lookalike answers to somebody, our own
// method answers too.
func TestLookalike_rights(t *testing.T) {
	b := newBox(t, allLookalikes)
	other := b.attach(t, "8902", "+15550191")
	sent, _, err := b.db.Compose(t.Context(), storage.Draft{To: "+15550100", Line: b.line.ID, Text: "hello", Count: storage.Count{Parts: 1}, Author: storage.Author{Kind: "admin"}})
	if err != nil {
		t.Fatal(err)
	}
	type key struct{ id, secret string }
	scoped := func(scopes ...string) key { k, s := b.token(t, scopes...); return key{k.ID, s} }
	account := func(name string, role storage.Role, lines ...string) key {
		a, _ := b.person(t, name, role, lines...)
		k, s := b.tokenOf(t, a.ID)
		return key{k.ID, s}
	}
	ended, silent := scoped(storage.ScopeAdmin), account("Silent", storage.RoleAgent, b.line.ID)
	if _, err := b.db.RevokeToken(t.Context(), ended.id); err != nil {
		t.Fatal(err)
	}
	no := false
	if _, err := b.db.ChangeAgent(t.Context(), "Silent", storage.AgentChange{SMS: &no}); err != nil {
		t.Fatal(err)
	}
	whole := scoped(storage.ScopeSend, storage.ScopeRead)
	cells := 0
	for _, c := range []struct {
		name       string
		as         key
		send, read bool
	}{
		{"nobody", key{}, false, false},
		{"no secret", key{whole.id, ""}, false, false},
		{"a wrong secret", key{whole.id, "scp_00"}, false, false},
		{"another's id", key{ended.id, whole.secret}, false, false},
		{"a revoked token", ended, false, false},
		{"both scopes", whole, true, true},
		{"may only send", scoped(storage.ScopeSend), true, false},
		{"may only read", scoped(storage.ScopeRead), false, true},
		{"admin", scoped(storage.ScopeAdmin), true, true},
		{"other scopes", scoped(storage.ScopeLines, storage.ScopeContacts), false, false},
		{"an agent's", account("Ana", storage.RoleAgent, b.line.ID), true, true},
		{"an agent's of another line", account("Eve", storage.RoleAgent, other.ID), true, false},
		{"an agent's without texting", silent, false, true},
		{"a viewer's", account("Vic", storage.RoleViewer, b.line.ID), false, true},
		{"a program's", account("Bot", storage.RoleService, b.line.ID), true, true},
	} {
		bear := []string{"Authorization", bearer(c.as.secret)}
		for name, ask := range like(c.as.id, c.as.secret, sent.ID) {
			cells++
			before := b.outbound(t)
			answer, text := ask(b, t)
			want := c.read
			if strings.HasPrefix(name, "send") {
				want = c.send
			}
			if got := answer.StatusCode < 300; got != want {
				t.Errorf("%s, %s: %d %s", name, c.name, answer.StatusCode, text)
			}
			if now := b.outbound(t); now > before && !want {
				t.Errorf("%s, %s: refused and sent", name, c.name)
			}
			own, _ := b.ask(t, "GET", "/api/v1/messages/"+sent.ID, "", bear...)
			if strings.HasPrefix(name, "send") {
				own, _ = b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"It is ready."}`, bear...)
			}
			// To know a token's secret is enough for our own methods.
			if c.name != "another's id" && own.StatusCode < 300 != want {
				t.Errorf("%s, %s: our own method answers %d", name, c.name, own.StatusCode)
			}
		}
	}
	t.Logf("%d cells", cells)
}

// TestLookalike_off: what nobody switched on is not there.
func TestLookalike_off(t *testing.T) {
	b := newBox(t)
	token, secret := b.token(t, storage.ScopeSend, storage.ScopeRead)
	for name, ask := range like(token.ID, secret, "ms_0") {
		if answer, text := ask(b, t); answer.StatusCode < 400 {
			t.Errorf("%s: %d %s", name, answer.StatusCode, text)
		}
	}
	if b.outbound(t) != 0 {
		t.Error("something was sent")
	}
}

// TestLookalike_secrets: the secret in an address is warned of, and gets neither
// into the log nor into the ledger, with its audit. The control: the token's id
// is found in the ledger by the same search.
func TestLookalike_secrets(t *testing.T) {
	b := newBox(t, allLookalikes)
	token, secret := b.token(t, storage.ScopeSend)
	_, reader := b.token(t, storage.ScopeRead)
	for _, s := range []string{secret, reader, "scp_wrong"} {
		for _, ask := range like(token.ID, s, "ms_0") {
			ask(b, t)
		}
	}
	if log := b.log.String(); !strings.Contains(log, "lookalike kannel") || !strings.Contains(log, "token of its own") {
		t.Errorf("nobody was warned: %s", log)
	}
	var kept strings.Builder
	for _, name := range []string{"", "-wal"} {
		text, _ := os.ReadFile(b.path + name)
		kept.Write(text)
	}
	if !strings.Contains(kept.String(), token.ID) {
		t.Fatal("the search finds nothing at all")
	}
	for _, s := range []string{secret, reader, "scp_wrong"} {
		if strings.Contains(kept.String(), s) || strings.Contains(b.log.String(), s) {
			t.Errorf("a secret is in the ledger or in the log")
		}
	}
}

// TestKannel is what its programs send, and what they are answered.
func TestKannel(t *testing.T) {
	b := newBox(t, allLookalikes)
	token, secret := b.token(t, storage.ScopeSend)
	sign := "username=" + token.ID + "&password=" + secret
	for _, c := range []struct {
		name, query string
		status      int
		answer      string
		text        string // that goes out; empty: none
	}{
		{"plain", "&to=%2B15550100&text=Is+it+ready%3F", 202, "0: Accepted for delivery", "Is it ready?"},
		{"by number", "&to=%2B15550100&text=a&from=%2B15550190", 202, "0: Accepted for delivery", "a"},
		{"UTF-8", "&to=%2B15550100&text=%C3%A9t%C3%A9&coding=0", 202, "0: Accepted for delivery", "été"},
		{"UCS-2", "&to=%2B15550100&text=%04%14%04%30&coding=2", 202, "0: Accepted for delivery", "Да"},
		{"UCS-2 as UTF-8", "&to=%2B15550100&text=%D0%94%D0%B0&coding=2&charset=UTF-8", 202, "0: Accepted for delivery", "Да"},
		{"Latin", "&to=%2B15550100&text=%E9&charset=ISO-8859-1", 202, "0: Accepted for delivery", "é"},
		{"flash and for an hour", "&to=%2B15550100&text=b&mclass=0&validity=60&deferred=5", 202, "0: Accepted for delivery", "b"},
		{"no minutes", "&to=%2B15550100&text=b&validity=soon", 400, "validity", ""},
		{"half a unit", "&to=%2B15550100&text=%04&coding=2", 400, "two for each unit", ""},
		{"no UTF-8", "&to=%2B15550100&text=%E9", 400, "no UTF-8", ""},
		{"octets", "&to=%2B15550100&text=a&coding=1", 400, "coding", ""},
		{"a header", "&to=%2B15550100&text=a&udh=050003", 400, "udh", ""},
		{"reports", "&to=%2B15550100&text=a&dlr-mask=31&dlr-url=http%3A%2F%2Fx", 400, "hook add", ""},
		{"two", "&to=%2B15550100+%2B15550101&text=a", 400, "one recipient", ""},
		{"nobody", "&text=a", 400, "missing", ""},
		{"nothing", "&to=%2B15550100", 400, "empty", ""},
		{"no line", "&to=%2B15550100&text=a&from=Shop", 400, "Shop", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := b.outbound(t)
			answer, text := b.ask(t, "GET", "/cgi-bin/sendsms?"+sign+c.query, "")
			if answer.StatusCode != c.status || !strings.Contains(text, c.answer) || strings.Contains(text, secret) {
				t.Errorf("%d %s", answer.StatusCode, text)
			}
			if sent := b.outbound(t) - before; sent != 0 != (c.text != "") {
				t.Fatalf("%d were sent", sent)
			}
			if c.text == "" {
				return
			}
			m, err := b.db.Message(t.Context(), strings.TrimPrefix(answer.Header.Get("Location"), "/api/v1/messages/"))
			if timed := strings.Contains(c.query, "validity"); timed != (m.Flash && !m.ExpiresAt.IsZero() && m.DueAt.After(m.CreatedAt.Time)) {
				t.Errorf("flash, due and end: %+v", m)
			}
			if err != nil || m.Text != c.text || m.Line != b.line.ID || m.Author.ID != token.ID {
				t.Errorf("%+v %v", m, err)
			}
		})
	}
	if answer, text := b.ask(t, "GET", "/cgi-bin/sendsms?username=x&password=y&to=1&text=a", ""); answer.StatusCode != 403 || text != "Authorization failed for sendsms\n" {
		t.Errorf("a stranger: %d %q", answer.StatusCode, text)
	}
	for range 2 { // a key makes it one
		b.ask(t, "POST", "/cgi-bin/sendsms", sign+"&to=%2B15550101&text=once", "Content-Type", formKind, "Idempotency-Key", "k1")
	}
	if n := b.textsTo(t, "+15550101"); n != 1 {
		t.Errorf("the same key made %d texts", n)
	}
	if answer, _ := b.ask(t, "POST", "/cgi-bin/sendsms", sign+"&to=%2B15550101&text=page", "Content-Type", formKind, "Origin", "http://evil.example"); answer.StatusCode != 403 {
		t.Errorf("another's page: %d", answer.StatusCode)
	}
}

// textsTo counts the messages to a number.
func (b *box) textsTo(t testing.TB, number string) int {
	t.Helper()
	page, err := b.db.Threads(t.Context(), storage.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, th := range page.Threads {
		if th.Peer == number {
			m, err := b.db.Messages(t.Context(), th.ID, storage.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return len(m.Messages)
		}
	}
	return 0
}

// TestTwilio is what its programs send, and what they are answered.
func TestTwilio(t *testing.T) {
	b := newBox(t, allLookalikes)
	token, secret := b.token(t, storage.ScopeSend, storage.ScopeRead)
	base := "/2010-04-01/Accounts/" + token.ID + "/Messages"
	header := []string{"Authorization", basic(token.ID, secret), "Content-Type", formKind}
	answer, text := b.ask(t, "POST", base+".json", "To=%2B15550100&From=%2B15550190&Body=Is+it+ready%3F", header...)
	var m twilioMessage
	if err := json.Unmarshal([]byte(text), &m); err != nil || answer.StatusCode != 201 || m.Status != "queued" || m.To != "+15550100" ||
		m.From != "+15550190" || m.Body != "Is it ready?" || m.Segments != "1" || m.Account != token.ID || m.URI != base+"/"+m.SID+".json" {
		t.Fatalf("%d %s", answer.StatusCode, text)
	}
	answer, text = b.ask(t, "GET", m.URI, "", header...)
	if answer.StatusCode != 200 || !strings.Contains(text, `"status":"queued"`) {
		t.Errorf("its state: %d %s", answer.StatusCode, text)
	}
	for _, c := range []struct {
		body         string
		status, code int
	}{
		{"To=%2B1555CALL&Body=a", 400, 21211},
		{"Body=a", 400, 21211},
		{"To=%2B15550100", 400, 21602},
		{"To=%2B15550100&Body=" + strings.Repeat("x", 2000), 400, 21617},
		{"To=%2B15550100&Body=a&From=%2B15550999", 400, 21606},
		{"To=%2B15550100&Body=a&MessagingServiceSid=MG1", 400, 21603},
		{"To=%2B15550100&Body=a&MediaUrl=http%3A%2F%2Fx", 400, 20001},
		{"To=%2B15550100&Body=a&StatusCallback=http%3A%2F%2Fx", 400, 20001},
	} {
		answer, text := b.ask(t, "POST", base+".json", c.body, header...)
		var e struct {
			Code, Status int
			Message      string
		}
		if err := json.Unmarshal([]byte(text), &e); err != nil || answer.StatusCode != c.status || e.Code != c.code || e.Status != c.status || e.Message == "" {
			t.Errorf("%s: %d %s", cut(c.body, 40), answer.StatusCode, text)
		}
	}
	if answer, text := b.ask(t, "POST", "/2010-04-01/Accounts/AC1/Messages.json", "To=%2B15550100&Body=a", header...); answer.StatusCode != 401 || !strings.Contains(text, "20003") {
		t.Errorf("another account: %d %s", answer.StatusCode, text)
	}
	if answer, text := b.ask(t, "GET", base+"/ms_0.json", "", header...); answer.StatusCode != 404 || !strings.Contains(text, "20404") {
		t.Errorf("no message: %d %s", answer.StatusCode, text)
	}
	if n := b.outbound(t); n != 1 {
		t.Errorf("%d were sent", n)
	}
}

// TestSMSGate is what its programs send, and what they are answered.
func TestSMSGate(t *testing.T) {
	b := newBox(t, allLookalikes)
	token, secret := b.token(t, storage.ScopeSend, storage.ScopeRead)
	header := []string{"Authorization", basic(token.ID, secret), "Content-Type", "application/json"}
	const path = "/3rdparty/v1/messages"
	var first smsgateState
	for i, body := range []string{
		`{"id":"order-311","textMessage":{"text":"It is ready."},"phoneNumbers":["+15550100"],"deviceId":"+15550190","simNumber":1,"withDeliveryReport":true,"ttl":3600,"priority":100}`,
		`{"id":"order-311","message":"It is ready.","phoneNumbers":["+15550100"],"deviceId":"+15550190","ttl":3600,"priority":100}`,
	} {
		answer, text := b.ask(t, "POST", path, body, header...)
		var got smsgateState
		if err := json.Unmarshal([]byte(text), &got); err != nil || answer.StatusCode != 202 || got.State != "Pending" || got.Device != b.line.ID ||
			len(got.Recipients) != 1 || got.Recipients[0].Number != "+15550100" {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
		if i == 0 {
			first = got
		} else if got.ID != first.ID {
			t.Errorf("the same id made %s and %s", first.ID, got.ID)
		}
	}
	answer, text := b.ask(t, "GET", path+"/"+first.ID, "", header...)
	if answer.StatusCode != 200 || !strings.Contains(text, `"state":"Pending"`) {
		t.Errorf("its state: %d %s", answer.StatusCode, text)
	}
	for body, status := range map[string]int{
		`{"id":"order-311","message":"Another.","phoneNumbers":["+15550100"]}`:                   400, // for a key that was used
		`{"message":"a","phoneNumbers":["+15550100","+15550101"]}`:                               400,
		`{"message":"a","phoneNumbers":[]}`:                                                      400,
		`{"message":"a","phoneNumbers":["+1555CALL"]}`:                                           400,
		`{"message":"","phoneNumbers":["+15550100"]}`:                                            400,
		`{"message":"a","phoneNumbers":["+15550100"],"isEncrypted":true}`:                        400,
		`{"message":"a","phoneNumbers":["+15550100"],"simNumber":2}`:                             400,
		`{"dataMessage":{"data":"AA==","port":1},"phoneNumbers":["+15550100"]}`:                  400,
		`{"message":"a","phoneNumbers":["+15550100"],"deviceId":"ln_0"}`:                         404,
		`{"message":"a","phoneNumbers":"+15550100"}`:                                             400,
		fmt.Sprintf(`{"message":%q,"phoneNumbers":["+15550100"]}`, strings.Repeat("x", maxBody)): 413,
	} {
		answer, text := b.ask(t, "POST", path, body, header...)
		if answer.StatusCode != status || !strings.Contains(text, `"message":"`) {
			t.Errorf("%s: %d %s", cut(body, 80), answer.StatusCode, text)
		}
	}
	if answer, _ := b.ask(t, "GET", path+"/"+first.ID, ""); answer.StatusCode != 401 || !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Basic") {
		t.Errorf("a stranger: %d", answer.StatusCode)
	}
	if n := b.outbound(t); n != 1 {
		t.Errorf("%d were sent", n)
	}
}

// TestLookalike_states: each state of ours has a word of theirs.
func TestLookalike_states(t *testing.T) {
	for _, s := range []storage.MessageState{storage.Queued, storage.Held, storage.Sending, storage.Sent, storage.Delivered, storage.Undelivered,
		storage.Unconfirmed, storage.Failed, storage.Expired, storage.Canceled, storage.PartiallySent, storage.PartiallyDelivered, storage.Received, storage.Partial} {
		if twilioStates[s] == "" || smsgateStates[s] == "" {
			t.Errorf("%s has no word: %q %q", s, twilioStates[s], smsgateStates[s])
		}
	}
}
