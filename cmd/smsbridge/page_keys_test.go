package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestPageByKeys does at a desk what the founding stories tell, by keys alone:
// Tab, Enter, arrows and the shortcuts of the list of keys. After each key the
// focus is on something that is drawn, marked as such, and not lost.
func TestPageByKeys_P2(t *testing.T) {
	o := newFloor(t)
	o.atDesk()
	rest[any](o.ana, "POST", "/templates", map[string]any{"name": "Ready", "text": "The van is ready."})
	o.text("+15550177", "The elephant stands in the yard.", 0)
	o.ana.until(row("+15550177"))
	h := &hands{tab: o.ana}
	h.open(o.url + "/#")
	h.do(chromedp.Reload())
	h.until(`document.querySelector(".connection.live") && document.querySelector(".row a")`)

	story := func(name string, tell func(h *hands)) {
		t.Run(name, func(t *testing.T) { tell(&hands{tab: o.ana.in(t)}) })
	}
	story("a first Tab leads past the menu", func(h *hands) {
		h.press("Tab")
		h.at(`.skips a[href="#list"]`)
		h.press("Enter")
		h.at("#list")
	})
	story("a new conversation", func(h *hands) {
		h.press("Alt+n")
		h.at(`dialog input[name=to]`)
		h.types("+1 555 0123456")
		h.until(`document.querySelector("dialog .found-row .link")?.textContent === "Send SMS…"`)
		h.press("Enter")
		h.at("#composer")
		h.types("Hello")
		h.press("Enter")
		h.at("#from") // nobody was told by which number
		h.press("ArrowDown")
		h.panes("#composer")
		h.press("Enter")
		h.until(lastText("out", "Hello"))
		h.at("#composer")
	})
	story("a reply", func(h *hands) {
		h.panes("#list")
		h.until(row("+15550177"))
		for range 3 { // whichever row one begins at
			if !eval[bool](h.tab, `document.activeElement.closest(".row")?.textContent.includes("+15550177")`) {
				h.press("ArrowDown")
			}
		}
		h.press("Enter")
		h.until(lastText("in", "The elephant stands in the yard."))
		h.panes("#composer")
		h.types("So it does.")
		h.press("Enter")
		h.until(lastText("out", "So it does."))
		h.until(`document.querySelector(".bubble.out.delivered")`)
	})
	story("a template, and the number to send from", func(h *hands) {
		h.press("Alt+t")
		h.at("#templates")
		h.press("Enter")
		h.until(`document.querySelector(".template")`)
		h.tabTo(".template")
		h.press("Enter")
		h.until(`document.querySelector("#composer").value === "The van is ready."`)
		h.at("#composer")
		h.press("Alt+f")
		h.at("#from")
		h.panes("#composer")
		h.press("Enter")
		h.until(lastText("out", "The van is ready."))
	})
	story("an offer is put off, answered, and its case closed", func(h *hands) {
		o.cases("on")
		o.text(customer, "Is anybody there?", 0)
		h.until(`document.querySelector("article.offer")`)
		h.tabTo(".offer .button:not(.primary)")
		h.press("Enter") // 60 s more
		h.press("Alt+a")
		h.until(lastText("in", "Is anybody there?") + ` && document.querySelector(".case-do")`)
		h.at("#composer")
		h.types("Yes.")
		h.press("Enter")
		h.until(`document.querySelector(".bubble.out.delivered")`)
		h.panes("#details")
		h.tabTo(".case textarea[name=note]")
		h.types("wants a car")
		h.tabTo(".case-line .button")
		h.press("Enter")
		h.until(`document.querySelector(".case-notes")`)
		h.tabTo(".case-do .button:last-child")
		h.press("Enter")
		h.tabToDialog("dialog .dialog-do .button")
		h.press("Enter")
		h.until(`!document.querySelector("dialog") && !document.querySelector(".case-do")`)
		h.kept()
	})
	story("an offer is declined, and taken by the Tab key in the end", func(h *hands) {
		o.text("+15550188", "And me?", 0)
		h.until(`document.querySelector("article.offer")`)
		h.tabTo(".offer-do .button:nth-child(3)")
		h.press("Enter")
		h.until(`!document.querySelector(".offer-do .button:nth-child(2)")`)
		h.at(".offers")
		h.tabTo(".offer-do .primary")
		h.press("Enter")
		h.until(lastText("in", "And me?"))
		h.at("#composer")
	})
	story("muted by a key, loud again by the menu, and that taken back", func(h *hands) {
		h.panes("#composer")
		h.press("Alt+m")
		h.until(`document.querySelector(".row.here .row-muted")`)
		h.at("#composer")
		h.panes("#thread")
		h.tabBackTo(".cog > button")
		h.press("Enter")
		h.at(".cog-menu [role=menuitem]")
		h.press("Enter")
		h.until(`!document.querySelector(".row.here .row-muted")`)
		h.at(".cog > button")
		h.press("Alt+z")
		h.until(`document.querySelector(".row.here .row-muted")`)
		h.press("Alt+m")
		h.until(`document.querySelector(".toast .link")`)
		h.tabTo(".toast:last-child .link")
		h.press("Enter")
		h.until(`document.querySelector(".row.here .row-muted")`)
		h.kept()
	})
	story("a search leads to the text", func(h *hands) {
		h.panes("#list")
		h.press("/")
		h.at("#search")
		h.types("elephant")
		h.until(`document.querySelector(".hit mark")`)
		h.tabTo(".hit a")
		h.press("Enter")
		h.until(`document.querySelector(".slot.sought .bubble-text")?.textContent === "The elephant stands in the yard."`)
		h.press("/")
		h.press("Escape")
		h.until(`document.querySelector("#search").value === ""`)
		h.at("#search")
	})
	story("a text is looked at and deleted", func(h *hands) {
		h.panes("#thread")
		h.at("#thread article")
		h.press("Home")
		h.press("Enter")
		h.until(`document.querySelector(".about .remove")`)
		h.panes("#details")
		h.tabTo(".about .remove")
		h.press("Enter")
		h.tabToDialog("dialog .button.danger")
		h.press("Enter")
		h.until(`!document.querySelector("dialog") && document.querySelectorAll(".bubble.in").length === 0`)
		h.kept()
	})
	story("a chat is closed, and that taken back", func(h *hands) {
		h.press("Alt+e")
		h.until(`document.querySelector(".thread-head").textContent.includes("Closed") && [...document.querySelectorAll(".toast")].some(t => /closed/i.test(t.textContent))`)
		h.press("Alt+z")
		h.until(`!document.querySelector(".thread-head").textContent.includes("Closed")`)
		h.kept()
	})
	story("a conversation is deleted", func(h *hands) {
		h.panes("#thread")
		h.tabBackTo(".cog > button")
		h.press("Enter")
		h.at(".cog-menu [role=menuitem]")
		h.press("End")
		h.at(".cog-menu .bad")
		h.press("Enter")
		h.tabToDialog("dialog .button.danger")
		h.press("Enter")
		h.until(`!document.querySelector("dialog") && document.querySelector(".thread.nothing")`)
		h.kept()
	})
	story("from room to room", func(h *hands) {
		h.press("Ctrl+k")
		h.at("dialog input")
		h.types("sett")
		h.until(`document.querySelector("dialog .found-row")?.textContent.startsWith("Settings")`)
		h.press("Enter")
		h.until(`document.querySelector("#room .choice")`)
		h.kept()
		h.tabTo(".choice input")
		h.press("ArrowRight")
		h.kept()
	})
	t.Run("control: a focus that is lost, or not to be seen, is told of", func(t *testing.T) {
		h := &hands{tab: o.ana.in(t)}
		for what, spoil := range map[string]string{
			"lost":       `document.activeElement.blur()`,
			"not marked": `document.adoptedStyleSheets = [(s => (s.replaceSync("* { outline: none !important }"), s))(new CSSStyleSheet())]`,
		} {
			h.tabTo("#room a, #room input")
			eval[bool](h.tab, spoil+`, true`)
			if told := eval[string](h.tab, focusLost); told == "" {
				t.Errorf("%s: nothing is told", what)
			}
			eval[bool](h.tab, `(document.adoptedStyleSheets = [], true)`)
		}
	})
	o.ana.quiet(t)
}

