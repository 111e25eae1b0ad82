package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/storage"
)

const goodPassword = "four words in a row"

// page asks as a browser on the page does.
func (b *box) page(t testing.TB, cookie, verb, path, body string) (*http.Response, string) {
	t.Helper()
	header := []string{"Origin", b.url}
	if cookie != "" {
		header = append(header, "Cookie", cookie)
	}
	return b.ask(t, verb, path, body, header...)
}

func want(t testing.TB, what string, answer *http.Response, text string, status int) {
	t.Helper()
	if answer.StatusCode != status {
		t.Errorf("%s: %d, not %d: %s", what, answer.StatusCode, status, text)
	}
}

func cookieIn(answer *http.Response) string {
	secret, _, _ := strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	return secret
}

func TestPassword(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	answer, text := b.page(t, owner, "POST", "/api/v1/agents", `{"name":"Ana","role":"agent"}`)
	want(t, "add", answer, text, 201)
	var in invitation
	if err := json.Unmarshal([]byte(text), &in); err != nil || in.Code == "" {
		t.Fatalf("%s %v", text, err)
	}
	answer, text = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q,"password":"short"}`, in.Code))
	want(t, "a short password", answer, text, 400)
	answer, text = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q,"password":%q}`, in.Code, goodPassword))
	want(t, "the invitation", answer, text, 200)
	ana := cookieIn(answer)
	answer, text = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q}`, in.Code))
	want(t, "the invitation again", answer, text, 401)

	for _, c := range []struct {
		name, password string
		status         int
	}{
		{"Ana", goodPassword, 200}, {"  ANA ", goodPassword, 200},
		{"Ana", goodPassword + " ", 401}, {"Ana", "", 400}, {"Bob", goodPassword, 401}, {"Olga", goodPassword, 401},
		{"Ana", strings.Repeat("x", 100_000), 401},
	} {
		answer, text = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":%q,"password":%q}`, c.name, c.password))
		want(t, c.name+" with "+cut(c.password, 30), answer, text, c.status)
	}

	answer, _ = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":"Ana","password":%q}`, goodPassword))
	other := cookieIn(answer)
	w := b.dial(t, "Cookie", other, "Origin", b.url)
	w.open(`{}`)
	answer, text = b.page(t, ana, "POST", "/api/v1/agents/me/password", `{"old":"wrong one at all","password":"another good one"}`)
	want(t, "a wrong old password", answer, text, 403)
	answer, text = b.page(t, ana, "POST", "/api/v1/agents/me/password", fmt.Sprintf(`{"old":%q,"password":"another good one"}`, goodPassword))
	want(t, "a new password", answer, text, 200)
	if code := w.ends(); code != closeAuth {
		t.Errorf("the other session's socket ended with %d", code)
	}
	answer, text = b.page(t, other, "GET", "/api/v1/me", "")
	want(t, "the other session", answer, text, 401)
	answer, text = b.page(t, ana, "GET", "/api/v1/me", "")
	want(t, "the session that changed it", answer, text, 200)
	answer, text = b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":"Ana","password":%q}`, goodPassword))
	want(t, "the old password", answer, text, 401)

	answer, text = b.page(t, ana, "POST", "/api/v1/agents/Olga/password", `{"password":"not hers to set"}`)
	want(t, "somebody else's", answer, text, 403)
	answer, text = b.page(t, owner, "POST", "/api/v1/agents/Ana/password", `{"password":"set by the owner"}`)
	want(t, "as the owner", answer, text, 200)
	answer, text = b.page(t, ana, "GET", "/api/v1/me", "")
	want(t, "her session then", answer, text, 401)
}

func TestSessions(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	ana, first := b.person(t, "Ana", storage.RoleAgent)
	begin, second := b.begin()
	begin.Address, begin.Device = "10.0.0.9", "A browser"
	if _, err := b.db.BeginSession(t.Context(), ana.ID, begin); err != nil {
		t.Fatal(err)
	}
	listed := func(cookie, query string) (found []storage.Session) {
		_, text := b.page(t, cookie, "GET", "/api/v1/sessions"+query, "")
		var out struct{ Sessions []storage.Session }
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return out.Sessions
	}
	mine := listed(first, "")
	if len(mine) != 2 || mine[0].Device != "A browser" || mine[0].Current || !mine[1].Current {
		t.Fatalf("%+v", mine)
	}
	if found := listed(owner, "?agent=ana"); len(found) != 2 || found[0].Current {
		t.Errorf("as the owner sees them: %+v", found)
	}
	owners := listed(owner, "")
	answer, text := b.page(t, first, "DELETE", "/api/v1/sessions/"+owners[0].ID, "")
	want(t, "the owner's, by an agent", answer, text, 404)
	w := b.dial(t, "Cookie", second, "Origin", b.url)
	w.open(`{}`)
	answer, text = b.page(t, first, "DELETE", "/api/v1/sessions/"+mine[0].ID, "")
	want(t, "her own", answer, text, 200)
	if code := w.ends(); code != closeAuth {
		t.Errorf("its socket ended with %d", code)
	}
	if found := listed(first, ""); len(found) != 1 {
		t.Errorf("left: %+v", found)
	}
}

