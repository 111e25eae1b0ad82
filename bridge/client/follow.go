package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// Event is one event of the box's log. Prev is the one told before it on the
// same stream.
type Event struct {
	Epoch string `json:"epoch"`
	Prev  int64  `json:"prev"`
	storage.Event
}

// Hint is news without a number, which no log keeps.
type Hint struct {
	Kind   string          `json:"kind"`
	At     storage.Time    `json:"at"`
	Thread string          `json:"thread"`
	Line   string          `json:"line"`
	Data   json.RawMessage `json:"data"`
}

// FollowOptions say what to follow, and from where.
type FollowOptions struct {
	// Epoch and After are the last event seen. An empty Epoch takes the log as
	// the box has it; without After too, only what happens from now on is told.
	Epoch string
	After int64

	// Replay "all" asks for everything after After, however much that is; with
	// After 0, for all that the box still has.
	Replay string

	// Device is this client's name for its place. With one, what do has dealt
	// with is acknowledged, once a second at most and at the end; and without
	// Epoch and After the box goes on from what was acknowledged last.
	Device string

	Lines  []string // only these lines; events of no line come too
	Events []string // only these types, such as message.*

	// Lost is called when the stream could not go on from where it was (reason:
	// epoch_changed, ahead, trimmed, too_far). If it returns nil, events go on
	// from head; what lies between must be read from the lists. Without Lost,
	// Follow ends with an *Error of type cursor_lost.
	Lost func(reason string, head storage.Head) error

	// Hint is called for each hint of the kinds in Hints, such as typing.
	Hints []string
	Hint  func(Hint)

	// Live is called when all that was missed has been told.
	Live func(head storage.Head)
	// Down is called when the connection broke; Follow tries again after wait.
	Down func(err error, wait time.Duration)
}

// waits between tries: a whole office comes back at once after a restart, so
// each waits a random part of a doubling time.
type waits struct{ first, most time.Duration }

var usualWaits = waits{500 * time.Millisecond, 30 * time.Second}

func (w waits) jitter(try int) time.Duration {
	d := w.most
	if try < 16 {
		d = min(w.most, w.first<<try)
	}
	return time.Duration(rand.Int64N(int64(d) + 1))
}

// Follow calls do for each event, in order and once, connecting again as often
// as needed, until ctx ends, do answers an error, or the box refuses for good.
// An event for which do has answered nil is not told again. While do runs,
// nothing is read; a box that cannot write for long cuts the connection, which
// loses nothing.
func (c *Client) Follow(ctx context.Context, o FollowOptions, do func(Event) error) error {
	f := &follower{c: c, o: o, do: do, epoch: o.Epoch, after: o.After}
	for try := 0; ; try++ {
		err := f.session(ctx)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if f.heard {
			try = 0
		}
		if !again(err) {
			if e, ok := errors.AsType[ended](err); ok {
				return e.error
			}
			return err
		}
		wait := f.comeback + c.waits.jitter(try)
		if e, ok := errors.AsType[*Error](err); ok {
			wait = max(wait, time.Duration(e.After)*time.Millisecond)
		}
		f.comeback = 0
		if o.Down != nil {
			o.Down(err, wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// ended wraps what the caller's own functions have answered.
type ended struct{ error }

// again tells whether connecting again can help.
func again(err error) bool {
	if _, ok := errors.AsType[ended](err); ok {
		return false
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Retryable || e.Status >= 500 || e.Type == "unknown"
	}
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		switch e.Code {
		case 4001, 4002, 4003, 4010, 4012:
			return false // something must be another way first
		}
	}
	return true
}

// follower is one Follow: its place in the log outlives connections.
type follower struct {
	c     *Client
	o     FollowOptions
	do    func(Event) error
	epoch string
	after int64
	begun bool // has a place to resume from
	heard bool // this connection has told something

	conn     *websocket.Conn // of this connection
	comeback time.Duration   // what the box asked to wait
	acked    int64
	ackedIn  string // epoch
	ackedAt  time.Time
}

type frame struct {
	ID     *string
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
		Data    struct {
			Error
			Type string
		}
	}
}

// session is one connection, from dialling to its end.
func (f *follower) session(ctx context.Context) error {
	f.heard = false
	conn, err := f.c.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	f.conn = conn
	defer func() {
		f.ack(time.Time{})
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(100*time.Millisecond))
	}()
	defer context.AfterFunc(ctx, func() {
		_ = conn.SetReadDeadline(time.Now()) // the last words are said by the goroutine that reads
		time.AfterFunc(lastWords, func() { conn.Close() })
	})()
	beat := 25 * time.Second
	patience := func() { _ = conn.SetReadDeadline(time.Now().Add(2*beat + beat/2)) }
	answerPing := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		patience()
		return answerPing(data)
	})
	for {
		patience()
		_, text, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		var in frame
		if err := json.Unmarshal(text, &in); err != nil {
			return fmt.Errorf("read frame: %w", err)
		}
		switch {
		case in.Method == "hello":
			var h struct {
				Epoch     string
				Head      int64
				Oldest    int64
				Heartbeat int64 `json:"heartbeat_ms"`
			}
			if err := json.Unmarshal(in.Params, &h); err != nil {
				return fmt.Errorf("read hello: %w", err)
			}
			if h.Heartbeat > 0 {
				beat = time.Duration(h.Heartbeat) * time.Millisecond
			}
			if err := conn.WriteMessage(websocket.TextMessage, f.open(storage.Head{Epoch: h.Epoch, Seq: h.Head, Oldest: h.Oldest})); err != nil {
				return err
			}
		case in.ID != nil || in.Error != nil:
			err = f.opened(in)
		default:
			err = f.heed(in)
		}
		if err != nil {
			return err
		}
	}
}

