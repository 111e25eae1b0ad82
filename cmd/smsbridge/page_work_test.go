package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"smsbridge/storage"
)

// Desks are a demo box with accounts, each signed in in a browser of its own.
type desks struct {
	t     *testing.T
	admin string
	url   string
	lines map[string]string // id by number
}

func newDesks(t *testing.T) *desks {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	free.Close()
	o := &desks{t: t, url: "http://" + at, lines: make(map[string]string)}
	o.admin = bridgeOn(t, "--demo", "--listen", at, "--host", "box.test")
	for found := range strings.Lines(o.must("line", "list", "-o", "jsonl")) {
		var l storage.Line
		if err := json.Unmarshal([]byte(found), &l); err != nil {
			t.Fatal(err)
		}
		o.lines[l.Number] = l.ID
	}
	o.must("agent", "add", "Olga", "--role", "owner")
	return o
}

// must runs a verb at the box.
func (o *desks) must(args ...string) string {
	o.t.Helper()
	code, out, errs := verb("", append(args, "--admin", o.admin)...)
	if code != 0 {
		o.t.Fatalf("%v ended with %d: %s", args, code, errs)
	}
	return out
}

// hire makes an account that has the lines, and signs it in.
func (o *desks) hire(chromium, name string, numbers ...string) *tab {
	o.t.Helper()
	code := strings.TrimSpace(o.must("agent", "add", name, "-q"))
	for _, n := range numbers {
		o.must("line", "assign", o.lines[n], name)
	}
	desk := newBrowser(o.t, chromium)
	desk.open(o.url + "/#code=" + code)
	desk.until(`document.querySelector("input[name=code]")?.value`)
	desk.click(".door-card button.primary")
	desk.until(`document.querySelector(".connection.live")`)
	return desk
}

// says lets the demo's demoClient text a number of ours.
func (o *desks) says(to, text string) { customerTexts(o.t, o.admin, to, text) }

// press clicks the one button that says so; where there is none, nothing is done.
func press(p *tab, within, says string) {
	p.t.Helper()
	button := fmt.Sprintf(`%s.find(b => (b.getAttribute("aria-label") ?? "" ) === %q || b.textContent.trim() === %q)`, reached(within+" button, "+within+" summary"), says, says)
	p.until(button)
	eval[bool](p, `(`+button+`.click(), true)`)
}

// picture keeps what a page looks like, for people to see.
func picture(p *tab, name string) {
	if folder := os.Getenv("SMSBRIDGE_SHOTS"); folder != "" {
		shot(p, filepath.Join(folder, "work-"+name+".png"))
	}
}

const (
	shop    = "+15550191"
	support = "+15550192"
)

// A stranger's text rings at two desks. Whoever answers first has it, with
// thread and case open; at the other desk the card says who was faster.
func TestPageOffers_S20_S21_S23_S24_S27_S33_S125(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	ana, ben := o.hire(chromium, "Ana", shop), o.hire(chromium, "Ben", shop)
	o.must("line", "desk", o.lines[shop], "--wait", "90")
	o.says(shop, "Is the van ready?")
	for _, desk := range []*tab{ana, ben} {
		desk.until(`document.querySelector(".offer h2")?.textContent === "SMS Chat Request"`)
		desk.until(`document.querySelector(".offer-who")?.textContent.includes("+15550100") && document.querySelector(".offer .tag").textContent === "SMS+15550100"`)
		desk.until(`/^\d+ seconds left$/.test(document.querySelector(".offer [role=timer]")?.textContent)`)
		desk.until(`document.querySelector(".offer-text")?.textContent === "Is the van ready?"`)
	}
	picture(ana, "offer")
	before := eval[string](ana, `document.querySelector(".offer [role=timer]").textContent`)
	press(ana, ".offer", "60 s more") // from now on, so it has less than the 90 that it began with
	ana.until(fmt.Sprintf(`document.querySelector(".offer [role=timer]").textContent !== %q`, before))

	eval[bool](ana, `(document.dispatchEvent(new KeyboardEvent("keydown", {altKey: true, code: "KeyA", bubbles: true, cancelable: true})), true)`)
	ana.until(`!document.querySelector(".offer") && location.hash.startsWith("#t=")`)
	ana.until(lastText("in", "Is the van ready?"))
	ana.until(`document.querySelector(".case h3")?.textContent.includes("SMS+15550100")`)
	ana.until(`document.querySelector(".case .waits")`)
	ben.until(`document.querySelector(".offer.taken")?.textContent === "SMS+15550100 was taken by Ana" && !document.querySelector("article.offer")`)
	picture(ana, "case")
	picture(ben, "taken")

	t.Run("the case is written to, answered and closed", func(t *testing.T) {
		ana := ana.in(t)
		ana.typeInto(".case textarea[name=note]", "wants the blue one")
		press(ana, ".case", "Add")
		ana.until(`document.querySelector(".case-notes")?.textContent.includes("wants the blue one")`)
		ana.write("#composer", "At three.")
		ana.until(`document.querySelector(".bubble.out.delivered")`)
		ana.until(`!document.querySelector(".case .waits")`) // somebody has answered
		press(ana, ".case", "Close case")
		press(ana, "dialog", "Close case")
		ana.until(`[...document.querySelectorAll(".case button")].some(b => b.textContent === "Continue this case")`)
	})
	t.Run("after the close the next text asks whether it goes on", func(t *testing.T) {
		ben := ben.in(t)
		o.says(shop, "And the keys?")
		ben.until(`document.querySelector("article.offer")`)
		press(ben, ".offer", "Answer")
		press(ben, ".offer", "Continue SMS+15550100")
		ben.until(`document.querySelector(".case h3")?.textContent.includes("SMS+15550100") && document.querySelector(".case .facts dd")?.textContent === "you"`)
		ana.in(t).until(`document.querySelector(".case .facts dd")?.textContent === "Ben"`)
		if notes := eval[string](ben, `document.querySelector(".case-notes")?.textContent ?? ""`); !strings.Contains(notes, "wants the blue one") {
			t.Errorf("the case that goes on has lost its note: %q", notes)
		}
	})
	ana.quiet(t)
	ben.quiet(t)
}

