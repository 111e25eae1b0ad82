package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// openRooms is a demo whose new owner Ana has spoken with one person.
func openRooms(t *testing.T) (desk *tab, url string) {
	t.Helper()
	chromium := findChromium(t)
	url, code := startDemo(t)
	desk = newBrowser(t, chromium)
	signIn(t, desk, url, code)
	talk(t, desk, url)
	return desk, url
}

// room goes into a room of the page.
func (p *tab) room(hash string) {
	p.t.Helper()
	eval[bool](p, fmt.Sprintf(`(location.hash = %q, true)`, hash))
	p.until(`document.querySelector("#room h2") && !document.querySelector("#room .note")?.textContent.includes("…")`)
}

// pick clicks the first button or link that is called so, as a person could:
// beside an open dialog nothing can be reached, and nothing in one that closes.
func (p *tab) pick(name string) {
	p.t.Helper()
	found := fmt.Sprintf(`%s.find(b => (b.ariaLabel || b.textContent).trim() === %q)`, reached("button, a"), name)
	p.until(found)
	eval[bool](p, found+`.click() === undefined`)
}

// rest lets the page ask the box, as the one who is signed in there.
func rest[T any](p *tab, verb, path string, body any) T {
	p.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	if body == nil {
		text = nil
	}
	got := eval[string](p, fmt.Sprintf(`fetch("/api/v1" + %q, {method: %q, headers: {"Content-Type": "application/json"}, body: %q || undefined}).then(a => a.text())`, path, verb, text))
	var v T
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		p.t.Fatalf("%s %s: %v: %s", verb, path, err, got)
	}
	return v
}

// shows is whether the words stand in the room.
func shows(words string) string {
	return fmt.Sprintf(`document.querySelector("#room")?.textContent.includes(%q)`, words)
}

type threadsThere struct {
	Threads []struct{ ID string }
}

type messagesThere struct {
	Messages []struct{ ID, Text, State string }
}

type madeAgent struct {
	Agent struct{ ID string }
	Code  string
}

func TestPageHistory_S107_S108_S109_S110_S111_S118_S119(t *testing.T) {
	desk, _ := openRooms(t)
	id := rest[threadsThere](desk, "GET", "/threads", nil).Threads[0].ID
	rows := `document.querySelectorAll("#room .table tbody tr").length`

	t.Run("a conversation that was closed stands in the history", func(t *testing.T) {
		desk := desk.in(t)
		rest[any](desk, "PATCH", "/threads/"+id+"/view", map[string]any{"closed": true})
		desk.room("#/history/all")
		desk.until(rows + ` === 1 && ` + shows("Closed"))
		desk.room("#/history/closed")
		desk.until(rows + ` === 1`)
		desk.room("#/history/open") // control: the filter does take it out
		desk.until(shows("No conversation is like that."))
	})
	t.Run("reply opens it with the caret in the composer", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/history/closed")
		desk.pick("Reply: +15550100")
		desk.until(`location.hash === "#t=` + id + `" && document.activeElement?.id === "composer"`)
	})
	t.Run("detail shows the texts beside whom they are with, and View All goes back to the filter", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/history/closed")
		desk.pick("Detail: +15550100")
		desk.until(`document.querySelectorAll(".turns .bubble").length === 3 && document.querySelector(".two aside .numbers")?.textContent === "+15550100"`)
		desk.pick("View All")
		desk.until(`location.hash.startsWith("#/history/closed") && ` + rows + ` === 1`)
	})
	t.Run("a search finds the words of texts", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/history/all")
		desk.typeInto("#room input[type=search]", "papers")
		desk.until(`document.querySelector("#room .hit mark")?.textContent === "papers"`)
	})
	t.Run("one text is deleted, after a question", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/history/all//" + id)
		desk.pick("Delete this text: Thank you!")
		if n := len(rest[messagesThere](desk, "GET", "/threads/"+id+"/messages", nil).Messages); n != 3 {
			t.Fatalf("%d texts before the question was answered, want 3", n)
		}
		desk.pick("Delete this text")
		desk.until(`document.querySelectorAll(".turns .bubble").length === 2`)
		for _, m := range rest[messagesThere](desk, "GET", "/threads/"+id+"/messages", nil).Messages {
			if m.Text == "Thank you!" {
				t.Error("the text is still there")
			}
		}
	})
	t.Run("New conversation asks with whom", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/history")
		desk.pick("New conversation")
		desk.until(`document.querySelector("dialog[open] input[name=to]")`)
	})
	desk.quiet(t)
}

