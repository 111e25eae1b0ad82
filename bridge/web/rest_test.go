package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"smsbridge/storage"
)

// TestRefusals is what desks get wrong, and how they are told. Each answer is a
// problem with a sentence.
func TestRefusals(t *testing.T) {
	b := newBox(t)
	_, all := b.token(t, storage.ScopeAdmin)
	_, read := b.token(t, storage.ScopeRead)
	auth := []string{"Authorization", bearer(all)}
	send := func(number string) string { return fmt.Sprintf(`{"to":{"number":%s},"text":"x"}`, quoted(number)) }
	for _, c := range []struct {
		name, verb, path, body string
		header                 []string
		status                 int
		typ, field, word       string
	}{
		{"no text", "POST", "/messages", `{"to":{"number":"+15550100"},"text":""}`, auth, 422, "text_empty", "text", "empty"},
		{"blanks", "POST", "/messages", `{"to":{"number":"+15550100"},"text":" \n\t"}`, auth, 422, "text_empty", "text", "empty"},
		{"too long", "POST", "/messages", `{"to":{"number":"+15550100"},"text":"` + strings.Repeat("x", 2000) + `"}`, auth, 422, "too_many_parts", "text", "14 parts"},
		{"longer than asked for", "POST", "/messages", `{"to":{"number":"+15550100"},"max_parts":1,"text":"` + strings.Repeat("x", 200) + `"}`, auth, 422, "too_many_parts", "text", "2 parts"},
		{"negative parts", "POST", "/messages", `{"to":{"number":"+15550100"},"max_parts":-1,"text":"x"}`, auth, 400, "invalid_params", "max_parts", "-1"},
		{"letters", "POST", "/messages", send("+1555CALL"), auth, 422, "recipient_invalid", "to.number", "'C'"},
		{"carriage return", "POST", "/messages", send("+15550100\r"), auth, 422, "recipient_invalid", "to.number", `'\r'`},
		{"command behind a carriage return", "POST", "/messages", send("+15550100\rAT+CMGS"), auth, 422, "recipient_invalid", "to.number", `'\r'`},
		{"control Z", "POST", "/messages", send("+1555\x1a0100"), auth, 422, "recipient_invalid", "to.number", "stand"},
		{"fullwidth digits", "POST", "/messages", send("+１５５５０１００"), auth, 422, "recipient_invalid", "to.number", "stand"},
		{"no country", "POST", "/messages", send("0155501001"), auth, 422, "recipient_invalid", "to.number", "country code"},
		{"no recipient", "POST", "/messages", `{"text":"x"}`, auth, 422, "recipient_invalid", "to.number", "missing"},
		{"two recipients", "POST", "/messages", `{"to":{"number":"+15550100","thread":"th_1"},"text":"x"}`, auth, 422, "recipient_invalid", "to", "not both"},
		{"recipient as text", "POST", "/messages", `{"to":"+15550100","text":"x"}`, auth, 400, "invalid_params", "to", "an object"},
		{"text as number", "POST", "/messages", `{"to":{"number":5},"text":"x"}`, auth, 400, "invalid_params", "to.number", "a string"},
		{"unknown thread", "POST", "/messages", `{"to":{"thread":"th_0"},"text":"x"}`, auth, 404, "not_found", "to.thread", "th_0"},
		{"unknown line", "POST", "/messages", `{"to":{"number":"+15550100"},"from":"ln_0","text":"x"}`, auth, 404, "not_found", "from", "ln_0"},
		{"long key", "POST", "/messages", `{"to":{"number":"+15550100"},"text":"x","idem":"` + strings.Repeat("k", 201) + `"}`, auth, 400, "invalid_params", "idem", "200"},
		{"broken JSON", "POST", "/messages", `{"text": nope}`, auth, 400, "parse_error", "", "byte 11"},
		{"half a JSON", "POST", "/messages", `{"text":"x"`, auth, 400, "parse_error", "", "byte 11"},
		{"a form", "POST", "/messages", `to=%2B15550100&text=x`, auth, 400, "parse_error", "", "byte 2"},
		{"a list", "POST", "/messages", `[]`, auth, 400, "invalid_params", "", "object"},
		{"too much", "POST", "/messages", `{"text":"` + strings.Repeat("x", maxBody) + `"}`, auth, 413, "too_large", "", "262144"},
		{"wait for what", "POST", "/messages?wait=read", send("+15550100"), auth, 400, "invalid_params", "wait", "delivered"},
		{"timeout", "POST", "/messages?wait=sent&timeout=9999", send("+15550100"), auth, 400, "invalid_params", "timeout", "120"},
		{"no token", "GET", "/threads", "", nil, 401, "unauthenticated", "", "token create"},
		{"wrong token", "GET", "/threads", "", []string{"Authorization", "Bearer scp_00"}, 401, "unauthenticated", "", "token create"},
		{"no bearer", "GET", "/threads", "", []string{"Authorization", "Basic eA=="}, 401, "unauthenticated", "", "Bearer"},
		{"scope", "POST", "/messages", send("+15550100"), []string{"Authorization", bearer(read)}, 403, "forbidden", "", "messages:send"},
		{"foreign page", "GET", "/threads", "", append(auth, "Origin", "http://evil.example"), 403, "forbidden", "", "evil.example"},
		{"unknown path", "GET", "/thread", "", auth, 404, "method_not_found", "", "/api/v1/thread"},
		{"wrong method", "PUT", "/messages", "{}", auth, 405, "method_not_allowed", "", "POST"},
		{"plain GET on the socket", "GET", "/ws", "", nil, 426, "upgrade_required", "", "smsbridge tail"},
		{"half an upgrade", "GET", "/ws", "", append(auth, "Connection", "Upgrade", "Upgrade", "websocket"), 400, "invalid_request", "", "upgrade"},
		{"limit", "GET", "/threads?limit=201", "", auth, 400, "invalid_params", "limit", "200"},
		{"limit as word", "GET", "/threads?limit=all", "", auth, 400, "invalid_params", "limit", "whole number"},
		{"both cursors", "GET", "/threads/th_1/messages?before=a&after=b", "", auth, 400, "invalid_params", "before", "not with both"},
		{"unknown message", "GET", "/messages/ms_0", "", auth, 404, "not_found", "id", "ms_0"},
		{"thread's messages", "GET", "/threads/th_0/messages", "", auth, 404, "not_found", "thread", "th_0"},
		{"since", "GET", "/events?poll=1&since=x", "", auth, 400, "invalid_params", "since", "EPOCH"},
		{"since another ledger", "GET", "/events?poll=1&since=ep_0:5", "", auth, 410, "cursor_lost", "since", "lists"},
		{"since the future", "GET", "/events?poll=1&since=999999", "", auth, 410, "cursor_lost", "since", "lists"},
		{"token without label", "POST", "/tokens", `{"scopes":["admin"]}`, auth, 400, "invalid_params", "label", "label"},
		{"token without scopes", "POST", "/tokens", `{"label":"x"}`, auth, 400, "invalid_params", "scopes", "scope"},
		{"contact without name", "POST", "/contacts", `{"numbers":["+15550100"]}`, auth, 400, "invalid_params", "name", "name"},
		{"lab where there is none", "GET", "/lab/modems", "", auth, 404, "method_not_found", "", "lab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer, text := b.ask(t, c.verb, "/api/v1"+c.path, c.body, c.header...)
			if answer.StatusCode != c.status {
				t.Fatalf("status %d: %s", answer.StatusCode, text)
			}
			if c.typ == "" {
				return
			}
			p := problemOf(t, text)
			if p.Type != "/problems/"+c.typ || p.Field != c.field || p.Status != c.status || !strings.Contains(p.Detail, c.word) || p.Trace == "" || p.Title == "" {
				t.Errorf("%+v", p)
			}
			if answer.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("content type %s", answer.Header.Get("Content-Type"))
			}
			if c.status == 401 && answer.Header.Get("WWW-Authenticate") == "" || c.status == 405 && answer.Header.Get("Allow") != "GET, POST" {
				t.Errorf("headers: %v", answer.Header)
			}
		})
	}
	if log := b.log.String(); log != "" {
		t.Errorf("refusals are the desk's matter; the log says %s", log)
	}
}

