package client

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// losing stands before a box and loses the first answers after the box has
// given them.
func losing(t testing.TB, box string, lose int32) (at string, asked *atomic.Int32) {
	t.Helper()
	to, err := url.Parse(box)
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int32)
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = to.Host
		if asked.Add(1) > lose {
			proxy.ServeHTTP(w, r)
			return
		}
		proxy.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

// TestSend_asks_again: an answer that was lost is asked for again, and one
// message is made. What the box refuses for good is asked once.
func TestSend_asks_again(t *testing.T) {
	b := newBox(t, nil)
	at, asked := losing(t, b.url, 3)
	c := b.desk(t, at, storage.ScopeSend, storage.ScopeRead)
	before, _ := b.db.Head(t.Context())
	sent, err := c.Send(t.Context(), Draft{To: "+15550100", Text: "once"})
	if err != nil || !sent.Replayed || asked.Load() != 4 {
		t.Fatalf("%+v %v, asked %d times", sent, err, asked.Load())
	}
	queued := 0
	events, err := b.db.Events(t.Context(), before.Seq, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Type == storage.MessageQueued {
			queued++
		}
	}
	if queued != 1 {
		t.Errorf("%d messages were made", queued)
	}
	asked.Store(100)
	if _, err := c.Send(t.Context(), Draft{To: "+15550100", Text: ""}); err == nil || asked.Load() != 101 {
		t.Errorf("a refusal: %v, asked %d times", err, asked.Load()-100)
	}
}

// script is a box that speaks by the book and closes as it is told.
func script(t testing.TB, session func(n int, c *websocket.Conn)) *Client {
	t.Helper()
	var n atomic.Int32
	up := websocket.Upgrader{Subprotocols: []string{"smsbridge.v1"}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		say(conn, `{"jsonrpc":"2.0","method":"hello","params":{"epoch":"ep_1","head":7,"oldest":1}}`)
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
		say(conn, `{"jsonrpc":"2.0","id":"open","result":{"events":true,"resumed":true,"epoch":"ep_1","head":7}}`)
		session(int(n.Add(1)), conn)
	}))
	t.Cleanup(s.Close)
	c, err := New(Options{URL: s.URL, Token: "scp_1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.waits = waits{time.Millisecond, 2 * time.Millisecond}
	return c
}

func say(c *websocket.Conn, text string) { _ = c.WriteMessage(websocket.TextMessage, []byte(text)) }

func hangUp(c *websocket.Conn, code int) {
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	_ = c.SetReadDeadline(time.Now().Add(time.Second))
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}

// TestFollow_obeys: it waits as long as the box asks, and comes again only
// after what passes by itself.
func TestFollow_obeys(t *testing.T) {
	for code, again := range map[int]bool{
		4001: false, 4002: false, 4003: false, 4008: true, 4009: true, 4010: false, 4011: true, 4012: false, 4013: true, 1006: true,
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			var came int
			c := script(t, func(n int, conn *websocket.Conn) {
				if n == 1 {
					say(conn, `{"jsonrpc":"2.0","method":"bye","params":{"retry_after_ms":40}}`)
					if code != 1006 {
						hangUp(conn, code)
					}
					return
				}
				came = n
				say(conn, `{"jsonrpc":"2.0","method":"event","params":{"epoch":"ep_1","seq":8,"prev":7,"type":"x","data":{}}}`)
				hangUp(conn, 1000)
			})
			var waited time.Duration
			ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
			defer stop()
			err := c.Follow(ctx, FollowOptions{Epoch: "ep_1", After: 7, Down: func(_ error, wait time.Duration) { waited = wait }},
				func(Event) error { return errDone })
			if again && (err != errDone || waited < 40*time.Millisecond || came != 2) {
				t.Errorf("%v, waited %v, came %d times", err, waited, came)
			}
			if !again && (err == errDone || waited != 0) {
				t.Errorf("came again (%v), after %v", err, waited)
			}
		})
	}
}

// TestFollow_by_device: what was dealt with is acknowledged, and the next one
// with that name goes on from there.
func TestFollow_by_device(t *testing.T) {
	b := newBox(t, nil)
	c := b.desk(t, b.url, storage.ScopeRead)
	if got := c.Follow(t.Context(), FollowOptions{Device: "crm", Live: func(storage.Head) {
		if err := b.signals(context.Background(), 10); err != nil {
			t.Error(err)
		}
	}}, stopAfter(4)); got != errDone {
		t.Fatal(got)
	}
	head, _ := b.db.Head(t.Context())
	// The fourth was not dealt with: it ended with an error. The last word may
	// still be on its way.
	dealt := head.Seq - 10 + 3
	for end := time.Now().Add(10 * time.Second); ; {
		all, err := b.admin(t).Cursors(t.Context())
		if err != nil || time.Now().After(end) {
			t.Fatalf("the box has %+v (%v)", all, err)
		}
		if len(all) == 1 && all[0].Seq == dealt {
			break
		}
	}
	var first int64
	if got := c.Follow(t.Context(), FollowOptions{Device: "crm"}, func(e Event) error { first = e.Seq; return errDone }); got != errDone || first != dealt+1 {
		t.Errorf("it went on with %d, not with %d: %v", first, dealt+1, got)
	}
}

func stopAfter(n int) func(Event) error {
	return func(Event) error {
		if n--; n == 0 {
			return errDone
		}
		return nil
	}
}
