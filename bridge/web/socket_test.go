package web

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

func TestSocket_replays_then_goes_live(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	b.signals(t, 1, 1200)
	w := b.dial(t, "Authorization", bearer(secret))
	a := w.open(fmt.Sprintf(`{"resume":{"epoch":%q,"after":%d}}`, head.Epoch, head.Seq))
	if r, _ := a["result"].(map[string]any); r["resumed"] != true {
		t.Fatalf("answer: %v", a)
	}
	last := head.Seq
	for range 1200 {
		last = w.event(last)
	}
	if m := w.hear(); m["method"] != "live" || m["params"].(map[string]any)["seq"] != float64(last) {
		t.Fatalf("after the replay: %v", m)
	}
	b.signals(t, 2, 3)
	for range 3 {
		last = w.event(last)
	}
}

// event hears an event that follows the one numbered after, and gives its
// number.
func (w *wire) event(after int64) int64 {
	w.Helper()
	m := w.hear()
	p, _ := m["params"].(map[string]any)
	if m["method"] != "event" || p["prev"] != float64(after) || p["seq"] != float64(after+1) {
		w.Fatalf("after %d came %v", after, m)
	}
	return after + 1
}

func TestSocket_tells_why_it_does_not_resume(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	b.signals(t, 1, replayMax+1)
	head, _ := b.db.Head(t.Context())
	for _, c := range []struct{ resume, reason string }{
		{`{"epoch":"ep_other","after":1}`, "epoch_changed"},
		{fmt.Sprintf(`{"epoch":%q,"after":%d}`, head.Epoch, head.Seq+1), "ahead"},
		{fmt.Sprintf(`{"epoch":%q,"after":1}`, head.Epoch), "too_far"},
	} {
		w := b.dial(t, "Authorization", bearer(secret))
		r, _ := w.open(`{"resume":` + c.resume + `}`)["result"].(map[string]any)
		if r["resumed"] != false || r["reason"] != c.reason || r["head"] != float64(head.Seq) || r["epoch"] != head.Epoch {
			t.Errorf("%s: %v", c.reason, r)
		}
		if m := w.hear(); m["method"] != "live" {
			t.Errorf("%s: then came %v", c.reason, m)
		}
		w.Close()
	}
	w := b.dial(t, "Authorization", bearer(secret))
	w.open(fmt.Sprintf(`{"resume":{"epoch":%q,"after":1,"replay":"all"}}`, head.Epoch))
	for last := int64(1); last < head.Seq; {
		last = w.event(last)
	}
	t.Run("trimmed", func(t *testing.T) {
		if got := lost(storage.Head{Epoch: "e", Seq: 90, Oldest: 50}, "e", 48); got != "trimmed" {
			t.Errorf("after 48 with the log beginning at 50: %q", got)
		}
		if got := lost(storage.Head{Epoch: "e", Seq: 90, Oldest: 50}, "e", 49); got != "" {
			t.Errorf("after 49 with the log beginning at 50: %q", got)
		}
	})
}

func TestSocket_filters(t *testing.T) {
	b := newBox(t)
	other := b.attach(t, "8902", "+15550191")
	_, secret := b.token(t, storage.ScopeRead)
	w := b.dial(t, "Authorization", bearer(secret))
	w.open(fmt.Sprintf(`{"subscribe":{"lines":[%q],"events":["line.*"]}}`, other.ID))
	if m := w.hear(); m["method"] != "live" {
		t.Fatal(m)
	}
	before, _ := b.db.Head(t.Context())
	b.signals(t, 1, 5)
	if err := b.db.SetLine(t.Context(), other.ID, storage.LineStatus{State: storage.LineReady, Signal: -70}); err != nil {
		t.Fatal(err)
	}
	p := w.hear()["params"].(map[string]any)
	if p["line"] != other.ID || p["seq"] != float64(before.Seq+6) || p["prev"] != float64(before.Seq) {
		t.Errorf("told: %v", p)
	}
	w = b.dial(t, "Authorization", bearer(secret))
	if a := w.open(`{"subscribe":{"events":["[x"]}}`); a["error"] == nil {
		t.Errorf("a broken pattern was taken: %v", a)
	}
}