// TestPageByKeysElsewhere does the same with boxes at the foot of a room, and
// where only one pane has room; and walks through the panes both ways.
func TestPageByKeysElsewhere_P2(t *testing.T) {
	o := newFloor(t)
	o.atDesk()
	o.text("+15550177", "The elephant stands in the yard.", 0)
	o.text(customer, "Is the van ready?", 0)
	o.ana.until(row("+15550177") + ` && ` + row(customer))
	elephant, van := threadOf(o.ana, "+15550177"), threadOf(o.ana, customer)
	story := func(name string, tell func(h *hands)) {
		t.Run(name, func(t *testing.T) { tell(&hands{tab: o.ana.in(t)}) })
	}
	afresh := func(h *hands, hash string, width, height int64) {
		h.t.Helper()
		h.do(chromedp.EmulateViewport(width, height))
		h.open(o.url + "/#" + hash)
		h.do(chromedp.Reload())
		h.until(`document.querySelector(".connection.live") && (document.querySelector(".row a") || document.querySelector("#room h2"))`)
		h.panes("#bar")
	}

	story("through the panes, and back", func(h *hands) {
		afresh(h, "t="+van, 1280, 800)
		h.until(lastText("in", "Is the van ready?") + ` && document.querySelector("#details")`)
		h.round("F6", "#rail", "#list", "#thread", "#composer", "#details", "#bar")
		h.round("Shift+F6", "#details", "#composer", "#thread", "#list", "#rail", "#bar", "#details")
		if eval[bool](h.tab, inPane("#bar")) { // control
			h.t.Error("the details are taken for the bar")
		}
		afresh(h, "/settings", 1280, 800)
		h.until(`document.querySelector("#room .choice")`)
		h.round("Shift+F6", "#room", "#rail", "#bar", "#room")
	})
	story("a conversation goes into a box, is answered there, made small, and closed", func(h *hands) {
		afresh(h, "t="+van, 1280, 800)
		h.until(lastText("in", "Is the van ready?"))
		h.panes("#thread")
		h.tabBackTo(".cog > button")
		h.press("Enter")
		h.at(".cog-menu [role=menuitem]")
		for range 3 {
			h.press("ArrowDown")
		}
		h.press("Enter")
		h.at("#composer-" + van)
		h.panes("#list")
		h.until(row("+15550177"))
		eval[bool](h.tab, `(location.hash = "/history", true)`)
		h.until(`document.querySelector("#room .table tbody tr")`)
		h.panes(".chatbox")
		h.at("#composer-" + van)
		h.types("It is.")
		h.press("Enter")
		h.until(`document.querySelector(".chatbox .bubble.out.delivered")`)
		h.at("#composer-" + van)
		h.types("👍")
		h.until(`document.querySelector(".chatbox .counter summary")`)
		h.tabTo(".chatbox .counter summary")
		h.press("Enter")
		h.until(`document.querySelector(".chatbox .counter[open]")`)
		h.press("Escape")
		h.at(".chatbox .counter:not([open]) summary")
		h.press("Escape")
		h.until(`document.querySelector(".chatbox.small")`)
		h.at(".chatbox .box-name")
		h.press("Enter")
		h.until(`document.querySelector(".chatbox:not(.small)")`)
		h.at(".chatbox .box-name")
		h.round("Shift+F6", "#room")
		h.round("F6", ".chatbox")
		h.panes("#room")
		h.tabTo("#room .table tbody tr:last-child button, #room .table tbody tr:last-child a")
		h.panes(".chatbox")
		h.tabBackTo(".chatbox header .square:last-child")
		h.press("Enter")
		h.until(`!document.querySelector(".chatbox")`)
		h.kept()
	})
	story("two boxes: closing one leads to the other, and one of them to the whole page", func(h *hands) {
		eval[bool](h.tab, fmt.Sprintf(`(localStorage.setItem("smsbridge.%s.boxes.all", JSON.stringify([{thread: %q, small: true}, {thread: %q, small: false}])), true)`,
			rest[struct{ Agent struct{ ID string } }](h.tab, "GET", "/session", nil).Agent.ID, van, elephant))
		afresh(h, "/people", 1280, 800)
		h.until(`document.querySelectorAll(".chatbox").length === 2`)
		h.round("Shift+F6", ".chatbox:last-child", ".chatbox.small", "#room")
		h.round("F6", ".chatbox.small")
		h.press("Enter")
		h.until(`!document.querySelector(".chatbox.small")`)
		h.tabTo(".chatbox:first-child header .square:last-child") // the one that was opened stands last
		h.press("Enter")
		h.until(`document.querySelectorAll(".chatbox").length === 1`)
		h.at(".chatbox .box-name")
		h.tabTo(".chatbox .onward")
		h.press("Enter")
		h.until(`!document.querySelector(".chatbox") && ` + lastText("in", "Is the van ready?"))
		h.at("#composer")
	})
	story("where only one pane has room", func(h *hands) {
		afresh(h, "", 360, 740)
		h.round("F6", "#list", "#bar", "#list")
		for range 2 {
			if !eval[bool](h.tab, `document.activeElement.closest(".row")?.textContent.includes("+15550177")`) {
				h.press("ArrowDown")
			}
		}
		h.press("Enter")
		h.until(lastText("in", "The elephant stands in the yard."))
		h.kept()
		h.panes("#composer")
		h.types("Let it in.")
		h.press("Enter")
		h.until(lastText("out", "Let it in."))
		h.at("#composer")
		h.round("Shift+F6", "#thread", "#bar", "#composer")
		h.panes("#thread")
		h.tabBackTo(".thread-head [aria-pressed]")
		h.press("Enter")
		h.until(`document.querySelector("#details .card")`)
		h.kept()
		h.press("Escape")
		h.until(`!document.querySelector("#details")`)
		h.kept()
		h.press("Escape")
		h.until(`document.querySelector("#list").checkVisibility() && !document.querySelector("#composer")`)
		h.kept()
		h.panes("#bar")
		h.tabTo(".menu-button")
		h.press("Enter")
		h.tabToDialog(`.ways a[href="#/settings"]`)
		h.press("Enter")
		h.until(`document.querySelector("#room .choice") && !document.querySelector("dialog")`)
		h.kept()
		h.round("F6", "#room", "#bar")
		h.panes("#room")
		h.tabTo(".choice input")
		h.kept()
	})
	o.ana.quiet(t)
}

