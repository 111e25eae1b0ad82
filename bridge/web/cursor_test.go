package web

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"testing"

	"smsbridge/storage"
)

// arrivals puts n texts of one handset into the ledger.
func (b *box) arrivals(t testing.TB, line, from string, n int) {
	t.Helper()
	for i := range n {
		pdu := fmt.Sprintf("%s%s%04d", from, line, i)
		kept, err := b.db.Keep(t.Context(), line, nil, []storage.Kept{{Memory: "SM", Index: i, PDU: pdu}})
		if err == nil {
			err = b.db.Receive(t.Context(), line, []storage.Arrival{{Kept: kept[0], Kind: storage.Text, From: from, Text: "hi", Identity: pdu}}, nil)
		}
		if err == nil {
			err = b.db.Removed(t.Context(), []int64{kept[0].ID})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// behind changes the ledger behind its back.
func behind(t testing.TB, path, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// TestCursor: what a device has acknowledged is where it goes on, its owner
// sees who is behind, and nobody acknowledges what has not happened.
func TestCursor(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	auth := []string{"Authorization", bearer(secret)}
	head, _ := b.db.Head(t.Context())
	open := func(params string) (*wire, map[string]any) {
		w := b.dial(t, auth...)
		a, _ := w.open(params)["result"].(map[string]any)
		if a == nil {
			t.Fatal("no answer")
		}
		return w, a
	}
	device := `"client":{"name":"crm","version":"2","device":"dv_one"}`
	w, a := open(`{` + device + `,"resume":{"acked":true}}`)
	if a["resumed"] != false || a["cursor"] != nil || a["reason"] != nil {
		t.Errorf("a new device: %v", a)
	}
	w.hear() // live
	b.signals(t, 1, 5)
	for i := range 5 {
		w.say(fmt.Sprintf(`{"jsonrpc":"2.0","method":"events.ack","params":{"seq":%d}}`, head.Seq+int64(i)))
	}
	for _, bad := range []string{`{"seq":99999}`, `{"seq":-1}`, `{"epoch":"ep_other","seq":1}`} {
		w.say(`{"jsonrpc":"2.0","id":"a","method":"events.ack","params":` + bad + `}`)
		for m := w.hear(); ; m = w.hear() {
			if m["id"] == "a" {
				if m["error"] == nil {
					t.Errorf("%s was taken", bad)
				}
				break
			}
		}
	}
	writes, _, _ := b.db.Cursor(t.Context(), storage.Author{Kind: "token", ID: tokenID(t, b, secret)}, "dv_one")
	if writes.Seq != head.Seq {
		t.Errorf("five words within a second wrote %d, not the first only", writes.Seq)
	}
	w.Close()
	for { // the last word is written when the socket ends
		if c, _, _ := b.db.Cursor(t.Context(), writes.Owner, "dv_one"); c.Seq == head.Seq+4 {
			break
		}
	}
	w, a = open(`{` + device + `,"resume":{"acked":true}}`)
	if a["resumed"] != true || a["cursor"].(map[string]any)["seq"] != float64(head.Seq+4) {
		t.Errorf("the device again: %v", a)
	}
	w.event(head.Seq + 4)
	t.Run("over REST", func(t *testing.T) {
		answer, text := b.ask(t, "PUT", "/api/v1/cursors/dv_two", fmt.Sprintf(`{"seq":%d}`, head.Seq), auth...)
		want(t, "ack", answer, text, 200)
		c := b.client(t, storage.ScopeAdmin)
		all, err := c.Cursors(t.Context())
		if err != nil || len(all) != 2 {
			t.Fatalf("%v %v", all, err)
		}
		if all[0].Device != "dv_two" || all[0].Behind != 5 || all[0].Online {
			t.Errorf("the one behind: %+v", all[0])
		}
		if all[1].Device != "dv_one" || all[1].Behind != 1 || !all[1].Online || all[1].Client != "crm 2" {
			t.Errorf("the other: %+v", all[1])
		}
	})
}

func tokenID(t testing.TB, b *box, secret string) string {
	t.Helper()
	p, err := b.proveToken(t.Context(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return p.who.Token.ID
}

// TestMissed counts what came while the device was away, and only what its
// caller may see.
func TestMissed(t *testing.T) {
	b := newBox(t)
	other := b.attach(t, "8902", "+15550191")
	one := newSecret(tokenPrefix)
	if _, err := b.db.CreateToken(t.Context(), storage.Token{Label: "one", Scopes: []string{storage.ScopeRead}, Lines: []string{b.line.ID}}, hashOf(one)); err != nil {
		t.Fatal(err)
	}
	_, secret := b.token(t, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	b.arrivals(t, b.line.ID, "+15550100", 3)
	b.arrivals(t, b.line.ID, "+15550101", 1)
	b.arrivals(t, other.ID, "+15550102", 2)
	for name, c := range map[string]struct {
		header            []string
		subscribe         string
		messages, threads float64
	}{
		"who sees all":       {[]string{"Authorization", bearer(secret)}, `{}`, 6, 3},
		"who wants one line": {[]string{"Authorization", bearer(secret)}, fmt.Sprintf(`{"lines":[%q]}`, other.ID), 2, 1},
		"who sees one line":  {[]string{"Authorization", bearer(one)}, `{}`, 4, 2},
	} {
		w := b.dial(t, c.header...)
		a, _ := w.open(fmt.Sprintf(`{"subscribe":%s,"resume":{"epoch":%q,"after":%d}}`, c.subscribe, head.Epoch, head.Seq))["result"].(map[string]any)
		m, _ := a["missed"].(map[string]any)
		if m["messages"] != c.messages || m["threads"] != c.threads || m["since"] == nil {
			t.Errorf("%s missed %v", name, m)
		}
	}
}

// TestTrimmed: who comes back after the log was trimmed is told so, by every
// way of following.
func TestTrimmed(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	b.signals(t, 1, 20)
	head, _ := b.db.Head(t.Context())
	behind(t, b.path, `UPDATE event SET at = 1 WHERE seq <= ?`, head.Seq-5)
	if err := b.db.Trim(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := b.dial(t, "Authorization", bearer(secret))
	a, _ := w.open(fmt.Sprintf(`{"resume":{"epoch":%q,"after":2}}`, head.Epoch))["result"].(map[string]any)
	if a["resumed"] != false || a["reason"] != "trimmed" || a["oldest"] != float64(head.Seq-4) || a["missed"] != nil {
		t.Errorf("the socket says %v", a)
	}
	answer, text := b.ask(t, "GET", "/api/v1/events?poll=1&since=2", "", "Authorization", bearer(secret))
	if answer.StatusCode != 410 || problemOf(t, text).Code != cursorLost.Code {
		t.Errorf("poll: %d %s", answer.StatusCode, text)
	}
	if _, text := b.ask(t, "GET", fmt.Sprintf("/api/v1/events?poll=1&since=%d", head.Seq-5), "", "Authorization", bearer(secret)); len(readLines(t, text)) != 5 {
		t.Errorf("what is left: %s", text)
	}
}

// TestLists_have_a_head: every list says at which position of the log it was
// asked for.
func TestLists_have_a_head(t *testing.T) {
	b := newBox(t)
	n := 0
	for _, m := range b.methods {
		if len(m.name) < 5 || m.name[len(m.name)-5:] != ".list" {
			continue
		}
		n++
		if m.name == "session.list" {
			continue // people's own; the administrator has none
		}
		result, err := b.call(t.Context(), b.byName[m.name], &proof{who: storage.Caller{Admin: true}}, nil)
		if err != nil {
			t.Errorf("%s: %v", m.name, err)
			continue
		}
		var a struct{ Head *storage.Head }
		if err := json.Unmarshal(encode(result), &a); err != nil || a.Head == nil || a.Head.Epoch == "" {
			t.Errorf("%s: %s (%v)", m.name, encode(result), err)
		}
	}
	if n < 8 {
		t.Errorf("only %d lists were found", n)
	}
}