func TestSocket_beats(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Heartbeat = 50 * time.Millisecond })
	_, secret := b.token(t, storage.ScopeRead)
	w := b.dial(t, "Authorization", bearer(secret))
	pings := 0
	w.SetPingHandler(func(string) error {
		pings++
		return w.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
	})
	w.open(`{"subscribe":{"events":["message.*"]}}`)
	w.hear() // live
	b.signals(t, 1, 7)
	head, _ := b.db.Head(t.Context())
	for {
		m := w.hear()
		if m["method"] != "beat" {
			t.Fatalf("not subscribed to %v", m)
		}
		if m["params"].(map[string]any)["seq"] == float64(head.Seq) && pings > 2 {
			break
		}
	}
	t.Run("and hangs up on the dead", func(t *testing.T) {
		w.SetPingHandler(func(string) error { return nil })
		start := time.Now()
		for {
			if _, err := w.next(); err != nil {
				break
			}
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("after %v", d)
		}
	})
}

// TestSocket_strict is the JSON-RPC that is not taken, with the number that it
// is refused by.
func TestSocket_strict(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	w := b.dial(t, "Authorization", bearer(secret))
	w.hear()
	for _, c := range []struct {
		frame string
		id    any
		code  int
		word  string // that the detail must have
	}{
		{`{"jsonrpc":"2.0","id":"1","method":"ping"`, nil, -32700, "byte 41"},
		{`nonsense`, nil, -32700, "byte 2"},
		{``, nil, -32700, "byte 0"},
		{`[{"jsonrpc":"2.0","id":"1","method":"ping"}]`, nil, -32600, "Batches"},
		{`"ping"`, nil, -32600, "object"},
		{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, nil, -32600, "string"},
		{`{"jsonrpc":"2.0","id":null,"method":"ping"}`, nil, -32600, "string"},
		{`{"jsonrpc":"2.0","method":"ping"}`, nil, -32600, "missing"},
		{`{"jsonrpc":"1.0","id":"1","method":"ping"}`, "1", -32600, "2.0"},
		{`{"id":"1","method":"ping"}`, "1", -32600, "2.0"},
		{`{"jsonrpc":"2.0","id":"1"}`, "1", -32600, "method"},
		{`{"jsonrpc":"2.0","id":"1","method":7}`, "1", -32600, "method"},
		{`{"jsonrpc":"2.0","id":"1","method":"ping","params":[1]}`, "1", -32602, "object"},
		{`{"jsonrpc":"2.0","id":"1","method":"message.sned"}`, "1", -32601, "message.sned"},
		{`{"jsonrpc":"2.0","id":"1","method":"thread.list","params":{"limit":"x"}}`, "1", -32602, "limit"},
		{`{"jsonrpc":"2.0","id":"1","method":"message.send","params":{}}`, "1", 1003, "messages:send"},
		{`{"jsonrpc":"2.0","id":"ä","method":"message.get","params":{"id":"ms_0"}}`, "ä", 4007, "ms_0"},
	} {
		w.say(c.frame)
		a := w.hear()
		e, _ := a["error"].(map[string]any)
		if e == nil || e["code"] != float64(c.code) || a["id"] != c.id {
			t.Errorf("%s: %v", c.frame, a)
			continue
		}
		if detail := e["data"].(map[string]any)["detail"].(string); !strings.Contains(detail, c.word) {
			t.Errorf("%s: the detail %q lacks %q", c.frame, detail, c.word)
		}
	}
	w.say(`{"jsonrpc":"2.0","method":"events.ack","params":{"seq":1}}`)
	w.say(`{"jsonrpc":"2.0","id":"p","method":"ping","params":{}}`)
	if a := w.hear(); a["id"] != "p" || a["result"] == nil {
		t.Errorf("ping: %v", a)
	}
}