// hands use a page by its keys, and see after each that the focus is kept.
type hands struct{ *tab }

// keys are those that make no character, and what the browser calls them.
var keys = map[string]struct {
	code   string
	number int64
	text   string
}{
	"Tab": {"Tab", 9, ""}, "Enter": {"Enter", 13, "\r"}, "Escape": {"Escape", 27, ""}, "Home": {"Home", 36, ""}, "End": {"End", 35, ""},
	"ArrowDown": {"ArrowDown", 40, ""}, "ArrowUp": {"ArrowUp", 38, ""}, "ArrowRight": {"ArrowRight", 39, ""}, "F6": {"F6", 117, ""}, "/": {"Slash", 191, "/"},
}

// press presses a key, perhaps with another held: Alt+n.
func (h *hands) press(name string) {
	h.t.Helper()
	held := int64(0)
	for _, m := range []struct {
		name string
		bit  int64
	}{{"Alt+", heldAlt}, {"Ctrl+", heldCtrl}, {"Shift+", 8}} {
		if len(name) > len(m.name) && name[:len(m.name)] == m.name {
			held, name = m.bit, name[len(m.name):]
		}
	}
	k, ok := keys[name]
	if !ok {
		letter := name[0] - 'a' + 'A'
		k.code, k.number = "Key"+string(letter), int64(letter)
	}
	params := input.DispatchKeyEventParams{Type: "rawKeyDown", Key: name, Code: k.code, Modifiers: held, WindowsVirtualKeyCode: k.number}
	if k.text != "" && held == 0 {
		params.Type, params.Text = "keyDown", k.text
	}
	for range 2 {
		if _, err := chromedp.Call(h.ctx, input.DispatchKeyEvent, params); err != nil {
			h.t.Fatal(err)
		}
		params.Type, params.Text = "keyUp", ""
	}
}

