package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// floor is a demo with the owner, Ana, at a desk.
type floor struct {
	t        *testing.T
	url      string
	chromium string
	ana      *tab
}

func newFloor(t *testing.T) *floor {
	chromium := findChromium(t)
	url, code := startDemo(t)
	o := &floor{t: t, url: url, chromium: chromium, ana: newBrowser(t, chromium)}
	signIn(t, o.ana, url, code)
	return o
}

// opened has the customer write, and Ana open the conversation.
func (o *floor) opened(text string) *tab {
	o.t.Helper()
	o.text(customer, text, 0)
	o.ana.until(row(customer))
	o.ana.click(".row a")
	o.ana.until(lastText("in", text))
	return o.ana
}

// in is the same floor for a subtest.
func (o *floor) in(t *testing.T) *floor {
	return &floor{t: t, url: o.url, chromium: o.chromium, ana: o.ana.in(t)}
}

// colleague makes an account that has every line, and answers the code to sign
// in with.
func (o *floor) colleague(name, role string) (code string) {
	o.t.Helper()
	made := post("/agents", fmt.Sprintf(`{name: %q, role: %q}`, name, role), "a")
	return eval[string](o.ana, fmt.Sprintf(`%s.then(async made => {
		const {lines} = await (await fetch("/api/v1/lines")).json();
		for (const l of lines) await %s;
		return made.code })`, made, post(`/lines/" + l.id + "/agents`, `{agent: made.agent.id}`, "a")))
}

// desk is a colleague's browser.
func (o *floor) desk(code string) *tab {
	o.t.Helper()
	p := newBrowser(o.t, o.chromium)
	p.open(o.url + "/#code=" + code)
	p.until(`document.querySelector("input[name=code]")?.value`)
	p.click(".door-card .button.primary")
	p.until(`document.querySelector(".connection.live") && document.querySelectorAll(".wide-chips .chip.ready").length === 2`)
	return p
}

// screen is one more tab of whoever is signed in at p.
func (o *floor) screen(p *tab) *tab {
	o.t.Helper()
	other := p.newTab(o.t)
	other.open(o.url)
	other.until(`document.querySelector(".connection.live") && document.querySelectorAll(".wide-chips .chip.ready").length === 2`)
	return other
}

// text lets a phone text one of the box's numbers: the first, or another.
func (o *floor) text(from, text string, line int) {
	o.t.Helper()
	eval[bool](o.ana, fmt.Sprintf(`fetch("/api/v1/lines").then(a => a.json()).then(a => %s)`,
		post("/lab/handsets/"+from+"/send", fmt.Sprintf(`{to: a.lines.map(l => l.number).sort()[%d], text: %q}`, line, text), "true")))
}

// contact saves a name for a number.
func (o *floor) contact(name, number, kind string) {
	o.t.Helper()
	eval[bool](o.ana, post("/contacts", fmt.Sprintf(`{name: %q, numbers: [%q], types: {%q: %q}}`, name, number, number, kind), "true"))
}

// atDesk gives Ana the line that text calls the first, whose texts are offered to
// nobody so far.
func (o *floor) atDesk() {
	o.t.Helper()
	me := rest[struct{ Agent struct{ ID string } }](o.ana, "GET", "/session", nil).Agent.ID
	rest[any](o.ana, "POST", "/lines/"+o.line()+"/agents", map[string]any{"agent": me})
	o.cases("off")
}

// cases says whether what comes in by the first line is offered.
func (o *floor) cases(on string) {
	o.t.Helper()
	got := rest[struct{ Desk struct{ Cases string } }](o.ana, "PATCH", "/lines/"+o.line()+"/desk", map[string]any{"cases": on, "wait_s": 600})
	if got.Desk.Cases != on {
		o.t.Fatalf("the line has cases %q, not %q", got.Desk.Cases, on)
	}
}

// line is the one that text calls the first.
func (o *floor) line() string {
	o.t.Helper()
	all := rest[struct{ Lines []struct{ ID, Number string } }](o.ana, "GET", "/lines", nil).Lines
	return slices.MinFunc(all, func(a, b struct{ ID, Number string }) int { return strings.Compare(a.Number, b.Number) }).ID
}

// post is an expression that posts and answers what of the answer a is wanted.
func post(path, body, want string) string {
	return fmt.Sprintf(`fetch("/api/v1%s", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(%s)})
		.then(async r => { if (!r.ok) throw new Error(await r.text()); const a = await r.json(); return %s })`, path, body, want)
}

// press presses a key with others held down: 1 Alt, 2 Ctrl, 8 Shift.
func (p *tab) press(key, code string, held int64) {
	p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{"rawKeyDown", "keyUp"} {
		params := input.DispatchKeyEventParams{Type: kind, Key: key, Code: code, Modifiers: held, WindowsVirtualKeyCode: virtual[code]}
		if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, params); err != nil {
			p.t.Fatal(err)
		}
	}
}

