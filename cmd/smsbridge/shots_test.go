package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A screen is an address after #, and what shows that it is there.
type screen struct{ name, hash, there string }

// screens are every screen of the page.
var screens = []screen{
	{"chat", "", `document.querySelector(".row")`},
	{"thread", anyThread, `document.querySelector(".bubble.out.delivered")`},
	{"history", "/history", `document.querySelector(".table tbody tr")`},
	{"history-all", "/history/all", `document.querySelector(".table tbody tr")`},
	{"history-thread", "/history/all//" + anyTalk, `document.querySelector(".turns .bubble")`},
	{"people", "/people", `document.querySelector(".dock, .hint")`},
	{"people-new", "/people/new", `document.querySelector("dialog[open] textarea")`},
	{"people-card", "/people/" + anyContact, `document.querySelector("dialog[open] .card-ways")`},
	{"people-edit", "/people/" + anyContact + "/edit", `document.querySelector("dialog[open] textarea")?.value`},
	{"people-files", "/people/files", `document.querySelector("dialog[open] input[type=file]")`},
	{"cases", "/cases", `document.querySelector(".choice")`},
	{"cases-desk", "/cases/desk", `document.querySelectorAll(".card-block select").length > 5`},
	{"sending", "/sending", `document.querySelector(".big-switch")`},
	{"sending-queue", "/sending/queue", `document.querySelector(".big-switch")`},
	{"sending-limits", "/sending/limits", `document.querySelector(".gauge, .empty")`},
	{"sending-rules", "/sending/rules", `document.querySelector(".entries")`},
	{"sending-quiet", "/sending/quiet", `document.querySelector(".line-form")`},
	{"sending-lines", "/sending/lines", `document.querySelectorAll(".card-block").length === 2`},
	{"campaigns", "/campaigns", `document.querySelector("#room .empty")`},
	{"campaign-new", "/campaigns/new", `document.querySelector("textarea[name=rows]")`},
	{"lists", "/lists", `document.querySelector("input[name=list]")`},
	{"templates", "/templates", `document.querySelector("#room .empty, #room .table")`},
	{"template", "/templates/" + anyTemplate, `document.querySelector("dialog[open] textarea")`},
	{"template-new", "/templates/new", `document.querySelector("dialog[open] textarea")`},
	{"consent", "/consent", `document.querySelector("#room .empty")`},
	{"consent-out", "/consent/out", `document.querySelector("#room .empty")`},
	{"consent-blocks", "/consent/blocks", `document.querySelector("#room .empty")`},
	{"consent-replies", "/consent/replies", `document.querySelector("#room .empty")`},
	{"consent-reply", "/consent/replies/new", `document.querySelector("dialog[open] textarea")`},
	{"usage", "/usage", `document.querySelector(".totals") && document.querySelectorAll(".table").length > 2`},
	{"numbers", "/numbers", `document.querySelectorAll(".table tbody tr").length === 2`},
	{"number", "/numbers/" + anyLine, `document.querySelector("dialog[open] .copy-row")`},
	{"radio", "/radio", `document.querySelector(".notes li")`},
	{"radio-wire", "/radio/simulator%3A1", `document.querySelector(".notes li") && document.querySelector(".mono, .wire")`},
	{"ussd", "/ussd", `document.querySelector(".line-form select")`},
	{"credit", "/ussd/credit", `document.querySelectorAll(".form-name").length === 2`},
	{"team", "/team", `document.querySelector(".table tbody tr")`},
	{"team-new", "/team/new", `document.querySelector("dialog[open] .choice")`},
	{"team-member", "/team/" + anyAgent, `document.querySelector("dialog[open] bdi")`},
	{"programs", "/programs", `document.querySelector(".line-form")`},
	{"programs-token", "/programs/token", `document.querySelector("dialog[open] form")`},
	{"programs-webhook", "/programs/webhook", `document.querySelector("dialog[open] form")`},
	{"audit", "/audit", `document.querySelector(".table tbody tr")`},
	{"settings", "/settings", `document.querySelector(".choice") && document.querySelector(".table tbody tr")`},
	{"settings-box", "/settings/box", `document.querySelectorAll(".setting").length > 3`},
	{"help", "/help", `document.querySelector(".plain-rows")`},
	{"help-from", "/help/from", `document.querySelector(".article")`},
	{"first", "/start", `document.querySelector("input[name=line-name]")`},
	{"first-number", "/start/0", `document.querySelector("input[name=line-name]")`},
	{"first-text", "/start/1", `document.querySelector("input[name=first-to]")`},
	{"first-colleague", "/start/2", `document.querySelector("input[name=colleague]")`},
}