// types writes where the focus is.
func (h *hands) types(text string) {
	h.t.Helper()
	if _, err := chromedp.Call(h.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		h.t.Fatal(err)
	}
}

// at waits until the focus is at something, which a page may take a moment for.
func (h *hands) at(selector string) {
	h.t.Helper()
	eval[bool](h.tab, fmt.Sprintf(`new Promise((done, fail) => {
		const end = performance.now() + 5000;
		const look = () => document.activeElement.matches(%q) ? done(true) : performance.now() > end ? fail(new Error("the focus is at " + document.activeElement.outerHTML.slice(0, 200) + ", not at " + %q)) : setTimeout(look, 20);
		look();
	})`, selector, selector))
	h.kept()
}

// kept fails unless the focus is on something that one can see it on.
func (h *hands) kept() {
	h.t.Helper()
	eval[bool](h.tab, `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(true), 100)))`) // what goes away has gone
	if told := eval[string](h.tab, focusLost); told != "" {
		h.t.Errorf("the focus is %s", told)
	}
}

// focusLost is what is wrong with the focus, if anything.
const focusLost = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "lost";
	const place = e.tagName + "." + e.className + "#" + e.id;
	const drawn = getComputedStyle(e).opacity === "0" ? e.nextElementSibling : e; // a radio button lies under its word
	const box = drawn.getBoundingClientRect(), look = getComputedStyle(drawn);
	if (!box.width || !box.height || !drawn.checkVisibility()) return "on what is not drawn: " + place;
	if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return "beside the screen: " + place;
	if (!e.matches(":focus-visible")) return "not marked as it is by keys: " + place;
	if (look.outlineStyle === "none" || parseFloat(look.outlineWidth) < 2) return "not marked: " + place;
	const seen = [[.5, .5], [.02, .5], [.98, .5], [.5, .05], [.5, .95]].some(([x, y]) => {
		const there = document.elementFromPoint(Math.min(innerWidth - 1, Math.max(0, box.left + box.width * x)), Math.min(innerHeight - 1, Math.max(0, box.top + box.height * y)));
		return there && (there === e || drawn.contains(there) || there.contains(drawn));
	});
	return seen ? "" : "hidden under something: " + place;
})()`

// tabTo presses Tab until the focus is at something; on the way it is never lost
// but between the end of the page and its beginning.
func (h *hands) tabTo(selector string) { h.t.Helper(); h.walk("Tab", selector) }

// tabToDialog is tabTo in a dialog that is about to open.
func (h *hands) tabToDialog(selector string) {
	h.t.Helper()
	h.until(`document.querySelector("dialog[open]")?.contains(document.activeElement)`)
	h.kept()
	h.tabTo(selector)
}

func (h *hands) tabBackTo(selector string) { h.t.Helper(); h.walk("Shift+Tab", selector) }

// panes presses F6 until the focus is in a pane.
func (h *hands) panes(selector string) { h.t.Helper(); h.walk("F6", selector) }

// inPane tells whether the innermost pane with the focus is that of a selector.
func inPane(selector string) string {
	return fmt.Sprintf(`(document.activeElement.closest("#composer, .pane, .bar, .rail, .offers, .chatbox")?.matches(%q) ?? false)`, selector)
}

// round presses a key once for each of the panes, where the focus must be then.
func (h *hands) round(key string, panes ...string) {
	h.t.Helper()
	for _, want := range panes {
		h.press(key)
		h.kept()
		if !eval[bool](h.tab, inPane(want)) {
			h.t.Errorf("%s leads to %s, not into %s", key, eval[string](h.tab, `document.activeElement.outerHTML.slice(0, 120)`), want)
		}
	}
}

func (h *hands) walk(key, selector string) {
	h.t.Helper()
	within := fmt.Sprintf(`document.activeElement.matches(%q)`, selector)
	if strings.HasSuffix(key, "F6") {
		within = inPane(selector)
	}
	for range 120 {
		if eval[bool](h.tab, within) {
			h.kept()
			return
		}
		h.press(key)
		if told := eval[string](h.tab, focusLost); told != "" && told != "lost" {
			h.t.Errorf("on the way to %s the focus is %s", selector, told)
		}
	}
	h.t.Fatalf("%s never leads to %s", key, selector)
}
