package web

import (
	"strconv"
	"sync/atomic"
	"time"
)

// How much may be on the way to a socket: what was written and has not been
// taken by the other side, wherever it waits. Beyond that the socket is told
// nothing more, which costs nothing, since the log keeps it; and one that
// takes nothing for a while is cut.
const (
	windowEvents = 256
	windowBytes  = 1 << 20
	probeEvents  = 64 // after so many it is asked how far it has come
	probeBytes   = windowBytes / 4
)

// A window counts what a socket was told and what it has taken. The other side
// says so by the pong to a ping that stands behind it in the stream
// (RFC 6455, 5.5.3: a pong carries what its ping carried), which every client
// answers by itself when it has read so far. The writer owns it, but for hear.
type window struct {
	told, bytes   int64 // all that was written
	taken, eaten  int64 // of it, as far as is known
	asked         int64 // told, when the ping was sent; 0: none is on its way
	askedBytes    int64
	askedAt       time.Time
	firstAt       time.Time // when the first that was not taken was written
	answered      atomic.Int64
	pong          chan struct{} // rings when answered has changed
	events, limit int64         // instead of the constants, for tests
}

func newWindow() *window {
	return &window{pong: make(chan struct{}, 1), events: windowEvents, limit: windowBytes}
}

// hear takes the payload of a pong; the reader calls it.
func (w *window) hear(payload string) {
	n, err := strconv.ParseInt(payload, 10, 64)
	if err != nil {
		return // the answer to a heartbeat
	}
	w.answered.Store(n)
	select {
	case w.pong <- struct{}{}:
	default:
	}
}

// settle takes in what has been answered.
func (w *window) settle(now time.Time) {
	if w.asked == 0 || w.answered.Load() != w.asked {
		return
	}
	w.taken, w.eaten, w.asked, w.firstAt = w.asked, w.askedBytes, 0, now
}

// wrote counts an event out, and tells whether to ask how far the other side
// has come: then ask is the ping's payload.
func (w *window) wrote(now time.Time, bytes int) (ask string) {
	w.settle(now)
	if w.told == w.taken {
		w.firstAt = now
	}
	w.told++
	w.bytes += int64(bytes)
	many := w.told-w.taken >= min(probeEvents, w.events) || w.bytes-w.eaten >= min(probeBytes, w.limit)
	if w.asked != 0 || !many {
		return ""
	}
	w.asked, w.askedBytes, w.askedAt = w.told, w.bytes, now
	return strconv.FormatInt(w.told, 10)
}

// full tells whether no more may be written now.
func (w *window) full(now time.Time) bool {
	w.settle(now)
	return w.told-w.taken >= w.events || w.bytes-w.eaten >= w.limit
}

// since is from when on the other side has taken nothing.
func (w *window) since() time.Time { return w.firstAt }