// These stand for what the demo makes: ids, and the address of the one
// conversation.
const anyLine, anyThread, anyTalk, anyContact, anyAgent, anyTemplate = "LINE", "THREAD", "TALK", "CONTACT", "AGENT", "TEMPLATE"

// forms are how each screen is looked at.
var forms = []form{
	{"wide", 1280, 800, `{"theme":"light"}`},
	{"narrow", 390, 780, `{"theme":"light"}`},
	{"dark", 1280, 800, `{"theme":"dark"}`},
	{"rtl", 1280, 800, `{"theme":"light","language":"ar"}`},
}

type form struct {
	name          string
	width, height int64
	look          string
}

// A tour goes from screen to screen, in one form after the other.
type tour struct {
	*tab
	o      *floor
	names  *strings.Replacer
	portal string // somebody else's page that shows a conversation of the box
	boxed  string // the boxes that the next screen has at its foot
	look   string
}

// newTour begins where talk has left the desk, and saves a contact and a
// template to be shown.
func newTour(o *floor) *tour {
	thread := strings.TrimPrefix(eval[string](o.ana, `location.hash`), "#")
	line := rest[struct{ Lines []struct{ ID string } }](o.ana, "GET", "/lines", nil).Lines[0].ID
	me := rest[struct{ Agent struct{ ID string } }](o.ana, "GET", "/session", nil).Agent.ID
	bea := rest[struct{ Contact struct{ ID string } }](o.ana, "POST", "/contacts", map[string]any{
		"name": "Bea Smith", "numbers": []string{beaNumber}, "types": map[string]string{beaNumber: "mobile"}, "emails": []any{map[string]string{"address": "bea@example.org"}},
	}).Contact.ID
	ready := rest[struct{ Template struct{ ID string } }](o.ana, "POST", "/templates", map[string]any{"name": "Ready", "text": "{{first_name}}, your van is ready."}).Template.ID
	return &tour{tab: o.ana, o: o, boxed: "[]", names: strings.NewReplacer(anyLine, line, anyThread, thread, anyTalk, strings.TrimPrefix(thread, "t="), anyContact, bea, anyAgent, me, anyTemplate, ready)}
}

// wholeTour goes through a desk at which everything shows something: talk,
// people who are saved, a template, a colleague, a way to call, and a portal.
func wholeTour(o *floor) *tour {
	talk(o.t, o.ana, o.url)
	r := newTour(o)
	o.colleague("Ben", "agent")
	o.text(beaNumber, "Is the elephant here?", 0)
	rest[any](o.ana, "PUT", "/settings/call_way", map[string]any{"value": "tel"})
	o.atDesk()
	o.ana.until(row("Bea Smith"))
	r.portal = newPortal(o.t, o.url, portalToken(o.ana))
	rest[any](o.ana, "PUT", "/settings/embed_origins", map[string]any{"value": []string{r.portal}})
	return r
}

// noNames is for a tour that goes to no room of something.
var noNames = strings.NewReplacer(anyAgent, anyAgent)

// in is the same tour for a subtest.
func (r *tour) in(t *testing.T) *tour {
	s := *r
	s.o, s.tab = r.o.in(t), r.tab.in(t)
	return &s
}

const beaNumber = "+15550177"

