package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// boxed is an expression for the box of somebody.
func boxed(who string) string {
	return fmt.Sprintf(`document.querySelector(%q)`, `.chatbox[aria-label="Box: `+who+`"]`)
}

// TestPageBoxes: conversations stand in boxes side by side at the foot of any
// room; one that nobody looks at turns green, and closing a box closes no chat.
func TestPageBoxes_S85_S97_S109_S125(t *testing.T) {
	desk, url := openRooms(t)
	phone := desk.handset(t, url)
	id := threadOf(desk, customer)
	rest[any](desk, "POST", "/messages", map[string]any{"to": map[string]any{"number": "+15550121"}, "text": "Hello", "idem": "b", "from": ownLine(desk)})
	other := threadOf(desk, "+15550121")

	t.Run("who wants boxes gets one from History, with the caret in it, and stays in the room", func(t *testing.T) {
		desk := desk.in(t)
		desk.room("#/settings")
		desk.choose("label", "In a box at the foot of it")
		desk.until(`[...document.querySelectorAll("label")].find(l => l.textContent === "In a box at the foot of it").querySelector("input").checked`)
		desk.room("#/history")
		desk.pick("Reply: " + customer)
		desk.until(boxed(customer) + `?.querySelectorAll(".bubble").length === 3 && location.hash.startsWith("#/history")`)
		desk.comes(`document.activeElement?.id === "composer-` + id + `"`)
		desk.pick("Reply: +15550121")
		desk.until(`document.querySelectorAll(".chatbox:not(.small)").length === 2`)
		desk.comes(`document.activeElement?.id === "composer-` + other + `"`)
	})
	t.Run("a text that comes turns the box green, on whose box nobody is, until it is looked at", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		phone.write("#phone-text", "One more thing")
		desk.until(boxed(customer) + `.classList.contains("fresh") && ` + boxed(customer) + `.querySelectorAll(".bubble").length === 4`)
		if eval[bool](desk, boxed("+15550121")+`.classList.contains("fresh")`) { // control
			t.Error("the box of somebody else is green too")
		}
		eval[bool](desk, `document.getElementById("composer-`+id+`").focus() === undefined`)
		desk.until(`!` + boxed(customer) + `.classList.contains("fresh")`)
	})
	t.Run("what is written in a box goes to whom the box is with", func(t *testing.T) {
		desk, phone := desk.in(t), phone.in(t)
		desk.write("#composer-"+id, "Which one?")
		phone.until(`[...document.querySelectorAll(".note-bubble.in .bubble-text")].some(b => b.textContent === "Which one?")`)
		for _, m := range rest[messagesThere](desk, "GET", "/threads/"+other+"/messages", nil).Messages {
			if m.Text == "Which one?" {
				t.Error("it went to the other box as well")
			}
		}
	})
	t.Run("small, it stays with the next room and the next visit; closed, the chat stays open", func(t *testing.T) {
		desk := desk.in(t)
		desk.pick("Make small: " + customer)
		desk.until(boxed(customer) + `.classList.contains("small")`)
		desk.room("#/people")
		desk.do(chromedp.Reload())
		desk.until(boxed(customer) + `?.classList.contains("small") && ` + boxed("+15550121"))
		desk.pick("Close box: " + customer)
		desk.until(`!` + boxed(customer))
		if view := rest[struct{ Threads []struct{ ID string } }](desk, "GET", "/threads?state=open", nil); len(view.Threads) != 2 {
			t.Errorf("%d open conversations after a box was closed, want 2", len(view.Threads))
		}
	})
	desk.quiet(t)
}