var virtual = map[string]int64{"Enter": 13, "Escape": 27, "ArrowUp": 38, "ArrowDown": 40, "KeyE": 69, "KeyK": 75, "KeyM": 77, "KeyU": 85, "KeyN": 78, "Slash": 191}

const (
	held0    = 0
	heldAlt  = 1
	heldCtrl = 2
)

// picture keeps what a tab shows, for people to look at, if they asked.
func (p *tab) picture(name string) {
	p.t.Helper()
	if folder := os.Getenv("SMSBRIDGE_SHOTS"); folder != "" {
		shot(p, filepath.Join(folder, name+".png"))
	}
}

// fresh is the condition that a row with a name is bold and counts n.
func fresh(name string, n int) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".row.fresh")].some(r => r.querySelector(".row-name").textContent === %q &&
		+getComputedStyle(r.querySelector(".row-name")).fontWeight >= 700 && r.querySelector(".badge").textContent === %q)`, name, strconv.Itoa(n)+strconv.Itoa(n)+" unread")
}

func row(name string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(".rows .row")].find(r => r.querySelector(".row-name").textContent === %q)`, name)
}

// choose presses a button by its words.
func (p *tab) choose(within, words string) {
	p.t.Helper()
	button := fmt.Sprintf(`%s.find(b => b.textContent.includes(%q))`, reached(within), words)
	p.until(button)
	eval[bool](p, button+`.click() ?? true`)
}

const customer = "+15550100"

// What is unread is counted by account, not by browser: reading on one screen
// clears the other screen of the same person, and leaves the colleague's alone.
func TestPageUnread_S48_S51_S98(t *testing.T) {
	o := newFloor(t)
	ben := o.desk(o.colleague("Ben", "agent"))
	second := o.screen(o.ana)
	o.text(customer, "Hi, is the van ready?", 0)
	o.text(customer, "Hello?", 0)
	for _, p := range []*tab{o.ana, second, ben} {
		p.until(fresh(customer, 2))
		p.until(`document.title.startsWith("(2)")`)
	}
	o.ana.picture("list-unread")
	o.ana.click(".row a")
	o.ana.until(lastText("in", "Hello?"))
	for _, p := range []*tab{o.ana, second} {
		p.until(`!document.querySelector(".row.fresh") && !document.title.startsWith("(")`)
	}
	ben.until(fresh(customer, 2)) // control: his own count, by the same look

	ben.choose(".list-title .link", "Mark all read")
	ben.until(`!document.querySelector(".row.fresh") && document.querySelector(".toast .link")`)
	ben.picture("toast-undo")
	ben.click(".toast .link")
	ben.until(fresh(customer, 2))

	o.ana.press("u", "KeyU", heldAlt) // unread again, while it is still shown
	for _, p := range []*tab{o.ana, second} {
		p.until(fresh(customer, 1))
	}
	o.ana.quiet(t)
	ben.quiet(t)
}

// A conversation closed by one is closed for that one only, and a new text opens
// it again; muting is a sign and no more.
func TestPageThreadMenu_S54_S55_S57_S82_S83_S84_S114(t *testing.T) {
	o := newFloor(t)
	ben := o.desk(o.colleague("Ben", "agent"))
	o.text(customer, "One", 0)
	ben.until(row(customer))
	ben.click(".row a")
	ben.until(lastText("in", "One"))

	ben.press("m", "KeyM", heldAlt)
	ben.until(`document.querySelector(".row .row-muted")`)
	ben.click(".cog > button")
	ben.until(`(all => all.length > 3 && !all.some(i => i.textContent.includes("Delete")))([...document.querySelectorAll(".cog-menu [role=menuitem]")])`) // nothing to delete for an agent
	ben.picture("cog")
	ben.choose(".cog-menu button", "Close chat")
	ben.until(`!` + row(customer))
	o.ana.until(row(customer)) // control: hers is open
	ben.choose(".segments button", "Closed")
	ben.until(row(customer))
	ben.picture("closed")
	ben.choose(".segments button", "All")
	ben.until(`!` + row(customer))
	o.text(customer, "Two", 0)
	ben.until(row(customer))

	o.ana.click(".row a")
	o.ana.click(".cog > button")
	o.ana.choose(".cog-menu button", "Delete conversation")
	o.ana.picture("delete-thread")
	o.ana.click("dialog .button.danger")
	for _, p := range []*tab{o.ana, ben} {
		p.until(`!` + row(customer))
	}
	ben.until(`document.querySelector(".thread.nothing")`)
	ben.quiet(t)
}

