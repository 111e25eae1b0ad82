package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"smsbridge/storage"
)

// rights is who may what, written down a second time: a row that is changed in
// the table alone is found here.
var rights = map[string]string{
	"message.send":    "messages:send",
	"message.get":     "messages:read",
	"message.count":   "messages:send",
	"thread.list":     "messages:read",
	"thread.messages": "messages:read",
	"snapshot.get":    "messages:read",
	"line.list":       "lines:read",
	"line.move":       "admin",
	"line.balance":    "lines:act",
	"modem.list":      "lines:read",
	"journal.list":    "lines:read",
	"ussd.send":       "lines:act",
	"ussd.answer":     "lines:act",
	"ussd.cancel":     "lines:act",
	"ussd.get":        "lines:read",
	"ussd.list":       "lines:read",
	"balance.rules":   "lines:read",
	"balance.save":    "admin",
	"call.dial":       "lines:act",
	"call.hangup":     "lines:act",
	"call.dtmf":       "lines:act",
	"selftest.run":    "lines:act",
	"selftest.list":   "lines:read",
	"contact.save":    "contacts:write",
	"token.create":    "admin",
	"token.list":      "admin",
	"token.revoke":    "admin",
	"hook.list":       "admin",
	"hook.create":     "admin",
	"hook.update":     "admin",
	"hook.delete":     "admin",
	"hook.test":       "admin",
	"hook.deliveries": "admin",
	"hook.replay":     "admin",
	"hook.rotate":     "admin",
	"setup.code":      "admin",
	"me.get":          "known",

	"GET /api/v1/health":     "anybody",
	"GET /api/v1/session":    "anybody",
	"POST /api/v1/session":   "anybody",
	"DELETE /api/v1/session": "known",
	"GET /api/v1/events":     "messages:read",
	"GET /api/v1/ws":         "anybody",
}

// A role is a way to come in.
type role struct {
	name    string
	header  []string
	admin   bool
	allowed map[string]bool
}

func allow(scopes ...string) map[string]bool {
	m := map[string]bool{"anybody": true, "known": true}
	for _, s := range scopes {
		m[s] = true
	}
	return m
}

func (b *box) roles(t *testing.T) []role {
	t.Helper()
	nobody := map[string]bool{"anybody": true}
	_, revoked := b.token(t, storage.ScopeAdmin)
	p, err := b.proveToken(context.Background(), revoked)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.RevokeToken(context.Background(), p.who.Token.ID); err != nil {
		t.Fatal(err)
	}
	b.keys.secret = newSecret("")
	all := []role{
		{name: "nobody", allowed: nobody},
		{name: "unknown token", header: []string{"Authorization", "Bearer scp_00"}, allowed: nobody},
		{name: "basic auth", header: []string{"Authorization", "Basic YWRtaW46YWRtaW4="}, allowed: nobody},
		{name: "unknown session", header: []string{"Cookie", b.cookieName() + "=00", "Origin", b.url}, allowed: nobody},
		{name: "revoked token", header: []string{"Authorization", bearer(revoked)}, allowed: nobody},
		{name: "agent", header: []string{"Cookie", b.cookieName() + "=" + b.keys.secret, "Origin", b.url},
			allowed: allow("messages:send", "messages:read", "lines:read", "lines:act", "contacts:write")},
		{name: "owner", header: []string{"Cookie", b.owner(t), "Origin", b.url}, allowed: allow(storage.Scopes...)},
		{name: "administrator", admin: true, allowed: allow(storage.Scopes...)},
	}
	for _, scope := range storage.Scopes {
		_, secret := b.token(t, scope)
		r := role{name: "token " + scope, header: []string{"Authorization", bearer(secret)}, allowed: allow(scope)}
		if scope == storage.ScopeAdmin {
			r.allowed = allow(storage.Scopes...)
		}
		all = append(all, r)
	}
	return all
}

// matrix asks everything in every role and tells where the answer is not the
// right one. It changes nothing: no request that is let in is whole.
func matrix(t *testing.T, b *box) (cells int, wrong []string) {
	t.Helper()
	roles := b.roles(t)
	check := func(role role, how, name string, code int) {
		cells++
		scope, ok := rights[name]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s is not in the list of rights", name))
			return
		}
		in := code != unauthenticated.Code && code != tokenExpired.Code && code != forbidden.Code
		if in != role.allowed[scope] {
			wrong = append(wrong, fmt.Sprintf("%s: %s by %s: let in is %v (code %d)", role.name, name, how, in, code))
		}
	}
	admin := httptest.NewServer(b.Admin())
	defer admin.Close()
	for _, role := range roles {
		face := *b
		if role.admin {
			face.url = admin.URL
		}
		for _, m := range b.methods {
			_, text := face.ask(t, m.verb, strings.NewReplacer("{id}", "xx_0", "{thread}", "xx_0").Replace(m.path), "", role.header...)
			check(role, "REST", m.name, codeOf(text))
		}
		for _, r := range b.routes {
			if strings.HasSuffix(r.path, "/session") && r.verb != "GET" {
				continue // they change who is let in; session_test has them
			}
			path := r.path
			if strings.HasSuffix(path, "/events") {
				path += "?poll=1"
			}
			answer, text := face.ask(t, r.verb, path, "", role.header...)
			code := codeOf(text)
			if answer.StatusCode == http.StatusUpgradeRequired {
				code = 0
			}
			check(role, "REST", r.verb+" "+r.path, code)
		}
		w, answer, err := face.tryDial(t, role.header...)
		if err != nil {
			if len(role.header) == 0 || role.header[0] != "Authorization" || answer.StatusCode != 401 {
				t.Errorf("%s: socket: %v", role.name, err)
			}
			continue
		}
		w.hear()
		for _, m := range b.methods {
			w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":%q,"params":{}}`, m.name))
			var a struct{ Error *rpcError }
			text, err := w.next()
			if err == nil {
				err = json.Unmarshal(text, &a)
			}
			if err != nil {
				t.Fatalf("%s: %s: %v", role.name, m.name, err)
			}
			code := 0
			if a.Error != nil {
				code = a.Error.Code
			}
			check(role, "socket", m.name, code)
		}
		w.Close()
	}
	return cells, wrong
}

func codeOf(text string) int {
	var p problem
	if json.Unmarshal([]byte(text), &p) != nil {
		return 0
	}
	return p.Code
}

func TestWhoMayWhat(t *testing.T) {
	cells, wrong := matrix(t, newBox(t))
	for _, w := range wrong {
		t.Error(w)
	}
	t.Logf("%d cells", cells)
	if min := 13*(len(methods)+4) + 8*len(methods); cells < min {
		t.Errorf("%d cells were looked at, %d are the least", cells, min)
	}
}

func TestWhoMayWhat_finds_planted_holes(t *testing.T) {
	for name, plant := range map[string]func([]method) []method{
		"token.create for everybody known": func(rows []method) []method {
			return change(rows, "token.create", known)
		},
		"thread.messages for anybody": func(rows []method) []method {
			return change(rows, "thread.messages", anybody)
		},
		"a row that nobody has judged": func(rows []method) []method {
			return append(rows, method{"ledger.drop", "POST", "/api/v1/drop", known, 200, bind((*Server).me), nil})
		},
		"a row that forgot its scope": func(rows []method) []method {
			return change(rows, "me.get", "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, wrong := matrix(t, newBox(t, plant)); len(wrong) == 0 {
				t.Error("the hole was not found")
			}
		})
	}
}

func change(rows []method, name, scope string) []method {
	for i := range rows {
		if rows[i].name == name {
			rows[i].scope = scope
		}
	}
	return rows
}
