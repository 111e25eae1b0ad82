package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// TestCompress: who asks for it and is served by a box that does gets large
// frames compressed; and what a frame unfolds to counts against its limit.
func TestCompress(t *testing.T) {
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			b := newBox(t, func(c *Config) { c.Compress = on })
			_, secret := b.token(t, storage.ScopeRead, storage.ScopeSend)
			d := websocket.Dialer{EnableCompression: true}
			conn, answer, err := d.Dial("ws"+strings.TrimPrefix(b.url, "http")+"/api/v1/ws", http.Header{"Authorization": {bearer(secret)}})
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if got := strings.Contains(answer.Header.Get("Sec-WebSocket-Extensions"), "permessage-deflate"); got != on {
				t.Errorf("offered: %v", got)
			}
			w := &wire{TB: t, Conn: conn, box: b, asked: make(map[string]string)}
			w.open(`{}`)
			w.hear() // live
			text := strings.Repeat("abc ", 300)
			w.say(fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"message.send","params":{"to":{"number":"+15550100"},"text":%q}}`, text))
			for {
				if m := w.hear(); m["id"] == "1" {
					if got := m["result"].(map[string]any)["message"].(map[string]any)["text"]; got != text {
						t.Errorf("came as %v", got)
					}
					break
				}
			}
			if !on {
				return
			}
			w.say(strings.Repeat(" ", 2*frameBytes))
			if code := w.ends(); code != websocket.CloseMessageTooBig {
				t.Errorf("a frame that unfolds to %d bytes: %d", 2*frameBytes, code)
			}
		})
	}
}

// TestClosings: every code that is sent stands in the table, once.
func TestClosings(t *testing.T) {
	known := make(map[int]bool)
	for _, c := range closings {
		if known[c.code] || c.code < 4001 || c.code > 4013 || c.name == "" || !strings.HasSuffix(c.means, ".") {
			t.Errorf("%+v", c)
		}
		known[c.code] = true
	}
	for _, c := range []int{closeAuth, closeBadFrame, closeForbidden, closeSlow, closeTooMany, closeVersion, closeStopping, closeRevoked, closeAccess} {
		if !known[c] {
			t.Errorf("%d is not in the table", c)
		}
	}
}

// TestReplay_all is for programs: a page reads its lists again.
func TestReplay_all(t *testing.T) {
	b := newBox(t)
	cookie := b.owner(t)
	_, secret := b.token(t, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	b.signals(t, 1, replayMax+1)
	for name, c := range map[string]struct {
		header []string
		reason any
	}{
		"program": {[]string{"Authorization", bearer(secret)}, nil},
		"page":    {[]string{"Cookie", cookie, "Origin", b.url}, "too_far"},
	} {
		w := b.dial(t, c.header...)
		a := w.open(fmt.Sprintf(`{"resume":{"epoch":%q,"after":%d,"replay":"all"}}`, head.Epoch, head.Seq))["result"].(map[string]any)
		if a["reason"] != c.reason {
			t.Errorf("%s: %v", name, a["reason"])
		}
	}
}