func TestLogin_guesses(t *testing.T) {
	var a attempts
	now := time.Unix(0, 0)
	looked := 0
	for range 10_000 { // ten thousand in an hour, at one account from everywhere
		now = now.Add(360 * time.Millisecond)
		if a.take(now, "account ana", fmt.Sprintf("address %d", looked)) == 0 {
			looked++
		}
	}
	if most := 60 + triesAtOnce; looked > most {
		t.Errorf("%d guesses at an account were looked at in an hour, %d are the most", looked, most)
	}
	looked = 0
	for i := range 10_000 { // and from one address at everybody
		now = now.Add(360 * time.Millisecond)
		if a.take(now, fmt.Sprintf("account %d", i), "address evil") == 0 {
			looked++
		}
	}
	if most := 60 + triesAtOnce; looked > most {
		t.Errorf("%d guesses from an address were looked at in an hour, %d are the most", looked, most)
	}
	for i := range 3 * triesKnown {
		a.take(now, fmt.Sprintf("account %d", i), fmt.Sprintf("address %d", i))
	}
	if len(a.full) > triesKnown+2 {
		t.Errorf("%d are remembered", len(a.full))
	}
	for range 100 { // right ones count for nothing
		if a.take(now, "account right") > 0 {
			t.Fatal("a right password was held up")
		}
		a.right("account right")
	}
}

func TestLogin_too_many(t *testing.T) {
	b := newBox(t)
	ana, _ := b.person(t, "Ana", storage.RoleAgent)
	hash, err := hashPassword(t.Context(), goodPassword)
	if err == nil {
		_, err = b.db.SetPassword(t.Context(), ana.ID, hash, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	for range triesAtOnce {
		answer, text := b.page(t, "", "POST", "/api/v1/session", `{"name":"Ana","password":"a wrong guess"}`)
		want(t, "a guess", answer, text, 401)
	}
	answer, text := b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":"Ana","password":%q}`, goodPassword))
	want(t, "one more, and be it right", answer, text, 429)
	if answer.Header.Get("Retry-After") == "" {
		t.Error("without Retry-After")
	}
}

func TestAddress(t *testing.T) {
	for from, want := range map[string]string{
		"10.0.0.1:5": "10.0.0.1", "[::1]:5": "::1", "[2001:db8:1:2:3::4]:5": "2001:db8:1:2::/64",
		"[2001:db8:1:2:ffff::9]:5": "2001:db8:1:2::/64", "[::ffff:10.0.0.1]:5": "10.0.0.1", "[fe80::1%eth0]:5": "fe80::/64",
	} {
		if got := address(&http.Request{RemoteAddr: from}); got != want {
			t.Errorf("%s is counted as %s, not %s", from, got, want)
		}
	}
}

// TestPassword_memory signs in many times at once: the hashes wait for each
// other, so the memory is that of a few.
func TestPassword_memory(t *testing.T) {
	hash, err := hashPassword(t.Context(), goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := samePassword(t.Context(), hash, goodPassword); !same || err != nil {
		t.Fatal("the right one is wrong", err)
	}
	if same, _ := samePassword(t.Context(), "", "anything at all"); same {
		t.Fatal("no password is a password")
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() { samePassword(ctx, hash, "wrong") })
	}
	most := uint64(0)
	for range 3 {
		var m runtime.MemStats
		samePassword(t.Context(), hash, "wrong")
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapInuse)
	}
	stop()
	all.Wait()
	t.Logf("heap in use at the most: %d MiB", most>>20)
	if most > (hashesAtOnce*argonMemory<<10)*3 { // those at work, and what is not collected yet
		t.Errorf("%d MiB of heap for passwords", most>>20)
	}
}

// TestGates looks at each of the three gates of sending by itself, and that the
// refusal names it.
func TestGates_S15_S70_S71(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	two := b.attach(t, "8902", "+15550191")
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, two.ID)
	_, nobodys := b.person(t, "Ben", storage.RoleAgent)
	_, looks := b.person(t, "Vic", storage.RoleViewer, two.ID)
	send := func(cookie, from string) (int, problem) {
		answer, text := b.page(t, cookie, "POST", "/api/v1/messages", fmt.Sprintf(`{"to":{"number":"+15550100"},"text":"x","from":%q}`, from))
		return answer.StatusCode, problemOf(t, text)
	}
	check := func(what string, status int, p problem, wantStatus int, kind, gate string) {
		t.Helper()
		if status != wantStatus || !strings.HasSuffix(p.Type, kind) || p.Gate != gate {
			t.Errorf("%s: %d %s by the gate %q, not %d %s %q: %s", what, status, p.Type, p.Gate, wantStatus, kind, gate, p.Detail)
		}
	}
	status, p := send(cookie, two.ID)
	check("her line", status, p, 202, "", "")
	status, p = send(cookie, "")
	check("the only line she has, of two", status, p, 202, "", "")
	status, p = send(cookie, b.line.ID)
	check("another's line", status, p, 403, "line_not_assigned", gateLine)
	status, p = send(nobodys, "")
	check("who has no line", status, p, 403, "line_not_assigned", gateLine)
	status, p = send(looks, two.ID)
	check("who may only look", status, p, 403, "forbidden", gateRole)
	_, p = send(cookie, "ln_none")
	check("no such line", p.Status, p, 403, "line_not_assigned", gateLine) // or she could find out which there are

	answer, text := b.page(t, owner, "PATCH", "/api/v1/agents/Ana", `{"sms_enabled":false}`)
	want(t, "her switch", answer, text, 200)
	status, p = send(cookie, two.ID)
	check("switched off herself", status, p, 403, "sms_disabled_user", gateSMS)
	b.page(t, owner, "PATCH", "/api/v1/agents/"+ana.ID, `{"sms_enabled":true}`)

	answer, text = b.page(t, owner, "PUT", "/api/v1/lines/"+two.ID+"/sms", `{"enabled":false}`)
	want(t, "the line's switch", answer, text, 200)
	status, p = send(cookie, two.ID)
	check("the line is off", status, p, 403, "sms_disabled_system", gateLine)
	status, p = send(cookie, "")
	check("her only line is off", status, p, 403, "sms_disabled_system", gateLine)
	status, p = send(owner, two.ID)
	check("the line is off for the owner too", status, p, 403, "sms_disabled_system", gateLine)
	b.page(t, owner, "PUT", "/api/v1/lines/"+two.ID+"/sms", `{"enabled":true}`)
	status, p = send(cookie, two.ID)
	check("on again", status, p, 202, "", "")

	secret := newSecret(tokenPrefix)
	if _, err := b.db.CreateToken(t.Context(), storage.Token{Label: "one line", Scopes: []string{storage.ScopeSend, storage.ScopeRead}, Lines: []string{two.ID}}, hashOf(secret)); err != nil {
		t.Fatal(err)
	}
	_, text = b.ask(t, "POST", "/api/v1/messages", fmt.Sprintf(`{"to":{"number":"+15550100"},"text":"x","from":%q}`, b.line.ID), "Authorization", bearer(secret))
	check("a token of another line", problemOf(t, text).Status, problemOf(t, text), 403, "line_not_assigned", gateLine)
}

