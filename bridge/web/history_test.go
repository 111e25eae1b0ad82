package web

import (
	"fmt"
	"strings"
	"testing"

	"smsbridge/storage"
)

// TestExportShowsWhatOneSees_C16_N14: what goes out is what its taker sees, and
// what comes in is told once.
func TestExportShowsWhatOneSees_C16_N14(t *testing.T) {
	b := newBox(t)
	second := b.attach(t, "8902", "+15550192")
	_, ana := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	_, mia := b.person(t, "Mia", storage.RoleManager)
	b.texted(t, b.line.ID, "+15550100", "for Ana")
	b.texted(t, second.ID, "+15550100", "over the other line")
	b.texted(t, second.ID, "+15550101", "not for Ana")
	_, text := b.page(t, mia, "GET", "/api/v1/threads", "")
	threads := answered[threadsAnswer](t, text).Threads
	if len(threads) != 2 {
		t.Fatalf("%d threads", len(threads))
	}
	shared, hidden := threads[1].ID, threads[0].ID
	for _, c := range []struct {
		who, path   string
		status      int
		has, hasNot string
	}{
		{ana, "thread?thread=" + shared, 200, "for Ana", "over the other line"},
		{mia, "thread?thread=" + shared, 200, "over the other line", "not for Ana"},
		{ana, "thread?thread=" + shared + "&format=jsonl", 200, `"text":"for Ana"`, "over the other line"},
		{ana, "thread?thread=" + shared + "&format=csv", 200, "for Ana", "over the other line"},
		{ana, "thread?thread=" + shared + "&format=html", 200, "for Ana", "over the other line"},
		{ana, "thread?thread=" + hidden, 404, "there is no thread", "not for Ana"},
		{ana, "thread?thread=" + shared + "&format=exe", 400, "it is one of", "for Ana"},
	} {
		answer, text := b.page(t, c.who, "GET", "/api/v1/export/"+c.path, "")
		if answer.StatusCode != c.status || !strings.Contains(text, c.has) || strings.Contains(text, c.hasNot) {
			t.Errorf("%s: %d\n%s", c.path, answer.StatusCode, text)
		}
	}
	answer, text := b.page(t, ana, "GET", "/api/v1/export", "")
	want(t, "everything, as an agent", answer, text, 403)
	answer, text = b.page(t, mia, "GET", "/api/v1/export", "")
	if answer.StatusCode != 200 || strings.Count(text, `"message"`) != 3 {
		t.Errorf("everything: %d\n%s", answer.StatusCode, text)
	}

	body := fmt.Sprintf(`{"line":%q,"source":"gammu","messages":[{"dir":"in","peer":"+15550100","text":"long ago","at":"2019-05-01T08:00:00.000Z"}]}`, b.line.ID)
	answer, text = b.page(t, ana, "POST", "/api/v1/history", body)
	want(t, "an import by an agent", answer, text, 403)
	for _, added := range []string{`"added":1,"known":0`, `"added":0,"known":1`} {
		answer, text = b.page(t, mia, "POST", "/api/v1/history", body)
		want(t, "an import", answer, text, 200)
		if !strings.Contains(text, added) {
			t.Errorf("%s, want %s", text, added)
		}
	}
	answer, text = b.page(t, mia, "POST", "/api/v1/history", strings.ReplaceAll(body, b.line.ID, "ln_NONE"))
	want(t, "an import to no line", answer, text, 404)
}

func TestContactImportRules_D7(t *testing.T) {
	b := newBox(t)
	_, mia := b.person(t, "Mia", storage.RoleManager)
	card := func(name, org string, numbers ...string) string {
		return `BEGIN:VCARD\nVERSION:3.0\nFN:` + name + `\nORG:` + org + `\nTEL;TYPE=CELL:` + strings.Join(numbers, `\nTEL:`) + `\nEND:VCARD\n`
	}
	for _, c := range []struct{ text, rule, want string }{
		{card("Ana", "", "+15550100"), "fill", `"added":1,"changed":0,"unchanged":0`},
		{card("Ana", "", "+15550100"), "fill", `"added":0,"changed":0,"unchanged":1`},
		{card("Anna", "Shop", "+15550100", "+15550101"), "skip", `"added":0,"changed":0,"unchanged":1`},
		{card("Anna", "Shop", "+15550100", "+15550101"), "fill", `"changed":1,"unchanged":0,"left_out":0,"contacts":[{"id"`},
		{card("Anna", "Shop", "+15550100"), "fill", `"added":0,"changed":0,"unchanged":1`},
		{card("Anna", "Shop", "+15550100"), "replace", `"name":"Anna","organisation":"Shop"`},
		{card("Bo", "", "+15550102"), "fill", `"added":1`},
		{card("Both", "", "+15550100", "+15550102"), "fill", `make the two one first`},
		{card("Cy", "", "0151 234567"), "fill", `say which country`},
	} {
		answer, text := b.page(t, mia, "POST", "/api/v1/contacts/import", fmt.Sprintf(`{"text":"%s","rule":%q}`, c.text, c.rule))
		if answer.StatusCode != 200 || !strings.Contains(text, c.want) {
			t.Errorf("%s, %s: %d %s, want %s", c.text, c.rule, answer.StatusCode, text, c.want)
		}
	}
	answer, text := b.page(t, mia, "POST", "/api/v1/contacts/import", `{"rule":"eat"}`)
	want(t, "an unknown rule", answer, text, 400)
}
