package web

import (
	"encoding/json"
	"fmt"
	"testing"

	"smsbridge/storage"
)

// TestPortalFiles_S123: the page for portals is there under its own address, and
// of all files other pages may load the script of the element alone.
func TestPortalFiles_S123(t *testing.T) {
	b := newBox(t)
	_, index := b.ask(t, "GET", "/", "")
	if answer, text := b.ask(t, "GET", "/embed", ""); answer.StatusCode != 200 || text != index {
		t.Errorf("/embed: %d, %d octets", answer.StatusCode, len(text))
	}
	for path, want := range map[string]string{"/portal.js": "cross-origin", "/page.js": "same-origin", "/embed": "same-origin", "/api/v1/session": "same-origin"} {
		answer, _ := b.ask(t, "GET", path, "")
		if got := answer.Header.Get("Cross-Origin-Resource-Policy"); answer.StatusCode != 200 || got != want {
			t.Errorf("%s: %d, %q, want %q", path, answer.StatusCode, got, want)
		}
	}
}

// TestPortalSocket_S123: our page within a portal's comes in by the portal's
// ticket, and not as who is signed in to the same browser.
func TestPortalSocket_S123(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	_, secret := b.token(t, storage.ScopeRead)
	open := func(path, params string) (kind string, refused bool) {
		t.Helper()
		w, _, err := b.tryDialAt(t, path, "Origin", b.url, "Cookie", owner)
		if err != nil {
			t.Fatal(err)
		}
		answer := w.open(params)
		result, _ := answer["result"].(map[string]any)
		kind, _ = result["kind"].(string)
		return kind, answer["error"] != nil
	}
	if kind, refused := open(socketPath, `{}`); refused || kind != "agent" { // control: the cookie is good
		t.Fatalf("the owner's page: %q, refused %v", kind, refused)
	}
	if kind, refused := open(socketPath+"?portal", `{}`); !refused {
		t.Errorf("within a portal, without a ticket, by the cookie: %q", kind)
	}
	_, text := b.ask(t, "POST", "/api/v1/tickets", "", "Authorization", bearer(secret))
	var out ticketAnswer
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	if kind, refused := open(socketPath+"?portal", fmt.Sprintf(`{"ticket":%q}`, out.Ticket)); refused || kind != "token" {
		t.Errorf("within a portal, by its ticket: %q, refused %v", kind, refused)
	}
}
