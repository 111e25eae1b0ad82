package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// atTheEar counts the notes that the page plays and the notices that it hands to
// the desktop, in place of loudspeaker and desktop.
const atTheEar = `{
	window.notes = 0;
	window.notices = [];
	const start = OscillatorNode.prototype.start;
	OscillatorNode.prototype.start = function (...at) { window.notes++; return start.apply(this, at); };
	window.Notification = class {
		static permission = "granted";
		constructor(title, facts) { notices.push(title + "|" + facts.body); }
		close() {}
	};
}`

// unlocked makes a tab that shares no lock with any other.
const unlocked = `navigator.locks.request = (name, run) => Promise.resolve(run({name}));`

// notesOfTone is how many notes the usual tone has.
const notesOfTone = 2

// listens is a tab that may be heard: somebody has touched it.
func (o *floor) listens(p *tab, scripts ...string) {
	o.t.Helper()
	for _, s := range scripts {
		p.onLoad(s)
	}
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".connection.live") && document.querySelector("#search")`)
	p.click("#search")
	p.comes(`navigator.locks.query().then(l => [...l.held, ...l.pending].some(x => x.name === "smsbridge.sound"))`)
}

func notes(p *tab) int {
	p.t.Helper()
	return int(eval[float64](p, `window.notes`))
}

// TestPageOneSound_S94: of two tabs one plays the tone; when it is closed, the
// other does.
func TestPageOneSound_S94(t *testing.T) {
	o := newFloor(t)
	a, b := o.ana, o.ana.newTab(t)
	b.open(o.url)
	o.listens(a, atTheEar)
	o.listens(b, atTheEar)
	hears := func(n int) {
		t.Helper()
		for i := range 2 { // the second is told of after the first was played, here and there
			o.text(customer, fmt.Sprintf("text %d of %d", i, n), 0)
			for _, p := range []*tab{a, b} {
				p.until(row(customer) + fmt.Sprintf(`?.querySelector(".row-text").textContent === "text %d of %d"`, i, n))
			}
		}
	}
	total := func() int { return notes(a) + notes(b) }
	hears(1)
	a.comes(fmt.Sprintf(`window.notes >= %d`, 2*notesOfTone))
	if n := total(); n != 2*notesOfTone {
		t.Errorf("two texts played %d notes, want %d", n, 2*notesOfTone)
	}

	t.Run("when the tab that plays is closed, the other plays", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		a.open("about:blank")
		o.listens(b)
		b.comes(`navigator.locks.query().then(l => l.held.some(x => x.name === "smsbridge.sound"))`)
		(&floor{t: t, ana: b}).text(customer, "anybody?", 0)
		b.comes(fmt.Sprintf(`window.notes === %d`, notesOfTone))
	})
	t.Run("nobody plays while somebody looks at the conversation in either", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		a.open(o.url)
		o.listens(a)
		eval[bool](b, `(document.hasFocus = () => false, location.hash = "", true)`) // b leads, and nobody looks there
		a.click(".row a")
		a.until(lastText("in", "anybody?"))
		a.comes(`navigator.locks.query().then(l => l.held.some(x => x.name.startsWith("smsbridge.at.")))`)
		before := total()
		for _, text := range []string{"seen", "seen too"} {
			o.text(customer, text, 0)
			a.until(lastText("in", text))
			b.until(row(customer) + fmt.Sprintf(`?.querySelector(".row-text").textContent === %q`, text))
		}
		if n := total(); n != before {
			t.Errorf("%d notes for texts that somebody saw", n-before)
		}
		eval[bool](a, `(location.hash = "", true)`) // control: looked at no more, it is told of
		a.comes(`navigator.locks.query().then(l => !l.held.some(x => x.name.startsWith("smsbridge.at.")))`)
		before = notes(b)
		o.text(customer, "unseen", 0)
		b.comes(fmt.Sprintf(`window.notes === %d`, before+notesOfTone))
		eval[bool](b, `delete document.hasFocus`)
	})
	t.Run("control: tabs that know nothing of each other both play", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		a.open(o.url)
		o.listens(a, unlocked)
		before := notes(b)
		o.text(customer, "both", 0)
		a.comes(fmt.Sprintf(`window.notes === %d`, notesOfTone))
		b.comes(fmt.Sprintf(`window.notes === %d`, before+notesOfTone))
	})
	a.quiet(t)
	b.quiet(t)
}

// step is what the test of the ladder says of one of its rungs.
func step(name, says string) string {
	return fmt.Sprintf(`document.querySelector("[data-step=%s] dd")?.textContent === %q`, name, says)
}

// TestPageNotices_S83_S94_S95_S96_S97_S99: the settings climb every rung and say
// of each whether it works here; a muted thread climbs none.
func TestPageNotices_S83_S94_S95_S96_S97_S99(t *testing.T) {
	o := newFloor(t)
	a := o.ana
	a.onLoad(atTheEar)
	a.do(chromedp.Reload())
	a.until(`document.querySelector(".connection.live")`)
	a.room("#/settings")

	press(a, ".notify", "Test all") // by no finger: the browser keeps the sound locked
	a.until(step("sound", "locked by the browser until you press something on this page"))
	for _, name := range []string{"badge", "box", "flash", "icon", "desktop"} {
		a.until(step(name, "works"))
	}
	a.until(step("app", "shown once this page is installed as an app, which the menu of the browser does"))
	a.until(`document.title === "● This is a test" && document.querySelector("link[rel=icon]").getAttribute("href") === "/icon-unread.svg" && document.querySelector(".notify.fresh")`)
	a.comes(`notices.at(-1) === "This is a test|So a text would be told of."`)
	eval[bool](a, `(document.querySelector(".notify").scrollIntoView(), true)`)
	a.picture("notices")
	a.until(`!document.title.startsWith("●") && document.querySelector("link[rel=icon]").getAttribute("href") === "/icon.svg" && !document.querySelector(".notify.fresh")`)
	a.click(".notify .line-form .button") // by a finger
	a.until(step("sound", "works"))
	if n := notes(a); n != notesOfTone {
		t.Errorf("the test played %d notes", n)
	}
	eval[bool](a, `(Notification.permission = "denied", true)`)
	a.click(".notify .line-form .button")
	a.until(step("desktop", "forbidden in the browser; its settings for this page can allow it again"))
	a.pick("A sound")
	a.click(".notify .line-form .button")
	a.until(step("sound", "switched off above"))
	a.pick("A sound")
	eval[bool](a, `(Notification.permission = "granted", true)`)

	t.Run("a muted conversation counts, and nothing else", func(t *testing.T) {
		a := a.in(t)
		eval[bool](a, `(document.hasFocus = () => false, location.hash = "", true)`)
		o.text(customer, "Hello", 0)
		a.comes(`document.title.startsWith("● ")`)
		a.comes(`notices.at(-1)?.endsWith("|Hello")`)
		a.click(".row a")
		a.until(`document.querySelector(".thread.fresh .thread-who p")?.textContent === "1 unread"`)
		a.picture("green")
		a.press("m", "KeyM", heldAlt)
		a.until(row(customer) + `.querySelector(".row-muted")`)
		eval[bool](a, `(window.dispatchEvent(new Event("focus")), delete document.hasFocus, window.dispatchEvent(new Event("focus")), true)`)
		a.until(`!document.title.startsWith("●")`)
		eval[bool](a, `(document.hasFocus = () => false, location.hash = "", true)`)
		a.until(`!document.querySelector("#composer")`)
		before, told := notes(a), eval[float64](a, `notices.length`)
		o.text(customer, "Hello again", 0)
		a.until(row(customer) + `.querySelector(".row-text").textContent === "Hello again"`)
		o.text(customer, "And again", 0)
		a.until(row(customer) + `.querySelector(".row-text").textContent === "And again" && ` + row(customer) + `.querySelector(".badge")`)
		if n, m, title := notes(a), eval[float64](a, `notices.length`), eval[string](a, `document.title`); n != before || m != told || strings.HasPrefix(title, "●") {
			t.Errorf("muted: %d notes, %v notices more, title %q", n-before, m-told, title)
		}
	})
	a.quiet(t)
}

// TestPageNoticesInsecure_S96 is what the ladder says over plain HTTP.
func TestPageNoticesInsecure_S96(t *testing.T) {
	chromium := findChromium(t)
	o := newDesks(t)
	code := strings.TrimSpace(o.must("agent", "add", "Ana", "-q"))
	desk := newBrowser(t, chromium, chromedp.Flag("host-resolver-rules", "MAP box.test 127.0.0.1"))
	enter(desk, strings.Replace(o.url, "127.0.0.1", "box.test", 1), code)
	desk.room("#/settings")
	press(desk, ".notify", "Test all")
	for _, name := range []string{"desktop", "app"} {
		desk.until(step(name, "the browser has none on this address: open the page by HTTPS, or on the box itself"))
	}
	desk.quiet(t)
}

// TestPageSingleKeys: keys that stand alone can be switched off (WCAG 2.2, 2.1.4);
// the box keeps it.
func TestPageSingleKeys(t *testing.T) {
	o := newFloor(t)
	a := o.ana
	searches := func() bool {
		a.t.Helper()
		eval[bool](a, `(document.activeElement.blur(), true)`)
		a.press("/", "Slash", held0)
		return eval[bool](a, `document.activeElement.id === "search"`)
	}
	a.until(`document.querySelector("#search")`)
	if !searches() {
		t.Error("/ does not search")
	}
	a.room("#/settings")
	press(a, "#room", "Keys that stand alone: / searches, ? lists the keys")
	a.until(`[...document.querySelectorAll("#room [role=switch]")].some(s => s.textContent.startsWith("Keys that stand alone") && s.ariaChecked === "false")`)
	b := o.screen(a)
	b.until(`document.querySelector("#search")`)
	a.do(chromedp.Reload())
	a.until(`document.querySelector(".connection.live")`)
	eval[bool](a, `(location.hash = "", true)`)
	a.until(`document.querySelector("#search")`)
	for _, p := range []*tab{a, b} {
		a = p
		a.comes(`fetch("/api/v1/preferences").then(r => r.json()).then(l => l.preferences.some(p => p.key === "single_keys" && p.value === false))`)
		if searches() {
			t.Error("/ searches, though it is switched off")
		}
		a.press("?", "Slash", 8)
		if eval[bool](a, `!!document.querySelector("dialog[open]")`) {
			t.Error("? lists the keys, though it is switched off")
		}
		a.press("k", "KeyK", heldCtrl) // control: what is held down works as before
		a.until(`document.querySelector("dialog[open]")`)
		a.press("Escape", "Escape", held0)
		a.until(`!document.querySelector("dialog[open]")`)
	}
	a.pick("Account of Ana")
	a.pick("Keys that work here")
	a.until(`document.querySelectorAll(".keys .off").length === 2 && document.querySelector("dialog[open] .hint")?.textContent.startsWith("/ and ? are switched off.")`)
	a.picture("keys")
	a.quiet(t)
}

// as lets the browser say what the system prefers.
func (p *tab) as(feature, value string) {
	p.t.Helper()
	features := []*emulation.MediaFeature{{Name: feature, Value: value}}
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		p.t.Fatal(err)
	}
}

// moving are the elements that move by themselves or will when they change.
const moving = `[...document.querySelectorAll("body *")].filter(e => {
	const s = getComputedStyle(e);
	return s.animationName !== "none" || s.transitionDuration.split(",").some(d => parseFloat(d) > 0);
}).length`

// TestPageCalm: who asked the system for less motion sees none.
func TestPageCalm(t *testing.T) {
	o := newFloor(t)
	a := o.ana
	eval[bool](a, `(() => {
		const filling = document.createElement("div"), left = document.createElement("div");
		filling.className = "filling"; left.className = "offer-left";
		filling.append(document.createElement("i")); left.append(document.createElement("i"));
		document.body.append(filling, left);
		return true;
	})()`)
	if n := eval[float64](a, moving); n < 2 {
		t.Fatalf("%v elements move where everybody may see it: the check sees nothing", n)
	}
	a.as("prefers-reduced-motion", "reduce")
	if n := eval[float64](a, moving); n != 0 {
		t.Errorf("%v elements move", n)
	}
	eval[bool](a, `(document.hasFocus = () => false, window.titles = [], new MutationObserver(() => titles.push(document.title)).observe(document.querySelector("title"), {childList: true}), true)`)
	o.text(customer, "Hello", 0)
	a.comes(`document.title.startsWith("● ")`)
	eval[bool](a, `new Promise(done => setTimeout(done, 2_500, true))`) // two and a half turns of a title that flashes
	if title := eval[string](a, `document.title`); !strings.HasPrefix(title, "● ") {
		t.Errorf("the title turned to %q", title)
	}
	if turns := eval[float64](a, `titles.length`); turns > 3 {
		t.Errorf("the title changed %v times", turns)
	}
	a.quiet(t)
}

// grounds are the colours of the switches that are on and of those that are off.
const grounds = `(() => {
	const of = on => new Set([...document.querySelectorAll('#room [role=switch][aria-checked="' + on + '"] i')].map(i => getComputedStyle(i).backgroundColor));
	const on = of(true), off = of(false);
	return on.size > 0 && off.size > 0 && on.isDisjointFrom(off);
})()`

// TestPageForcedColours: where the system paints, what is on and what is chosen
// is still seen.
func TestPageForcedColours(t *testing.T) {
	o := newFloor(t)
	a := o.opened("Hello")
	a.as("forced-colors", "active")
	if !eval[bool](a, `matchMedia("(forced-colors: active)").matches`) {
		t.Fatal("the browser paints as ever, so this test proves nothing")
	}
	if width := eval[string](a, `getComputedStyle(document.querySelector(".row.here a")).outlineStyle`); width != "solid" {
		t.Errorf("the row that is shown has an outline that is %s", width)
	}
	a.picture("forced-thread")
	a.room("#/settings")
	if !eval[bool](a, grounds) {
		t.Error("a switch that is on looks like one that is off")
	}
	a.picture("forced-settings")
	// Control: without the rules of the sheet, which would leave the grounds to the system.
	eval[bool](a, `(document.querySelectorAll("#room [role=switch] i").forEach(i => i.style.cssText = "forced-color-adjust: auto; background: var(" + (i.parentElement.ariaChecked === "true" ? "--accent" : "--raised") + ")"), true)`)
	if eval[bool](a, grounds) {
		t.Error("the system paints no ground, and still the check sees one")
	}
	a.quiet(t)
}
