package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// A gate stands between browser and box. While it is shut, the box is away.
type gate struct {
	t      *testing.T
	to, at string
	busy   sync.WaitGroup

	mu     sync.Mutex // guards what follows
	door   net.Listener
	open   map[net.Conn]bool
	locked bool
}

// newGate opens a gate to the box at an address such as http://127.0.0.1:80.
func newGate(t *testing.T, url string) *gate {
	t.Helper()
	g := &gate{t: t, to: strings.TrimPrefix(url, "http://"), at: "127.0.0.1:0", open: make(map[net.Conn]bool)}
	g.unlock()
	t.Cleanup(g.shut)
	return g
}

func (g *gate) url() string { return "http://" + g.at }

// unlock lets everybody through, at the address where the gate was before.
func (g *gate) unlock() {
	g.t.Helper()
	door, err := net.Listen("tcp", g.at)
	if err != nil {
		g.t.Fatal(err)
	}
	g.mu.Lock()
	g.door, g.at, g.locked = door, door.Addr().String(), false
	g.mu.Unlock()
	g.busy.Go(func() {
		for {
			c, err := door.Accept()
			if err != nil {
				return
			}
			g.busy.Go(func() { g.pass(c) })
		}
	})
}

// shut cuts every connection, and takes no new one.
func (g *gate) shut() {
	g.mu.Lock()
	g.door.Close()
	g.locked = true
	for c := range g.open {
		c.Close()
	}
	g.mu.Unlock()
	g.busy.Wait()
}

func (g *gate) pass(c net.Conn) {
	defer c.Close()
	box, err := net.Dial("tcp", g.to)
	if err != nil {
		return
	}
	defer box.Close()
	if !g.note(c, box) {
		return
	}
	g.busy.Go(func() { io.Copy(box, c); box.Close() })
	io.Copy(c, box)
}

// note keeps what shut has to cut; a gate that is shut already passes nobody.
func (g *gate) note(ends ...net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, c := range ends {
		g.open[c] = true
	}
	return !g.locked
}

// shelf is all that the browser keeps of what was read, in one string.
const shelf = `indexedDB.databases().then(all => !all.some(d => d.name === "smsbridge") ? "[[],[]]" : new Promise((done, fail) => {
	const r = indexedDB.open("smsbridge");
	r.onerror = fail;
	r.onsuccess = () => {
		const t = r.result.transaction(["lists", "ends"]), lists = t.objectStore("lists").getAll(), ends = t.objectStore("ends").getAll();
		t.oncomplete = () => { r.result.close(); done(JSON.stringify([lists.result, ends.result])) };
	} }))`

// own is what the page keeps in this browser under the name of an account.
const own = `Object.keys(localStorage).filter(k => k.split(".").length > 3)`

// settled is when the page could go without the box: its files and the thread
// that is shown are kept.
func settled(p *tab, text string) {
	p.t.Helper()
	p.comes(`navigator.serviceWorker.ready.then(() => caches.keys()).then(k => k.length === 1)`)
	p.comes(fmt.Sprintf(`%s.then(kept => JSON.parse(kept)).then(([lists, ends]) =>
		lists[0]?.threads.some(t => t.last?.text === %[2]q) && ends.some(e => e.messages.at(-1)?.text === %[2]q))`, shelf, text))
}

// gatedDesk is a desk behind a gate, which could go on without the box by now.
func gatedDesk(t *testing.T) (desk *tab, g *gate, url string) {
	t.Helper()
	chromium := findChromium(t)
	url, code := startDemo(t)
	g = newGate(t, url)
	desk = newBrowser(t, chromium)
	signIn(t, desk, g.url(), code)
	talk(t, desk, url)
	settled(desk, "Thank you!")
	return desk, g, url
}