func (r *tour) as(f form) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(f.width, f.height))
	r.look = f.look
}

func (r *tour) to(s screen) {
	r.t.Helper()
	eval[bool](r.tab, fmt.Sprintf(`(localStorage.setItem("smsbridge.look", %q), localStorage.setItem(%q, %q), history.replaceState(null, "", %q), true)`,
		r.look, r.names.Replace("smsbridge."+anyAgent+".boxes.all"), r.boxed, "#"+r.names.Replace(s.hash)))
	r.do(chromedp.Reload())
	r.until(`document.querySelector(".connection.live") && ` + s.there)
	r.until(settledPage)
}

// settledPage tells that the page has its letters, and nothing is still read.
const settledPage = `document.fonts.status === "loaded" && !document.querySelector(".note")?.textContent.includes("…")`

// A scene is something that stands over the rooms.
type scene struct {
	name string
	show func(r *tour)
}

// scenes are the rest of what the page can show. What the credit needs stays, so
// that it is the last.
var scenes = []scene{
	{"boxes", (*tour).boxes},
	{"box-writing", (*tour).boxWriting},
	{"failure", (*tour).failure},
	{"credit-chip", (*tour).credit},
	{"credit-rules", (*tour).creditRules},
}

// each goes to each screen and scene, and has it looked at.
func (r *tour) each(look func(name string)) {
	r.t.Helper()
	for _, s := range screens {
		r.to(s)
		look(s.name)
	}
	for _, s := range scenes {
		s.show(r)
		look(s.name)
	}
}

// boxes has two conversations in boxes over a room, and a third that is made
// small; in one of them is something that nobody has looked at.
func (r *tour) boxes() {
	r.t.Helper()
	r.boxed = fmt.Sprintf(`[{"thread": %q, "small": true}, {"thread": %q, "small": false}, {"thread": %q, "small": false}]`,
		r.thread("+15550188"), r.thread(beaNumber), r.thread(customer))
	r.to(screen{"boxes", "/people", `document.querySelector(".chatbox.small") && document.querySelector(".chatbox:last-child .bubble.out.delivered")`})
	r.boxed = "[]"
	eval[bool](r.tab, `document.querySelector(".chatbox:last-child textarea").focus() === undefined`)
	r.o.text(beaNumber, "Is it still here?", 0)
	r.until(`document.querySelector(".chatbox.fresh")`)
}

// thread is the conversation with a number, which begins if there is none.
func (r *tour) thread(number string) string {
	r.t.Helper()
	return rest[struct {
		Message struct{ Thread string }
	}](r.tab, "POST", "/messages", map[string]any{"to": map[string]any{"number": number}, "text": "Hello", "idem": "box " + number, "from": r.o.line()}).Message.Thread
}

// boxWriting has everything open in a box that can be.
func (r *tour) boxWriting() {
	r.t.Helper()
	r.boxes()
	r.typeInto(".chatbox:last-child textarea", "Später 👍 “really”")
	r.poke(".chatbox:last-child .counter summary", `document.querySelector(".counter[open] .counter-more p bdi")`)
}

// failure has the page fail, without having anything thrown.
func (r *tour) failure() {
	r.t.Helper()
	r.to(screen{"failure", anyThread, `document.querySelector(".bubble.out.delivered")`})
	eval[bool](r.tab, `dispatchEvent(new ErrorEvent("error", {error: new Error("a bubble without a text")}))`)
	r.until(`document.querySelector(".failure textarea")`)
}

// credit has asked for what is left on the SIM, which is not much.
func (r *tour) credit() {
	r.t.Helper()
	if eval[bool](r.tab, `!document.querySelector(".chip .credit")`) {
		rest[any](r.tab, "POST", "/balance-rules", map[string]any{"operator": "Lab Mobile", "code": "*100#", "pattern": `Balance: (?P<amount>[0-9.]+) (?P<currency>[A-Z]+)`, "low": 1000})
		rest[any](r.tab, "POST", "/lines/"+r.o.line()+"/balance", map[string]any{})
	}
	r.to(screen{"credit-chip", "", `document.querySelector(".chip .credit.low")`})
}