func TestSend_over_REST(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeSend)
	body := `{"to":{"number":"+15550100"},"text":"x <y> & z","unheard_of":1}`
	for i, want := range []string{`"replayed":false`, `"replayed":true`} {
		answer, text := b.ask(t, "POST", "/api/v1/messages", body, "Authorization", bearer(secret), "Idempotency-Key", `"k-1"`)
		if answer.StatusCode != http.StatusAccepted || !strings.HasPrefix(answer.Header.Get("Location"), "/api/v1/messages/ms_") {
			t.Fatalf("%d %v %s", answer.StatusCode, answer.Header, text)
		}
		if !strings.Contains(text, want) || !strings.Contains(text, `"text":"x <y> & z"`) {
			t.Errorf("answer %d: %s", i, text)
		}
	}
}

func TestSend_fails_fast(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeSend)
	for _, c := range []struct {
		state  storage.LineState
		status int
		typ    string
	}{
		{storage.LineReady, 202, ""},
		{storage.LineNotRegistered, 503, "not_registered"},
		{storage.LineAbsent, 503, "modem_absent"},
		{storage.LineFailed, 503, "modem_absent"},
	} {
		if err := b.db.SetLine(t.Context(), b.line.ID, storage.LineStatus{State: c.state, Reason: "Because."}); err != nil {
			t.Fatal(err)
		}
		answer, text := b.ask(t, "POST", "/api/v1/messages", `{"to":{"number":"+15550100"},"text":"x","fail_fast":true}`, "Authorization", bearer(secret))
		if answer.StatusCode != c.status {
			t.Errorf("%s: %d %s", c.state, answer.StatusCode, text)
		}
		if c.typ != "" {
			if p := problemOf(t, text); p.Type != "/problems/"+c.typ || !p.Retryable || !strings.Contains(p.Detail, "Because.") {
				t.Errorf("%s: %+v", c.state, p)
			}
		}
	}
}

