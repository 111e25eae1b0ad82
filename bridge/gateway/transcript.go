package gateway

import (
	"context"
	"io"
	"strings"
	"sync"
	"time"

	"smsbridge/modem"
	"smsbridge/storage"
)

// Limits of the transcript.
const (
	saidMost = 4096             // lines that are kept, of all modems together
	saidWait = 25 * time.Second // how long who waits for more is made to wait at most
)

// transcript keeps the last lines of every conversation, redacted before they
// are kept: what is not there cannot be shown.
type transcript struct {
	mu      sync.Mutex // guards what follows
	lines   []storage.Said
	last    int64
	changed chan struct{} // closed at the next line; nil: nobody waits
}

// of is where the octets of a port go.
func (t *transcript) of(port string) io.Writer {
	return modem.NewRedactor(writer(func(line string) { t.add(port, line) }))
}

type writer func(line string)

func (w writer) Write(p []byte) (int, error) {
	w(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}

func (t *transcript) add(port, line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last++; len(t.lines) == saidMost {
		t.lines = append(t.lines[:0], t.lines[saidMost/4:]...)
	}
	t.lines = append(t.lines, storage.Said{Seq: t.last, Port: port, Line: line})
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// after returns the lines of a port, or of all, behind seq, and a channel that
// is closed when there may be more.
func (t *transcript) after(port string, seq int64) ([]storage.Said, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := []storage.Said{}
	for _, s := range t.lines {
		if s.Seq > seq && (port == "" || s.Port == port) {
			found = append(found, s)
		}
	}
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	return found, t.changed
}

// Transcript returns what was said at a port, or at all, behind seq. If there is
// nothing it waits for something, but not for ever.
func (g *Gateway) Transcript(ctx context.Context, port string, seq int64, wait time.Duration) ([]storage.Said, error) {
	late := time.NewTimer(min(wait, saidWait))
	defer late.Stop()
	for {
		found, changed := g.transcript.after(port, seq)
		if len(found) > 0 || wait <= 0 {
			return found, nil
		}
		select {
		case <-changed:
		case <-late.C:
			return found, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
