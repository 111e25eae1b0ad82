package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// option sets a select to the option that is called so, or to the value.
func (p *tab) option(selector, option string) {
	p.t.Helper()
	found := reached(selector) + `.at(-1)`
	at := fmt.Sprintf(`[...%s?.options ?? []].findIndex(o => o.value === %q || o.textContent.startsWith(%q))`, found, option, option)
	p.until(at + ` >= 0`)
	eval[bool](p, fmt.Sprintf(`(s => { s.selectedIndex = %s; return s.dispatchEvent(new Event("change", {bubbles: true})) })(%s)`, at, found))
}

// confirm answers the question that stands open.
func (p *tab) confirm() {
	p.t.Helper()
	button := inFront + `.querySelector("dialog:modal .dialog-do .button:is(.primary, .danger)")`
	p.until(button)
	eval[bool](p, button+`.click() === undefined`)
}

// refill writes a field anew.
func (p *tab) refill(selector, value string) {
	p.t.Helper()
	p.until(first(selector))
	eval[bool](p, fmt.Sprintf(`(i => { i.value = %q; return i.dispatchEvent(new Event("input", {bubbles: true})) })(%s)`, value, first(selector)))
}

// total is a figure of the room, by its key.
func total(key, want string) string {
	return fmt.Sprintf(`document.querySelector("#room .totals [data-figure=%s] dd")?.textContent === %q`, key, want)
}

// handset opens the pretend phone of the demo in a tab of its own.
func (p *tab) handset(t *testing.T, url string) *tab {
	phone := p.newTab(t)
	phone.open(url + "/handset")
	phone.until(`document.querySelector(".peer")`)
	return phone
}

func TestPageTemplates_S59_S60_S61(t *testing.T) {
	desk, url := openRooms(t)
	rest[any](desk, "POST", "/contacts", map[string]any{"first_name": "Rita", "numbers": []string{"+15550100"}})
	t.Run("a template is counted as it is written, and read as somebody would read it", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/templates/new")
		desk.typeInto("dialog[open] input[name=name]", "ready")
		desk.typeInto("dialog[open] textarea[name=text]", "Dear ")
		desk.pick("{{first_name}}")
		desk.until(`document.querySelector("dialog[open] textarea[name=text]").value === "Dear {{first_name}}"`)
		desk.until(`document.querySelector("dialog[open] .counter summary")?.textContent.startsWith("1 part")`)
		eval[bool](desk, `(document.querySelector("dialog[open] details.more").open = true)`)
		desk.typeInto("dialog[open] input[type=search]", "Rita")
		desk.until(`document.querySelector("dialog[open] .sample blockquote")?.textContent === "Dear Rita"`)
	})
	t.Run("for somebody who is not saved the field has no value, and that is said", func(t *testing.T) { // control of the sentence above
		desk := desk.in(t)
		desk.refill(`dialog[open] input[type=search]`, "+15550177")
		desk.until(`document.querySelector("dialog[open] .sample .warn, dialog[open] .wrong")?.textContent.includes("first_name") || document.querySelector("dialog[open] .wrong")?.textContent.includes("not saved")`)
	})
	t.Run("it is kept, and the office's is no agent's to change", func(t *testing.T) {
		desk := desk.in(t)
		desk.pick("Save")
		desk.until(`!document.querySelector("dialog[open]") && ` + shows("Everybody’s"))
		ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "agent"})
		other := newBrowser(t, findChromium(t))
		enter(other, url, ben.Code)
		other.room("#/templates")
		other.until(shows("ready"))
		if eval[bool](other, `!!document.querySelector("#room .table button, #room .table a")`) {
			t.Error("an agent is offered to change what is everybody's")
		}
		other.room("#/templates/new")
		other.typeInto("dialog[open] input[name=name]", "mine")
		other.typeInto("dialog[open] textarea[name=text]", "See you")
		other.pick("Save")
		other.until(`!document.querySelector("dialog[open]") && ` + shows("Mine"))
		desk.room("#/templates")
		desk.until(shows("ready"))
		if eval[bool](desk, shows("See you")) {
			t.Error("the owner of the box sees a template of Ben's own")
		}
	})
	t.Run("deleted is deleted", func(t *testing.T) {
		desk := desk.in(t)
		desk.pick("Delete: ready")
		desk.confirm()
		desk.until(shows("No template yet."))
	})
	desk.quiet(t)
}