// The From menu is there for who has several numbers, filled in with the last
// one, and warns before somebody sees another; without one the page says why.
func TestPageFrom_S14_S62_S63_S71_S93(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	o.must("line", "desk", o.lines[shop], "--cases", "off")
	ana, ben := o.hire(chromium, "Ana", shop, support), o.hire(chromium, "Ben", shop)
	o.says(shop, "Hello")
	ana.until(`document.querySelector(".row a")`)
	ana.click(".row a")
	ana.until(fmt.Sprintf(`document.querySelector("#from")?.value === %q`, o.lines[shop]))
	if warns := eval[bool](ana, `!!document.querySelector(".from-notes .warn")`); warns {
		t.Error("the number that they know is warned of")
	}
	eval[bool](ana, fmt.Sprintf(`(s => { s.value = %q; s.dispatchEvent(new Event("change", {bubbles: true})); return true })(document.querySelector("#from"))`, o.lines[support]))
	ana.until(`document.querySelector(".from-notes .warn")?.textContent === "+15550100 will see +15550192. So far it was +15550191."`)
	picture(ana, "from")

	t.Run("who has one number sees no menu", func(t *testing.T) {
		ben := ben.in(t)
		ben.until(`document.querySelector(".row a")`)
		ben.click(".row a")
		ben.until(`document.querySelector("#composer")`)
		ben.write("#composer", "Hello too")
		ben.until(`document.querySelector(".bubble.out.delivered")`)
		if menus := eval[bool](ben, `!!document.querySelector("#from")`); menus {
			t.Error("a menu with one number in it")
		}
	})
	t.Run("who has none is told why and by whom", func(t *testing.T) {
		ben := ben.in(t)
		o.must("line", "disable", o.lines[shop])
		ben.until(`document.querySelector(".composer-stop")?.textContent.includes("The owner can change that.")`)
		ben.until(`document.querySelector(".send").getAttribute("aria-disabled") === "true"`)
		picture(ben, "stopped")
	})
	ana.quiet(t)
}