// TestSight reads everything as people of different lines.
func TestSight(t *testing.T) {
	b := newBox(t)
	two := b.attach(t, "8902", "+15550191")
	compose := func(line storage.Line, to, text string) storage.Message {
		m, _, err := b.db.Compose(t.Context(), storage.Draft{To: to, Line: line.ID, Text: text, Count: storage.Count{Parts: 1}})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := compose(b.line, "+15550100", "by one")
	second := compose(two, "+15550100", "by two") // the same peer over both
	compose(b.line, "+15550101", "by one only")
	_, one := b.person(t, "One", storage.RoleViewer, b.line.ID)
	_, other := b.person(t, "Two", storage.RoleViewer, two.ID)
	_, none := b.person(t, "None", storage.RoleViewer)
	_, all := b.person(t, "All", storage.RoleManager)
	for name, c := range map[string]struct {
		cookie string
		texts  []string // that stand in any answer
		not    []string
	}{
		"of line one": {one, []string{"by one", "by one only", b.line.ID}, []string{"by two", two.ID}},
		"of line two": {other, []string{"by two", two.ID}, []string{"by one", "+15550101", b.line.ID, "8901"}},
		"of no line":  {none, nil, []string{"by one", "by two", b.line.ID, two.ID, "8901", "8902"}},
		"a manager":   {all, []string{"by one only", "by two", b.line.ID, two.ID}, nil},
	} {
		var seen strings.Builder
		for _, path := range []string{"/threads", "/threads/" + first.Thread + "/messages", "/snapshot", "/lines", "/modems", "/events?poll=1", "/messages/" + first.ID, "/messages/" + second.ID} {
			_, text := b.page(t, c.cookie, "GET", "/api/v1"+path, "")
			var p problem
			if json.Unmarshal([]byte(text), &p) == nil && p.Code != 0 {
				text = p.Type // it may name what was asked for
			}
			seen.WriteString(text)
		}
		for _, text := range c.texts {
			if !strings.Contains(seen.String(), text) {
				t.Errorf("%s does not see %q", name, text)
			}
		}
		for _, text := range c.not {
			if strings.Contains(seen.String(), text) {
				t.Errorf("%s sees %q", name, text)
			}
		}
	}
	if first.Thread != second.Thread {
		t.Error("the test wants one thread over both lines")
	}
	page, err := b.db.Threads(t.Context(), storage.Page{Lines: []string{b.line.ID}})
	if err != nil || len(page.Threads) != 2 || page.Threads[1].Last.ID != first.ID || page.Threads[1].Line != b.line.ID {
		t.Errorf("the thread as line one sees it: %+v %v", page.Threads, err)
	}
}

// TestSight_events is every kind of event for every kind of caller, judged by a
// list that was typed for it.
func TestSight_events(t *testing.T) {
	person := func(role storage.Role, lines ...string) storage.Caller {
		return storage.Caller{Agent: &storage.Agent{ID: "ag_me", Role: role, Lines: lines}}
	}
	token := func(scope string, lines ...string) storage.Caller {
		return storage.Caller{Token: &storage.Token{Scopes: []string{scope}, Lines: lines}}
	}
	ofViewer := token(storage.ScopeAdmin)
	ofViewer.Account = person(storage.RoleViewer, "ln_1").Agent
	callers := []struct {
		name string
		who  storage.Caller
	}{
		{"viewer of 1", person(storage.RoleViewer, "ln_1")}, {"agent of 2", person(storage.RoleAgent, "ln_2")},
		{"agent of none", person(storage.RoleAgent)}, {"manager", person(storage.RoleManager)}, {"owner", person(storage.RoleOwner)},
		{"token", token(storage.ScopeRead)}, {"token of 1", token(storage.ScopeRead, "ln_1")}, {"admin token", token(storage.ScopeAdmin)},
		{"viewer's token", ofViewer}, {"socket", storage.Caller{Admin: true}},
	}
	cells := 0
	for _, row := range []struct{ kind, line, seen string }{
		{storage.MessageQueued, "ln_1", "+--+++++++"},
		{storage.MessageUpdated, "ln_2", "-+-+++-+-+"},
		{storage.MessageReceived, "ln_1", "+--+++++++"},
		{storage.MessagePart, "ln_2", "-+-+++-+-+"},
		{storage.ThreadCreated, "ln_1", "+--+++++++"},
		{storage.ThreadUpdated, "ln_2", "-+-+++-+-+"},
		{storage.LineUpdated, "ln_1", "+--+++++++"},
		{storage.LineUpdated, "ln_3", "---+++-+-+"},
		{storage.ContactSaved, "", "++++++++++"},
		{storage.AgentUpdated, "", "---++--+-+"},
		{storage.AccessChanged, "", "---++--+-+"},
		{storage.SendingUpdated, "", "++++++++++"},
		{storage.GuardUpdated, "", "---+++-+-+"},
		{storage.SettingUpdated, "", "++++++++++"},
		{"something.new", "", "---+++-+-+"},
		{"something.new", "ln_1", "+--+++++++"},
	} {
		for i, c := range callers {
			cells++
			if got := sees(c.who, storage.Event{Type: row.kind, Line: row.line}); got != (row.seen[i] == '+') {
				t.Errorf("%s of %q for %s: told is %v", row.kind, row.line, c.name, got)
			}
		}
	}
	t.Logf("%d cells", cells)
	for _, c := range callers { // a person is told of the own account, and not of somebody else's
		mine := storage.Event{Type: storage.AgentUpdated, Data: json.RawMessage(`{"agent":{"id":"ag_me"}}`)}
		other := storage.Event{Type: storage.AgentUpdated, Data: json.RawMessage(`{"agent":{"id":"ag_you"}}`)}
		if want := c.who.Person() != nil || supervisors(c.who); sees(c.who, mine) != want || sees(c.who, other) != supervisors(c.who) {
			t.Errorf("%s is told of the own account: %v, of another: %v", c.name, sees(c.who, mine), sees(c.who, other))
		}
	}
	for _, c := range callers { // what is for one person is nobody else's, the owner's neither
		e := storage.Event{Type: storage.MessageReceived, Line: "ln_1", For: []string{"ag_ana"}}
		if sees(c.who, e) {
			t.Errorf("%s is told what is for somebody else", c.name)
		}
		if p := c.who.Person(); p != nil {
			if e.For = append(e.For, p.ID); !sees(c.who, e) {
				t.Errorf("%s is not told what is for them", c.name)
			}
		}
	}
	saved := slices.Clone(sights) // the planted hole: a rule that shows accounts to everybody
	defer func() { copy(sights, saved) }()
	sights[1].seen = everybody
	if !sees(callers[0].who, storage.Event{Type: storage.AgentUpdated}) {
		t.Error("the planted hole would not have been found")
	}
}