func ownLine(p *tab) string {
	p.t.Helper()
	return (&floor{t: p.t, ana: p}).line()
}

// TestPageCampaign is a campaign from its list to the answers, as somebody does
// it on the page: what was promised before the start is what happens, and an
// answer is its sender's alone.
func TestPageCampaign_S65_S66(t *testing.T) {
	desk, url := openRooms(t)
	rest[any](desk, "POST", "/contacts", map[string]any{"first_name": "Rita", "numbers": []string{"+15550100"}})
	rest[any](desk, "POST", "/contacts", map[string]any{"first_name": "Sam", "organisation": "Harbour", "numbers": []string{"+15550121"}})

	t.Run("a list is made of contacts and of what is pasted, and what is no number is left out", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/lists")
		desk.typeInto("input[name=list]", "regulars")
		desk.pick("Make the list")
		desk.until(shows("Nobody is in this list."))
		desk.pick("Choose contacts")
		desk.until(`document.querySelectorAll("dialog[open] .ticks input").length === 2`)
		desk.typeInto("dialog[open] input[type=search]", "harbour") // any word of the card finds it
		desk.until(`document.querySelectorAll("dialog[open] .ticks input").length === 1`)
		desk.pick("Tick all that are shown")
		desk.pick("Add people")
		desk.until(`document.querySelectorAll("#room .table tbody tr").length === 1 && ` + shows("Sam"))
		desk.pick("Paste numbers")
		desk.typeInto("dialog[open] textarea[name=rows]", "Number;First name\n+15550100;Rita\nno number;Bob\n\"+1 555 0122\";\"Tim; Tom\"")
		desk.pick("Add people")
		desk.until(`document.querySelector("dialog[open] [role=alert]")?.textContent.includes("Row 2")`)
		desk.pick("Close")
		desk.until(`document.querySelectorAll("#room .table tbody tr").length === 3 && ` + shows("first_name: Tim; Tom"))
	})
	t.Run("before the start it says who gets what, who is left out and why, and how long it takes", func(t *testing.T) {
		desk := desk.in(t)
		rest[any](desk, "POST", "/opt-outs", map[string]any{"number": "+15550122", "note": "by phone"})
		desk.pick("Write a campaign to it")
		desk.until(`document.querySelector("select[name=list]")?.selectedOptions[0]?.textContent.startsWith("regulars")`)
		desk.typeInto("input[name=name]", "holidays")
		desk.typeInto("textarea[name=text]", "Dear {{first_name}}, we are closed on Friday.")
		desk.typeInto("textarea[name=rows]", "+15550121\n+15550130")
		desk.refill(`input[name=pace]`, "60")
		desk.pick("Save and see what it would do")
		desk.until(shows("Choose the number to send from.")) // there are two, and nobody knows Sam's
		desk.option("select[name=from]", ownLine(desk))
		desk.pick("Save and see what it would do")
		desk.until(total("people", "5") + ` && ` + total("copies", "2") + ` && ` + total("parts", "2") + ` && ` + total("skipped", "3") + ` && ` + total("takes", "2 sec"))
		for _, why := range []string{"wants no texts", "is there twice", "a field has no value", "Dear Rita, we are closed on Friday."} {
			desk.until(shows(why))
		}
		if n := len(rest[messagesThere](desk, "GET", "/threads/"+threadOf(desk, "+15550100")+"/messages", nil).Messages); n != 3 {
			t.Errorf("%d texts with Rita before the start, want the 3 from before", n)
		}
	})
	phone := desk.handset(t, url)
	t.Run("it is followed while it runs, and ends with what was promised", func(t *testing.T) {
		desk := desk.in(t)
		desk.pick("Start")
		desk.confirm()
		desk.until(total("delivered", "2") + ` && ` + total("skipped", "3") + ` && ` + shows("Done"))
		phone.in(t).until(`[...document.querySelectorAll(".note-bubble.in .bubble-text")].some(b => b.textContent === "Dear Rita, we are closed on Friday.")`)
	})
	t.Run("an answer is counted, and stands in the conversation of its sender alone", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		desk.until(total("replies", "0"))
		phone.write("#phone-text", "Until when?")
		desk.until(total("replies", "1"))
		desk.pick("Read the answer: Rita")
		desk.until(lastText("in", "Until when?"))
		for _, m := range rest[messagesThere](desk, "GET", "/threads/"+threadOf(desk, "+15550121")+"/messages", nil).Messages {
			if m.Text == "Until when?" {
				t.Error("Sam's conversation has what Rita answered")
			}
		}
	})
	t.Run("it is paused, goes on, and is cancelled; what waits then never leaves", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/campaigns/new")
		desk.typeInto("input[name=name]", "slow")
		desk.typeInto("textarea[name=text]", "Slowly")
		desk.typeInto("textarea[name=rows]", "+15550140\n+15550141\n+15550142")
		desk.refill(`input[name=pace]`, "1")
		desk.option("select[name=from]", ownLine(desk))
		desk.pick("Save and see what it would do")
		desk.until(total("copies", "3") + ` && ` + total("takes", "3 min"))
		desk.pick("Start")
		desk.confirm()
		desk.pick("Pause")
		desk.until(`document.querySelector("#room header .tag")?.textContent === "Paused"`)
		desk.pick("Go on")
		desk.until(`document.querySelector("#room header .tag")?.textContent === "Running"`)
		desk.pick("Cancel the rest")
		desk.confirm()
		desk.until(`document.querySelector("#room header .tag")?.textContent === "Cancelled"`)
		desk.room("#/campaigns")
		desk.until(`document.querySelectorAll("#room .table tbody tr").length === 2`)
	})
	t.Run("one that is for later waits for its time", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/campaigns/new")
		desk.typeInto("input[name=name]", "later")
		desk.typeInto("textarea[name=text]", "Good morning")
		desk.typeInto("textarea[name=rows]", "+15550150")
		desk.option("select[name=from]", ownLine(desk))
		eval[bool](desk, `(i => { const at = new Date(Date.now() + 2 * 86400e3); i.value = new Date(at - at.getTimezoneOffset() * 60e3).toISOString().slice(0, 16); return i.dispatchEvent(new Event("input", {bubbles: true})) })(document.querySelector("input[name=at]"))`)
		desk.pick("Save and see what it would do")
		desk.until(total("copies", "1"))
		desk.pick("Schedule")
		desk.confirm()
		desk.until(`document.querySelector("#room header .tag")?.textContent === "Running" && ` + shows("Goes out from") + ` && ` + total("waiting", "1"))
	})
	desk.quiet(t)
}

