package bridge

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener without a network, so that a limit of seconds costs
// nothing in a bubble.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func newPipes() *pipes { return &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.closed) }); return nil }
func (p *pipes) Addr() net.Addr { return address("box") }

func (p *pipes) dial(from string) net.Conn {
	ours, theirs := net.Pipe()
	p.dialled <- named{theirs, address(from)}
	return ours
}

type address string

func (a address) Network() string { return "pipe" }
func (a address) String() string  { return string(a) }

type named struct {
	net.Conn
	from net.Addr
}

func (n named) RemoteAddr() net.Addr { return n.from }

// serveOn runs the bridge's HTTP on pipes in a bubble.
func serveOn(t *testing.T, do func(p *pipes)) {
	synctest.Test(t, func(t *testing.T) {
		b := &Bridge{log: slog.New(slog.DiscardHandler)}
		p := newPipes()
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- b.serve(ctx, limit(p, 5, 3), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "here") }), nil)
		}()
		do(p)
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// ended reads until the other side hangs up, and tells what it said and when.
func ended(c net.Conn) (said string, after time.Duration) {
	start := time.Now()
	text, _ := io.ReadAll(c)
	return string(text), time.Since(start)
}

// TestServe_slow_header: a header that never ends holds a connection for five
// seconds, however lively it is; a connection without a request, for two
// minutes.
func TestServe_slow_header(t *testing.T) {
	serveOn(t, func(p *pipes) {
		c := p.dial("10.0.0.1:1")
		defer c.Close()
		var drip sync.WaitGroup
		drip.Go(func() {
			_, err := io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\n")
			for err == nil {
				time.Sleep(100 * time.Millisecond)
				_, err = io.WriteString(c, "X: y\r\n")
			}
		})
		if said, after := ended(c); after < headerTime || after > headerTime+time.Second || strings.Contains(said, "here") {
			t.Errorf("ended after %v with %q", after, said)
		}
		c.Close()
		drip.Wait()
		idle := p.dial("10.0.0.1:2")
		defer idle.Close()
		io.WriteString(idle, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		r := bufio.NewReader(idle)
		if answer, err := http.ReadResponse(r, nil); err != nil || answer.StatusCode != 200 {
			t.Fatal(answer, err)
		} else {
			io.Copy(io.Discard, answer.Body)
		}
		start := time.Now()
		if _, err := r.ReadByte(); !errors.Is(err, io.EOF) || time.Since(start) != idleTime {
			t.Errorf("an idle connection ended after %v: %v", time.Since(start), err)
		}
	})
}

// TestServe_large_header: more header than is taken is refused as such.
func TestServe_large_header(t *testing.T) {
	serveOn(t, func(p *pipes) {
		c := p.dial("10.0.0.1:1")
		defer c.Close()
		var write sync.WaitGroup
		write.Go(func() {
			io.WriteString(c, "GET / HTTP/1.1\r\nHost: localhost\r\nX: "+strings.Repeat("y", 2*headerSize)+"\r\n\r\n")
		})
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil || answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%v %v", answer, err)
		}
		c.Close()
		write.Wait()
	})
}

// TestLimit: beyond three of one address or five in all a connection is closed,
// and its place is free again when one of the others ends.
func TestLimit(t *testing.T) {
	serveOn(t, func(p *pipes) {
		shut := func(c net.Conn) bool {
			defer c.Close()
			_, after := ended(c)
			return after == 0
		}
		first := []net.Conn{p.dial("10.0.0.1:1"), p.dial("10.0.0.1:2"), p.dial("10.0.0.1:3")}
		if !shut(p.dial("10.0.0.1:4")) {
			t.Error("a fourth of one address was let in")
		}
		second := []net.Conn{p.dial("10.0.0.2:1"), p.dial("[2001:db8::1]:2")}
		if !shut(p.dial("10.0.0.3:1")) {
			t.Error("a sixth of all was let in")
		}
		first[0].Close()
		synctest.Wait()
		again := p.dial("10.0.0.1:5")
		io.WriteString(again, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		if answer, err := http.ReadResponse(bufio.NewReader(again), nil); err != nil || answer.StatusCode != 200 {
			t.Errorf("a place that is free again: %v %v", answer, err)
		}
		for _, c := range append(append(first, second...), again) {
			c.Close()
		}
	})
}
