package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestPageByAxe lets axe-core look at each screen, and at each thing that opens
// on one, light and dark, wide and narrow, and from right to left: no violation
// of WCAG 2.2, levels A and AA. No room is left out.
func TestPageByAxe(t *testing.T) {
	o := newFloor(t)
	e := newExam(t, o)
	if lacks := unvisited(t, screens); len(lacks) > 0 {
		t.Errorf("no screen shows the rooms %q", lacks)
	}
	t.Run("the screens", func(t *testing.T) {
		e := e.in(t)
		for _, s := range screens {
			e.look(s.name, func() { e.to(s) })
		}
		t.Logf("%d screens in the looks %v", len(screens), looks)
	})
	t.Run("what opens on them", func(t *testing.T) {
		e := e.in(t)
		for _, s := range states {
			e.look(s.name, func() {
				e.to(screen{s.name, s.at, `document.querySelector("#list")`})
				s.do(e)
			})
		}
		t.Logf("%d states in the looks %v", len(states), looks)
	})
	t.Run("what stands over the rooms", func(t *testing.T) {
		e := e.in(t)
		for _, s := range scenes {
			e.look(s.name, func() { s.show(e.tour) })
		}
		t.Logf("%d scenes in the looks %v", len(scenes), looks)
	})
	t.Run("a conversation within the page of a portal", func(t *testing.T) {
		e := e.in(t)
		e.tour = e.inPortal(t)
		e.look("the portal around it", func() { e.open(e.portal) })
		e.look("embedded", e.embed)
		for _, s := range embedded {
			e.look("embedded, "+s.name, func() {
				e.embed()
				s.do(e)
			})
		}
		e.look("embedded, before the portal signs in", func() {
			e.open(o.url + "/embed")
			e.until(`document.querySelector("[role=status]")`)
		})
		e.look("embedded, after the session", func() {
			e.open(o.url + "/embed")
			e.until(`document.querySelector("[role=status]")`)
			eval[bool](e.tab, `postMessage({type: "smsbridge.ticket", ticket: "tkt_none"}, "*") === undefined`)
			e.until(`document.querySelector(".note:not([role])")`)
		})
		e.quiet(t)

		e.embed() // control
		eval[bool](e.tab, `(document.querySelector("main").append(document.createElement("button")), true)`)
		if found := violations(e.tab, e.axe); len(found) != 1 || !strings.Contains(found[0], "button-name") {
			t.Errorf("a button without a name, within the portal: axe finds %q", found)
		}
	})
	t.Run("the pretend phone", func(t *testing.T) {
		e := e.in(t)
		e.tab = o.ana.newTab(t)
		e.look("handset", func() {
			e.open(o.url + "/handset")
			e.until(`document.querySelector(".note-bubble.in") && document.querySelector(".note-bubble.out")`)
		})
	})
	t.Run("the way in", func(t *testing.T) {
		e := e.in(t)
		e.tab = newBrowser(t, o.chromium)
		e.look("sign-in", func() {
			e.open(o.url)
			e.until(`document.querySelector(".door-card input[name=code]")`)
			e.write("input[name=code]", "WDJB-MJHT")
			e.until(`document.querySelector("#wrong-code")`)
		})
		e.look("sign-in by password", func() {
			e.open(o.url)
			e.until(`document.querySelector(".door-card .other-way")`)
			if eval[bool](e.tab, `!document.querySelector("input[name=password]")`) {
				e.click(".other-way")
			}
			e.write("input[name=name]", "Ana")
			e.until(`document.querySelector("#wrong-password")`)
		})
	})
	t.Run("the way in of a first owner", func(t *testing.T) {
		e := e.in(t)
		url, _ := startDemo(t)
		e.tab = newBrowser(t, o.chromium)
		e.look("first sign-in", func() {
			e.open(url)
			e.until(`document.querySelector(".door-card input[name=name]")`)
		})
	})
	t.Run("control: what is wrong is found", func(t *testing.T) {
		e := e.in(t)
		e.to(screens[0])
		eval[bool](e.tab, `(document.querySelector("main").append(document.createElement("button")), true)`)
		if found := violations(e.tab, e.axe); len(found) != 1 || !strings.Contains(found[0], "button-name") {
			t.Errorf("a button without a name: axe finds %q", found)
		}
		if lacks := unvisited(t, slices.DeleteFunc(slices.Clone(screens), func(s screen) bool { return strings.HasPrefix(s.hash, "/cases") })); !slices.Equal(lacks, []string{"cases"}) {
			t.Errorf("a list of screens without the cases lacks %q", lacks)
		}
		if lacks := e.ways.beyond([]screen{{"chat", "", ""}}); len(lacks) < 20 {
			t.Errorf("from the chat alone only %q would be missed", lacks)
		}
	})
	if lacks := e.ways.beyond(screens); len(lacks) > 0 {
		t.Errorf("the page leads to places that no screen shows: %q", lacks)
	}
	o.ana.quiet(t)
}