func TestSocket_closes(t *testing.T) {
	b := newBox(t, func(s *Server) { s.times.open = 100 * time.Millisecond })
	token, secret := b.token(t, storage.ScopeRead, storage.ScopeAdmin)
	auth := []string{"Authorization", bearer(secret)}
	c := b.client(t, storage.ScopeAdmin)
	expect := func(t *testing.T, w *wire, code int) {
		t.Helper()
		start := time.Now()
		if got := w.ends(); got != code {
			t.Errorf("closed with %d, not %d", got, code)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("it took %v", d)
		}
	}
	t.Run("binary frame", func(t *testing.T) {
		w := b.dial(t, auth...)
		if err := w.WriteMessage(websocket.BinaryMessage, []byte("x")); err != nil {
			t.Fatal(err)
		}
		expect(t, w, closeBadFrame)
	})
	t.Run("frame too large", func(t *testing.T) {
		w := b.dial(t, auth...)
		w.say(strings.Repeat("x", frameBytes+1))
		expect(t, w, websocket.CloseMessageTooBig)
	})
	t.Run("other protocol", func(t *testing.T) {
		expect(t, b.dial(t, append(auth, "Sec-WebSocket-Protocol", "smsbridge.v9")...), closeVersion)
	})
	t.Run("stranger says nothing", func(t *testing.T) {
		expect(t, b.dial(t), closeAuth)
	})
	t.Run("token revoked", func(t *testing.T) {
		w, stranger := b.dial(t, auth...), b.dial(t)
		w.open(`{}`)
		if a := stranger.open(fmt.Sprintf(`{"token":%q}`, secret)); a["error"] != nil {
			t.Fatal(a)
		}
		if _, err := c.RevokeToken(t.Context(), token.ID); err != nil {
			t.Fatal(err)
		}
		expect(t, w, closeRevoked)
		expect(t, stranger, closeRevoked)
	})
	t.Run("signed out", func(t *testing.T) {
		cookie := b.owner(t)
		w := b.dial(t, "Cookie", cookie, "Origin", b.url)
		w.open(`{}`)
		b.ask(t, "DELETE", "/api/v1/session", "", "Cookie", cookie, "Origin", b.url)
		expect(t, w, closeAuth)
	})
	t.Run("box stops", func(t *testing.T) {
		_, secret := b.token(t, storage.ScopeRead)
		w := b.dial(t, "Authorization", bearer(secret))
		w.open(`{}`)
		w.hear() // live
		done := make(chan error, 1)
		go func() { done <- b.Close(context.Background()) }()
		if m := w.hear(); m["method"] != "bye" || m["params"].(map[string]any)["retry_after_ms"] == nil {
			t.Errorf("before the end: %v", m)
		}
		expect(t, w, closeStopping)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if _, answer, err := b.tryDial(t, "Authorization", bearer(secret)); err == nil || answer.StatusCode != 503 {
			t.Errorf("a box that stops took a socket: %v", answer)
		}
	})
}

func TestSocket_places(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Sockets = 12 })
	_, secret := b.token(t, storage.ScopeRead)
	for range perAgent {
		b.dial(t, "Authorization", bearer(secret)).open(`{}`)
	}
	if code := b.dial(t, "Authorization", bearer(secret)).ends(); code != closeTooMany {
		t.Errorf("one more of the same caller: %d", code)
	}
	_, other := b.token(t, storage.ScopeRead)
	for range 12 - perAgent {
		b.dial(t, "Authorization", bearer(other)).open(`{}`)
	}
	if code := b.dial(t, "Authorization", bearer(other)).ends(); code != closeTooMany {
		t.Errorf("one more of all: %d", code)
	}
	for range strangers {
		b.dial(t)
	}
	if _, answer, err := b.tryDial(t); err == nil || answer.StatusCode != 429 {
		t.Errorf("one more stranger: %v", answer)
	}
}

