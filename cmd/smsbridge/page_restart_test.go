package main

import (
	"encoding/json"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"smsbridge/storage"
)

// onLoad runs a script in every page of the tab before the page's own.
func (p *tab) onLoad(script string) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		p.t.Fatal(err)
	}
}

// atTheWire stands between page and socket: deaf, the page hears nothing more
// once it has asked to send a text; renamed, every request has a key of its own,
// which is the bug that the test must catch.
const atTheWire = `{
	window.wire = { deaf: false, deafNext: false, renamed: false };
	Object.defineProperty(WebSocket.prototype, "onmessage", { configurable: true, set(hear) {
		this.addEventListener("message", (m) => { if (!wire.deaf) hear.call(this, m); });
	} });
	const send = WebSocket.prototype.send;
	WebSocket.prototype.send = function (text) {
		if (text.includes('"message.send"')) {
			wire.deaf = wire.deafNext;
			if (wire.renamed) text = text.replace(/"idem":"[^"]*"/, () => '"idem":"' + crypto.randomUUID() + '"');
		}
		send.call(this, text);
	};
}`

// TestPageRestart_N10_S31 kills the real program with SIGKILL while somebody
// types and while a text is handed over, and starts it again. The draft and what
// waits are as they were, and the record of the air has every text once.
func TestPageRestart_N10_S31(t *testing.T) {
	chromium := findChromium(t)
	r := newRig(t, build(t, ""))
	at := freeAddress(t)
	serve := func() *process {
		return start(t, nil, r.binary, "serve", "--db", r.path("ledger.db"), "--limits=false", "--listen", at,
			"--admin", r.path("admin.sock"), "--modem", r.ports[0])
	}
	box := serve()
	t.Cleanup(func() { box.end(syscall.SIGKILL) })
	desk := newBrowser(t, chromium)
	desk.onLoad(atTheWire)
	enter(desk, "http://"+at, r.hire(t))
	r.texts(t, "Hello")
	desk.until(`document.querySelector(".row a")`)
	desk.click(".row a")
	desk.write("#composer", "m000001 in peace")
	desk.until(`document.querySelectorAll(".bubble.out.delivered").length === 1`)

	desk.typeInto("#composer", "Half")
	box.end(syscall.SIGKILL)
	desk.typeInto("#composer", " a sentence")
	desk.until(`document.querySelector(".connection.lost")`)
	box = serve()
	desk.until(`document.querySelector(".connection.live") && document.querySelector("#composer").value === "Half a sentence"`)
	desk.comes(`!(` + own + `).some(k => k.includes(".draft."))`) // the box has it, and the page keeps that it has
	desk.comes(`fetch("/api/v1/threads/" + location.hash.slice(3)).then(a => a.json()).then(({thread: {view}}) => ` + shelf + `.then(kept => JSON.parse(kept)[0]
		.some(l => l.threads.some(t => t.view?.draft === "Half a sentence" && t.view.draft_rev === view.draft_rev))))`)
	box.end(syscall.SIGKILL)
	desk.until(`document.querySelector(".connection.lost")`)
	desk.do(chromedp.Reload()) // and so has the page, without the box
	desk.until(`document.querySelector("#composer")?.value === "Half a sentence"`)

	eval[bool](desk, `(document.querySelector("#composer").select(), true)`)
	desk.write("#composer", "m000002 while away")
	desk.typeInto("#composer", "And half a")
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector(".bubble.out.waiting") && document.querySelector("#composer")?.value === "And half a"`)
	box = serve()
	desk.until(`document.querySelectorAll(".bubble.out.delivered").length === 2 && !document.querySelector(".bubble.waiting")`)
	desk.until(`document.querySelector("#composer").value === "And half a"`)
	eval[bool](desk, `(document.querySelector("#composer").select(), true)`)

	// handed lets the box take a text whose answer the page never hears, kills
	// the box, and lets the page go on.
	handed := func(text string) {
		t.Helper()
		eval[bool](desk, `wire.deafNext = true`)
		desk.write("#composer", text)
		r.until(t, text+" sent", func(m storage.Message) bool {
			return m.Text == text && (m.State == storage.Sent || m.State == storage.Delivered)
		})
		box.end(syscall.SIGKILL)
		eval[bool](desk, `!(wire.deaf = wire.deafNext = false)`)
		box = serve()
		desk.until(`document.querySelector(".connection.live") && !document.querySelector(".bubble.waiting")`)
	}
	handed("m000003 taken, and not heard of")
	desk.until(`document.querySelectorAll(".bubble.out.delivered").length === 3`)
	if shown := eval[float64](desk, `document.querySelectorAll(".bubble.out").length`); shown != 3 {
		t.Errorf("%v bubbles for three texts", shown)
	}
	for _, text := range []string{"m000001", "m000002", "m000003"} {
		if n := r.onAir()[text]; n != 1 {
			t.Errorf("%s was %d times on the air", text, n)
		}
	}

	eval[bool](desk, `wire.renamed = true`) // control: with a key of its own for each try, the same way sends twice
	handed("m000004 with another key")
	r.until(t, "the double", func(m storage.Message) bool { return strings.HasPrefix(m.Text, "m000004") && r.onAir()["m000004"] == 2 })
	desk.quiet(t)
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return free.Addr().String()
}

// hire makes an account that has the line, and answers the code to sign in with.
func (r *rig) hire(t *testing.T) (code string) {
	t.Helper()
	must := func(args ...string) string {
		t.Helper()
		ended, out, errs := verb("", append(args, "--admin", r.path("admin.sock"))...)
		if ended != 0 {
			t.Fatalf("%v: %s", args, errs)
		}
		return out
	}
	must("agent", "add", "Olga", "--role", "owner")
	code = strings.TrimSpace(must("agent", "add", "Ana", "-q"))
	var line storage.Line
	for deadline := time.Now().Add(pagePatience); line.State != storage.LineReady; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no line is ready: %+v", line)
		}
		for found := range strings.Lines(must("line", "list", "-o", "jsonl")) {
			if err := json.Unmarshal([]byte(found), &line); err != nil {
				t.Fatal(err)
			}
		}
	}
	must("line", "assign", line.ID, "Ana")
	must("line", "desk", line.ID, "--cases", "off")
	return code
}

// texts lets the handset text the line.
func (r *rig) texts(t *testing.T, text string) {
	t.Helper()
	if _, err := call(r.network, "POST", "/handsets/+15550100/send", nil, map[string]string{"to": r.number, "text": text}, nil); err != nil {
		t.Fatal(err)
	}
}

// until waits for a message in the ledger.
func (r *rig) until(t *testing.T, what string, is func(storage.Message) bool) {
	t.Helper()
	for deadline := time.Now().Add(pagePatience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, m := range r.messages() {
			if is(m) {
				return
			}
		}
	}
	t.Fatalf("not in the ledger: %s", what)
}
