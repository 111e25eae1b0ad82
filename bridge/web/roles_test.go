package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"smsbridge/storage"
)

// readRights reads the policy that was typed by hand: row by row, column by
// column, whether one is let in.
func readRights(t *testing.T) (rights map[string]map[string]bool, columns []string) {
	t.Helper()
	text, err := os.ReadFile("testdata/rights.txt")
	if err != nil {
		t.Fatal(err)
	}
	rights = make(map[string]map[string]bool)
	heads := ""
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			heads = strings.TrimPrefix(line, "#")
			continue
		}
		columns = strings.Fields(heads)
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		n := len(words) - len(columns)
		if n < 1 {
			t.Fatalf("%q has %d cells", line, len(words))
		}
		row := make(map[string]bool)
		for i, mark := range words[n:] {
			if mark != "+" && mark != "-" {
				t.Fatalf("%q: %q is neither + nor -", line, mark)
			}
			row[columns[i]] = mark == "+"
		}
		rights[strings.Join(words[:n], " ")] = row
	}
	return rights, columns
}

// A visitor is a way to come in, and the column of the policy that judges it.
type visitor struct {
	name, column string
	header       []string
	admin        bool
}

// visitors are every way to come in.
func (b *box) visitors(t *testing.T) []visitor {
	t.Helper()
	ctx := context.Background()
	revoked, secret := b.token(t, storage.ScopeAdmin)
	if _, err := b.db.RevokeToken(ctx, revoked.ID); err != nil {
		t.Fatal(err)
	}
	cookie := func(c string) []string { return []string{"Cookie", c, "Origin", b.url} }
	token := func(s string) []string { return []string{"Authorization", bearer(s)} }
	yes := true
	gone, left := b.person(t, "Gone", storage.RoleManager)
	_, ofGone := b.tokenOf(t, gone.ID)
	if _, err := b.db.ChangeAgent(ctx, gone.ID, storage.AgentChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	all := []visitor{
		{name: "nobody", column: "nobody"},
		{name: "unknown token", column: "nobody", header: token("scp_00")},
		{name: "basic auth", column: "nobody", header: []string{"Authorization", "Basic YWRtaW46YWRtaW4="}},
		{name: "revoked token", column: "nobody", header: token(secret)},
		{name: "unknown session", column: "nobody", header: cookie(b.cookieName() + "=00")},
		{name: "session of a disabled account", column: "nobody", header: cookie(left)},
		{name: "token of a disabled account", column: "nobody", header: token(ofGone)},
		{name: "owner", column: "owner", header: cookie(b.owner(t))},
		{name: "administrator", column: "socket", admin: true},
	}
	for _, role := range []storage.Role{storage.RoleViewer, storage.RoleAgent, storage.RoleManager} {
		_, c := b.person(t, "A "+string(role), role, b.line.ID)
		all = append(all, visitor{name: string(role), column: string(role), header: cookie(c)})
	}
	for column, role := range map[string]storage.Role{"service": storage.RoleService, "looker": storage.RoleViewer} {
		a, _ := b.person(t, "The "+column, role, b.line.ID)
		_, s := b.tokenOf(t, a.ID)
		all = append(all, visitor{name: "token of a " + string(role), column: column, header: token(s)})
	}
	for _, scope := range storage.Scopes {
		_, s := b.token(t, scope)
		_, word, both := strings.Cut(scope, ":")
		if !both || !strings.HasPrefix(scope, "messages") {
			word, _, _ = strings.Cut(scope, ":")
		}
		if scope == storage.ScopeAct {
			word = "act"
		}
		all = append(all, visitor{name: "token " + scope, column: word, header: token(s)})
	}
	return all
}

// tokenOf makes a token with every scope that belongs to an account.
func (b *box) tokenOf(t testing.TB, agent string) (storage.Token, string) {
	t.Helper()
	secret := newSecret(tokenPrefix)
	token, err := b.db.CreateToken(context.Background(), storage.Token{Label: "of " + agent, Scopes: storage.Scopes, Agent: agent}, hashOf(secret))
	if err != nil {
		t.Fatal(err)
	}
	return token, secret
}

// perSocket is how many requests a socket takes at once without being told to
// wait.
const perSocket = requestsBurst - 5

// matrix asks everything as every visitor and tells where the answer is not the
// one that the policy says. No request that is let in is whole, so nothing
// changes but the sessions that are ended at last. With names it asks only these
// methods, and judges nothing else.
func matrix(t *testing.T, b *box, names ...string) (cells int, wrong []string) {
	t.Helper()
	rights, columns := readRights(t)
	methods := b.methods
	if len(names) > 0 {
		methods = slices.DeleteFunc(slices.Clone(methods), func(m method) bool { return !slices.Contains(names, m.name) })
		maps.DeleteFunc(rights, func(name string, _ map[string]bool) bool { return !slices.Contains(names, name) })
	}
	asked := make(map[string]bool)
	check := func(v visitor, how, name string, code int) {
		cells++
		asked[name] = true
		row, ok := rights[name]
		if !ok {
			wrong = append(wrong, fmt.Sprintf("%s is not in testdata/rights.txt: judge who may, and write it there", name))
			return
		}
		if !slices.Contains(columns, v.column) {
			wrong = append(wrong, fmt.Sprintf("testdata/rights.txt has no column %s", v.column))
		}
		in := code != unauthenticated.Code && code != tokenExpired.Code && code != forbidden.Code
		if in != row[v.column] {
			wrong = append(wrong, fmt.Sprintf("%s: %s by %s: let in is %v (code %d)", v.name, name, how, in, code))
		}
	}
	admin := httptest.NewServer(b.Admin())
	defer admin.Close()
	for _, v := range b.visitors(t) {
		face := *b
		if v.admin {
			face.url = admin.URL
		}
		rest := func(verb, path string) int {
			answer, text := face.ask(t, verb, path, "", v.header...)
			if answer.StatusCode == http.StatusUpgradeRequired {
				return 0
			}
			return codeOf(text)
		}
		for _, m := range methods {
			check(v, "REST", m.name, rest(m.verb, filled(m.path)))
		}
		for rows := range slices.Chunk(methods, perSocket) {
			face.over(t, v, rows, check)
		}
		if len(names) > 0 {
			continue
		}
		check(v, "REST", "GET /api/v1/lab/", rest("GET", "/api/v1/lab/x"))
		for _, r := range b.routes {
			path := r.path
			if strings.HasSuffix(path, "/events") {
				path += "?poll=1"
			}
			if r.verb != "DELETE" {
				check(v, "REST", r.verb+" "+r.path, rest(r.verb, path))
			}
		}
		check(v, "REST", "DELETE /api/v1/session", rest("DELETE", "/api/v1/session"))
	}
	for name := range rights {
		if !asked[name] {
			wrong = append(wrong, fmt.Sprintf("%s stands in testdata/rights.txt and nowhere else", name))
		}
	}
	return cells, wrong
}

// over asks methods on one socket.
func (b *box) over(t *testing.T, v visitor, rows []method, check func(visitor, string, string, int)) {
	t.Helper()
	w, answer, err := b.tryDial(t, v.header...)
	if err != nil {
		if answer == nil || answer.StatusCode != http.StatusUnauthorized {
			t.Fatalf("%s: socket: %v", v.name, err)
		}
		for _, m := range rows { // there is no socket to ask on
			check(v, "socket", m.name, unauthenticated.Code)
		}
		return
	}
	defer w.Close()
	w.hear()
	for _, m := range rows {
		w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":%q,"params":{"id":"xx_0","agent":"","thread":"xx_0"}}`, m.name))
		var a struct{ Error *rpcError }
		text, err := w.next()
		if err == nil {
			err = json.Unmarshal(text, &a)
		}
		if err != nil {
			t.Fatalf("%s: %s: %v", v.name, m.name, err)
		}
		code := 0
		if a.Error != nil {
			code = a.Error.Code
		}
		check(v, "socket", m.name, code)
	}
}

// filled is a path with something for each parameter that is not there.
func filled(path string) string {
	pieces := strings.Split(path, "/")
	for i, p := range pieces {
		if strings.HasPrefix(p, "{") {
			pieces[i] = "xx_0"
		}
	}
	return strings.Join(pieces, "/")
}

func codeOf(text string) int {
	var p problem
	if json.Unmarshal([]byte(text), &p) != nil {
		return 0
	}
	return p.Code
}

func withLab(c *Config) { c.Lab = http.NotFoundHandler() }

func TestWhoMayWhat(t *testing.T) {
	b := newBox(t, withLab)
	cells, wrong := matrix(t, b)
	for _, w := range wrong {
		t.Error(w)
	}
	visitors := 12 + 2 + len(storage.Scopes)
	if want := visitors * (2*len(b.methods) + len(b.routes) + 1); cells != want {
		t.Errorf("%d cells were looked at, not %d", cells, want)
	}
	t.Logf("%d cells, %d wrong", cells, len(wrong))
}

// TestWhoMayWhat_finds_planted_holes takes guards away and looks whether that
// is seen at the method that begins the name; with every guard in its place
// nothing is said of these methods.
func TestWhoMayWhat_finds_planted_holes(t *testing.T) {
	if _, wrong := matrix(t, newBox(t, withLab), "token.create", "thread.messages", "agent.update", "message.send", "me.get"); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for name, plant := range map[string]func([]method) []method{
		"token.create for everybody known": func(rows []method) []method {
			return change(rows, "token.create", known, storage.RoleViewer)
		},
		"thread.messages for anybody": func(rows []method) []method {
			return change(rows, "thread.messages", anybody, stranger)
		},
		"agent.update for managers": func(rows []method) []method {
			return change(rows, "agent.update", storage.ScopeAdmin, storage.RoleManager)
		},
		"message.send for viewers": func(rows []method) []method {
			return change(rows, "message.send", storage.ScopeSend, storage.RoleViewer)
		},
		"message.send for tokens that read": func(rows []method) []method {
			return change(rows, "message.send", storage.ScopeRead, storage.RoleAgent)
		},
		"ledger.drop which nobody has judged": func(rows []method) []method {
			return append(rows, method{"ledger.drop", "POST", "/api/v1/drop", known, storage.RoleViewer, 200, bind((*Server).me), nil})
		},
		"me.get without a scope": func(rows []method) []method {
			return change(rows, "me.get", "", storage.RoleViewer)
		},
		"me.get without a role": func(rows []method) []method {
			return change(rows, "me.get", known, "")
		},
		"me.get gone": func(rows []method) []method {
			return slices.DeleteFunc(rows, func(m method) bool { return m.name == "me.get" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			method, _, _ := strings.Cut(name, " ")
			if _, wrong := matrix(t, newBox(t, plant, withLab), method); len(wrong) == 0 {
				t.Error("the hole was not found")
			}
		})
	}
}

func change(rows []method, name, scope string, least storage.Role) []method {
	for i := range rows {
		if rows[i].name == name {
			rows[i].scope, rows[i].least = scope, least
		}
	}
	return rows
}

// TestEveryRowIsGuarded is for the row that somebody adds: without scope and
// role it does not stay.
func TestEveryRowIsGuarded(t *testing.T) {
	for _, m := range methods {
		if m.scope != known && !slices.Contains(storage.Scopes, m.scope) || !m.least.Known() {
			t.Errorf("%s has scope %q and role %q", m.name, m.scope, m.least)
		}
	}
	for _, r := range routes {
		open := r.scope == anybody && r.least == stranger
		if !open && (r.scope != known && !slices.Contains(storage.Scopes, r.scope) || !r.least.Known()) {
			t.Errorf("%s %s has scope %q and role %q", r.verb, r.path, r.scope, r.least)
		}
	}
}