// A text says what it costs and how it would cost less; one can send it later,
// take it back, and do with each state what makes sense.
func TestPageTexts_S61_N2_N12(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	o.must("line", "desk", o.lines[shop], "--cases", "off")
	ana := o.hire(chromium, "Ana", shop)
	o.says(shop, "Hello")
	ana.until(`document.querySelector(".row a")`)
	ana.click(".row a")

	ana.typeInto("#composer", "Ready – after three")
	ana.until(`document.querySelector(".counter summary")?.textContent.endsWith("Unicode")`)
	ana.until(`document.querySelector(".counter-more")?.textContent.includes("“–”")`)
	press(ana, ".cost", "Use plain characters: 1 part")
	ana.until(`document.querySelector("#composer").value === "Ready - after three" && document.querySelector(".counter summary")?.textContent.endsWith("GSM")`)

	eval[bool](ana, `(document.querySelector(".composer .pop").open = true,
		(d => { d.value = "2026-12-24T09:00"; d.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector(".composer input[type=datetime-local]")), true)`)
	ana.until(`document.querySelector(".extra") && document.querySelector(".send span").textContent === "Schedule"`)
	picture(ana, "schedule")
	eval[bool](ana, `(document.querySelector(".composer .pop").open = false, true)`)
	ana.click(".send")
	ana.until(`document.querySelector(".bubble.out.queued .bubble-why")?.textContent.startsWith("Goes out ")`)
	press(ana, ".bubble.out", "Cancel")
	ana.until(`document.querySelector(".bubble.out.canceled")`)
	press(ana, ".bubble.out.canceled", "Try again")
	ana.until(`document.querySelector(".bubble.out.delivered") && document.querySelector(".bubble.out.canceled .bubble-why")?.textContent.includes("sent again")`)

	t.Run("a text can be taken back for some seconds", func(t *testing.T) {
		ana := ana.in(t)
		eval[bool](ana, `fetch("/api/v1/preferences/undo_s", {method: "PUT", headers: {"Content-Type": "application/json"}, body: '{"value":"10"}'}).then(a => a.ok)`)
		ana.do(chromedp.Reload())
		ana.until(`document.querySelector(".bubble.out.delivered") && document.querySelector("#composer")`)
		ana.write("#composer", "Not this")
		ana.until(`document.querySelector(".toast")?.textContent.includes("Sending in 10 seconds")`)
		press(ana, ".toast", "Undo")
		ana.until(`document.querySelector("#composer").value === "Not this"`)
		ana.until(`document.querySelectorAll(".bubble.out.canceled").length === 2`)
	})
	t.Run("deleting says that no phone is reached", func(t *testing.T) {
		ana := ana.in(t)
		eval[bool](ana, `(document.querySelector(".bubble.out.delivered button.state-button").click(), true)`)
		press(ana, ".details", "Delete this text")
		ana.until(`document.querySelector("dialog[open]")?.textContent.includes("cannot be called back")`)
		picture(ana, "delete")
		press(ana, "dialog", "Delete this text")
		ana.until(`!document.querySelector(".bubble.out.delivered")`)
	})
	ana.quiet(t)
}

// The card of a contact has all that reaches it, and each number its actions;
// a stranger's has what one can do with a number.
func TestPageContacts_S38_S39_S53_S78_S79_S80_S113_S115_S116_S117(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	o.must("line", "desk", o.lines[shop], "--cases", "off")
	ana := o.hire(chromium, "Ana", shop)
	o.says(shop, "Hello")
	ana.until(`document.querySelector(".row a")`)
	ana.click(".row a")
	ana.until(`[...document.querySelectorAll(".card button")].some(b => b.textContent === "Add to an existing contact")`)
	if calls := eval[bool](ana, `[...document.querySelectorAll(".card button")].some(b => b.textContent === "Call")`); calls {
		t.Error("a way to call where calling is not set up")
	}
	picture(ana, "stranger")
	o.must("setting", "set", "call_way", "tel")
	ana.until(`[...document.querySelectorAll(".card button")].some(b => b.textContent === "Call")`)

	o.must("contact", "save", "Bob Miller", "+15550177")
	press(ana, ".card", "Add to an existing contact")
	ana.until(`[...document.querySelectorAll("dialog .found-row")].some(b => b.textContent.startsWith("Bob Miller"))`)
	eval[bool](ana, `(document.querySelector("dialog .found-row").click(), true)`)
	ana.until(`document.querySelector("dialog textarea[name=numbers]")?.value === "+15550177\n+15550100"`)
	press(ana, "dialog", "More")
	ana.typeInto("dialog textarea[name=emails]", "bob@example.org")
	picture(ana, "contact-form")
	press(ana, "dialog", "Save")
	ana.until(`document.querySelector(".card h2")?.textContent === "Bob Miller" && document.querySelectorAll(".reach li").length === 3`)
	ana.until(`document.querySelector('.reach a[href="mailto:bob@example.org"]')`)
	ana.until(`document.querySelector("#to")?.options.length === 2`) // and the composer asks which number

	press(ana, ".reach", "Text or call +15550177")
	ana.until(`document.querySelector("dialog[open]")?.textContent.includes("Text or call +15550177")`)
	picture(ana, "call-chooser")
	press(ana, "dialog", "Text")
	ana.until(`document.querySelector("#to").value === "+15550177"`)
	picture(ana, "contact")

	t.Run("somebody else's change is not written over", func(t *testing.T) {
		ana := ana.in(t)
		press(ana, ".card", "Edit contact")
		ana.until(`document.querySelector("dialog input[name=name]")?.value === "Bob Miller"`)
		o.must("contact", "save", "Robert Miller", "+15550177")
		ana.typeInto("dialog textarea[name=notes]", "likes blue")
		press(ana, "dialog", "Save")
		ana.until(`document.querySelector("dialog .warn[role=alert]") && document.querySelector("dialog input[name=name]").value === "Robert Miller"`)
		press(ana, "dialog", "Save")
		ana.until(`document.querySelector(".card h2")?.textContent === "Robert Miller" && document.querySelector(".card .facts")?.textContent.includes("likes blue")`)
	})
	ana.quiet(t)
}
