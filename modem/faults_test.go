package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The observed faults A1 to A22 are dialogues in testdata, but for those below, which no dialogue can hold.

// started returns a modem that has not been through init, and the other end of its port.
func started(t testing.TB, o Options) (*Modem, net.Conn) {
	ours, theirs := net.Pipe()
	m := start(ours, o.filled())
	m.engine.ready.Store(true)
	t.Cleanup(func() { m.Close(); theirs.Close() })
	return m, theirs
}

// urcStorm is a thousand URCs, then the answer to +CSQ, in the middle of which they stand.
func urcStorm() string {
	var said strings.Builder
	for i := range 1000 {
		if i == 500 {
			said.WriteString("\r\n+CSQ: 11,99\r\n")
		}
		fmt.Fprintf(&said, "\r\n+CMTI: \"SM\",%d\r\n", i)
	}
	return said.String() + "\r\nOK\r\n"
}

// storm asks +CSQ of a modem that answers with a thousand URCs, and fetches them.
func storm(t testing.TB, m *Modem, port io.ReadWriter, said string) {
	heard := make([]byte, len("AT+CSQ\r"))
	go func() {
		for { // the ESC of the start comes before
			if _, err := io.ReadFull(port, heard[:1]); err != nil {
				return
			}
			if heard[0] == 'A' {
				break
			}
		}
		io.ReadFull(port, heard[1:])
		io.WriteString(port, said)
	}()
	answer := make(chan string, 1)
	go func() { answer <- joined(m.ask(context.Background(), "+CSQ", shape{prefix: "+CSQ", need: true})) }()
	for i := range 1000 {
		if ev := <-m.Events(); ev.Kind != Arrived || ev.Index != i {
			t.Fatalf("event %d is %s", i, tell(ev))
		}
	}
	if got := <-answer; got != "+CSQ: 11,99" {
		t.Fatalf("the answer is %q", got)
	}
}

// A10: a thousand URCs came in disorder, from a thousand goroutines, and leaked into the answer. Here they come in
// order, and from nobody new. How long it takes is BenchmarkURCsDuringCommand's.
func TestURCsDuringCommand(t *testing.T) {
	m, port := started(t, Options{})
	said := urcStorm()
	storm(t, m, port, said)
	goroutines := runtime.NumGoroutine()
	for range 20 {
		storm(t, m, port, said)
	}
	if n := runtime.NumGoroutine(); n > goroutines+5 {
		t.Errorf("%d goroutines, there were %d", n, goroutines)
	}
}

// Nobody fetches events: they are counted, the commands go on, and one Sweep stands in for the lost ones.
func TestEventsOverflow(t *testing.T) {
	m, port := started(t, Options{})
	p := newPeer(port)
	go p.run()
	const rung = 6000
	for i := range rung {
		p.say(fmt.Sprintf(`+CMTI: "SM",%d`, i))
	}
	if _, err := m.ask(t.Context(), "+CSQ", shape{prefix: "+CSQ", need: true}); err != nil {
		t.Fatal(err)
	}
	const room = 64 + queueMax
	for i := range room {
		if ev := <-m.Events(); ev.Kind != Arrived || ev.Index != i {
			t.Fatalf("event %d is %s", i, tell(ev))
		}
	}
	want := fmt.Sprintf("sweep %d events were not fetched in time", rung-room)
	if got := tell(<-m.Events()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	p.say("RING")
	if got := tell(<-m.Events()); got != "ring RING" {
		t.Errorf("got %s", got)
	}
}

// A16: 70 kB without a line end closed the library's conversation.
func TestNoLineEnd(t *testing.T) {
	m, port := started(t, Options{})
	p := newPeer(port)
	go p.run()
	io.WriteString(port, strings.Repeat("~", 70_000))
	p.say(`+CMTI: "SM",1`)
	if _, err := m.ask(t.Context(), "+CSQ", shape{prefix: "+CSQ", need: true}); err != nil {
		t.Error(err)
	}
	if got := tell(<-m.Events()); got != "arrived SM 1" {
		t.Errorf("got %s", got)
	}
	m.Close()
	if n := cap(m.engine.lexer.text); n > 2*lineMax {
		t.Errorf("%d octets kept", n)
	}
}

// A17: a Write that blocks kept its caller for ever, and even the hang-up did not free it.
func TestWriteBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, _ := started(t, Options{}) // nobody reads the other end
		begun := time.Now()
		_, err := m.Submit(t.Context(), submission(1))
		e, _ := errors.AsType[*Error](err)
		if !errors.Is(err, ErrLost) || e == nil || e.Outcome != NotSent {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took > 6*time.Second {
			t.Errorf("took %v", took)
		}
		m.Close()
	})
}

// idler is a port with a read timeout.
type idler struct{ net.Conn }

func (p idler) Read(b []byte) (int, error) {
	p.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	n, err := p.Conn.Read(b)
	if ne, ok := errors.AsType[net.Error](err); ok && ne.Timeout() {
		return 0, nil
	}
	return n, err
}

