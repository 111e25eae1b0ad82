package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	library "github.com/warthog618/modem/at"
)

// TestRandomPlanted puts faults in the engine's place that others have shipped. TestRandom's dialogues must
// find each, and as what it is.
func TestRandomPlanted(t *testing.T) {
	around := func(change func(o *ours, n int, b belief) belief) func(*moody) (talker, error) {
		return func(modem *moody) (talker, error) {
			o, err := connectOurs(modem)
			if err != nil {
				return nil, err
			}
			return &changed{o.(*ours), change}, nil
		}
	}
	for _, c := range []struct {
		name    string
		connect func(*moody) (talker, error)
		found   func(faults) int
	}{
		{"sends again what is unknown", around(func(o *ours, n int, b belief) belief {
			if b.fate == fateUnknown && !o.lost() {
				return o.submit(context.Background(), n)
			}
			return b
		}), func(f faults) int { return f.strayed }},
		{"takes unknown for sent", around(func(_ *ours, _ int, b belief) belief {
			if b.fate == fateUnknown {
				b.fate = fateSent
			}
			return b
		}), func(f faults) int { return f.misattributed }},
		{"takes not sent for sent", around(func(_ *ours, _ int, b belief) belief {
			if b.fate == fateNotSent {
				b = belief{fate: fateSent}
			}
			return b
		}), func(f faults) int { return f.phantom }},
		{"takes unknown for not sent", around(func(_ *ours, _ int, b belief) belief {
			if b.fate == fateUnknown {
				b.fate = fateNotSent
			}
			return b
		}), func(f faults) int { return f.denied }},
		{"proves every session alike", func(modem *moody) (talker, error) {
			sessions.Store(patterns - 1)
			return connectOurs(modem)
		}, func(f faults) int { return f.misattributed }},
		{"attributes by order only", connectByOrder(false), func(f faults) int { return f.misattributed }},
		{"sends a PDU to the next prompt of any", connectByOrder(false), func(f faults) int { return f.strayed }},
		{"does not wait for the prompt", connectByOrder(true), func(f faults) int { return f.strayed }},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "_"), func(t *testing.T) {
			count := 200
			if c.name == "proves every session alike" { // matters only where one session's answers reach the next
				count = 3000
			}
			f, _ := holdAll(t, 0, count, false, c.connect)
			if c.found(f) == 0 {
				t.Errorf("went unnoticed: %+v", f)
			}
			t.Logf("%+v", f)
		})
	}
}

// changed is our engine with somebody who bends what it says.
type changed struct {
	*ours
	change func(*ours, int, belief) belief
}

func (c *changed) submit(ctx context.Context, n int) belief {
	return c.change(c.ours, n, c.ours.submit(ctx, n))
}

// byOrder is an engine that believes in order alone: each final result ends the oldest command without one,
// and a prompt is that command's. It would be right if no final were ever lost or doubled.
type byOrder struct {
	port  io.ReadWriteCloser
	blind bool // PDUs go out with their commands
	ended chan struct{}

	mu      sync.Mutex // guards pending
	pending []*order
}

type order struct {
	pdu   string
	lines []string
	done  chan error
}

func connectByOrder(blind bool) func(*moody) (talker, error) {
	return func(modem *moody) (talker, error) {
		b := &byOrder{port: modem.plug(), blind: blind, ended: make(chan struct{})}
		go b.read()
		return b, nil
	}
}

func (b *byOrder) read() {
	defer close(b.ended)
	var text []byte
	for octet := make([]byte, 1); ; {
		if _, err := b.port.Read(octet); err != nil {
			return
		}
		switch c := octet[0]; {
		case c == '>' && len(text) == 0:
			b.prompt()
		case c != '\r' && c != '\n':
			text = append(text, c)
		case len(text) > 0:
			b.line(strings.TrimSpace(string(text)))
			text = nil
		}
	}
}

func (b *byOrder) prompt() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending) > 0 && b.pending[0].pdu != "" && !b.blind {
		io.WriteString(b.port, b.pending[0].pdu+"\x1a")
	}
}

func (b *byOrder) line(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.pending) == 0 {
		return
	}
	var err error
	switch p, refused := strings.CutPrefix(text, "+CME ERROR: "); {
	case refused:
		err = library.CMEError(p)
	case strings.HasPrefix(text, "+CMS ERROR: "):
		err = library.CMSError(text[len("+CMS ERROR: "):])
	case text == "ERROR":
		err = library.ErrError
	case text != "OK":
		if strings.HasPrefix(text, "+XTAG") || strings.HasPrefix(text, "86") || strings.HasPrefix(text, "+CMGS") {
			b.pending[0].lines = append(b.pending[0].lines, text)
		}
		return
	}
	b.pending[0].done <- err
	b.pending = b.pending[1:]
}

func (b *byOrder) ask(text, pdu string, limit time.Duration) (string, error) {
	o := &order{pdu: pdu, done: make(chan error, 1)}
	b.mu.Lock()
	b.pending = append(b.pending, o)
	b.mu.Unlock()
	text = "AT" + text + "\r"
	if b.blind && pdu != "" {
		text += pdu + "\x1a"
	}
	io.WriteString(b.port, text)
	select {
	case err := <-o.done:
		return strings.Join(o.lines, "/"), err
	case <-time.After(limit):
		return "", errors.New("no answer in time")
	}
}

func (b *byOrder) tag(n int) (string, error) {
	return b.ask("+XTAG="+strconv.Itoa(n), "", 5*time.Second)
}

func (b *byOrder) number(n int) (string, error) {
	return b.ask("+XNUM="+strconv.Itoa(n), "", 5*time.Second)
}

func (b *byOrder) do(n int) error {
	_, err := b.ask("+XDO="+strconv.Itoa(n), "", 5*time.Second)
	return err
}

func (b *byOrder) submit(_ context.Context, n int) belief {
	s := numbered(n)
	text, err := b.ask(fmt.Sprintf("+CMGS=%d", s.Length), s.PDU, 190*time.Second)
	mr := -1
	fmt.Sscanf(text, "+CMGS: %d", &mr)
	switch {
	case err == nil:
		return belief{fateSent, mr, ""}
	case code(err) != "":
		return belief{fateRejected, -1, code(err)}
	}
	return belief{fateUnknown, -1, ""}
}

func (b *byOrder) late() (map[string]int, []string) { return nil, nil }
func (b *byOrder) lost() bool                       { return false }

func (b *byOrder) close() {
	b.port.Close()
	<-b.ended
}
