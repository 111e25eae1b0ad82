package web

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// soon is the second within which what was revoked must have ended. It is the
// promise, not a wait: each end is awaited, and this is only its bound.
const soon = time.Second

// held opens a stream or a long poll and gives the channel that closes with it.
func (b *box) held(t *testing.T, verb, path, body string, header ...string) <-chan struct{} {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), verb, b.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	setHeaders(r.Header, header)
	ended := make(chan struct{})
	begun := make(chan error, 1)
	go func() {
		defer close(ended)
		answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
		begun <- err
		if err != nil {
			return
		}
		defer answer.Body.Close()
		for s := bufio.NewScanner(answer.Body); s.Scan(); {
		}
	}()
	if verb == "GET" { // a stream's head is sent at once
		if err := <-begun; err != nil {
			t.Fatal(err)
		}
	}
	return ended
}

// TestRevocation ends a way to come in while it holds a socket, a stream and a
// long poll open.
func TestRevocation(t *testing.T) {
	type came struct {
		agent  storage.Agent
		token  storage.Token
		cookie string
	}
	for name, c := range map[string]struct {
		token bool // comes in by a token of the account, not by a session
		do    func(b *box, owner string, c came) (verb, path, body string)
		code  int
		after int // the status of a request made then
	}{
		"token revoked": {true, func(_ *box, _ string, c came) (string, string, string) {
			return "DELETE", "/tokens/" + c.token.ID, ""
		}, closeRevoked, 401},
		"account of a token disabled": {true, func(_ *box, _ string, c came) (string, string, string) {
			return "PATCH", "/agents/" + c.agent.ID, `{"disabled":true}`
		}, closeRevoked, 401},
		"account disabled": {false, func(_ *box, _ string, c came) (string, string, string) {
			return "PATCH", "/agents/" + c.agent.ID, `{"disabled":true}`
		}, closeAuth, 401},
		"session ended elsewhere": {false, func(b *box, owner string, c came) (string, string, string) {
			found, err := b.db.Sessions(context.Background(), c.agent.ID, nil)
			if err != nil || len(found) != 1 {
				panic(fmt.Sprint(found, err))
			}
			return "DELETE", "/sessions/" + found[0].ID, ""
		}, closeAuth, 401},
		"password set by the owner": {false, func(_ *box, _ string, c came) (string, string, string) {
			return "POST", "/agents/" + c.agent.ID + "/password", `{"password":"a whole new one"}`
		}, closeAuth, 401},
		"role changed": {false, func(_ *box, _ string, c came) (string, string, string) {
			return "PATCH", "/agents/" + c.agent.ID, `{"role":"viewer"}`
		}, closeAccess, 200},
		"role changed, of a token": {true, func(_ *box, _ string, c came) (string, string, string) {
			return "PATCH", "/agents/" + c.agent.ID, `{"role":"viewer"}`
		}, closeAccess, 200},
		"line taken away": {false, func(b *box, _ string, c came) (string, string, string) {
			return "DELETE", "/lines/" + b.line.ID + "/agents/" + c.agent.ID, ""
		}, closeAccess, 200},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBox(t)
			owner := b.owner(t)
			var in came
			in.agent, in.cookie = b.person(t, "Ana", storage.RoleAgent, b.line.ID)
			header := []string{"Cookie", in.cookie, "Origin", b.url}
			if c.token {
				var secret string
				in.token, secret = b.tokenOf(t, in.agent.ID)
				header = []string{"Authorization", bearer(secret)}
			}
			w := b.dial(t, header...)
			w.open(`{"subscribe":{}}`)
			stream := b.held(t, "GET", "/api/v1/events", "", append(header, "Accept", "text/event-stream")...)
			lines := b.held(t, "GET", "/api/v1/events", "", header...)
			poll := b.held(t, "POST", "/api/v1/messages?wait=delivered&timeout=60", `{"to":{"number":"+15550100"},"text":"x"}`, header...)
			b.opened(t, 4)

			verb, path, body := c.do(b, owner, in)
			answer, text := b.page(t, owner, verb, "/api/v1"+path, body)
			want(t, name, answer, text, 200)
			bound := time.After(soon)
			for what, ended := range map[string]<-chan struct{}{"SSE": stream, "lines": lines, "long poll": poll} {
				select {
				case <-ended:
				case <-bound:
					t.Errorf("%s is open a second later", what)
				}
			}
			_ = w.SetReadDeadline(time.Now().Add(soon))
			if code := w.ends(); code != c.code {
				t.Errorf("the socket ended with %d, not %d", code, c.code)
			}
			answer, text = b.ask(t, "GET", "/api/v1/me", "", header...)
			want(t, "a request then", answer, text, c.after)
			other := b.dial(t, "Cookie", owner, "Origin", b.url) // others stay
			other.open(`{}`)
			other.say(`{"jsonrpc":"2.0","id":"1","method":"ping"}`)
			other.hear()
		})
	}
}

