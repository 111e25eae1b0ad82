package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"smsbridge/storage"
)

// A frame is an event as desks are told it, written once for all of them: a
// JSON object that lacks only its end, since "prev" differs by stream.
type frame struct {
	seq  int64
	body []byte
}

// appendEvent appends the object whole.
func (f *frame) appendEvent(b []byte, prev int64) []byte {
	b = append(b, f.body...)
	b = append(b, `,"prev":`...)
	b = strconv.AppendInt(b, prev, 10)
	return append(b, '}')
}

// forget drops what was made, after older events were changed.
func (f *frames) forget() {
	for i := range f {
		f[i].Store(nil)
	}
}

func newFrame(epoch string, e storage.Event) (*frame, error) {
	body, err := json.Marshal(struct {
		Epoch string `json:"epoch"`
		storage.Event
	}{epoch, e})
	if err != nil {
		return nil, fmt.Errorf("write event %d: %w", e.Seq, err)
	}
	return &frame{seq: e.Seq, body: body[:len(body)-1]}, nil
}

// frames holds the newest frames, each in the place that its number gives it.
// Two streams may make the same frame at the same moment; one is forgotten.
type frames [256]atomic.Pointer[frame]

func (f *frames) of(epoch string, e storage.Event) (*frame, error) {
	place := &f[e.Seq%int64(len(f))]
	if made := place.Load(); made != nil && made.seq == e.Seq {
		return made, nil
	}
	made, err := newFrame(epoch, e)
	if err == nil {
		place.Store(made)
	}
	return made, err
}

// A filter says which events a stream wants. The zero filter wants all.
type filter struct {
	Lines  []string `json:"lines"`
	Events []string `json:"events"` // types, with * as in "message.*"
	Hints  []string `json:"hints"`  // kinds, likewise; none means none
}

func (f filter) check() error {
	for _, glob := range f.Events {
		if _, err := path.Match(glob, ""); err != nil {
			return invalidParams.say("events", "%q is no pattern of event types. Write it as message.* or message.received.", glob)
		}
	}
	for _, glob := range f.Hints {
		if _, err := path.Match(glob, ""); err != nil {
			return invalidParams.say("hints", "%q is no pattern of hints. There are %s.", glob, strings.Join(hintKinds, ", "))
		}
	}
	return nil
}

// wants passes what belongs to no line, such as contacts, to everybody.
func (f filter) wants(e storage.Event) bool {
	if len(f.Lines) > 0 && e.Line != "" && !slices.Contains(f.Lines, e.Line) {
		return false
	}
	return len(f.Events) == 0 || slices.ContainsFunc(f.Events, func(glob string) bool {
		ok, _ := path.Match(glob, e.Type)
		return ok
	})
}

// A stream is one desk's place in the log.
type stream struct {
	filter
	who    storage.Caller
	proved int64 // up to this event, who is what became of it
	epoch  string
	after  int64 // every event up to here was looked at
	prev   int64 // the last one that was told, or where the stream began
}

// piece is how many events are read at a time; between pieces a socket answers
// requests.
const piece = 500

// advance tells the next events, at most one piece, and whether it got any.
// tell must not keep what it is given.
func (t *stream) advance(ctx context.Context, s *Server, limit int, tell func(e storage.Event, f *frame, prev int64) error) (more bool, err error) {
	events, err := s.c.Store.Events(ctx, t.after, min(piece, limit))
	if err != nil {
		return false, err
	}
	for _, e := range events {
		if e.Seq > t.proved {
			if err := accessOf(t.who, e); err != nil {
				return false, err
			}
		}
		if t.wants(e) && sees(t.who, e) {
			f, err := s.frames.of(t.epoch, e)
			if err != nil {
				return false, err
			}
			if err := tell(e, f, t.prev); err != nil {
				return false, err
			}
			t.prev = e.Seq
		}
		t.after = e.Seq
	}
	return len(events) > 0, nil
}

// Limits of one answer of events, and how long a write of it may take.
const (
	eventsDefault = 1000
	eventsMost    = 5000
)

// eventsQuery is what GET /events asks for.
type eventsQuery struct {
	stream
	poll  bool
	sse   bool
	limit int
	wait  time.Duration // 0: until the desk goes
}

// eventsParams are those of the query.
type eventsParams struct {
	Since  string `json:"since"`  // the number of an event, or EPOCH:NUMBER; default: from now on, or with poll all there is
	Poll   string `json:"poll"`   // 1: answer what there is and end, as JSON lines
	Limit  int    `json:"limit"`  // the most events, up to 5000; default with poll: 1000
	Wait   int    `json:"wait"`   // end after so many seconds, up to 3600
	Lines  string `json:"lines"`  // of these lines only, parted by commas
	Events string `json:"events"` // of these types only, such as message.*, parted by commas
}

// eventLine is one event as a stream tells it.
type eventLine struct {
	Epoch string `json:"epoch"` // of the ledger; another one means that it was put back or replaced
	storage.Event
	Prev int64 `json:"prev"` // the event that this stream told before, or where it began
}