// TestPageAway_N10_S31: without the box the page opens, shows what was read and
// when, and takes texts; what waited too long asks before it leaves.
func TestPageAway_N10_S31(t *testing.T) {
	desk, g, _ := gatedDesk(t)
	thread := eval[string](desk, `location.hash`)

	g.shut()
	desk.open("about:blank")
	desk.open(g.url() + "/" + thread)
	desk.until(lastText("in", "Thank you!"))
	desk.until(`document.querySelector(".list .kept") && document.querySelector(".scroll .kept")?.textContent.startsWith("The box is away. This is how it was on ")`)
	desk.until(`document.querySelector(".row a")`)
	picture(desk, "away")

	t.Run("a text waits, and says since when", func(t *testing.T) {
		desk := desk.in(t)
		desk.write("#composer", "On my way.")
		desk.until(`document.querySelector(".bubble.out.waiting .bubble-why")?.textContent.startsWith("Waits since ")`)
		desk.until(`document.querySelector(".connection")?.textContent === "Reconnecting, 1 queued"`)
		desk.do(chromedp.EmulateViewport(320, 700)) // the narrowest screen (WCAG 2.2, 1.4.10)
		if out := eval[[]string](desk, beside); len(out) > 0 {
			t.Errorf("beside the screen: %q", out)
		}
		picture(desk, "away-narrow")
		desk.do(chromedp.EmulateViewport(1280, 800))
		desk.typeInto("#composer", "Half a sen")
		desk.do(chromedp.Reload())
		desk.until(`document.querySelector(".bubble.out.waiting")?.textContent.includes("On my way.") && document.querySelector("#composer").value === "Half a sen"`)
		g.unlock()
		desk.until(`document.querySelectorAll(".bubble.out.delivered").length === 2 && !document.querySelector(".bubble.waiting, .kept")`)
		desk.until(lastText("out", "On my way."))
		desk.until(`document.querySelector("#composer").value === "Half a sen"`)
	})
	t.Run("one that waited three minutes asks first", func(t *testing.T) {
		desk := desk.in(t)
		g.shut()
		desk.until(`document.querySelector(".connection.lost")`)
		eval[bool](desk, `(document.querySelector("#composer").select(), true)`)
		desk.write("#composer", "Too late?")
		desk.until(`document.querySelector(".bubble.out.waiting")`)
		eval[bool](desk, `(key => { const o = JSON.parse(localStorage[key]); localStorage[key] = JSON.stringify({...o, at: o.at - 180_000}); return true })(Object.keys(localStorage).find(k => k.includes(".outbox.")))`)
		desk.do(chromedp.Reload())
		desk.until(`document.querySelector(".bubble.out.waiting")`)
		g.unlock()
		desk.until(`document.querySelector(".bubble.out.asking .bubble-why")?.textContent === "This waited 3 minutes for the connection. Send it now?"`)
		if sent := texts(desk); len(sent) != 4 {
			t.Errorf("it went out by itself: %q", sent)
		}
		picture(desk, "asking")
		press(desk, ".bubble.out.asking", "Send now")
		desk.until(`document.querySelectorAll(".bubble.out.delivered").length === 3`)
		if sent := texts(desk); len(sent) != 5 { // control: the count above sees a text that goes out
			t.Errorf("after it was sent: %q", sent)
		}
	})
	desk.quiet(t)
}

// texts are those of the thread that is shown, as the box has them.
func texts(p *tab) (all []string) {
	p.t.Helper()
	there := rest[messagesThere](p, "GET", "/threads/"+eval[string](p, `new URLSearchParams(location.hash.slice(1)).get("t")`)+"/messages", nil)
	for _, m := range there.Messages {
		all = append(all, m.Text)
	}
	return all
}