func (r *tour) creditRules() {
	r.t.Helper()
	r.credit()
	r.to(screen{"credit-rules", "/ussd/credit", `document.querySelector(".table tbody .button")`})
}

// inPortal is the same tour in a page of somebody else's, in a tab of its own.
func (r *tour) inPortal(t *testing.T) *tour {
	p := *r
	p.tab = r.newTab(t)
	return &p
}

// embed goes to the portal, and into the conversation that it shows.
func (r *tour) embed() {
	r.t.Helper()
	eval[bool](r.o.ana, fmt.Sprintf(`(localStorage.setItem("smsbridge.look", %q), true)`, r.look))
	r.open(r.portal)
	*r.tab = *r.frame()
	r.until(`document.querySelector(".bubble.out.delivered")`)
	r.until(settledPage)
}

// poke presses what a selector finds first, seen or not, and waits for what
// comes of it.
func (r *tour) poke(selector, there string) {
	r.t.Helper()
	r.until(fmt.Sprintf(`document.querySelector(%q)`, selector))
	eval[bool](r.tab, fmt.Sprintf(`(document.querySelector(%q).click(), true)`, selector))
	r.until(there)
}

// TestShots takes a picture of each screen, wide, narrow, dark and from right
// to left, for people to look at: make shots.
func TestShots(t *testing.T) {
	folder := os.Getenv("SMSBRIDGE_SHOTS")
	if folder == "" {
		t.Skip("SMSBRIDGE_SHOTS names no folder for the pictures (make shots)")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	o := newFloor(t)
	r := wholeTour(o)
	p := r.inPortal(t)
	in := func(name string, f form) string { return filepath.Join(folder, name+"-"+f.name+".png") }
	for _, f := range forms {
		r.as(f)
		for _, s := range screens {
			r.to(s)
			shot(r.tab, in(s.name, f))
		}
		p.as(f)
		p.embed()
		shot(p.tab, in("embed", f))
	}
	for _, s := range scenes {
		for _, f := range forms {
			r.as(f)
			s.show(r)
			shot(r.tab, in(s.name, f))
		}
	}
	o.ana.quiet(t)
	p.quiet(t)

	phone := o.ana.newTab(t)
	visitor := newBrowser(t, o.chromium)
	first, _ := startDemo(t)
	for _, f := range forms {
		for _, s := range []struct {
			tab             *tab
			name, at, there string
		}{
			{phone, "handset", o.url + "/handset", `document.querySelector(".note-bubble.out")`},
			{visitor, "sign-in", o.url, `document.querySelector(".door-card .other-way")`},
			{visitor, "sign-in-first", first, `document.querySelector(".door-card input[name=name]")`},
		} {
			s.tab.do(chromedp.EmulateViewport(f.width, f.height))
			s.tab.open(s.at)
			eval[bool](s.tab, fmt.Sprintf(`(localStorage.setItem("smsbridge.look", %q), true)`, f.look))
			s.tab.open(s.at)
			s.tab.until(s.there)
			shot(s.tab, in(s.name, f))
		}
	}
}

func shot(p *tab, file string) {
	p.t.Helper()
	picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(file, picture, 0o644)
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// talk makes a conversation and leaves the desk in it.
func talk(t *testing.T, desk *tab, url string) {
	phone := desk.newTab(t)
	phone.open(url + "/handset")
	phone.until(`document.querySelector(".peer")`)
	phone.write("#phone-text", "Hi, is the van ready?")
	desk.until(`document.querySelector(".row a")`)
	desk.click(".row a")
	desk.write("#composer", "It is ready after 15:00. Bring the papers, please.")
	desk.until(`document.querySelector(".bubble.out.delivered")`)
	phone.write("#phone-text", "Thank you!")
	desk.until(lastText("in", "Thank you!"))
}
