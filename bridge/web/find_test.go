package web

import (
	"strings"
	"testing"

	"smsbridge/storage"
)

// TestFindWritten_S5: a number is shown as people write it, by the country of
// the line that one sends from.
func TestFindWritten_S5(t *testing.T) {
	b := newBox(t)
	b.card(t, "Rita", "+4915123456789")
	_, secret := b.token(t, storage.ScopeRead)
	found := func() string {
		t.Helper()
		_, text := b.ask(t, "GET", "/api/v1/people?q=Rita", "", "Authorization", bearer(secret))
		return text
	}
	if text := found(); !strings.Contains(text, `"number":"+4915123456789","written":"+49 1512 3456789"`) {
		t.Errorf("from a line of no known country: %s", text)
	}
	if _, err := b.db.Attach(t.Context(), storage.Facts{Port: b.line.Port, Number: b.line.Number, ICCID: b.line.ICCID, IMSI: "262011234567890"}); err != nil {
		t.Fatal(err)
	}
	if text := found(); !strings.Contains(text, `"written":"01512 3456789"`) {
		t.Errorf("from a German line: %s", text)
	}
}
