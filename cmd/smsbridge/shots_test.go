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
	names *strings.Replacer
	look  string
}

// newTour begins where talk has left the desk, and saves a contact and a
// template to be shown.
func newTour(desk *tab) *tour {
	thread := strings.TrimPrefix(eval[string](desk, `location.hash`), "#")
	line := rest[struct{ Lines []struct{ ID string } }](desk, "GET", "/lines", nil).Lines[0].ID
	me := rest[struct{ Agent struct{ ID string } }](desk, "GET", "/session", nil).Agent.ID
	bea := rest[struct{ Contact struct{ ID string } }](desk, "POST", "/contacts", map[string]any{
		"name": "Bea Smith", "numbers": []string{"+15550177"}, "types": map[string]string{"+15550177": "mobile"}, "emails": []any{map[string]string{"address": "bea@example.org"}},
	}).Contact.ID
	ready := rest[struct{ Template struct{ ID string } }](desk, "POST", "/templates", map[string]any{"name": "Ready", "text": "{{first_name}}, your van is ready."}).Template.ID
	return &tour{tab: desk, names: strings.NewReplacer(anyLine, line, anyThread, thread, anyTalk, strings.TrimPrefix(thread, "t="), anyContact, bea, anyAgent, me, anyTemplate, ready)}
}

func (r *tour) as(f form) {
	r.t.Helper()
	r.do(chromedp.EmulateViewport(f.width, f.height))
	r.look = f.look
}

func (r *tour) to(s screen) {
	r.t.Helper()
	eval[bool](r.tab, fmt.Sprintf(`(localStorage.setItem("smsbridge.look", %q), location.hash = %q, true)`, r.look, r.names.Replace(s.hash)))
	r.do(chromedp.Reload())
	r.until(`document.querySelector(".connection.live") && ` + s.there)
	r.until(`document.fonts.status === "loaded" && !document.querySelector(".note")?.textContent.includes("…")`)
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
	chromium := findChromium(t)
	url, code := startDemo(t)
	desk := newBrowser(t, chromium)
	signIn(t, desk, url, code)
	talk(t, desk, url)
	r := newTour(desk)
	for _, f := range forms {
		r.as(f)
		for _, s := range screens {
			r.to(s)
			shot(desk, filepath.Join(folder, s.name+"-"+f.name+".png"))
		}
	}
	desk.quiet(t)
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
