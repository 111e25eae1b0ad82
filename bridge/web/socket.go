package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// Limits of a socket.
const (
	frameBytes    = 64 << 10 // far above the longest useful text
	requestsPerS  = 20
	requestsBurst = 40
	openRequests  = 32 // answers that wait to be written; then reading waits too
	replayMax     = 5000
	farewell      = time.Second // for the other side to answer a close
	compressFrom  = 1 << 10     // below it, compressing makes nothing smaller that matters
)

// A socket is one desk's connection. Its reader takes requests and does them,
// one after the other, so that texts leave in the order in which they were
// asked for; its writer, the only one who writes, sends answers and follows the
// log. Between them stands out; nothing else is shared.
type socket struct {
	s    *Server
	conn *websocket.Conn
	in   *visit
	out  chan outgoing
	win  *window

	portal bool   // a portal's page: only a ticket lets it in
	known  *proof // the reader's; nil: has not told yet
	opened bool   // the reader's
	agent  string // the reader's: who is there by this socket; empty: nobody
	device string // the reader's: what the client calls its place
	acks   acks   // the reader's
	leave  []func()
	bucket bucket  // the reader's
	strm   *stream // the writer's; nil: wants no events
	ear    *ear    // the writer's; nil: wants no hints
	live   bool    // the writer's: has been at the end of the log
	proof  *proof  // the writer's copy of known
	atEnd  time.Time
	text   []byte // the writer's
}

// outgoing is a frame, and what begins after it.
type outgoing struct {
	frame []byte
	strm  *stream
	ear   *ear
	proof *proof
}

// serveSocket answers the upgrade.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request, _ *proof) error {
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		return upgradeNeeded.say("", "Connect here with a WebSocket client, such as `smsbridge tail`; for plain HTTP ask GET /api/v1/events.")
	}
	// Our own page within a portal's comes in as the portal says, and not as who
	// happens to be signed in to this browser.
	portal := r.Context().Value(portalKey{}) != nil || r.URL.Query().Has("portal")
	p, err := s.prove(r)
	if portal {
		p, err = nil, nil
	}
	if err != nil {
		if r.Header.Get("Authorization") != "" {
			return err
		}
		if f, ok := errors.AsType[*refusal](err); !ok || f.Code != unauthenticated.Code {
			return err
		}
		p = nil
	}
	if p != nil && p.who.Agent != nil && r.Header.Get("Origin") == "" {
		return forbidden.say("", "A session may open a socket only from the page, which sends its Origin. Programs use a token.")
	}
	ctx, in, err := s.visits.enter(r.Context(), p)
	full, ok := errors.AsType[*refusal](err)
	if err != nil && (!ok || p == nil || full.Code != tooMany.Code) {
		return err
	}
	if in != nil {
		defer s.visits.leave(in)
	}
	up := websocket.Upgrader{
		HandshakeTimeout: 5 * time.Second,
		Subprotocols:     []string{Protocol},
		CheckOrigin:      func(*http.Request) bool { return true }, // the guard has

		EnableCompression: s.c.Compress,
		Error:             func(w http.ResponseWriter, r *http.Request, _ int, err error) { s.badUpgrade(w, r, err) },
	}
	conn, err := up.Upgrade(w, r, nil)
	if err != nil {
		return nil // answered by badUpgrade
	}
	defer conn.Close()
	switch offered := websocket.Subprotocols(r); {
	case full != nil: // pages see close codes, not statuses
		end(conn, closing{closeTooMany, full.Detail})
	case len(offered) > 0 && !slices.Contains(offered, Protocol):
		end(conn, closing{closeVersion, "this box speaks " + Protocol})
	default:
		k := &socket{s: s, conn: conn, in: in, portal: portal, known: p, proof: p, out: make(chan outgoing, openRequests), win: newWindow(), acks: acks{s: s}}
		if s.times.window > 0 {
			k.win.events = s.times.window
		}
		k.run(ctx)
	}
	return nil
}

func (s *Server) badUpgrade(w http.ResponseWriter, r *http.Request, err error) {
	s.writeProblem(w, r, invalidRequest.say("", "The upgrade is not right: %v.", err))
}

// run serves the socket until it ends, and returns when both its goroutines
// have.
func (k *socket) run(ctx context.Context) {
	// A writer that is stuck in a write is freed by closing under its hands.
	defer context.AfterFunc(ctx, func() {
		time.AfterFunc(farewell, func() { k.conn.Close() })
	})()
	defer k.gone()
	read := make(chan struct{})
	k.conn.SetReadLimit(frameBytes)
	go func() {
		defer close(read)
		k.in.kick(k.read(ctx))
	}()
	err := k.write(ctx)
	k.in.kick(err)
	err = context.Cause(ctx) // the first reason counts
	if c, ok := errors.AsType[closing](err); ok {
		if c.code == closeStopping {
			_ = k.send(newNotice("bye", bye{k.s.c.Comeback.Milliseconds()}))
		}
		_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, brief(c.text)), time.Now().Add(farewell))
		select {
		case <-read:
		case <-time.After(farewell):
		}
	}
	k.conn.Close()
	<-read
	k.depart(ctx)
}

