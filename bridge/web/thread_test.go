package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"smsbridge/storage"
)

// texted files a text that came in.
func (b *box) texted(t testing.TB, line, from, words string) {
	t.Helper()
	kept, err := b.db.Keep(t.Context(), line, nil, []storage.Kept{{PDU: from + words, Index: -1}})
	if err == nil {
		a := storage.Arrival{Kept: kept[0], Identity: from + words, From: from, Text: words}
		err = b.db.Receive(t.Context(), line, []storage.Arrival{a}, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func answered[T any](t testing.TB, text string) T {
	t.Helper()
	var out T
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

type threadsAnswer struct {
	Threads []storage.Thread
	Badges  *storage.Badges
}

// TestDesk_S48_S54_S57_S84_S98_S110_S118 is two people at one desk: what one
// reads, closes or marks is not the other's, and what is deleted is everybody's.
func TestDesk_S48_S54_S57_S84_S98_S110_S118(t *testing.T) {
	b := newBox(t)
	second := b.attach(t, "8902", "+15550192")
	_, ana := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	_, mia := b.person(t, "Mia", storage.RoleManager)
	b.texted(t, b.line.ID, "+15550100", "first")
	b.texted(t, second.ID, "+15550101", "not for Ana")
	threads := func(cookie, query string) []storage.Thread {
		answer, text := b.page(t, cookie, "GET", "/api/v1/threads"+query, "")
		want(t, query, answer, text, 200)
		return answered[threadsAnswer](t, text).Threads
	}
	badges := func(cookie string) storage.Badges {
		_, text := b.page(t, cookie, "GET", "/api/v1/snapshot", "")
		return *answered[threadsAnswer](t, text).Badges
	}
	if got := threads(ana, ""); len(got) != 1 || got[0].View.Unread != 1 {
		t.Fatalf("Ana sees %+v", got)
	}
	if got := badges(mia); got != (storage.Badges{Threads: 2, Messages: 2}) {
		t.Errorf("Mia's badges are %+v", got)
	}
	path := "/api/v1/threads/" + threads(ana, "")[0].ID
	hidden := "/api/v1/threads/" + threads(mia, "")[0].ID
	for verb, at := range map[string]string{"GET": hidden, "PATCH": hidden + "/view"} {
		answer, text := b.page(t, ana, verb, at, `{"closed":true}`)
		want(t, verb+" of another line", answer, text, 404)
	}
	answer, text := b.page(t, ana, "PATCH", path+"/view", `{"closed":true,"muted":true}`)
	want(t, "close", answer, text, 200)
	if open, closed, hers := threads(ana, "?state=open"), threads(ana, "?state=closed"), threads(mia, "?state=open"); len(open) != 0 || len(closed) != 1 || len(hers) != 2 {
		t.Errorf("open %d, closed %d, Mia's %d", len(open), len(closed), len(hers))
	}
	b.texted(t, b.line.ID, "+15550100", "second")
	if got := threads(ana, "?state=open"); len(got) != 1 || got[0].View.Unread != 2 || !got[0].View.Muted {
		t.Errorf("after a text: %+v", got)
	}
	answer, text = b.page(t, ana, "POST", "/api/v1/threads/read-all", `{}`)
	want(t, "read all", answer, text, 200)
	undo := answered[readAnswer](t, text).Read.Undo
	if a, m := badges(ana), badges(mia); a.Threads != 0 || m.Messages != 3 {
		t.Errorf("badges %+v %+v", a, m)
	}
	answer, text = b.page(t, mia, "POST", "/api/v1/threads/read-all/undo", fmt.Sprintf(`{"undo":%q}`, undo))
	want(t, "another's undo", answer, text, 404)
	answer, text = b.page(t, ana, "POST", "/api/v1/threads/read-all/undo", fmt.Sprintf(`{"undo":%q}`, undo))
	want(t, "undo", answer, text, 200)
	if got := badges(ana); got.Messages != 2 {
		t.Errorf("after undo %+v", got)
	}
	message := threads(ana, "")[0].Last.ID
	answer, text = b.page(t, ana, "DELETE", "/api/v1/messages/"+message, "")
	want(t, "an agent deletes what a customer wrote", answer, text, 403)
	answer, text = b.page(t, mia, "DELETE", "/api/v1/messages/"+message, "")
	want(t, "a manager deletes it", answer, text, 200)
	answer, text = b.page(t, ana, "DELETE", path, "")
	want(t, "an agent deletes a thread", answer, text, 403)
	answer, text = b.page(t, mia, "DELETE", path, "")
	want(t, "a manager deletes it", answer, text, 200)
	if got := threads(ana, ""); len(got) != 0 {
		t.Errorf("Ana still sees %+v", got)
	}
	rows, err := b.db.AuditRows(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	audited := fmt.Sprint(rows)
	for _, method := range []string{"message.delete", "thread.delete"} {
		if !strings.Contains(audited, method) {
			t.Errorf("%s is not in the audit", method)
		}
	}
}

// TestContactCard_S53_S60_S78_S79_S86_S112_D1_D2_D4 fills a card, part by part.
func TestContactCard_S53_S60_S78_S79_S86_S112_D1_D2_D4(t *testing.T) {
	b := newBox(t)
	_, ana := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	b.texted(t, b.line.ID, "+15550100", "one")
	b.texted(t, b.line.ID, "+15550101", "two")
	save := func(body string, status int) storage.Contact {
		t.Helper()
		answer, text := b.page(t, ana, "POST", "/api/v1/contacts", body)
		want(t, body, answer, text, status)
		if status != 200 {
			return storage.Contact{}
		}
		return answered[contactAnswer](t, text).Contact
	}
	c := save(`{"first_name":"Bob","last_name":"Smith","numbers":["+1 555-0100"],"types":{"+1 555-0100":"mobile"},
		"emails":[{"address":"bob@example.org","type":"work"}],"custom":{"plate":"XY 1"},"notes":"likes tea","language":"en"}`, 200)
	if c.Name != "Bob Smith" || c.Type("+15550100") != "mobile" || c.Field("plate") != "XY 1" || c.Field("first_name") != "Bob" {
		t.Fatalf("%+v", c)
	}
	other := save(`{"name":"Robert","numbers":["+15550101"]}`, 200)
	save(fmt.Sprintf(`{"id":%q,"numbers":["+15550101"]}`, c.ID), 409)
	save(fmt.Sprintf(`{"id":%q,"if_rev":1,"notes":"late"}`, c.ID), 409)
	save(`{"name":"x","numbers":["+15550109"],"types":{"+15550109":"boat"}}`, 400)
	save(`{"name":"x","numbers":[]}`, 400)
	c = save(fmt.Sprintf(`{"id":%q,"if_rev":%d,"notes":"likes coffee"}`, c.ID, c.Rev), 200)
	if c.Notes != "likes coffee" || c.Last != "Smith" || len(c.Numbers) != 1 || len(c.Emails) != 1 || c.Custom["plate"] != "XY 1" {
		t.Errorf("what was not named has changed: %+v", c)
	}
	answer, text := b.page(t, ana, "POST", "/api/v1/contacts/"+c.ID+"/merge", fmt.Sprintf(`{"from":%q}`, other.ID))
	want(t, "merge", answer, text, 200)
	merge := answered[struct{ Merge storage.Merge }](t, text).Merge
	count := func() int {
		_, text := b.page(t, ana, "GET", "/api/v1/threads", "")
		return len(answered[threadsAnswer](t, text).Threads)
	}
	if n := count(); n != 1 || len(merge.Contact.Numbers) != 2 {
		t.Errorf("%d threads of %+v", n, merge.Contact)
	}
	answer, text = b.page(t, ana, "POST", "/api/v1/contacts/unmerge", fmt.Sprintf(`{"id":%q}`, merge.ID))
	want(t, "unmerge", answer, text, 200)
	if n := count(); n != 2 {
		t.Errorf("%d threads after the undo", n)
	}
	answer, text = b.page(t, ana, "POST", "/api/v1/contacts/unmerge", fmt.Sprintf(`{"id":%q}`, merge.ID))
	want(t, "unmerge again", answer, text, 409)
	_, text = b.page(t, ana, "GET", "/api/v1/contacts/lookup?number=%2B1%20555%200101", "")
	if found := answered[contactAnswer](t, text).Contact; found.ID != other.ID {
		t.Errorf("the number is %+v's", found)
	}
	_, text = b.page(t, ana, "GET", "/api/v1/people/thread?contact="+c.ID, "")
	if open := answered[struct{ Open storage.Opening }](t, text).Open; open.Thread == nil || open.To != "+15550100" {
		t.Errorf("%s", text)
	}
	answer, text = b.page(t, ana, "DELETE", "/api/v1/contacts/"+c.ID, "")
	want(t, "delete", answer, text, 200)
	if n := count(); n != 2 {
		t.Errorf("%d threads after the contact is gone", n)
	}
}