func TestInternalError_is_logged_and_not_told(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	r, trace := b.refuse(t.Context(), fmt.Errorf("read thread: disk on fire"))
	if r.Code != internal.Code || strings.Contains(r.Detail, "fire") || !strings.Contains(r.Detail, trace) {
		t.Errorf("told: %+v", r)
	}
	if log := b.log.String(); !strings.Contains(log, "disk on fire") || !strings.Contains(log, trace) {
		t.Errorf("logged: %s", log)
	}
	if _, text := b.ask(t, "GET", "/api/v1/threads", "", "Authorization", bearer(secret)); !strings.Contains(text, `"threads":[]`) {
		t.Errorf("an empty list is %s", text)
	}
}

func TestLab(t *testing.T) {
	b := newBox(t, func(c *Config) {
		c.Lab = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "lab "+r.URL.Path) })
	})
	_, read := b.token(t, storage.ScopeRead)
	_, admin := b.token(t, storage.ScopeAdmin)
	for name, c := range map[string]struct {
		header []string
		status int
	}{
		"nobody":      {nil, 401},
		"token":       {[]string{"Authorization", bearer(read)}, 403},
		"admin token": {[]string{"Authorization", bearer(admin)}, 200},
		"owner":       {[]string{"Cookie", b.owner(t)}, 200},
	} {
		answer, text := b.ask(t, "GET", "/api/v1/lab/modems", "", c.header...)
		if answer.StatusCode != c.status || c.status == 200 && text != "lab /modems" {
			t.Errorf("%s: %d %s", name, answer.StatusCode, text)
		}
	}
	if answer, _ := b.ask(t, "GET", "/handset", ""); answer.StatusCode != 200 {
		t.Errorf("/handset: %d", answer.StatusCode)
	}
}