// read takes frames until the connection ends.
func (k *socket) read(ctx context.Context) error {
	k.bucket = bucket{left: requestsBurst, at: time.Now()}
	k.patience()
	k.conn.SetPongHandler(func(payload string) error {
		k.win.hear(payload)
		k.acks.flush(ctx, time.Now())
		if k.known != nil {
			k.patience()
		}
		return nil
	})
	defer func() { k.acks.end(context.WithoutCancel(ctx)) }()
	for {
		kind, data, err := k.frame()
		if err != nil {
			if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() && k.known == nil {
				return closing{closeAuth, "the first frame must tell who is there, within 5 seconds"}
			}
			return err
		}
		if ctx.Err() != nil {
			continue // the writer says goodbye; the rest is not heard
		}
		if kind != websocket.TextMessage {
			k.in.kick(closing{closeBadFrame, "frames are text"})
			continue
		}
		o, err := k.answer(ctx, data)
		if err != nil {
			k.in.kick(err)
			continue
		}
		if k.known != nil {
			k.patience()
		}
		if o.frame == nil {
			continue
		}
		select {
		case k.out <- o:
		case <-ctx.Done():
		}
	}
}

// frame reads one frame. What a compressed one unfolds to counts as well.
func (k *socket) frame() (kind int, data []byte, err error) {
	kind, r, err := k.conn.NextReader()
	if err != nil {
		return kind, nil, err
	}
	data, err = io.ReadAll(io.LimitReader(r, frameBytes+1))
	if err == nil && len(data) > frameBytes {
		_ = k.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseMessageTooBig, ""), time.Now().Add(farewell))
		err = websocket.ErrReadLimit
	}
	return kind, data, err
}

// patience is how long to wait for the next frame or pong: two heartbeats may
// be missed. A stranger has less, and no more than once.
func (k *socket) patience() {
	wait := 2*k.s.c.Heartbeat + k.s.c.Heartbeat/2
	if k.known == nil {
		wait = k.s.times.open
	}
	_ = k.conn.SetReadDeadline(time.Now().Add(wait))
}

// answer does what a frame asks.
func (k *socket) answer(ctx context.Context, data []byte) (o outgoing, err error) {
	q, err := parseRequest(data)
	wait := k.bucket.take(time.Now())
	if err == nil && q.ID == nil {
		if wait == 0 {
			k.notice(ctx, q)
		}
		return o, nil
	}
	var result any
	if wait > 0 {
		r := rateLimited.say("", "More than %d requests a second. Wait %d ms.", requestsPerS, wait.Milliseconds())
		r.After = wait
		err = r
	}
	if err == nil {
		result, err = k.do(ctx, q, &o)
	}
	if c, ok := errors.AsType[closing](err); ok {
		return o, c
	}
	a := answer{Version: "2.0", ID: q.ID, Result: result}
	if err != nil {
		a.Result, a.Error = nil, k.s.rpcError(ctx, err)
	}
	o.frame = encode(a)
	return o, nil
}

// unanswered are the methods that may come without an id: nobody waits for what
// became of them.
var unanswered = map[string]bool{"events.ack": true, "typing": true}

// notice does what a notification asks, if it can be done.
func (k *socket) notice(ctx context.Context, q request) {
	_, _ = k.do(ctx, q, &outgoing{})
}

func (k *socket) do(ctx context.Context, q request, o *outgoing) (any, error) {
	switch q.Method {
	case "ping":
		return struct{}{}, nil
	case "session.open":
		return k.open(ctx, q.Params, o)
	case "events.ack":
		return k.ack(ctx, q.Params)
	}
	m := k.s.byName[q.Method]
	if m == nil {
		return nil, methodNotFound.say("method", "There is no method %q. See the protocol for the list; they have names such as message.send.", q.Method)
	}
	p := k.known
	if p != nil {
		var err error
		if p, err = k.s.again(ctx, p); err != nil { // as each request over REST
			return nil, err
		}
	}
	return k.s.call(ctx, m, p, q.Params)
}

// bucket lets so many requests through.
type bucket struct {
	left float64
	at   time.Time
}

func (b *bucket) take(now time.Time) (wait time.Duration) {
	b.left = min(requestsBurst, b.left+now.Sub(b.at).Seconds()*requestsPerS)
	b.at = now
	if b.left < 1 {
		return time.Duration((1-b.left)/requestsPerS*float64(time.Second)).Round(time.Millisecond) + time.Millisecond
	}
	b.left--
	return 0
}

// gone takes back what the open session had beside its events.
func (k *socket) gone() {
	for _, f := range k.leave {
		f()
	}
}
