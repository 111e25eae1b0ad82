package web

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"smsbridge/storage"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A transcript is what was said on a wire, with names in place of what differs
// by run: frames are a promise to desks that others write.
type transcript struct {
	text  bytes.Buffer
	names map[string]string
	count map[string]int
}

var varying = regexp.MustCompile(`\b(ms|th|ln|ct|ag|tk|ep|se|tr)_[0-9A-Za-z]+|\b\d{4}-\d\d-\d\dT[0-9:.]+Z|\bscp_[0-9a-f]{64}|\b[B-Z]{4}-[B-Z]{4}\b`)

func (t *transcript) say(arrow string, text []byte) {
	fmt.Fprintf(&t.text, "%s %s\n", arrow, varying.ReplaceAllFunc(bytes.TrimSpace(text), t.name))
}

// name gives the same name to the same value, in order of appearance.
func (t *transcript) name(value []byte) []byte {
	if t.names == nil {
		t.names, t.count = make(map[string]string), make(map[string]int)
	}
	if name := t.names[string(value)]; name != "" {
		return []byte(name)
	}
	kind := "TIME"
	switch {
	case value[0] < '0' || value[0] > '9':
		kind, _, _ = strings.Cut(string(value), "_")
		if !strings.Contains(string(value), "_") {
			kind = "CODE"
		}
		t.count[kind]++
		t.names[string(value)] = fmt.Sprintf("%s_%d", kind, t.count[kind])
	default:
		t.names[string(value)] = kind
	}
	return []byte(t.names[string(value)])
}

// compare compares with testdata/name, or writes it.
func (t *transcript) compare(tb testing.TB, name string) {
	tb.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, t.text.Bytes(), 0o644); err != nil {
			tb.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	wanted, got := strings.Split(string(want), "\n"), strings.Split(t.text.String(), "\n")
	for i := range max(len(wanted), len(got)) {
		var w, g string
		if i < len(wanted) {
			w = wanted[i]
		}
		if i < len(got) {
			g = got[i]
		}
		if w != g {
			tb.Fatalf("%s:%d\n got %s\nwant %s\nIf this change is meant, run go test -update; a name that desks use must stay.", path, i+1, g, w)
		}
	}
}

// TestGolden_socket is a desk's first minute.
func TestGolden_socket(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead, storage.ScopeSend)
	var said transcript
	w := b.dial(t, "Authorization", bearer(secret))
	hear := func() {
		t.Helper()
		text, err := w.next()
		if err != nil {
			t.Fatal(err)
		}
		said.say("<", text)
	}
	say := func(text string) {
		said.say(">", []byte(text))
		w.say(text)
		hear()
	}
	head, _ := b.db.Head(t.Context())
	hear() // hello
	say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"client":{"name":"golden"},"subscribe":{"events":["line.*"]},"resume":{"epoch":"%s","after":%d}}}`, head.Epoch, head.Seq-1))
	hear() // event
	hear() // live
	say(`{"jsonrpc":"2.0","id":"2","method":"message.send","params":{"to":{"number":"+15550100"},"text":"It is ready after 15:00.","idem":"k1"}}`)
	say(`{"jsonrpc":"2.0","id":"3","method":"message.send","params":{"to":{"number":"+15550100"},"text":"It is ready after 15:00.","idem":"k1"}}`)
	say(`{"jsonrpc":"2.0","id":"4","method":"message.count","params":{"text":"four"}}`)
	say(`{"jsonrpc":"2.0","id":"5","method":"thread.list","params":{"limit":10}}`)
	say(`{"jsonrpc":"2.0","id":"6","method":"me.get"}`)
	say(`{"jsonrpc":"2.0","id":"7","method":"ping","params":{}}`)
	say(`{"jsonrpc":"2.0","id":"8","method":"message.send","params":{"to":{"number":"+1555CALL"},"text":"x"}}`)
	say(`{"jsonrpc":"2.0","id":"9","method":"message.send","params":{"to":{"number":"+15550100"},"text":"other","idem":"k1"}}`)
	say(`{"jsonrpc":"2.0","id":"10","method":"token.list"}`)
	say(`{"jsonrpc":"2.0","id":11,"method":"ping"}`)
	b.attach(t, "8902", "+15550191")
	hear()
	hear()
	say(`{"jsonrpc":"2.0","id":"12","method":"message.send","params":{"to":{"number":"+15550101"},"text":"x"}}`)
	said.compare(t, "socket.txt")
}

// TestGolden_resume is what a desk hears that cannot go on.
func TestGolden_resume(t *testing.T) {
	b := newBox(t)
	var said transcript
	w := b.dial(t)
	hear := func() {
		t.Helper()
		text, err := w.next()
		if err != nil {
			t.Fatal(err)
		}
		said.say("<", text)
	}
	_, secret := b.token(t, storage.ScopeRead)
	hear() // hello to a stranger
	text := fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"token":"%s","resume":{"epoch":"ep_before","after":7}}}`, secret)
	said.say(">", []byte(text))
	w.say(text)
	hear()
	hear() // live
	go func() { _ = b.Close(t.Context()) }()
	hear() // bye
	said.compare(t, "resume.txt")
}

// TestGolden_rest is the same by REST.
func TestGolden_rest(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeAdmin)
	var said transcript
	ask := func(verb, path, body string, header ...string) {
		t.Helper()
		said.say(">", []byte(verb+" "+path+" "+body))
		answer, text := b.ask(t, verb, "/api/v1"+path, body, append(header, "Authorization", bearer(secret))...)
		said.say("<", []byte(fmt.Sprintf("%d %s", answer.StatusCode, http.StatusText(answer.StatusCode))))
		for _, name := range []string{"Location", "Content-Type", "Allow", "Www-Authenticate"} {
			if v := answer.Header.Get(name); v != "" {
				said.say("<", []byte(name+": "+v))
			}
		}
		for line := range strings.Lines(text) {
			said.say("<", []byte(line))
		}
	}
	ask("GET", "/health", "")
	ask("GET", "/lines", "")
	ask("GET", "/modems", "")
	ask("POST", "/messages", `{"to":{"number":"+15550100"},"text":"Is the van ready?"}`, "Idempotency-Key", `"k1"`)
	ask("POST", "/messages", `{"to":{"number":"+15550100"},"text":""}`)
	ask("POST", "/messages/count", `{"text":"four"}`)
	ask("POST", "/contacts", `{"name":"Ana","numbers":["+15550100"]}`)
	ask("GET", "/snapshot", "")
	ask("GET", "/events?poll=1&since=2", "")
	ask("POST", "/tokens", `{"label":"till","scopes":["messages:send"]}`)
	ask("POST", "/setup/code", "")
	ask("DELETE", "/messages", "")
	ask("GET", "/messages/ms_0", "")
	ask("GET", "/ws", "")
	said.compare(t, "rest.txt")
}

// TestGolden_negative: a renamed field is seen.
func TestGolden_negative(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "socket.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{`"prev":`, `"seq":`, `"epoch":`, `"heartbeat_ms":`, `"retryable":`, `"created_at":`, `"resumed":`, `"replayed":`} {
		if !bytes.Contains(text, []byte(name)) {
			t.Errorf("the golden file says nothing of %s", name)
		}
	}
}