// streamEvents answers with the log: as JSON lines up to its end (poll=1), or
// as lines or SSE that go on.
func (s *Server) streamEvents(w http.ResponseWriter, r *http.Request, p *proof) error {
	head, err := s.c.Store.Head(r.Context())
	if err != nil {
		return err
	}
	q, err := parseEvents(r, head)
	if err != nil {
		return err
	}
	ctx, in, err := s.visits.enter(r.Context(), p)
	if err != nil {
		return err
	}
	defer s.visits.leave(in)
	p, err = s.again(ctx, p) // it may have ended before we were counted in
	if _, ended := errors.AsType[closing](err); ended {
		return unauthenticated.say("", "%s", howToSignIn)
	}
	if err != nil {
		return err
	}
	if q.who, q.proved = p.who, head.Seq; blind(p.who, q.after) {
		return cursorLost.say("since", "You may see more than you could then, and were never told of it. Read the lists again and go on from %s:%d.", head.Epoch, head.Seq)
	}
	if q.wait > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, q.wait)
		defer stop()
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	if q.sse {
		w.Header().Set("Content-Type", "text/event-stream")
	}
	s.pour(ctx, w, q)
	return nil
}

// pour writes events until the end of the log, of the limit, or of ctx. Its
// answer has begun, so an error can only end it.
func (s *Server) pour(ctx context.Context, w http.ResponseWriter, q eventsQuery) {
	to := http.NewResponseController(w)
	beat := time.NewTicker(s.c.Heartbeat)
	defer beat.Stop()
	var line []byte
	tell := func(e storage.Event, f *frame, prev int64) error {
		line = line[:0]
		if q.sse {
			line = fmt.Appendf(line, "id: %s:%d\nevent: %s\ndata: ", q.epoch, e.Seq, e.Type)
		}
		line = append(f.appendEvent(line, prev), '\n')
		if q.sse {
			line = append(line, '\n')
		}
		_ = to.SetWriteDeadline(time.Now().Add(s.times.write))
		_, err := w.Write(line)
		q.limit--
		return err
	}
	for q.limit > 0 {
		changed := s.c.Store.Changed()
		more, err := q.advance(ctx, s, q.limit, tell)
		if err != nil {
			return
		}
		if more {
			continue
		}
		_ = to.SetWriteDeadline(time.Now().Add(s.times.write))
		if q.poll || to.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-beat.C:
			sign := "\n" // JSON lines pass over an empty one
			if q.sse {
				sign = ": beat\n\n"
			}
			_ = to.SetWriteDeadline(time.Now().Add(s.times.write))
			if _, err := w.Write([]byte(sign)); err != nil || to.Flush() != nil {
				return
			}
		}
	}
}

func parseEvents(r *http.Request, head storage.Head) (eventsQuery, error) {
	v := r.URL.Query()
	q := eventsQuery{
		poll:  v.Get("poll") == "1",
		sse:   strings.Contains(r.Header.Get("Accept"), "text/event-stream"),
		limit: 1 << 62,
	}
	if q.poll {
		q.limit = eventsDefault
	}
	q.epoch, q.Lines, q.Events = head.Epoch, words(v["lines"]), words(v["events"])
	if err := q.check(); err != nil {
		return q, err
	}
	for _, n := range []struct {
		name string
		most int
		to   func(int)
	}{
		{"limit", eventsMost, func(n int) { q.limit = n }},
		{"wait", 3600, func(n int) { q.wait = time.Duration(n) * time.Second }},
	} {
		text := v.Get(n.name)
		if text == "" {
			continue
		}
		i, err := strconv.Atoi(text)
		if err != nil || i < 1 || i > n.most {
			return q, invalidParams.say(n.name, "%s is %q; it goes from 1 to %d.", n.name, text, n.most)
		}
		n.to(i)
	}
	since := v.Get("since")
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		since = id
	}
	var err error
	q.after, err = parseSince(since, q.poll, head)
	q.prev = q.after
	return q, err
}

// words splits lists that are written a,b as well as a&b.
func words(values []string) []string {
	var all []string
	for _, v := range values {
		for w := range strings.SplitSeq(v, ",") {
			if w = strings.TrimSpace(w); w != "" {
				all = append(all, w)
			}
		}
	}
	return all
}

// parseSince reads SEQ or EPOCH:SEQ. Nothing means from now on, or, for who
// only looks in, all there is; 0 is the beginning of what is kept.
func parseSince(since string, poll bool, head storage.Head) (int64, error) {
	if since == "" {
		if poll {
			return 0, nil
		}
		return head.Seq, nil
	}
	epoch, text, both := strings.Cut(since, ":")
	if !both {
		epoch, text = head.Epoch, since
	}
	seq, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seq < 0 {
		return 0, invalidParams.say("since", "since is %q; it takes the number of an event, or EPOCH:NUMBER.", since)
	}
	if seq == 0 && epoch == head.Epoch {
		return 0, nil
	}
	switch lost(head, epoch, seq) {
	case "":
		return seq, nil
	case reasonEpoch, reasonAhead:
		return 0, cursorLost.say("since", "The ledger is not the one that %s comes from; it was put back or replaced. Read the lists again and go on from %s:%d.", since, head.Epoch, head.Seq)
	}
	return 0, cursorLost.say("since", "The log begins with event %d. Read the lists again and go on from %s:%d.", head.Oldest, head.Epoch, head.Seq)
}

// Reasons why a stream cannot go on from where it was.
const (
	reasonEpoch   = "epoch_changed"  // the ledger was put back or replaced
	reasonAhead   = "ahead"          // the log has never been that far
	reasonTrimmed = "trimmed"        // older than the log
	reasonFar     = "too_far"        // reading the lists again is cheaper
	reasonAccess  = "access_changed" // the caller may see more than it could then
)

// lost says why the log cannot go on after a position; empty if it can.
func lost(head storage.Head, epoch string, after int64) string {
	switch {
	case epoch != head.Epoch:
		return reasonEpoch
	case after > head.Seq:
		return reasonAhead
	case after+1 < head.Oldest:
		return reasonTrimmed
	}
	return ""
}