// The filter by own number is there with several lines, and each row says its
// channel.
func TestPageFilter_S49_S72(t *testing.T) {
	o := newFloor(t)
	o.text(customer, "To the first", 0)
	o.text("+15550177", "To the second", 1)
	o.ana.until(`document.querySelectorAll(".rows .row").length === 2 && [...document.querySelectorAll(".row .tag")].every(t => t.textContent === "SMS")`)
	eval[bool](o.ana, `(() => { const s = document.querySelector(".filter select"); s.value = [...s.options].find(x => x.textContent.endsWith("191") || x.value === [...s.options].map(y => y.value).sort().at(-1)).value; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`)
	o.ana.until(`document.querySelectorAll(".rows .row").length === 1`)
	o.ana.choose(".segments button", "Unread")
	o.ana.until(`document.querySelectorAll(".rows .row").length === 1`)
	o.ana.quiet(t)
}

// One field takes a colleague, a contact and a raw number: each with its own
// sign and words, and colleagues with the chat only.
func TestPageNewConversation_S1_S2_S3_S4_S5_S47_S74_S75_S86_S91(t *testing.T) {
	o := newFloor(t)
	o.colleague("Ben", "agent")
	o.colleague("Mia", "manager")
	o.contact("Bea Smith", customer, "mobile")
	a := o.ana
	a.press("n", "KeyN", heldAlt)
	a.until(`document.querySelectorAll("dialog .found-row").length === 3`) // everybody
	a.picture("new-conversation")
	kinds := eval[string](a, `[...document.querySelectorAll("dialog .found-row")].map(r => [r.querySelector(".found-name"), r.querySelector(".tag"), r.querySelector(".found-sub")].map(x => x.textContent).join("|")).sort().join("; ")`)
	if want := "Bea Smith|Contact|" + customer + " · Mobile; Ben|Colleague|Chat · Offline; Mia|Manager|Chat · Offline"; kinds != want {
		t.Errorf("the field offers %q, want %q", kinds, want)
	}
	colours := eval[float64](a, `new Set([...document.querySelectorAll("dialog .avatar")].map(x => getComputedStyle(x.querySelector(".kind")).color)).size`)
	signs := eval[float64](a, `new Set([...document.querySelectorAll("dialog .avatar .kind")].map(x => x.innerHTML)).size`)
	if colours != 3 || signs != 3 {
		t.Errorf("three kinds have %v colours and %v signs", colours, signs)
	}
	a.typeInto("dialog input", "be")
	a.until(`document.querySelectorAll("dialog .found-row").length === 2`)
	if sms := eval[bool](a, `[...document.querySelectorAll("dialog .found-row")].some(r => r.querySelector(".tag").textContent === "Colleague" && r.textContent.includes("SMS"))`); sms {
		t.Error("a colleague is offered to be texted")
	}
	eval[bool](a, `(() => { const i = document.querySelector("dialog input"); i.select(); return true })()`)
	a.typeInto("dialog input", "+1 555 0123456")
	a.until(`document.querySelector("dialog .found-row .link")?.textContent === "Send SMS…"`)
	a.picture("new-number")
	a.press("Enter", "Enter", held0)
	a.until(`document.querySelector(".thread-head h2 bdi")?.textContent === "+15550123456" && !document.querySelector("dialog")`)

	o.text(customer, "Hi", 0)
	a.until(row("Bea Smith"))
	a.click(".row a")
	a.until(`document.querySelector(".thread-who p")?.textContent === "Mobile · ` + customer + `"`)
	a.quiet(t)
}

// Who was not there is told at the next sign-in how much was missed, and gets
// there by the account; who is there is seen, and seen writing.
func TestPageChat_S72_S73_S102_S103_S105_S106(t *testing.T) {
	o := newFloor(t)
	code := o.colleague("Ben", "agent")
	a := o.ana
	a.press("k", "KeyK", heldCtrl)
	a.typeInto("dialog input", "ben")
	a.until(`document.querySelector("dialog .found-row .tag")?.textContent === "Colleague"`)
	a.picture("quick")
	a.press("Enter", "Enter", held0)
	a.until(`document.querySelector(".away-note")?.textContent.startsWith("Ben is offline")`)
	a.write("#composer", "Can you take the van?")
	a.until(lastText("out", "Can you take the van?"))
	a.until(row("Ben") + `?.querySelector(".tag").textContent === "Chat"`)
	a.until(`location.hash.startsWith("#t=")`)
	a.picture("chat-offline")

	ben := o.desk(code)
	a.until(`document.querySelector(".thread-head .presence.online") && document.querySelector(".thread-who p").textContent === "Online" && !document.querySelector(".away-note")`)
	ben.until(`document.querySelector(".account .missed")?.textContent === "11 missed"`)
	ben.picture("missed")
	ben.click(".account")
	ben.choose("dialog .button", "1 text came while you were away")
	ben.until(lastText("in", "Can you take the van?"))
	ben.until(`!document.querySelector(".account .missed")`)
	ben.typeInto("#composer", "Y")
	a.until(`document.querySelector(".thread-who .typing")?.textContent === "Ben is typing…"`)
	a.picture("chat-typing")
	ben.write("#composer", "es")
	a.until(lastText("in", "Yes"))
	a.until(`!document.querySelector(".typing")`)
	ben.until(`document.querySelectorAll(".bubble.out").length === 1`)
	a.quiet(t)
	ben.quiet(t)
}