// TestPageAwayForgets_N10: who signs out leaves nothing behind, also while the
// box is away, and nobody finds what another account has read or written.
func TestPageAwayForgets_N10(t *testing.T) {
	desk, g, _ := gatedDesk(t)
	ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "agent"})
	eve := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Eve", "role": "agent"})
	if kept := eval[string](desk, shelf); !strings.Contains(kept, "Thank you!") || !strings.Contains(kept, `"name":"Ana"`) {
		t.Fatalf("nothing to forget, so this test proves nothing: %s", kept)
	}

	leave := func() {
		t.Helper()
		desk.pick("Account of Ana")
		desk.pick("Sign out")
		press(desk, "dialog[open] .dialog-do", "Sign out")
	}
	empty := func(who string) {
		t.Helper()
		desk.comes(shelf + `.then(kept => kept === "[[],[]]")`)
		if left := eval[[]string](desk, own); len(left) > 0 {
			t.Errorf("%s left %q", who, left)
		}
	}
	g.shut()
	desk.until(`document.querySelector(".connection.lost")`)
	leave()
	desk.until(`document.querySelector(".door")`)
	empty("Ana, while the box was away,")
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector(".door")?.textContent.includes("does not answer") || document.querySelector(".door button")`)
	if shown := eval[string](desk, `document.body.innerText`); strings.Contains(shown, "Thank you!") {
		t.Errorf("after the sign-out, without the box: %s", shown)
	}
	g.unlock()
	desk.until(`document.querySelector("input[name=code]")`) // the box was told first, so nobody is signed in

	desk.open("about:blank")
	enter(desk, g.url(), ben.Code)
	desk.comes(shelf + `.then(kept => JSON.parse(kept)[0][0]?.session.agent.name === "Ben")`)
	eval[bool](desk, fmt.Sprintf(`(localStorage.setItem("smsbridge.%s.draft.with:x", '"a secret"'), true)`, ben.Agent.ID))
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector(".connection.live")`)
	if left := eval[[]string](desk, own); len(left) != 1 { // control: one's own stays
		t.Errorf("of Ben's own there is %q", left)
	}
	eval[bool](desk, `fetch("/api/v1/session", {method: "DELETE"}).then(() => true)`) // not by the page's own way out
	desk.until(`document.querySelector("input[name=code]")`)
	desk.open("about:blank")
	enter(desk, g.url(), eve.Code)
	desk.comes(shelf + `.then(kept => JSON.parse(kept)[0][0]?.session.agent.name === "Eve")`)
	if left := eval[[]string](desk, own); len(left) > 0 {
		t.Errorf("Eve finds %q", left)
	}
	desk.quiet(t)
}

// TestPageAwayInsecure_N10: over plain HTTP and another name than localhost, browsers
// have no workers; the page works and keeps nothing of what was read.
func TestPageAwayInsecure_N10(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	code := strings.TrimSpace(o.must("agent", "add", "Ana", "-q"))
	o.must("line", "assign", o.lines[shop], "Ana")
	desk := newBrowser(t, chromium, chromedp.Flag("host-resolver-rules", "MAP box.test 127.0.0.1"))
	enter(desk, strings.Replace(o.url, "127.0.0.1", "box.test", 1), code)
	o.says(shop, "Hello")
	desk.until(`document.querySelector(".row a")`)
	desk.click(".row a")
	desk.until(lastText("in", "Hello"))
	if secure := eval[bool](desk, `isSecureContext || "serviceWorker" in navigator`); secure {
		t.Fatal("the browser takes this for secure, so this test proves nothing")
	}
	if kept := eval[string](desk, shelf); kept != "[[],[]]" {
		t.Errorf("kept: %s", kept)
	}
	desk.quiet(t)
}

// TestPageAwayOther_N10_S31: somebody else signed in while the page was away. What
// waits there is not sent in their name.
func TestPageAwayOther_N10_S31(t *testing.T) {
	desk, g, url := gatedDesk(t)
	ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "owner"})
	g.shut()
	desk.do(chromedp.Reload())
	desk.until(lastText("in", "Thank you!"))
	desk.write("#composer", "This is from Ana.")
	desk.until(`document.querySelector(".bubble.out.waiting")`)

	other := desk.newTab(t) // by another port: the cookie is the same, the rest is not
	other.open(url)
	eval[bool](other, `fetch("/api/v1/session", {method: "DELETE"}).then(() => true)`)
	other.open("about:blank")
	enter(other, url, ben.Code)
	g.unlock()
	eval[bool](desk, `(window.dispatchEvent(new Event("online")), true)`)
	desk.until(`document.querySelector(".door")`)
	desk.comes(shelf + `.then(kept => kept === "[[],[]]")`)
	thread := rest[threadsThere](other, "GET", "/threads", nil).Threads[0].ID
	for _, m := range rest[messagesThere](other, "GET", "/threads/"+thread+"/messages", nil).Messages {
		if m.Text == "This is from Ana." {
			t.Error("Ana's text went out in Ben's name")
		}
	}
	desk.quiet(t)
}

