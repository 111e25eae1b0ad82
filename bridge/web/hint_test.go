package web

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/storage"
)

// text puts a text into the ledger and gives its thread.
func (b *box) text(t testing.TB, line, to string) string {
	t.Helper()
	m, _, err := b.db.Compose(t.Context(), storage.Draft{To: to, Line: line, Text: "hello", Count: storage.Count{Parts: 1},
		Author: storage.Author{Kind: "admin"}})
	if err != nil {
		t.Fatal(err)
	}
	return m.Thread
}

// hint hears the next hint, and fails on anything that is not one.
func (w *wire) hint() (kind string, params map[string]any) {
	w.Helper()
	m := w.hear()
	p, _ := m["params"].(map[string]any)
	if m["method"] != "hint" || p["seq"] != nil {
		w.Fatalf("this is no hint: %v", m)
	}
	kind, _ = p["kind"].(string)
	return kind, p
}

// TestHints: typing goes to who sees the thread's line and wants it, and to
// nobody else; nothing of it is in the log.
func TestHints(t *testing.T) {
	b := newBox(t)
	other := b.attach(t, "8902", "+15550191")
	thread := b.text(t, b.line.ID, "+15550100")
	_, ana := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	_, ben := b.person(t, "Ben", storage.RoleAgent, b.line.ID)
	_, eve := b.person(t, "Eve", storage.RoleAgent, other.ID)
	dial := func(cookie, subscribe string) *wire {
		w := b.dial(t, "Cookie", cookie, "Origin", b.url)
		w.open(`{"subscribe":` + subscribe + `}`)
		if m := w.hear(); m["method"] != "live" {
			t.Fatal(m)
		}
		return w
	}
	all := `{"events":["none"],"hints":["typing"]}`
	writer, reader, deaf, stranger := dial(ana, all), dial(ben, all), dial(ben, `{"events":["none"]}`), dial(eve, all)
	before, _ := b.db.Head(t.Context())
	for range 20 { // a key each
		writer.say(fmt.Sprintf(`{"jsonrpc":"2.0","method":"typing","params":{"thread":%q}}`, thread))
	}
	if kind, p := reader.hint(); kind != "typing" || p["thread"] != thread || p["data"].(map[string]any)["author"].(map[string]any)["name"] != "Ana" {
		t.Errorf("Ben hears %v", p)
	}
	stranger.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"typing","params":{"thread":%q}}`, thread))
	if m := stranger.hear(); m["error"] == nil {
		t.Errorf("who does not see the thread types in it: %v", m)
	}
	for name, w := range map[string]*wire{"who typed": writer, "who did not want it": deaf, "who sees another line": stranger, "who heard it once": reader} {
		w.say(`{"jsonrpc":"2.0","id":"p","method":"ping"}`)
		if m := w.hear(); m["id"] != "p" {
			t.Errorf("%s was told %v", name, m)
		}
	}
	if after, _ := b.db.Head(t.Context()); after.Seq != before.Seq {
		t.Errorf("hints made %d events", after.Seq-before.Seq)
	}
}

// TestHints_presence: others are told when an account comes and goes.
func TestHints_presence(t *testing.T) {
	b := newBox(t)
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	_, ben := b.person(t, "Ben", storage.RoleViewer)
	watcher := b.dial(t, "Cookie", ben, "Origin", b.url)
	watcher.open(`{"subscribe":{"events":["none"],"hints":["presence"]}}`)
	watcher.hear() // live
	tab := func() *wire {
		w := b.dial(t, "Cookie", cookie, "Origin", b.url)
		w.open(`{}`)
		return w
	}
	one, two := tab(), tab()
	told := func(online bool) {
		t.Helper()
		_, p := watcher.hint()
		said := p["data"].(map[string]any)["presence"].(map[string]any)
		if said["agent"] != ana.ID || said["online"] != online {
			t.Errorf("Ben hears %v", said)
		}
	}
	told(true)
	one.Close()
	two.Close()
	told(false)
}

// TestHints_scope: a token that may not read hears no hint of who is there.
func TestHints_scope(t *testing.T) {
	b := newBox(t)
	_, sends := b.token(t, storage.ScopeSend)
	_, reads := b.token(t, storage.ScopeRead)
	_, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	subscribe := `{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"subscribe":{"events":["none"],"hints":["presence"]}}}`
	blind, sighted := b.dial(t, "Authorization", bearer(sends)), b.dial(t, "Authorization", bearer(reads))
	for _, w := range []*wire{blind, sighted} {
		w.hear() // hello
		w.say(subscribe)
	}
	if e, _ := blind.hear()["error"].(map[string]any); e["code"] != float64(forbidden.Code) {
		t.Fatalf("it may not read, and is answered %v", e)
	}
	sighted.hear() // opened
	sighted.hear() // live
	b.dial(t, "Cookie", cookie, "Origin", b.url).open(`{}`)
	if kind, _ := sighted.hint(); kind != hintPresence {
		t.Errorf("who may read hears %s", kind)
	}
	blind.say(`{"jsonrpc":"2.0","id":"p","method":"ping"}`)
	if m := blind.hear(); m["id"] != "p" {
		t.Errorf("who may not read hears %v", m)
	}
}

// TestProfile_screens: what a person changes on one screen shows on the others,
// and on nobody else's.
func TestProfile_screens(t *testing.T) {
	b := newBox(t)
	ana, ben := b.sit(t, "Ana", storage.RoleAgent, b.line.ID), b.sit(t, "Ben", storage.RoleAgent, b.line.ID)
	begin, cookie := b.begin()
	if _, err := b.db.BeginSession(t.Context(), ana.agent.ID, begin); err != nil {
		t.Fatal(err)
	}
	second := &seat{wire: b.dial(t, "Cookie", cookie, "Origin", b.url), agent: ana.agent}
	second.open(`{"subscribe":{}}`)
	if code, why := ana.ask("me.update", `{"chat_enabled":false}`, nil); code != 0 {
		t.Fatal(code, why)
	}
	ana.hears(storage.AgentUpdated)
	second.hears(storage.AgentUpdated)
	if ben.ask("ping", `{}`, nil); ben.heardOf(storage.AgentUpdated) {
		t.Error("Ben is told of Ana's account")
	}
}

// TestHub_drops: who does not take his hints loses the oldest, and nobody
// waits for him.
func TestHub_drops(t *testing.T) {
	var b hub
	e := &ear{who: storage.Caller{Admin: true}, kinds: []string{"*"}}
	leave := b.listen(e)
	for i := range 10 * hintsWaiting {
		b.publish(hint{Kind: hintSignal, Data: i})
	}
	if len(e.in) != hintsWaiting {
		t.Fatalf("%d hints wait", len(e.in))
	}
	if first := string(<-e.in); !strings.Contains(first, fmt.Sprintf(`"data":%d}`, 9*hintsWaiting)) {
		t.Errorf("the oldest that is left is %s", first)
	}
	leave()
	n := len(e.in)
	b.publish(hint{Kind: hintSignal})
	if len(e.in) != n || b.wanted(hintSignal) {
		t.Error("who has left hears still")
	}
}

// TestGauges: signal and queue are told when they change and to who comes new,
// and nothing is read while nobody listens.
func TestGauges(t *testing.T) {
	b := newBox(t)
	var told gauges
	read := func() {
		t.Helper()
		if err := b.readGauges(t.Context(), &told); err != nil {
			t.Fatal(err)
		}
	}
	read()
	if told.signal != nil {
		t.Error("gauges were read for nobody")
	}
	e := &ear{who: storage.Caller{Admin: true}, kinds: []string{hintQueue, hintSignal}}
	defer b.hints.listen(e)()
	for _, c := range []struct {
		what   string
		change func()
		hints  int
	}{
		{"somebody came", func() {}, 2},
		{"nothing changed", func() {}, 0},
		{"a text waits", func() { b.text(t, b.line.ID, "+15550100") }, 1},
		{"the signal fell", func() { b.signals(t, 99, 1) }, 1},
		{"somebody else came", func() { t.Cleanup(b.hints.listen(&ear{})) }, 2},
	} {
		c.change()
		read()
		if len(e.in) != c.hints {
			t.Errorf("%s: %d hints", c.what, len(e.in))
		}
		for len(e.in) > 0 {
			<-e.in
		}
	}
}

// TestWindow: who takes nothing is full after so many events, and not before.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWindow()
		asked := ""
		start := time.Now()
		for i := range windowEvents {
			if w.full(time.Now()) {
				t.Fatalf("full after %d", i)
			}
			if ask := w.wrote(time.Now(), 100); ask != "" {
				if asked != "" {
					t.Fatal("asked twice without an answer")
				}
				asked = ask
			}
			time.Sleep(time.Millisecond)
		}
		if !w.full(time.Now()) || !w.since().Equal(start) || asked != fmt.Sprint(probeEvents) {
			t.Fatalf("full %v since %v, asked %q", w.full(time.Now()), w.since(), asked)
		}
		w.hear("not ours")
		if w.hear(""); !w.full(time.Now()) {
			t.Error("a heartbeat's pong made room")
		}
		w.hear(asked)
		if w.full(time.Now()) || w.told-w.taken != windowEvents-probeEvents {
			t.Errorf("%d are on the way", w.told-w.taken)
		}
		if w.wrote(time.Now(), windowBytes); !w.full(time.Now()) {
			t.Error("a megabyte does not fill it")
		}
	})
}