// threadOf is the conversation with a number.
func threadOf(p *tab, number string) string {
	p.t.Helper()
	for _, th := range rest[struct{ Threads []struct{ ID, Peer string } }](p, "GET", "/threads", nil).Threads {
		if th.Peer == number {
			return th.ID
		}
	}
	p.t.Fatalf("there is no conversation with %s", number)
	return ""
}

func TestPageConsent_S31(t *testing.T) {
	desk, url := openRooms(t)
	phone := desk.handset(t, url)
	answers := func() string {
		return eval[string](desk, `fetch("/api/v1/threads/`+threadOf(desk, "+15550100")+`/messages").then(a => a.json()).then(a => a.messages.map(m => m.text).join("|"))`)
	}
	t.Run("a rule is off until somebody switches it on", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		desk.room("#/consent/replies/new")
		desk.typeInto("dialog[open] input[name=name]", "closed")
		desk.typeInto("dialog[open] textarea[name=text]", "We answer tomorrow.")
		desk.pick("Save")
		desk.until(`!document.querySelector("dialog[open]") && document.querySelector("#room [role=switch]")?.ariaChecked === "false"`)
		phone.write("#phone-text", "Anybody there?")
		desk.until(`document.title.startsWith("(1)")`)
		if said := answers(); strings.Contains(said, "We answer tomorrow.") {
			t.Errorf("a rule that is off has answered: %s", said)
		}
		desk.pick("On: closed")
		desk.until(`document.querySelector("#room [role=switch]")?.ariaChecked === "true"`)
		phone.write("#phone-text", "Hello?")
		phone.until(`[...document.querySelectorAll(".note-bubble.in .bubble-text")].some(b => b.textContent === "We answer tomorrow.")`)
		desk.pick("On: closed")
		desk.until(`document.querySelector("#room [role=switch]")?.ariaChecked === "false"`)
	})
	t.Run("who is blocked calls nobody, until the number is taken out", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/consent/blocks")
		desk.option("select[name=kind]", "begins")
		desk.typeInto("#room input[name=value]", "no digits")
		desk.pick("Block")
		desk.until(`document.querySelector("#room .wrong")?.textContent.includes("+4990")`) // the way out is named
		desk.refill(`#room input[name=value]`, "")
		desk.typeInto("#room input[name=value]", "+4990")
		desk.pick("Block")
		desk.until(`document.querySelectorAll("#room .table tbody tr").length === 1 && ` + shows("+4990"))
		desk.pick("Take out: +4990")
		desk.until(shows("Nothing is blocked."))
	})
	t.Run("STOP puts somebody on the list, nothing goes to them, and back it takes a person and a reason", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		desk.room("#/consent")
		desk.until(shows("Nobody has opted out."))
		phone.write("#phone-text", "STOP")
		desk.until(shows("They wrote “stop”"))
		refusal := rest[problemThere](desk, "POST", "/messages", map[string]any{"to": map[string]any{"number": "+15550100"}, "text": "One more", "idem": "out"})
		if !strings.Contains(refusal.Type, "opted_out") {
			t.Errorf("a text to who opted out: %+v", refusal)
		}
		desk.pick("They agreed again: +15550100")
		desk.until(`document.querySelector("dialog[open] input[name=agreed]")`)
		desk.confirm()
		desk.until(`document.querySelector("dialog[open] .wrong")`) // without a word on how they agreed it is not done
		desk.typeInto("dialog[open] input[name=agreed]", "by phone today")
		desk.confirm()
		desk.until(shows("Nobody has opted out."))
	})
	desk.quiet(t)
}