// connect dials the box's socket.
func (c *Client) connect(ctx context.Context) (*websocket.Conn, error) {
	u := *c.base
	u.Scheme = "ws" + strings.TrimPrefix(u.Scheme, "http")
	u.Path = strings.TrimSuffix(u.Path, "/") + "/api/v1/ws"
	header := http.Header{}
	if c.token != "" {
		header.Set("Authorization", "Bearer "+c.token)
	}
	dialer := websocket.Dialer{
		NetDialContext: c.dial, TLSClientConfig: c.tls,
		HandshakeTimeout: 10 * time.Second, Subprotocols: []string{"smsbridge.v1"},
	}
	conn, answer, err := dialer.DialContext(ctx, u.String(), header)
	if errors.Is(err, websocket.ErrBadHandshake) {
		var body [4096]byte
		n, _ := answer.Body.Read(body[:])
		return nil, parseError(answer, body[:n])
	}
	if err != nil {
		return nil, fmt.Errorf("reach the box: %w", err)
	}
	return conn, nil
}

// open is the frame that asks for the stream.
func (f *follower) open(head storage.Head) []byte {
	if f.epoch == "" {
		f.epoch = head.Epoch
		f.begun = f.after > 0
		if f.o.Replay == "all" && f.after == 0 && f.o.Device == "" {
			f.begun, f.after = true, max(0, head.Oldest-1)
		}
	} else {
		f.begun = true
	}
	type object map[string]any
	subscribe := object{"lines": f.o.Lines, "events": f.o.Events}
	params := object{"subscribe": subscribe}
	client := object{"name": "smsbridge"}
	if f.o.Device != "" {
		client["device"] = f.o.Device
	}
	params["client"] = client
	if len(f.o.Hints) > 0 {
		subscribe["hints"] = f.o.Hints
	}
	switch {
	case f.begun:
		params["resume"] = object{"epoch": f.epoch, "after": f.after, "replay": f.o.Replay}
	case f.o.Device != "":
		params["resume"] = object{"acked": true, "replay": f.o.Replay}
	}
	text, _ := json.Marshal(object{"jsonrpc": "2.0", "id": "open", "method": "session.open", "params": params})
	return text
}