// misfits are the icons of the manifest that cannot be had or are not as big as it
// says.
const misfits = `fetch(document.querySelector("link[rel=manifest]").href).then(r => r.json()).then(async (m) => {
	if (window.plant) m.icons.push(window.plant);
	const wrong = [];
	for (const icon of m.icons) {
		const picture = new Image();
		picture.src = icon.src;
		const size = await picture.decode().then(() => picture.naturalWidth + "x" + picture.naturalHeight, () => "none");
		if (icon.sizes !== "any" && icon.sizes !== size || size === "none") wrong.push(icon.src + ": " + size);
	}
	return wrong;
})`

// TestPageInstalls_N10: the browser takes the page as an app.
func TestPageInstalls_N10(t *testing.T) {
	chromium := findChromium(t)
	url, _ := startDemo(t)
	desk := newBrowser(t, chromium)
	desk.open(url)
	desk.until(`document.querySelector(".door")`)
	manifest, err := chromedp.Call(desk.ctx, page.GetAppManifest, page.GetAppManifestParams{})
	if err != nil || len(manifest.Errors) > 0 || !strings.HasSuffix(manifest.URL, "/manifest.webmanifest") {
		t.Errorf("the manifest at %s: %v, %v", manifest.URL, err, manifest.Errors)
	}
	desk.comes(`navigator.serviceWorker.ready.then(r => r.active.state === "activated")`)
	barred, err := chromedp.Call(desk.ctx, page.GetInstallabilityErrors, cdp.Empty{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range barred.InstallabilityErrors {
		t.Errorf("the browser does not install it: %s", e.ErrorID)
	}
	if wrong := eval[[]string](desk, misfits); len(wrong) > 0 {
		t.Errorf("icons: %q", wrong)
	}
	eval[bool](desk, `!!(window.plant = {src: "/icon-192.png", sizes: "512x512"})`) // control
	if wrong := eval[[]string](desk, misfits); len(wrong) != 1 {
		t.Errorf("an icon of another size: %q", wrong)
	}
	desk.quiet(t)
}

// TestPageAwayDeleted_N10: what is deleted at the box is not read here any more,
// whether this browser heard of it at once or not.
func TestPageAwayDeleted_N10(t *testing.T) {
	desk, url := openRooms(t)
	settled(desk, "Thank you!")
	thread := rest[threadsThere](desk, "GET", "/threads", nil).Threads[0].ID
	ids := make(map[string]string)
	for _, m := range rest[messagesThere](desk, "GET", "/threads/"+thread+"/messages", nil).Messages {
		ids[m.Text] = m.ID
	}
	forget := func(p *tab, text string) {
		t.Helper()
		if kept := eval[string](p, shelf); !strings.Contains(kept, text) { // control: it was there to be found
			t.Fatalf("%q is not kept, so this test proves nothing", text)
		}
		eval[bool](p, fmt.Sprintf(`fetch("/api/v1/messages/%s", {method: "DELETE"}).then(r => { if (!r.ok) throw new Error(r.status); return true })`, ids[text]))
	}
	gone := func(text string) {
		t.Helper()
		desk.comes(fmt.Sprintf(`%s.then(kept => !kept.includes(%q) && kept.includes("after 15:00"))`, shelf, text))
	}
	eval[bool](desk, `(location.hash = "", true)`)
	desk.until(`!document.querySelector("#composer")`)
	forget(desk, "Hi, is the van ready?")
	gone("Hi, is the van ready?")

	other := desk.newTab(t)
	other.open(url + "/handset") // which keeps nothing itself
	desk.open("about:blank")
	forget(other, "Thank you!")
	desk.open(url)
	gone("Thank you!")
	desk.quiet(t)
}