// A search finds names, digits and words; what it finds in texts is marked, and
// shown in its place among what was said.
func TestPageSearch_S46_S56(t *testing.T) {
	o := newFloor(t)
	a := o.ana
	o.contact("Bea Smith", customer, "mobile")
	o.text(customer, "The elephant stands in the yard.", 0)
	a.until(row("Bea Smith"))
	for i := range 3 {
		o.text("+15550177", fmt.Sprintf("Number %d", i), 0)
	}
	a.until(row("+15550177"))
	a.press("/", "Slash", held0)
	a.until(`document.activeElement.id === "search"`)
	a.typeInto("#search", "0177")
	a.until(`document.querySelectorAll(".rows:not(.hits) .row").length === 1 && ` + row("+15550177"))
	a.click(`.search [aria-label="Clear"]`)
	a.until(`document.querySelector("#search").value === "" && document.querySelectorAll(".rows .row").length === 2`)
	a.typeInto("#search", "elephant")
	a.until(`document.querySelector(".hit mark")?.textContent === "elephant"`)
	a.picture("search")
	a.click(".hit a")
	a.until(`document.querySelector(".slot.sought .bubble-text")?.textContent === "The elephant stands in the yard."`)
	a.press("e", "KeyE", heldAlt)
	a.until(`document.querySelector(".thread-head").textContent.includes("Closed")`)
	eval[bool](a, `(document.querySelector("#search").focus(), true)`)
	a.press("Escape", "Escape", held0)
	a.until(`document.querySelector("#search").value === "" && !` + row("Bea Smith"))
	a.typeInto("#search", "smith")
	a.until(row("Bea Smith") + `?.querySelector(".row-open")?.textContent === "Open chat"`)
	a.press("Enter", "Enter", held0)
	a.until(`document.querySelector(".thread-head h2 bdi").textContent === "Bea Smith"`)
	a.quiet(t)
}

// A draft is on every screen of its writer; two that are written at once are
// both kept. What an older page kept in this browser goes to the box.
func TestPageDrafts(t *testing.T) {
	o := newFloor(t)
	a, second := o.ana, o.screen(o.ana)
	o.text(customer, "Hi", 0)
	a.until(row(customer))
	a.click(".row a")
	second.until(row(customer))
	second.click(".row a")
	a.typeInto("#composer", "It is ready")
	second.until(`document.querySelector("#composer").value === "It is ready"`)
	eval[bool](a, `new Promise(done => { const look = () => Object.keys(localStorage).some(k => k.includes(".draft.")) ? setTimeout(look, 50) : done(true); look() })`)

	id := eval[string](a, `decodeURIComponent(location.hash.slice(3))`)
	agent := eval[string](a, `fetch("/api/v1/session").then(r => r.json()).then(s => s.agent.id)`)
	eval[bool](a, fmt.Sprintf(`(localStorage.setItem("smsbridge.%s.draft.%s", JSON.stringify("kept before")), true)`, agent, id))
	a.do(chromedp.Reload())
	a.until(`document.querySelector("#composer")?.value === "It is ready\nkept before" && document.querySelector(".toast")`)
	second.until(`document.querySelector("#composer").value === "It is ready\nkept before"`)
	a.quiet(t)
}

// A text can be deleted, and the question says that the phone keeps it.
func TestPageDeleteText_S110(t *testing.T) {
	o := newFloor(t)
	a := o.ana
	o.text(customer, "Keep this", 0)
	o.opened("Forget this")
	eval[bool](a, `([...document.querySelectorAll(".bubble.in")].at(-1).querySelector("button.state-button").click(), true)`)
	a.click(".about .remove")
	a.until(`document.querySelector("dialog")?.textContent.includes("cannot be called back")`)
	a.click("dialog .button.danger")
	a.until(lastText("in", "Keep this"))
	a.until(row(customer) + `.querySelector(".row-text").textContent === "Keep this"`)
	a.quiet(t)
}