// opened takes the answer to it.
func (f *follower) opened(in frame) error {
	if in.Error != nil {
		e := in.Error.Data.Error
		e.Code, e.Title, e.Type = in.Error.Code, in.Error.Message, in.Error.Data.Type
		return &e
	}
	var a struct {
		Events  bool
		Resumed bool
		Reason  string
		Epoch   string
		Head    int64
		Oldest  int64
		Replay  struct{ After int64 }
	}
	if err := json.Unmarshal(in.Result, &a); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	if !a.Resumed {
		head := storage.Head{Epoch: a.Epoch, Seq: a.Head, Oldest: a.Oldest}
		if f.begun || a.Reason != "" {
			if f.o.Lost == nil {
				return ended{&Error{Type: "cursor_lost", Title: "The log cannot go on from there", Code: 4020,
					Detail: fmt.Sprintf("The stream cannot go on after %s:%d (%s). Read the lists again and follow from %s:%d.", f.epoch, f.after, a.Reason, a.Epoch, a.Head)}}
			}
			if err := f.o.Lost(a.Reason, head); err != nil {
				return ended{err}
			}
		}
		f.epoch, f.after = head.Epoch, head.Seq
	} else if !f.begun {
		f.epoch, f.after = a.Epoch, a.Replay.After
	}
	f.begun, f.heard = true, true
	return nil
}

// heed takes a notification.
func (f *follower) heed(in frame) error {
	switch in.Method {
	case "event":
		var e Event
		if err := json.Unmarshal(in.Params, &e); err != nil {
			return fmt.Errorf("read event: %w", err)
		}
		if err := f.event(e); err != nil {
			return err
		}
		f.ack(time.Now())
	case "hint":
		var h Hint
		if err := json.Unmarshal(in.Params, &h); err != nil {
			return fmt.Errorf("read hint: %w", err)
		}
		if f.o.Hint != nil {
			f.o.Hint(h)
		}
	case "bye":
		var p struct {
			After int64 `json:"retry_after_ms"`
		}
		if err := json.Unmarshal(in.Params, &p); err != nil {
			return fmt.Errorf("read bye: %w", err)
		}
		f.comeback = time.Duration(p.After) * time.Millisecond
	case "beat", "live":
		var p struct {
			Epoch string
			Seq   int64
		}
		if err := json.Unmarshal(in.Params, &p); err != nil {
			return fmt.Errorf("read %s: %w", in.Method, err)
		}
		if p.Epoch == f.epoch && p.Seq > f.after {
			f.after = p.Seq // what lies between was not asked for
		}
		if in.Method == "live" {
			f.ack(time.Time{}) // who only looks in goes now
		}
		f.ack(time.Now())
		if in.Method == "live" && f.o.Live != nil {
			f.o.Live(storage.Head{Epoch: f.epoch, Seq: f.after})
		}
	}
	return nil
}

// lastWords is how long a Follow that ends may take to say so.
const lastWords = 200 * time.Millisecond

// ackPause is how often the box is told how far we have come.
const ackPause = time.Second

// ack tells the box how far we have come, if that was a while ago; at the zero
// time it is told in any case, as the last word of a connection. A word that is
// lost is said again with a later number.
func (f *follower) ack(now time.Time) {
	if f.o.Device == "" || !f.heard || f.after <= f.acked && f.epoch == f.ackedIn || !now.IsZero() && now.Sub(f.ackedAt) < ackPause {
		return
	}
	f.acked, f.ackedIn, f.ackedAt = f.after, f.epoch, now
	text, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": "events.ack",
		"params": map[string]any{"epoch": f.epoch, "seq": f.after}})
	_ = f.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_ = f.conn.WriteMessage(websocket.TextMessage, text)
}

var errHole = errors.New("the stream has a hole")

// event hands on what is new. A prev beyond what was seen means that the box
// left something out: coming again with the last number mends that.
func (f *follower) event(e Event) error {
	if e.Epoch != f.epoch {
		return fmt.Errorf("%w: epoch %s follows %s", errHole, e.Epoch, f.epoch)
	}
	if e.Seq <= f.after {
		return nil
	}
	if e.Prev > f.after {
		return fmt.Errorf("%w: %d was told after %d, and %d was never seen", errHole, e.Seq, e.Prev, e.Prev)
	}
	if err := f.do(e); err != nil {
		return ended{err}
	}
	f.after = e.Seq
	return nil
}