func TestSocket_stranger(t *testing.T) {
	b := newBox(t)
	w := b.dial(t)
	hello := w.hear()["params"].(map[string]any)
	if hello["auth"] != "required" || hello["head"] != nil || hello["epoch"] != nil || hello["box_name"] != nil {
		t.Errorf("a stranger hears %v", hello)
	}
	for _, frame := range []string{
		`{"jsonrpc":"2.0","id":"1","method":"thread.list"}`,
		`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{}}`,
		`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"token":"scp_00"}}`,
	} {
		w.say(frame)
		if e, _ := w.hear()["error"].(map[string]any); e == nil || e["code"] != float64(1001) {
			t.Errorf("%s: %v", frame, e)
		}
	}
	_, secret := b.token(t, storage.ScopeSend)
	w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"token":%q}}`, secret))
	if r, _ := w.hear()["result"].(map[string]any); r["kind"] != "token" || r["events"] != false {
		t.Errorf("a token that may send only: %v", r)
	}
	b.signals(t, 1, 1)
	w.say(`{"jsonrpc":"2.0","id":"2","method":"ping"}`)
	if a := w.hear(); a["id"] != "2" {
		t.Errorf("it was told %v", a)
	}
}

func TestSocket_rate(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	w := b.dial(t, "Authorization", bearer(secret))
	w.hear()
	refused := 0
	for i := range 100 {
		w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"%d","method":"ping"}`, i))
		if e, _ := w.hear()["error"].(map[string]any); e != nil {
			refused++
			if data := e["data"].(map[string]any); data["type"] != "rate_limited" || data["retry_after_ms"] == nil || data["retryable"] != true {
				t.Fatalf("refused with %v", e)
			}
		}
	}
	if refused < 50 || refused > 60 {
		t.Errorf("%d of 100 were refused", refused)
	}
}

// TestSocket_slow: who does not read is cut, and nobody waits for it.
func TestSocket_slow(t *testing.T) {
	for name, c := range map[string]struct {
		times times
		read  func(*wire) int
		code  int
	}{
		"who reads nothing is cut": {times{write: 300 * time.Millisecond, open: time.Second, lag: time.Hour}, nil, 0},
		"who stays behind is told": {times{write: 10 * time.Second, open: time.Second, lag: 300 * time.Millisecond}, func(w *wire) int {
			_ = w.SetReadDeadline(time.Now().Add(20 * time.Second))
			for {
				time.Sleep(time.Millisecond)
				_, _, err := w.ReadMessage()
				if c, ok := err.(*websocket.CloseError); ok {
					return c.Code
				}
				if err != nil {
					t.Error(err)
					return -1
				}
			}
		}, closeSlow},
	} {
		t.Run(name, func(t *testing.T) {
			log := &fastLog{change: make(chan struct{})}
			b := newBox(t, func(c *Config) { log.Store = c.Store; c.Store = log }, func(s *Server) { s.times = c.times })
			narrow := httptest.NewUnstartedServer(b.Handler())
			narrow.Config.ConnState = func(c net.Conn, s http.ConnState) {
				if s == http.StateNew {
					_ = c.(*net.TCPConn).SetWriteBuffer(32 << 10)
				}
			}
			narrow.Start()
			defer narrow.Close()
			face := *b
			face.url = narrow.URL
			_, secret := b.token(t, storage.ScopeRead)
			w := face.dial(t, "Authorization", bearer(secret))
			_ = w.NetConn().(*net.TCPConn).SetReadBuffer(32 << 10)
			w.open(`{}`)
			stop := make(chan struct{})
			done := make(chan struct{})
			go func() { // the radio bank: it never waits
				defer close(done)
				for {
					select {
					case <-stop:
						return
					default:
						log.append(64)
						time.Sleep(time.Millisecond)
					}
				}
			}()
			defer func() { close(stop); <-done }()
			if c.read != nil {
				if code := c.read(w); code != c.code {
					t.Errorf("closed with %d", code)
				}
			}
			gone := func() bool {
				b.visits.mu.Lock()
				defer b.visits.mu.Unlock()
				return len(b.visits.open) == 0
			}
			for start := time.Now(); !gone(); time.Sleep(5 * time.Millisecond) {
				if time.Since(start) > 10*time.Second {
					t.Fatal("the socket is open still")
				}
			}
		})
	}
}