// TestPageEmbedded shows a conversation within the page of a portal, which comes
// in by a ticket of its own server; a portal that is not on the list gets
// nothing, and neither does a ticket that was used.
func TestPageEmbedded_S123(t *testing.T) {
	desk, url := openRooms(t)
	phone := desk.handset(t, url)
	secret := portalToken(desk)
	portal := newPortal(t, url, secret)

	shown := newBrowser(t, findChromium(t))
	t.Run("a portal that nobody has listed gets nothing", func(t *testing.T) { // control
		shown := shown.in(t)
		shown.open(portal)
		eval[bool](shown, `new Promise(done => setTimeout(() => done(true), 1500))`) // nothing can be waited for
		if said := eval[string](shown, `window.said.join()`); said != "" {
			t.Errorf("the element says %q in a page that may not show it", said)
		}
	})
	rest[any](desk, "PUT", "/settings/embed_origins", map[string]any{"value": []string{portal}})
	t.Run("one on the list has the conversation in its page, and is told what is unread", func(t *testing.T) {
		shown, phone := shown.in(t), phone.in(t)
		shown.open(portal)
		shown.until(`document.body.dataset.open === "yes"`)
		phone.write("#phone-text", "Are you there?")
		desk.in(t).until(`document.title.startsWith("(1)") || ` + lastText("in", "Are you there?"))
	})
	t.Run("in it stands the conversation that the portal has named, and one writes as whom the token belongs to", func(t *testing.T) {
		page := newBrowser(t, findChromium(t)).in(t)
		page.open(url + "/embed")
		page.until(`document.querySelector("[role=status]")?.textContent.startsWith("Waiting for the page around")`)
		ticket := takeTicket(t, url, secret)
		hand := fmt.Sprintf(`window.postMessage({type: "smsbridge.ticket", ticket: %q, number: %q}, "*") === undefined`, ticket, customer)
		eval[bool](page, hand)
		page.until(lastText("in", "Are you there?"))
		page.write("#composer", "Yes, within your portal.")
		phone.in(t).until(`[...document.querySelectorAll(".note-bubble.in .bubble-text")].some(b => b.textContent === "Yes, within your portal.")`)
		page.quiet(t)

		again := newBrowser(t, findChromium(t)).in(t)
		again.open(url + "/embed")
		again.until(`document.querySelector("[role=status]")`)
		eval[bool](again, hand)
		again.until(`document.querySelector(".note")?.textContent.startsWith("The session is over")`)
	})
	t.Run("what the desk of the same browser has kept stays", func(t *testing.T) {
		desk := desk.in(t)
		me := rest[struct{ Agent struct{ ID string } }](desk, "GET", "/session", nil).Agent.ID
		kept := fmt.Sprintf(`localStorage.getItem("smsbridge.%s.boxes.all") ?? "nothing"`, me)
		eval[bool](desk, fmt.Sprintf(`(localStorage.setItem("smsbridge.%s.boxes.all", "[]"), localStorage.setItem("smsbridge.portal.ag_OTHER.boxes.all", "[]"), true)`, me))
		beside := desk.newTab(t)
		beside.open(portal)
		beside.until(`document.body.dataset.open === "yes"`)
		if got := eval[string](desk, kept); got != "[]" {
			t.Errorf("once a portal is open, of the boxes of the desk there is left %s", got)
		}
		if !eval[bool](desk, `localStorage.getItem("smsbridge.portal.ag_OTHER.boxes.all") === null`) { // control
			t.Error("what another account left in a portal is still there")
		}
	})
	desk.quiet(t)
}

// portalToken is what a portal's server takes tickets with: it acts as whom desk
// belongs to.
func portalToken(desk *tab) string {
	agent := rest[struct{ Agent struct{ ID string } }](desk, "GET", "/me", nil).Agent.ID
	return rest[struct{ Secret string }](desk, "POST", "/tokens", map[string]any{"label": "portal", "agent": agent, "scopes": []string{"messages:send", "messages:read", "lines:read", "contacts:write"}}).Secret
}

func takeTicket(t *testing.T, url, secret string) string {
	t.Helper()
	q, _ := http.NewRequestWithContext(t.Context(), "POST", url+"/api/v1/tickets", strings.NewReader("{}"))
	q.Header.Set("Authorization", "Bearer "+secret)
	q.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out struct{ Ticket string }
	if err := json.Unmarshal(text, &out); err != nil || out.Ticket == "" {
		t.Fatalf("no ticket: %s, %v", text, err)
	}
	return out.Ticket
}

// newPortal is somebody else's web server, with one page that shows the element,
// and the address where it gives out tickets.
func newPortal(t *testing.T, url, secret string) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Portal</title><meta name="viewport" content="width=device-width">
			<style>body { margin: 0; display: grid; grid-template: 1fr / repeat(auto-fit, minmax(min(420px, 100%%), 1fr)); min-height: 100vh; font: 1rem sans-serif } main { padding: 1rem }</style>
			<body><script>window.said = []</script>
			<main><h1>Order 4711</h1><p>Two vans, from Monday to Friday.</p></main>
			<script src="%s/portal.js"></script>
			<sms-bridge-chat number="%s" ticket-url="/ticket"></sms-bridge-chat>
			<script>
				const chat = document.querySelector("sms-bridge-chat");
				chat.addEventListener("open", () => { said.push("open"); document.body.dataset.open = "yes" });
				chat.addEventListener("unread", e => said.push("unread " + e.detail));
			</script>`, url, customer)
	})
	mux.HandleFunc("POST /ticket", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]string{"ticket": takeTicket(t, url, secret)})
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}
