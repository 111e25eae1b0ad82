package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// atEnd tells that a thread is scrolled to its end.
const atEnd = `(s => s.scrollHeight - s.scrollTop - s.clientHeight < 40)(document.querySelector(".scroll"))`

// takesEnter is Enter on the field of a composer as a page hears it, with something
// about it: true if the page took it.
func takesEnter(p *tab, about string) bool {
	return eval[bool](p, `!document.querySelector("#composer").dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true, cancelable: true, `+about+`}))`)
}

// What people see of texts wherever they are on the page, and of a thread while
// it is written and read.
func TestPageSeen_S42_S43_S44_S52_S64_S76_S87_S89_S92_S124_P5(t *testing.T) {
	o := newFloor(t)
	o.atDesk()
	a := o.ana

	t.Run("the texts stand first in the menu, and at the top of every page", func(t *testing.T) {
		a := a.in(t)
		a.room("#/people")
		if first := eval[string](a, `document.querySelector("#rail a").textContent`); !strings.HasPrefix(first, "Texts") {
			t.Errorf("the menu begins with %q", first)
		}
		o.text(customer, "One", 0)
		a.until(`document.querySelector("#bar .shortcut .badge")?.textContent.startsWith("1") && document.querySelector("#rail a .badge")`)
		a.click("#bar .shortcut")
		a.until(row(customer))
	})
	t.Run("who is not saved is a number and nothing else, at a moment that is told whole", func(t *testing.T) {
		a := a.in(t)
		a.click(".row a")
		a.until(lastText("in", "One"))
		if head := eval[string](a, `document.querySelector(".thread-head h2 bdi").textContent`); head != customer {
			t.Errorf("the head says %q", head)
		}
		if bare := eval[[]string](a, `[...document.querySelectorAll("time")].filter(t => !(Date.parse(t.dateTime) > 0 && /\d{4}/.test(t.title))).map(t => t.outerHTML)`); len(bare) > 0 {
			t.Errorf("moments without the whole of it: %q", bare)
		}
	})
	t.Run("the credit stands beside the number", func(t *testing.T) {
		a := a.in(t)
		if eval[bool](a, `!!document.querySelector(".chip .credit")`) {
			t.Fatal("control: no credit was read so far, and one is shown")
		}
		rest[any](a, "POST", "/balance-rules", map[string]any{"operator": "Lab Mobile", "code": "*100#", "pattern": `Balance: (?P<amount>[0-9.]+) (?P<currency>[A-Z]+)`, "low": 1000})
		rest[any](a, "POST", "/lines/"+o.line()+"/balance", map[string]any{})
		a.until(`/^\d+\.\d\d [A-Z]{3}$/.test(document.querySelector(".chip .credit.low")?.textContent ?? "")`)
	})
	t.Run("a rule by which the credit is read can be taken away", func(t *testing.T) {
		a := a.in(t)
		a.room("#/ussd/credit")
		a.click(`button[aria-label="Remove: Lab Mobile"]`)
		a.until(`document.querySelector("#room").innerText.includes("No rule yet")`)
		a.click("#bar .shortcut")
		a.click(".row a")
		a.until(lastText("in", "One"))
	})
	t.Run("Enter sends, but not with Shift nor while an input method writes; so does the button", func(t *testing.T) {
		a := a.in(t)
		a.typeInto("#composer", "By Enter")
		for _, about := range []string{`isComposing: true`, `shiftKey: true`} {
			if takesEnter(a, about) {
				t.Errorf("Enter with %s is taken", about)
			}
		}
		if !takesEnter(a, "") {
			t.Error("Enter is not taken")
		}
		a.until(lastText("out", "By Enter"))
		a.typeInto("#composer", "By the button")
		if name := eval[string](a, `document.querySelector(".composer .send").innerText.trim()`); name != "Send" {
			t.Errorf("the button says %q", name)
		}
		if eval[bool](a, `document.querySelector(".composer .send").ariaDisabled === "true"`) {
			t.Error("the button is off for no reason")
		}
		a.click(".composer .send")
		a.until(lastText("out", "By the button"))
		a.until(`document.querySelectorAll(".bubble.out.delivered").length === 2`)
	})
	t.Run("what comes in is blue, what goes out grey", func(t *testing.T) {
		a := a.in(t)
		colour := func(dir string) (c [3]float64) {
			got := eval[[]float64](a, fmt.Sprintf(`getComputedStyle(document.querySelector(".bubble.%s .bubble-text").closest(".bubble-box") ?? document.querySelector(".bubble.%s .bubble-text")).backgroundColor.match(/[\d.]+/g).map(Number)`, dir, dir))
			copy(c[:], got)
			return c
		}
		in, out := colour("in"), colour("out")
		if in[2] <= in[0]+10 {
			t.Errorf("what comes in has the colour %v", in)
		}
		if lo, hi := min(out[0], out[1], out[2]), max(out[0], out[1], out[2]); hi-lo > 24 {
			t.Errorf("what goes out has the colour %v", out)
		}
	})
	t.Run("who reads further up is left alone, who is at the end sees the newest", func(t *testing.T) {
		a := a.in(t)
		for n := range 12 {
			o.text(customer, fmt.Sprintf("Line %d of many\nand more\nand more", n), 0)
		}
		a.until(lastText("in", "Line 11 of many\nand more\nand more") + ` && ` + atEnd)
		eval[bool](a, `(document.querySelector(".scroll").scrollTop = 0, new Promise(done => setTimeout(() => done(true), 100)))`)
		o.text(customer, "Unseen", 0)
		a.until(`document.querySelector(".pill") && ` + lastText("in", "Unseen"))
		if eval[float64](a, `document.querySelector(".scroll").scrollTop`) > 5 {
			t.Error("the page went away from what is read")
		}
		a.click(".pill")
		a.until(atEnd)
	})
	t.Run("a text stands there before the box has heard of it", func(t *testing.T) {
		a := a.in(t)
		eval[bool](a, `(window.sent = WebSocket.prototype.send, WebSocket.prototype.send = () => {}, true)`)
		a.write("#composer", "At once")
		a.until(lastText("out", "At once"))
		eval[bool](a, `(WebSocket.prototype.send = window.sent, true)`)
		a.do(chromedp.Reload())
		a.until(lastText("out", "At once") + ` && document.querySelectorAll(".bubble.out.delivered").length === 3`)
	})
	t.Run("a colleague gets a chat, a client an SMS, and the composer says which", func(t *testing.T) {
		a := a.in(t)
		o.colleague("Ben", "agent")
		o.contact("Bea Smith", "+15550177", "mobile")
		for name, want := range map[string][2]string{"Ben": {"Chat", "Chat"}, "Bea": {"Send SMS…", "SMS"}} {
			a.press("n", "KeyN", heldAlt)
			a.typeInto("dialog input", name)
			a.until(fmt.Sprintf(`document.querySelectorAll("dialog .found-row").length === 1 && document.querySelector("dialog .found-row .link").textContent === %q`, want[0]))
			a.click("dialog .found-row")
			a.until(fmt.Sprintf(`!document.querySelector("dialog") && document.querySelector(".composer .tag")?.textContent === %q`, want[1]))
		}
	})
	a.quiet(t)
}

// A page that fails says so, and gives a report that tells nothing of what people
// wrote.
func TestPageFails_P3(t *testing.T) {
	o := newFloor(t)
	o.atDesk()
	a := o.opened("A secret matter")
	if eval[bool](a, `!!document.querySelector(".failure")`) {
		t.Fatal("control: nothing has failed so far")
	}
	for _, fault := range []string{`setTimeout(() => { throw new Error("planted") })`, `Promise.reject(new Error("planted"))`} {
		eval[bool](a, `(`+fault+`, true)`)
		a.until(`document.querySelector(".failure[role=alert] textarea")?.value.includes("planted")`)
		report := eval[string](a, `document.querySelector(".failure textarea").value`)
		if strings.Contains(report, "secret") || strings.Contains(report, customer) || !strings.Contains(report, "Chrome") {
			t.Errorf("the report is %q", report)
		}
		press(a, ".failure", "Copy a report")
		a.until(`[...document.querySelectorAll(".failure button")].some(b => b.textContent === "Copied")`)
		press(a, ".failure", "Go on")
		a.until(`!document.querySelector(".failure")`)
	}
}