// A18: the library closed itself after a hundred reads of nothing.
func TestReadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		go newPeer(theirs).run()
		m := start(idler{ours}, Options{}.filled())
		time.Sleep(10 * time.Second)
		if _, err := m.ask(t.Context(), "+CSQ", shape{prefix: "+CSQ", need: true}); err != nil {
			t.Error(err)
		}
		m.Close()
		theirs.Close()
	})
}

// TestIdle: a modem that has nothing to say costs nothing. Time in the bubble can only go on if somebody set
// a timer; nobody here did.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		go p.run()
		m, err := Open(t.Context(), ours, Options{})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		e := m.engine
		for name, timer := range map[string]*time.Timer{"timer": e.timer, "stuck": e.stuck, "glue": e.glue} {
			if timer.Stop() {
				t.Errorf("%s is running", name)
			}
		}
		heard := len(p.heard())
		time.Sleep(24 * time.Hour)
		if n := len(p.heard()); n != heard {
			t.Errorf("%d commands in a day of rest", n-heard)
		}
		m.Close()
		theirs.Close()
	})
}

// TestWire: nothing but text and its own end goes out, whatever a caller asks for.
func TestWire(t *testing.T) {
	m, port := started(t, Options{})
	p := newPeer(port)
	go p.run()
	for _, text := range []string{"+CSQ\r+CMGD=1", "+CSQ\x1a", "+X=\"\x00\"", "+X=\"ü\"", "+X\n", "\x1b"} {
		_, err := m.ask(t.Context(), text, shape{})
		if e, ok := errors.AsType[*Error](err); !ok || e.Outcome != NotSent {
			t.Errorf("%q: got %v", text, err)
		}
	}
	for _, bad := range []struct {
		length int
		pdu    string
	}{
		{8, "00000000000000000a"}, {8, "0000000000000000\x1a\x1a"}, {8, "00"}, {7, "000000000000000001"}, {0, ""},
		{8, "0000000000000001\rAT"},
	} {
		_, err := m.Submit(t.Context(), Submission{Length: bad.length, PDU: bad.pdu})
		if e, ok := errors.AsType[*Error](err); !ok || e.Outcome != NotSent {
			t.Errorf("%q: got %v", bad.pdu, err)
		}
	}
	if lines := p.heard(); len(lines) != 0 {
		t.Errorf("the modem heard %q", lines)
	}
}

// TestCancelled: who loses interest before the command is written is told that nothing was.
func TestCancelled(t *testing.T) {
	m, port := started(t, Options{})
	p := newPeer(port)
	go p.run()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := m.Submit(ctx, submission(1))
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Outcome != NotSent || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if len(p.heard()) != 0 {
		t.Error("the command was written")
	}
}

// TestClose: everybody who waits gets an answer, nobody remains, and the second Close is no harm.
func TestClose(t *testing.T) {
	m, port := started(t, Options{})
	go io.Copy(io.Discard, port)
	results := make(chan error, 3)
	for n := range 3 {
		go func() {
			_, err := m.Submit(context.Background(), submission(n))
			results <- err
		}()
	}
	time.Sleep(10 * time.Millisecond)
	m.Close()
	m.Close()
	for range 3 {
		err := <-results
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Outcome != NotSent || !errors.Is(err, ErrClosed) || !errors.Is(err, ErrLost) {
			t.Errorf("got %v", err)
		}
	}
	select {
	case <-m.Lost():
	default:
		t.Error("not lost")
	}
	if _, open := <-m.Events(); open {
		t.Error("events go on")
	}
}

// breaking is a port whose writes fail from some point on.
type breaking struct {
	net.Conn
	good int // writes that go well
}

func (p *breaking) Write(b []byte) (int, error) {
	if p.good--; p.good < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return p.Conn.Write(b)
}

// TestWriteFails: Ctrl-Z is the last octet of its Write, so a Write that fell short has not sent it.
func TestWriteFails(t *testing.T) {
	for good := range 3 { // ESC, the command, the PDU
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		go p.run()
		m := start(&breaking{ours, good}, Options{}.filled())
		_, err := m.Submit(t.Context(), submission(1))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Outcome != NotSent || !errors.Is(err, ErrLost) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d good: got %v", good, err)
		}
		m.Close()
		theirs.Close()
		if len(p.pdus) > 0 {
			t.Errorf("%d good: the modem got a PDU", good)
		}
	}
}

// TestOpenGivenUp: a context ends Open at any moment, also while the first proof is out.
func TestOpenGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		p := newPeer(theirs)
		go func() {
			for buf := make([]byte, 100); ; {
				n, err := theirs.Read(buf)
				if err != nil {
					return
				}
				if text := string(buf[:n]); text == "AT\r" || text == "ATE0\r" {
					p.say("OK")
				}
			}
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := Open(ctx, ours, Options{})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		theirs.Close()
	})
}