// opened waits until so many visits are counted in.
func (b *box) opened(t *testing.T, n int) {
	t.Helper()
	for {
		b.visits.mu.Lock()
		open := len(b.visits.open)
		b.visits.mu.Unlock()
		if open == n {
			return
		}
		if t.Context().Err() != nil {
			t.Fatalf("%d are open, not %d", open, n)
		}
		runtime.Gosched()
	}
}

// TestAccessChanged: a stream that goes on from before the account saw more is
// told so, one that saw less goes on, and nothing is seen in between.
func TestAccessChanged(t *testing.T) {
	b := newBox(t)
	two := b.attach(t, "8902", "+15550191")
	ana, cookie := b.person(t, "Ana", storage.RoleAgent, b.line.ID)
	header := []string{"Cookie", cookie, "Origin", b.url}
	head := func() storage.Head {
		h, err := b.db.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	resume := func(h storage.Head) (resumed bool, reason string, w *wire) {
		w = b.dial(t, header...)
		a := w.open(fmt.Sprintf(`{"resume":{"epoch":%q,"after":%d}}`, h.Epoch, h.Seq))
		result := a["result"].(map[string]any)
		reason, _ = result["reason"].(string)
		return result["resumed"].(bool), reason, w
	}
	before := head()
	if _, err := b.db.Assign(t.Context(), two.ID, ana.ID, true); err != nil {
		t.Fatal(err)
	}
	if resumed, reason, _ := resume(before); resumed || reason != reasonAccess {
		t.Errorf("from before she saw more: resumed %v, %q", resumed, reason)
	}
	answer, text := b.ask(t, "GET", fmt.Sprintf("/api/v1/events?poll=1&since=%s:%d", before.Epoch, before.Seq), "", header...)
	want(t, "the same by poll", answer, text, 410)
	now := head()
	if resumed, reason, _ := resume(now); !resumed {
		t.Errorf("from the snapshot after it: %q", reason)
	}
	answer, text = b.ask(t, "GET", fmt.Sprintf("/api/v1/events?poll=1&since=%s:%d", now.Epoch, now.Seq), "", header...)
	want(t, "the same by poll", answer, text, 200)

	// Straight in the ledger, so that the log itself is what ends the stream.
	_, _, w := resume(now)
	if _, err := b.db.Assign(t.Context(), two.ID, ana.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := b.db.SetLine(t.Context(), two.ID, storage.LineStatus{State: storage.LineAbsent, Reason: "unseen"}); err != nil {
		t.Fatal(err)
	}
	for {
		text, err := w.next()
		if strings.Contains(string(text), "unseen") {
			t.Error("an event of a line that was taken away was told")
		}
		if err != nil {
			break
		}
	}
	resumed, reason, w := resume(now)
	if !resumed {
		t.Errorf("who sees less goes on: %q", reason)
	}
	for {
		text, err := w.next()
		if err != nil {
			t.Fatalf("the stream ended at its own past: %v", err)
		}
		if strings.Contains(string(text), "unseen") {
			t.Error("an event of a line that was taken away was told at the replay")
		}
		if strings.Contains(string(text), `"live"`) {
			break
		}
	}
}