type problemThere struct{ Type, Detail string }

// TestPageContactFiles: a file is looked at before anything is kept, nobody is
// kept twice, and what goes out comes in again as the same.
func TestPageContactFiles(t *testing.T) {
	desk, _ := openRooms(t)
	rest[any](desk, "POST", "/contacts", map[string]any{"name": "Rita Berg", "numbers": []string{"+15550100"}})
	count := func() int {
		return len(rest[struct{ Contacts []any }](desk, "GET", "/contacts", nil).Contacts)
	}
	const cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Rita Berg\r\nORG:Harbour\r\nTEL:+15550100\r\nEND:VCARD\r\n" +
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Sam Oak\r\nTEL:0151 23456789\r\nEND:VCARD\r\n" +
		"BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Nobody\r\nTEL:abc\r\nEND:VCARD\r\n"
	desk.room("#/people/files")
	desk.until(`document.querySelector("dialog[open] textarea[name=contacts]")`)
	desk.refill("dialog[open] textarea[name=contacts]", cards)
	desk.refill("dialog[open] input[name=country]", "49")
	desk.pick("Look at it first")
	figure := func(key, want string) string {
		return fmt.Sprintf(`document.querySelector("dialog[open] [data-figure=%s] dd")?.textContent === %q`, key, want)
	}
	desk.until(figure("added", "1") + ` && ` + figure("changed", "1") + ` && ` + figure("left", "1"))
	if n := count(); n != 1 {
		t.Fatalf("%d contacts after a look, want the 1 from before", n)
	}
	desk.pick("Keep them")
	desk.until(`!document.querySelector("dialog[open]") && ` + shows("Sam Oak"))
	if n := count(); n != 2 {
		t.Errorf("%d contacts after a file of one new and one known, want 2", n)
	}
	for _, format := range []string{"vcard", "csv"} {
		desk.until(`!document.querySelector("dialog[open]") && location.hash === "#/people"`)
		desk.room("#/people/files")
		desk.until(`document.querySelector("dialog[open] textarea[name=contacts]")`)
		eval[bool](desk, `fetch("/api/v1/export/contacts?format=`+format+`").then(a => a.text()).then(text => {
			const field = document.querySelector("dialog[open] textarea[name=contacts]");
			field.value = text;
			return field.dispatchEvent(new Event("input", {bubbles: true}));
		})`)
		desk.pick("Look at it first")
		desk.until(figure("added", "0") + ` && ` + figure("changed", "0") + ` && ` + figure("unchanged", "2"))
		desk.pick("Close")
	}
	desk.quiet(t)
}

