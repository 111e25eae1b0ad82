package simulator

import (
	"bufio"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// terminal is the other end of a port in a test: it types and reads, and knows no AT.
type terminal struct {
	t *testing.T
	w interface{ Write([]byte) (int, error) }
	c chan []byte
	b []byte
}

// attach opens a modem and switches its echo off.
func attach(t *testing.T, m *Modem) *terminal {
	t.Helper()
	p, err := m.TryOpen()
	if err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, p)
	t.Cleanup(func() {
		p.Close()
		for range x.c {
		}
	})
	x.say("ATE0\r")
	x.until("OK\r\n")
	x.b = nil
	return x
}

func newTerminal(t *testing.T, p interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
}) *terminal {
	x := &terminal{t: t, w: p, c: make(chan []byte, 4096)}
	go func() {
		defer close(x.c)
		r := bufio.NewReaderSize(p, 1<<16)
		for {
			b := make([]byte, 1<<16)
			n, err := r.Read(b)
			if err != nil {
				return
			}
			x.c <- b[:n]
		}
	}()
	return x
}

func (x *terminal) say(s string) {
	x.t.Helper()
	if _, err := x.w.Write([]byte(s)); err != nil {
		x.t.Fatalf("write %q: %v", s, err)
	}
}

// until reads up to and including an octet string.
func (x *terminal) until(end string) string {
	x.t.Helper()
	limit := time.After(10 * time.Second)
	for {
		if i := strings.Index(string(x.b), end); i >= 0 {
			s := string(x.b[:i+len(end)])
			x.b = x.b[i+len(end):]
			return s
		}
		select {
		case b, ok := <-x.c:
			if !ok {
				x.t.Fatalf("the port ended before %q; there was %q", end, x.b)
			}
			x.b = append(x.b, b...)
		case <-limit:
			x.t.Fatalf("no %q; there was %q", end, x.b)
		}
	}
}

// ask sends a line and expects exactly these octets.
func (x *terminal) ask(line, want string) {
	x.t.Helper()
	x.say(line + "\r")
	x.expect(want)
}

func (x *terminal) expect(want string) {
	x.t.Helper()
	if want == "" {
		return
	}
	limit := time.After(10 * time.Second)
	for len(x.b) < len(want) {
		select {
		case b, ok := <-x.c:
			if !ok {
				x.t.Fatalf("port ended: got %q, want %q", x.b, want)
			}
			x.b = append(x.b, b...)
		case <-limit:
			x.t.Fatalf("got %q, want %q", x.b, want)
		}
	}
	if got := string(x.b[:len(want)]); got != want {
		x.t.Fatalf("got %q, want %q", x.b, want)
	}
	x.b = x.b[len(want):]
}

// quiet checks that nothing has been said beyond what was read: a bare AT gets its OK and no more.
func (x *terminal) quiet() {
	x.t.Helper()
	x.ask("AT", ok)
	select {
	case b := <-x.c:
		x.t.Fatalf("not silent: %q", b)
	default:
	}
	if len(x.b) > 0 {
		x.t.Fatalf("not silent: %q", x.b)
	}
}

const ok = "\r\nOK\r\n"