// TestPageHistoryKeepsPlace: whoever looks at a conversation far down comes back
// to where it was.
func TestPageHistoryKeepsPlace_S118(t *testing.T) {
	desk, _ := openRooms(t)
	for i := range 60 {
		rest[any](desk, "POST", "/messages", map[string]any{"to": map[string]any{"number": fmt.Sprintf("+155502%02d", i)},
			"from": rest[struct{ Lines []struct{ ID string } }](desk, "GET", "/lines", nil).Lines[0].ID, "text": "Hello", "idem": fmt.Sprint("h", i)})
	}
	desk.room("#/history/all")
	rows := `document.querySelectorAll("#room .table tbody tr").length`
	desk.until(rows + ` === 50`)
	desk.pick("Earlier conversations")
	desk.until(rows + ` === 61`)
	eval[bool](desk, `(document.querySelector(".room-body").scrollTop = 1500, true)`)
	eval[bool](desk, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`)
	at := eval[float64](desk, `document.querySelector(".room-body").scrollTop`)
	if at < 1000 {
		t.Fatalf("scrolled to %v only: the list is too short to lose a place in", at)
	}
	desk.pick("Detail: +15550205")
	desk.until(`document.querySelector(".turns .bubble")`)
	desk.pick("View All")
	desk.until(rows + ` === 61`)
	eval[bool](desk, fmt.Sprintf(`new Promise(done => { // the place is found a frame after the rows
		const end = performance.now() + 3000, look = () => Math.abs(document.querySelector(".room-body").scrollTop - %v) < 5 || performance.now() > end ? done(true) : setTimeout(look, 20);
		look();
	})`, at))
	if back := eval[float64](desk, `document.querySelector(".room-body").scrollTop`); back < at-5 || back > at+5 {
		t.Errorf("back at %v, left at %v", back, at)
	}
}

func TestPagePeople_S90_S100_S103_S115_S116(t *testing.T) {
	desk, url := openRooms(t)
	ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "agent"})

	t.Run("a contact is saved, found by any way of writing, and shown", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/people/new")
		desk.typeInto("input[name=first_name]", "Rita")
		desk.typeInto("input[name=last_name]", "Berg")
		desk.typeInto("textarea[name=numbers]", "+1 555 0100\n+15550177")
		desk.pick("Save")
		desk.until(`!document.querySelector("dialog[open]") && ` + shows("Rita Berg"))
		desk.typeInto("#room input[type=search]", "555-0177")
		desk.until(shows("Rita Berg"))
		desk.pick("Card: Rita Berg")
		desk.until(`document.querySelectorAll("dialog[open] .card-ways li").length === 2`)
	})
	t.Run("each number of the card can be texted", func(t *testing.T) {
		desk := desk.in(t)
		desk.pick("Write: +15550100")
		desk.until(`location.hash.startsWith("#t=") && document.activeElement?.id === "composer"`)
	})
	t.Run("a number that is nobody's is told so", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/people")
		desk.typeInto("#room input[type=search]", "+15550999")
		desk.until(shows("+15550999 is nobody’s number here."))
		desk.clear("#room input[type=search]")
	})
	t.Run("two contacts become one, and two again", func(t *testing.T) {
		desk := desk.in(t)
		rest[any](desk, "POST", "/contacts", map[string]any{"name": "R. Berg", "numbers": []string{"+15550188"}})
		contacts := func() int {
			return len(rest[struct{ Contacts []any }](desk, "GET", "/contacts", nil).Contacts)
		}
		desk.room("#/people")
		desk.pick("Card: Rita Berg")
		desk.pick("Merge with another")
		desk.until(`document.querySelector("dialog[open] select option:nth-child(2)")`)
		eval[bool](desk, `(s => { s.selectedIndex = 1; return s.dispatchEvent(new Event("change", {bubbles: true})) })(document.querySelector("dialog[open] select"))`)
		desk.until(`document.querySelector("dialog[open] .danger").ariaDisabled !== "true"`)
		desk.pick("Merge")
		desk.until(`document.querySelector(".toast .link")`)
		if n := contacts(); n != 1 {
			t.Fatalf("%d contacts after the merge, want 1", n)
		}
		desk.pick("Undo")
		desk.until(`document.querySelector(".toasts").textContent.includes("two again")`)
		if n := contacts(); n != 2 {
			t.Errorf("%d contacts after the undo, want 2", n)
		}
	})
	t.Run("the dock tells who is there, and the chat icon writes to them", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/people")
		desk.until(`document.querySelector(".dock li") && !document.querySelector(".dock .dot.here")`) // Ben is not there
		other := newBrowser(t, findChromium(t))
		enter(other, url, ben.Code)
		desk.until(`document.querySelector(".dock .dot.here")`)
		desk.pick("Write: Ben")
		desk.until(`document.querySelector("dialog[open] textarea")`)
		desk.typeInto("dialog[open] textarea", "Lunch?")
		desk.pick("Send")
		desk.until(`location.hash.startsWith("#t=")`)
	})
}

// enter signs somebody in who has a code already.
func enter(p *tab, url, code string) {
	p.t.Helper()
	p.open(url + "/#code=" + code)
	p.until(`document.querySelector("input[name=code]")?.value`)
	p.pick("Sign in")
	p.until(`document.querySelector(".connection.live")`)
}

func TestPageSendingStopsAndResumes(t *testing.T) {
	desk, url := openRooms(t)
	ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "agent"})
	agent := newBrowser(t, findChromium(t))
	enter(agent, url, ben.Code)

	agent.room("#/sending") // whoever writes may stop everything
	agent.pick("Stop all sending")
	agent.until(`document.querySelector("dialog[open] input[name=reason]")`)
	agent.typeInto("dialog[open] input[name=reason]", "A loop")
	agent.until(`document.querySelector("dialog[open] .danger")`)
	eval[bool](agent, `document.querySelector("dialog[open] .danger").click() === undefined`)
	agent.until(`document.querySelector(".big-switch.stopped")?.textContent.includes("A loop")`)
	if eval[bool](agent, `[...document.querySelectorAll(".big-switch button, #room nav a")].length > 0`) {
		t.Error("an agent is offered what only a manager may")
	}

	desk.room("#/sending")
	desk.until(`document.querySelector(".big-switch.stopped")`)
	rest[any](desk, "POST", "/messages", map[string]any{"to": map[string]any{"number": "+15550100"}, "text": "Wait for it", "idem": "wait",
		"from": rest[struct{ Lines []struct{ ID string } }](desk, "GET", "/lines", nil).Lines[0].ID})
	row := `[...document.querySelectorAll("#room .table tbody tr")].find(r => r.textContent.includes("Wait for it"))`
	desk.until(row)
	eval[bool](desk, `(s => { s.value = "high"; return s.dispatchEvent(new Event("change", {bubbles: true})) })(`+row+`.querySelector("select"))`)
	desk.until(row + `?.querySelector("select").value === "high"`)
	desk.pick("Start sending again")
	desk.until(`document.querySelector("dialog[open] .primary")`)
	eval[bool](desk, `document.querySelector("dialog[open] .primary").click() === undefined`)
	desk.until(`document.querySelector(".big-switch.running") && ` + shows("Nothing waits."))
	desk.quiet(t)
	agent.quiet(t)
}

func TestPageSendingGuards(t *testing.T) {
	desk, _ := openRooms(t)
	desk.room("#/sending/limits")
	desk.typeInto("input[name=parts]", "many")
	desk.pick("Set a limit")
	desk.until(shows("Type a number, such as 500."))
	desk.clear("input[name=parts]")
	desk.typeInto("input[name=parts]", "1")
	desk.pick("Set a limit")
	desk.until(`document.querySelector(".gauge.full")?.textContent.startsWith("1 of 1")`) // one text went out today
	desk.room("#/sending/rules")
	desk.typeInto("#room .entries:nth-of-type(2) input", "+4990")
	desk.pick("Add: Refused beginnings")
	desk.until(`document.querySelector(".entry")?.textContent.includes("+4990") || ` + shows("+4990"))
	desk.pick("Take out: +4990")
	desk.until(`!document.querySelector("#room").textContent.includes("+4990Take out")`)
}

func TestPageUsage_S120_S121(t *testing.T) {
	desk, _ := openRooms(t)
	desk.room("#/usage")
	figure := func(name string) string {
		return fmt.Sprintf(`document.querySelector(".totals [data-figure=%s] dd")?.textContent`, name)
	}
	desk.until(figure("received") + ` === "2" && ` + figure("sent") + ` === "1" && ` + figure("delivered") + ` === "1"`)
	desk.until(`document.querySelectorAll(".bars-plot g").length === 30 && document.querySelector(".rates li")`)
	file := eval[string](desk, `fetch(document.querySelector("#room a[download]").href).then(a => a.text())`)
	if !strings.HasPrefix(file, "day,line,agent,received,sent") || strings.Count(file, "\n") < 2 {
		t.Errorf("the table for other programs:\n%s", file)
	}
	rest[any](desk, "PUT", "/settings/sms_enabled", map[string]any{"value": false})
	desk.until(`!document.querySelector(".totals") && ` + shows("Texting is switched off"))
	rest[any](desk, "PUT", "/settings/sms_enabled", map[string]any{"value": true})
	desk.until(`document.querySelector(".totals")`)
	desk.quiet(t)
}

func TestPageCases(t *testing.T) {
	desk, _ := openRooms(t)
	line := rest[struct{ Lines []struct{ ID string } }](desk, "GET", "/lines", nil).Lines[0].ID
	rest[any](desk, "POST", "/cases", map[string]any{"to": map[string]any{"number": "+15550100"}, "from": line})
	desk.room("#/cases/mine")
	desk.until(`document.querySelectorAll("#room .table tbody tr").length === 1`)
	eval[bool](desk, `document.querySelector("#room .table a.button").click() === undefined`)
	desk.until(`document.querySelector("dialog[open] textarea")`)
	desk.typeInto("dialog[open] textarea", "Wants the blue one.")
	desk.pick("Add the note")
	desk.until(`document.querySelector("dialog[open] .notes")?.textContent.includes("blue one")`)
	desk.pick("Close the case")
	desk.until(`[...document.querySelectorAll("dialog[open] button")].some(b => b.textContent === "Open it again")`)
	desk.room("#/cases/open") // control: the list is of open ones
	desk.until(shows("No case is like that."))
	desk.room("#/cases/closed")
	desk.until(`document.querySelectorAll("#room .table tbody tr").length === 1`)
	desk.quiet(t)
}

func TestPageSettingsOfTheBox_P4(t *testing.T) {
	desk, _ := openRooms(t)
	desk.room("#/settings/box")
	desk.until(`document.querySelector("[data-key=sms_enabled] [role=switch]")?.ariaChecked === "true"`)
	desk.pick("Texts may leave this box")
	desk.until(`document.querySelector("[data-key=sms_enabled] [role=switch]")?.ariaChecked === "false"`)
	desk.pick("As it comes again: Texts may leave this box")
	desk.until(`document.querySelector("[data-key=sms_enabled] [role=switch]")?.ariaChecked === "true"`)
	desk.pick("Make a backup now")
	desk.until(`document.querySelector("#backups tbody tr")`)
	kind := eval[string](desk, `fetch(document.querySelector("#report a").href).then(a => a.headers.get("Content-Type"))`)
	if kind != "application/zip" {
		t.Errorf("the support bundle is %s", kind)
	}
	desk.quiet(t)
}

func TestPageSignInByPassword(t *testing.T) {
	desk, url := openRooms(t)
	const password = "correct horse battery staple"
	desk.room("#/settings")
	desk.until(`document.querySelector("input[name=new]")`)
	desk.typeInto("input[name=new]", password)
	desk.typeInto("input[name=again]", password)
	desk.pick("Set a password")
	desk.until(`document.querySelector("input[name=old]")`)
	rest[any](desk, "DELETE", "/session", nil)
	desk.open(url)
	desk.pick("Sign in with name and password")
	desk.until(`document.querySelector("input[name=password]")`)
	desk.typeInto("input[name=name]", "Ana")
	desk.typeInto("input[name=password]", password+"r")
	desk.pick("Sign in")
	desk.until(`document.querySelector("#wrong-password")`) // control: another password is refused
	eval[bool](desk, `(i => { i.value = ""; return i.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("input[name=password]"))`)
	desk.typeInto("input[name=password]", password)
	desk.pick("Sign in")
	desk.until(`document.querySelector(".connection.live")`)
}

func TestPageFirstSteps(t *testing.T) {
	chromium := findChromium(t)
	url, code := startDemo(t)
	desk := newBrowser(t, chromium)
	signIn(t, desk, url, code) // which passes the steps over
	desk.room("#/settings/box")
	desk.pick("Begin") // and they come back
	desk.until(`document.querySelectorAll("input[name=line-name]").length === 2`)
	desk.typeInto("input[name=line-name]", "Front desk")
	desk.pick("Save")
	desk.until(`document.querySelector(".wide-chips").textContent.includes("Front desk")`)
	desk.pick("Go on")
	desk.pick("Send the text")
	desk.until(`document.querySelector(".first-step .state-line.ready")?.textContent.includes("Delivered")`)
	desk.pick("Go on")
	desk.until(`document.querySelector("input[name=colleague]")`)
	desk.typeInto("input[name=colleague]", "Ben")
	desk.pick("Make the account")
	desk.until(`/^[A-Z]{4}-[A-Z]{4}$/.test(document.querySelector(".copy-row input")?.value)`)
	desk.pick("Go to the texts")
	desk.until(`document.querySelector("#list")`)
	desk.quiet(t)
}

func TestPageHelp_P1_P6_N10(t *testing.T) {
	desk, _ := openRooms(t)
	desk.room("#/help/gates")
	desk.until(`document.querySelectorAll(".article p").length === 3`)
	desk.pick("No")
	desk.until(`document.querySelector(".helpful [aria-pressed=true]")?.textContent === "No"`)
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector(".helpful [aria-pressed=true]")?.textContent === "No"`)
	desk.pick("Which number a text comes from") // related
	desk.until(`location.hash === "#/help/from"`)
	t.Run("an error links to its article", func(t *testing.T) {
		desk := desk.in(t)
		rest[any](desk, "PUT", "/settings/sms_enabled", map[string]any{"value": false})
		desk.room("#/start/1")
		desk.pick("Send the text")
		desk.until(`document.querySelector("#room .wrong a")?.hash === "#/help/gates"`)
	})
	desk.quiet(t)
}