// TestPageThreadFile: the cog of a conversation gives it as a file.
func TestPageThreadFile(t *testing.T) {
	desk, _ := openRooms(t)
	desk.click(".cog > button")
	desk.pick("Save as a file")
	desk.choose("dialog[open] label", "Table (CSV)")
	desk.until(`document.querySelector("dialog[open] a[download]")?.href.includes("format=csv")`)
	if file := eval[string](desk, `fetch(document.querySelector("dialog[open] a[download]").href).then(a => a.text())`); strings.Count(file, "\n") != 4 || !strings.Contains(file, "Thank you!") {
		t.Errorf("the file of three texts:\n%s", file)
	}
}

// TestPageWebhook: a webhook of which nobody takes the events is seen to fail,
// is switched off and on, gets another secret, and tells again what was asked.
func TestPageWebhook(t *testing.T) {
	desk, _ := openRooms(t)
	desk.room("#/programs/webhook")
	desk.typeInto("dialog[open] input[type=url]", "https://crm.invalid/sms")
	desk.confirm()
	desk.until(`document.querySelector("dialog[open] .copy-row input")?.value.startsWith("whsec_")`)
	first := eval[string](desk, `document.querySelector("dialog[open] .copy-row input").value`)
	desk.pick("Close")
	rest[any](desk, "POST", "/contacts", map[string]any{"name": "Rita", "numbers": []string{"+15550177"}})
	desk.pick("Deliveries: https://crm.invalid/sms")
	desk.until(`document.querySelectorAll("#room .table tbody tr").length > 0 && ` + shows("Every try since"))
	desk.pick("Events are delivered")
	desk.until(`document.querySelector("#room [role=switch]").ariaChecked === "false"`)
	desk.pick("Events are delivered")
	desk.until(`document.querySelector("#room [role=switch]").ariaChecked === "true"`)
	desk.pick("New signing secret")
	desk.confirm()
	desk.until(`document.querySelector("dialog[open] .copy-row input")?.value.startsWith("whsec_")`)
	if second := eval[string](desk, `document.querySelector("dialog[open] .copy-row input").value`); second == first {
		t.Error("the new secret is the old one")
	}
	desk.pick("Close")
	desk.until(`!document.querySelector("dialog[open]")`)
	desk.choose("#room .choice label", "Given up")
	desk.until(shows("Nothing is like that.")) // control: the list is of those alone
	desk.pick("Tell everything again")
	desk.confirm()
	desk.until(`document.querySelector(".toasts").textContent.includes("It is told again.")`)
	desk.quiet(t)
}

