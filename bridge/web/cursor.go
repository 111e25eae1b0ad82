package web

import (
	"context"
	"encoding/json"
	"time"

	"smsbridge/storage"
)

var cursorMethods = []method{
	{"events.ack", "PUT", "/api/v1/cursors/{device}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).ackREST), nil},
	{"cursor.list", "GET", "/api/v1/cursors", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).cursors), nil},
}

// Cursors keeps how far desks have come.
type Cursors interface {
	SaveCursor(ctx context.Context, c storage.Cursor) error
	Cursor(ctx context.Context, owner storage.Author, device string) (c storage.Cursor, known bool, err error)
	Cursors(ctx context.Context) ([]storage.Cursor, storage.Head, error)
	MissedSince(ctx context.Context, after int64, limit int) (since storage.Time, received []storage.Event, err error)
}

// ackPause is how often a socket's word is written down: each is a commit, and
// the newest is all that counts.
const ackPause = time.Second

// acks are what a socket has acknowledged and what of it is written. The
// reader owns it.
type acks struct {
	s       *Server
	cursor  storage.Cursor // of the newest that was said
	waiting bool           // it is not written yet
	at      time.Time      // of the last write
}

// flush writes down what waits, if the last write is a while ago.
func (a *acks) flush(ctx context.Context, now time.Time) {
	if !a.waiting || now.Sub(a.at) < ackPause {
		return
	}
	a.waiting, a.at = false, now
	if err := a.s.c.Store.SaveCursor(ctx, a.cursor); err != nil && ctx.Err() == nil {
		a.s.log.Warn("cursor could not be kept", "device", a.cursor.Device, "err", err)
	}
}

// end writes down what waits still.
func (a *acks) end(ctx context.Context) {
	a.at = time.Time{}
	a.flush(ctx, time.Now())
}

type ackParams struct {
	Device string `json:"device"` // over REST; a socket has told it
	Epoch  string `json:"epoch"`  // empty: that of the ledger
	Seq    int64  `json:"seq" need:"true"`
}

// ackOf checks what a device says of itself. Nobody can have seen what has not
// happened yet: such a word is left alone.
func (s *Server) ackOf(ctx context.Context, who storage.Caller, p ackParams) (storage.Cursor, error) {
	c := storage.Cursor{Owner: who.Author(), Device: p.Device, Epoch: p.Epoch, Seq: p.Seq}
	if err := checkDevice("device", p.Device); err != nil {
		return c, err
	}
	head, err := s.c.Store.Head(ctx)
	if err != nil {
		return c, err
	}
	if c.Epoch == "" {
		c.Epoch = head.Epoch
	}
	if c.Epoch != head.Epoch || p.Seq < 0 || p.Seq > head.Seq {
		return c, invalidParams.say("seq", "The log is at %s:%d; %s:%d was never told.", head.Epoch, head.Seq, c.Epoch, p.Seq)
	}
	return c, nil
}

func checkDevice(field, device string) error {
	if device == "" || len(device) > storage.MaxDevice {
		return invalidParams.say(field, "The device's name has %d bytes; it takes 1 to %d. Choose one for each place that reads by itself.", len(device), storage.MaxDevice)
	}
	return nil
}

// ack takes the word of a socket's client that it has dealt with everything up
// to an event.
func (k *socket) ack(ctx context.Context, params json.RawMessage) (any, error) {
	var p ackParams
	if err := decode(params, &p); err != nil {
		return nil, err
	}
	if err := may(k.known, storage.ScopeRead, storage.RoleViewer); err != nil {
		return nil, err
	}
	if !k.opened || k.device == "" {
		return nil, invalidRequest.say("method", "Say client.device in session.open first: a cursor is kept by device.")
	}
	p.Device = k.device
	c, err := k.s.ackOf(ctx, k.known.who, p)
	if err != nil {
		return nil, err
	}
	if c.Epoch == k.acks.cursor.Epoch && c.Seq < k.acks.cursor.Seq {
		return struct{}{}, nil
	}
	c.Client = k.acks.cursor.Client
	k.acks.cursor, k.acks.waiting = c, true
	k.acks.flush(ctx, time.Now())
	return struct{}{}, nil
}

// ackREST is the same for who follows by SSE, or in pieces.
func (s *Server) ackREST(ctx context.Context, who storage.Caller, p ackParams) (none, error) {
	c, err := s.ackOf(ctx, who, p)
	if err == nil {
		err = s.c.Store.SaveCursor(ctx, c)
	}
	return none{}, err
}

// A cursorView is a cursor as the operator sees it.
type cursorView struct {
	storage.Cursor
	Behind int64  `json:"behind"`         // events; 0 with lost
	Lost   string `json:"lost,omitempty"` // why it cannot go on from there: epoch_changed, trimmed
	Online bool   `json:"online"`         // a socket of it is open now
}

type cursorList struct {
	Cursors []cursorView `json:"cursors"`
	Head    storage.Head `json:"head"`
}

// cursors lists who has come how far.
func (s *Server) cursors(ctx context.Context, _ storage.Caller, _ none) (cursorList, error) {
	all, head, err := s.c.Store.Cursors(ctx)
	if err != nil {
		return cursorList{}, err
	}
	views := make([]cursorView, 0, len(all))
	for _, c := range all {
		v := cursorView{Cursor: c, Lost: lost(head, c.Epoch, c.Seq), Online: s.visits.device(c.Owner, c.Device)}
		if v.Lost == "" {
			v.Behind = head.Seq - c.Seq
		}
		views = append(views, v)
	}
	return cursorList{views, head}, nil
}

// missedMost is how many messages are counted; of more there are that many.
const missedMost = 10_000

// missed counts what came after an event that this caller may see.
func (s *Server) missed(ctx context.Context, who storage.Caller, f filter, after int64) (*storage.Missed, error) {
	since, received, err := s.c.Store.MissedSince(ctx, after, missedMost)
	if err != nil {
		return nil, err
	}
	m := &storage.Missed{Since: since}
	threads := make(map[string]bool)
	for _, e := range received {
		if sees(who, e) && (filter{Lines: f.Lines}).wants(e) {
			m.Messages++
			threads[e.Thread] = true
			m.Thread = e.Thread
		}
	}
	m.Threads = len(threads)
	return m, nil
}