// unvisited are the rooms of rooms.ts that no screen goes to.
func unvisited(t *testing.T, screens []screen) (lacks []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "bridge", "web", "page", "src", "rooms.ts"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^  (\w+): \{ title: .*import\(`).FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 || len(rows) != strings.Count(string(text), "import(\"./room/") {
		t.Fatalf("%d rooms are read from rooms.ts", len(rows))
	}
	for _, r := range rows {
		if !slices.ContainsFunc(screens, func(s screen) bool { return s.hash == "/"+r[1] || strings.HasPrefix(s.hash, "/"+r[1]+"/") }) {
			lacks = append(lacks, r[1])
		}
	}
	return lacks
}

// An exam is a tour with an examiner.
type exam struct {
	*tour
	axe  string
	seen map[string]bool // what was told already
	ways ways            // the addresses that were met
}

func newExam(t *testing.T, o *floor) *exam {
	return &exam{axe: axeCore(t), tour: wholeTour(o), seen: make(map[string]bool), ways: make(ways)}
}

// in is the same exam for a subtest.
func (e *exam) in(t *testing.T) *exam {
	f := *e
	f.tour = e.tour.in(t)
	return &f
}

// looks are the forms with the themes in which axe looks at each place: two that
// have everything once, or with SMSBRIDGE_LONG=1 all six.
var looks = map[string][]string{"wide": {"light"}, "narrow": {"dark"}}

func init() {
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		both := []string{"light", "dark"}
		looks = map[string][]string{"wide": both, "narrow": both, "rtl": both}
	}
}

// look goes to a place in each form, and has axe look at it.
func (e *exam) look(name string, to func()) {
	e.t.Helper()
	for _, f := range forms {
		if looks[f.name] == nil {
			continue
		}
		e.as(f)
		to()
		e.ways.meet(eval[[]string](e.tab, `[...document.querySelectorAll('a[href^="#/"]')].map(a => a.hash.slice(1))`))
		for _, theme := range looks[f.name] {
			eval[bool](e.tab, fmt.Sprintf(`(document.documentElement.dataset.theme = %q, true)`, theme))
			for _, wrong := range violations(e.tab, e.axe) {
				if !e.seen[wrong] {
					e.t.Errorf("%s, %s, %s: %s", name, f.name, theme, wrong)
				}
				e.seen[wrong] = true
			}
		}
	}
}

// ways are addresses of rooms, with ids and the like made alike.
type ways map[string]bool

var (
	someID      = regexp.MustCompile(`^[a-z]{2}_[0-9A-Z]{16}$|^simulator%3A\d$`)
	someArticle = regexp.MustCompile(`^/help/.+`)
)

func (w ways) meet(addresses []string) {
	for _, a := range addresses {
		w[kindOf(a)] = true
	}
}

const noID = "xx_0000000000000000"

// beyond are those that no screen goes to.
func (w ways) beyond(screens []screen) (lacks []string) {
	here := make(ways)
	for _, s := range screens {
		here.meet([]string{strings.NewReplacer(anyLine, noID, anyTalk, noID, anyContact, noID, anyAgent, noID, anyTemplate, noID).Replace(s.hash)})
	}
	for a := range w {
		if !here[a] {
			lacks = append(lacks, a)
		}
	}
	slices.Sort(lacks)
	return lacks
}

// kindOf is an address in which every id, and every article, is any.
func kindOf(address string) string {
	if someArticle.MatchString(address) {
		return "/help/ANY"
	}
	parts := strings.Split(strings.TrimRight(address, "/"), "/")
	for i, p := range parts {
		if someID.MatchString(p) {
			parts[i] = "ANY"
		}
	}
	return strings.Join(parts, "/")
}

// A state is something open on the chat.
type state struct {
	name string
	at   string // the address to begin at
	do   func(e *exam)
}

// states are what opens on the chat, by selectors, which are alike in each
// language. The last ones need those before them: an offer becomes a case.
var states = []state{
	{"menu", "", func(e *exam) { e.poke(".menu-button", `document.querySelector("dialog .ways")`) }},
	{"account", "", func(e *exam) { e.poke(".account", `document.querySelector("dialog .menu")`) }},
	{"keys", "", func(e *exam) { e.press("?", "Slash", 8); e.until(`document.querySelector("dialog .keys")`) }},
	{"leaving", "", func(e *exam) {
		e.poke(".account", `document.querySelector("dialog .menu")`)
		e.poke("dialog .menu button:last-child", `document.querySelector("dialog .dialog-do") && !document.querySelector("dialog .menu")`)
	}},
	{"quick switch", "", func(e *exam) {
		e.press("k", "KeyK", heldCtrl)
		e.until(`document.querySelector("dialog[open] .picker input")`)
		e.typeInto("dialog input", "b")
		e.until(`document.querySelectorAll("dialog .found-row").length > 1 && document.querySelector("dialog [aria-busy=false]")`)
	}},
	{"quick switch, nothing found", "", func(e *exam) {
		e.press("k", "KeyK", heldCtrl)
		e.until(`document.querySelector("dialog[open] .picker input")`)
		e.write("dialog input", "zzzz")
		e.until(`document.querySelector("dialog .wrong")`)
	}},
	{"new conversation", anyThread, func(e *exam) {
		e.press("n", "KeyN", heldAlt)
		e.until(`document.querySelectorAll("dialog .found-row").length > 1`)
	}},
	{"to a new number", "to=+15550123456", func(e *exam) { e.composer() }},
	{"to a colleague", "", func(e *exam) {
		ben := rest[struct {
			Colleagues []struct{ ID, Name string }
		}](e.tab, "GET", "/directory", nil).Colleagues
		i := slices.IndexFunc(ben, func(c struct{ ID, Name string }) bool { return c.Name == "Ben" })
		eval[bool](e.tab, fmt.Sprintf(`(location.hash = "with=%s", true)`, ben[i].ID))
		e.until(`document.querySelector(".away-note")`)
	}},
	{"no such conversation", "t=th_0000000000000000", func(e *exam) { e.until(`document.querySelector(".thread.nothing button")`) }},
	{"search", "", func(e *exam) { e.typeInto("#search", "elephant"); e.until(`document.querySelector(".hit mark")`) }},
	{"search, people", "", func(e *exam) { e.typeInto("#search", "ben"); e.until(`document.querySelector(".people .found-row")`) }},
	{"search, nothing", "", func(e *exam) {
		e.typeInto("#search", "giraffe")
		e.until(`document.querySelectorAll(".list-note").length > 1`)
	}},
	{"nothing closed", "", func(e *exam) { e.poke(".segments button:last-child", `document.querySelector(".list-note")`) }},
	{"cog", anyThread, func(e *exam) { e.cog() }},
	{"to a day", anyThread, func(e *exam) {
		e.cog()
		e.poke(".cog-menu button:nth-child(3)", `document.querySelector("dialog input[type=date]")`)
	}},
	{"deleting a conversation", anyThread, func(e *exam) { e.cog(); e.poke(".cog-menu .bad", `document.querySelector("dialog .danger")`) }},
	{"toast", anyThread, func(e *exam) {
		e.composer()
		e.press("m", "KeyM", heldAlt)
		e.until(`document.querySelector(".toast .link")`)
	}},
	{"facts of a text", anyThread, func(e *exam) { e.facts() }},
	{"deleting a text", anyThread, func(e *exam) { e.facts(); e.poke(".about .remove", `document.querySelector("dialog .danger")`) }},
	{"counter", anyThread, func(e *exam) {
		e.composer()
		e.typeInto("#composer", "Später 👍 “really”")
		e.poke(".counter summary", `document.querySelector(".counter[open] .counter-more p bdi")`)
	}},
	{"sending later", anyThread, func(e *exam) {
		e.composer()
		e.poke(".composer .pop > summary", `document.querySelector(".pop[open] input[type=datetime-local]")`)
		eval[bool](e.tab, `(d => { d.value = "2036-12-24T09:00"; return d.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("input[type=datetime-local]"))`)
		e.until(`document.querySelector(".extra")`)
	}},
	{"templates", anyThread, func(e *exam) {
		e.composer()
		e.until(`document.querySelectorAll(".composer .pop").length === 2`)
		e.poke(".composer-row > :nth-child(2) > summary", `document.querySelector(".template")`)
	}},
	{"sending nothing", anyThread, func(e *exam) { e.composer(); e.poke(".send", `document.querySelector("#wrong-text")`) }},
	{"card of a stranger", anyThread, func(e *exam) { e.details(); e.until(`document.querySelector(".card .card-do")`) }},
	{"new contact", anyThread, func(e *exam) {
		e.poke(".thread-head .add", `document.querySelector("dialog .contact-form, dialog form")`)
		e.poke("dialog details:last-of-type > summary", `document.querySelector("dialog details[open]")`)
	}},
	{"whose number", anyThread, func(e *exam) {
		e.details()
		e.poke(".card-do + .card-do + .card-do button:last-child", `document.querySelector("dialog .found-row")`)
	}},
	{"card of a contact", "", func(e *exam) { e.bea(); e.details(); e.until(`document.querySelector(".reach .phone-button")`) }},
	{"text or call", "", func(e *exam) {
		e.bea()
		e.details()
		e.poke(".reach .phone-button", `document.querySelector("dialog .check")`)
	}},
	{"offer", "", func(e *exam) { e.ring() }},
	{"case", anyThread, func(e *exam) { e.take() }},
	{"passing a case on", anyThread, func(e *exam) {
		e.take()
		e.poke(".case-do button:first-child", `document.querySelector("dialog select")`)
	}},
	{"closing a case", anyThread, func(e *exam) {
		e.take()
		e.poke(".case-do button:last-child", `document.querySelector("dialog .dialog-do")`)
	}},
	{"a closed case goes on or not", anyThread, func(e *exam) {
		e.details()
		e.until(`document.querySelector(".offer-do .primary, .case h3")`)
		if eval[bool](e.tab, `!document.querySelector(".offer") && !!document.querySelector(".case-do")`) {
			e.poke(".case-do button:last-child", `document.querySelector("dialog .dialog-do")`)
			e.poke("dialog .dialog-do .button", `!document.querySelector("dialog") && !document.querySelector(".case-do")`)
		}
		e.ring()
		e.poke(".offer-do .primary", `document.querySelector(".offer-do .hint")`)
	}},
}

// embedded is what opens on a conversation within a portal.
var embedded = []state{
	{"menu", "", func(e *exam) { e.cog() }},
	{"counter", "", func(e *exam) {
		e.composer()
		e.typeInto("#composer", "Später 👍 “really”")
		e.poke(".counter summary", `document.querySelector(".counter[open] .counter-more p bdi")`)
	}},
	{"new contact", "", func(e *exam) { e.poke(".thread-head .add", `document.querySelector("dialog form")`) }},
}

// composer waits for the composer, and empties it.
func (e *exam) composer() {
	e.t.Helper()
	e.until(`document.querySelector("#composer")`)
	eval[bool](e.tab, `(c => { c.value = ""; return c.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("#composer"))`)
}

func (e *exam) cog() { e.t.Helper(); e.poke(".cog > button", `document.querySelector(".cog-menu")`) }

// details opens the third pane, where it is not open.
func (e *exam) details() {
	e.t.Helper()
	e.until(`document.querySelector(".thread-head [aria-pressed]")`)
	eval[bool](e.tab, `(document.querySelector("#details") || document.querySelector(".thread-head [aria-pressed]").click(), true)`)
	e.until(`document.querySelector("#details .card")`)
}

func (e *exam) facts() {
	e.t.Helper()
	e.poke(".bubble.out .state-button", `document.querySelector(".about .remove")`)
}

// bea goes to the conversation with somebody who is saved.
func (e *exam) bea() {
	e.t.Helper()
	e.until(row("Bea Smith"))
	eval[bool](e.tab, `(`+row("Bea Smith")+`.querySelector("a").click(), true)`)
	e.composer()
}

// ring has an offer ring, if none does.
func (e *exam) ring() {
	e.t.Helper()
	if eval[bool](e.tab, `!document.querySelector("article.offer")`) {
		e.o.cases("on")
		e.o.text(customer, "Does anybody read this?", 0)
	}
	e.until(`document.querySelector("article.offer .offer-text")`)
}

// take answers the offer that rings, and shows the case.
func (e *exam) take() {
	e.t.Helper()
	e.details()
	e.until(`document.querySelector(".offer-do .primary, .case h3")`)
	eval[bool](e.tab, `(document.querySelector(".offer-do .primary")?.click(), true)`)
	e.until(`!document.querySelector(".offer-do .primary")`)
	e.details()
	e.until(`document.querySelector(".case h3")`)
}

// axeCore is the checker's script, which comes with the other tools from npm.
func axeCore(t *testing.T) string {
	t.Helper()
	needOutside(t)
	script, err := os.ReadFile(filepath.Join(outside, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// violations are what axe finds wrong on the page as it is now; what stands in a
// frame is looked at from within.
func violations(p *tab, axe string) (found []string) {
	p.t.Helper()
	if eval[bool](p, "!window.axe") {
		eval[bool](p, axe+"; true")
	}
	answer := eval[string](p, `axe.run(document, {iframes: false, resultTypes: ["violations"], runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}).then(r => JSON.stringify(
		r.violations.flatMap(v => v.nodes.map(n => ({rule: v.id, at: n.target.join(" "), why: n.failureSummary})))))`)
	var rows []struct{ Rule, At, Why string }
	if err := json.Unmarshal([]byte(answer), &rows); err != nil {
		p.t.Fatal(err)
	}
	for _, r := range rows {
		found = append(found, fmt.Sprintf("%s at %s: %s", r.Rule, r.At, strings.Join(strings.Fields(r.Why), " ")))
	}
	return found
}