// asksOnce tells which functions the page has called again and again every three
// seconds, and how often it asked for the webhooks.
const asksOnce = `{
	window.again = new Map();
	window.asked = 0;
	const set = setInterval, clear = clearInterval, send = WebSocket.prototype.send;
	window.setInterval = (f, ms) => { const id = set(f, ms); if (ms === 3000) again.set(id, f); return id };
	window.clearInterval = id => { again.delete(id); clear(id) };
	WebSocket.prototype.send = function (text) { if (text.includes('"hook.list"')) asked++; send.call(this, text) };
}`

// TestPageWebhookAsks: what became of deliveries is asked for again and again only
// while something is under way, and somebody sees the page.
func TestPageWebhookAsks(t *testing.T) {
	desk, _ := openRooms(t)
	made := rest[struct{ Hook struct{ ID string } }](desk, "POST", "/webhooks", map[string]any{"url": "https://crm.invalid/sms", "events": []string{"contact.*"}})
	rest[any](desk, "PATCH", "/webhooks/"+made.Hook.ID, map[string]any{"disabled": true})
	desk.onLoad(asksOnce)
	desk.room("#/programs/hook/" + made.Hook.ID)
	desk.do(chromedp.Reload())
	desk.until(`document.querySelector("#room [role=switch]")?.ariaChecked === "false"`)
	rest[any](desk, "POST", "/contacts", map[string]any{"name": "Rita", "numbers": []string{"+15550177"}})
	if n := eval[int](desk, `new Promise(done => setTimeout(() => done(again.size), 500))`); n != 0 { // nothing can be waited for
		t.Errorf("a webhook that is switched off is looked at again and again, %d times over", n)
	}
	desk.pick("Events are delivered")
	desk.comes(`again.size === 1`)
	desk.until(`document.querySelectorAll("#room .table tbody tr").length > 0 && ` + shows("Every try since"))

	look := func(hidden bool) (asked int) {
		return eval[int](desk, fmt.Sprintf(`new Promise(done => {
			Object.defineProperty(document, "hidden", {value: %v, configurable: true});
			setTimeout(() => { // what was asked before is asked by then
				const before = asked;
				[...again.values()].forEach(f => f());
				setTimeout(() => done(asked - before), 500);
			}, 500);
		})`, hidden))
	}
	if n := look(true); n != 0 {
		t.Errorf("a page that nobody sees asks %d times", n)
	}
	if look(false) == 0 {
		t.Error("control: a page that is seen asks for nothing either")
	}
	desk.room("#/people")
	desk.comes(`again.size === 0`)
	desk.quiet(t)
}

// TestPagePicker: under a name stands the number as people at home write it, and
// in full where the mouse rests; the phone of a colleague has a light of its own.
func TestPagePicker_S5_S104(t *testing.T) {
	desk, _ := openRooms(t)
	rest[any](desk, "POST", "/contacts", map[string]any{"name": "Rita", "numbers": []string{"+4915123456789"}})
	ben := rest[madeAgent](desk, "POST", "/agents", map[string]string{"name": "Ben", "role": "agent"})
	desk.room("#/history")
	desk.pick("New conversation")
	desk.typeInto("dialog[open] input[name=to]", "Rita")
	desk.until(`document.querySelector("dialog[open] .found-sub bdi")?.textContent === "+49 1512 3456789" && document.querySelector("dialog[open] .found-sub bdi").title === "+4915123456789"`)
	desk.refill("dialog[open] input[name=to]", "Ben")
	desk.until(`document.querySelector("dialog[open] .avatar.inside .presence") && !document.querySelector("dialog[open] .phone-dot")`) // control: of whom nothing is known
	rest[any](desk, "POST", "/presence/phone", map[string]any{"agent": ben.Agent.ID, "state": "busy"})
	desk.until(`document.querySelector("dialog[open] .avatar.inside .phone-dot.busy") && document.querySelector("dialog[open] .found-sub").textContent.includes("on the phone")`)
	desk.quiet(t)
}
