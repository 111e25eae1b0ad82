package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"smsbridge/storage"
)

// TestSendMany: each row stands for itself; the same key sends nothing twice; and
// what is larger is sent to campaigns.
func TestSendMany(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeSend)
	send := func(body string) (int, manyAnswer, string) {
		resp, text := b.ask(t, "POST", "/api/v1/messages/many", body, "Authorization", bearer(secret))
		var got manyAnswer
		json.Unmarshal([]byte(text), &got)
		return resp.StatusCode, got, text
	}
	const three = `{"rows":[{"to":{"number":"+15550100"},"text":"a"},{"to":{"number":"+1555x"},"text":"b"},{"to":{"number":"+15550102"},"text":"c","idem":"own"}],"idem":"k"}`
	status, got, text := send(three)
	if status != 200 || got.Accepted != 2 || got.Refused != 1 || len(got.Rows) != 3 {
		t.Fatalf("%d %s", status, text)
	}
	if e := got.Rows[1].Error; got.Rows[1].Row != 2 || e == nil || e.Code != recipientInvalid.Code || e.Data.Field != "to.number" {
		t.Errorf("the row that is wrong: %s", text)
	}
	first := got
	if status, got, text = send(three); status != 200 || got.Accepted != 2 {
		t.Fatalf("%d %s", status, text)
	}
	for _, i := range []int{0, 2} {
		if !got.Rows[i].Replayed || got.Rows[i].Message.ID != first.Rows[i].Message.ID || first.Rows[i].Replayed {
			t.Errorf("row %d is not the same text: %s", i+1, text)
		}
	}
	if n := b.outbound(t); n != 2 {
		t.Errorf("%d texts, and not 2", n)
	}
	if _, got, text = send(strings.Replace(three, `"text":"a"`, `"text":"other"`, 1)); got.Rows[0].Error == nil || got.Rows[0].Error.Code != idemMismatch.Code {
		t.Errorf("the same key with another text: %s", text)
	}
	for _, n := range []int{0, storage.MostSent + 1} {
		rows := strings.TrimSuffix(strings.Repeat(`{"to":{"number":"+15550100"},"text":"x"},`, n), ",")
		if status, _, text := send(fmt.Sprintf(`{"rows":[%s]}`, rows)); status != 400 || !strings.Contains(text, "campaign") {
			t.Errorf("%d rows: %d %s", n, status, text)
		}
	}
	audit, err := b.db.AuditRows(t.Context(), 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	sends := 0
	for _, row := range audit {
		if row.Method == "message.send" {
			sends++
		}
	}
	if sends < 3 {
		t.Errorf("%d of the rows are in the audit", sends)
	}
}
