package simulator

import (
	"io"
	"sync"
	"syscall"
	"time"
)

const (
	inMax  = 64 << 10 // octets a terminal may be ahead of the modem; then Write waits
	outMax = 4 << 20  // octets a modem may be ahead of the terminal; what is beyond is lost
)

// port is one opening of a modem: a duplex of octets, buffered both ways. Read, Write and Close are the
// terminal's side; next, emit, wait and hang are the modem's.
type port struct {
	mu   sync.Mutex // guards what follows
	wake sync.Cond  // something of it changed

	in, out []byte
	closed  bool // by the terminal
	hung    bool // by the modem: unplugged
	after   int  // octets, both ways together, until it hangs up; negative: never
	single  bool // the terminal reads octet by octet,
	gap     time.Duration
	due     time.Time // and the next not before
	lost    int

	gone chan struct{} // closed with the first of closed and hung
	done chan struct{} // closed when the conversation has ended
}

func newPort() *port {
	p := &port{after: -1, gone: make(chan struct{}), done: make(chan struct{})}
	p.wake.L = &p.mu
	return p
}

// deadPort returns a port that could not be opened.
func deadPort() *port {
	p := newPort()
	p.closed = true
	close(p.gone)
	close(p.done)
	return p
}

// Read waits for octets of the modem. After Close it returns io.ErrClosedPipe; after an unplugging,
// what was sent before it and then io.EOF, as a tty does.
func (p *port) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.closed:
			return 0, io.ErrClosedPipe
		case len(b) == 0:
			return 0, nil
		case len(p.out) > 0 && p.paced():
			return p.read(b), nil
		case len(p.out) == 0 && p.hung:
			return 0, io.EOF
		}
		p.wake.Wait()
	}
}

// paced reports whether the next octet is due; if not, the reader will be woken when it is.
func (p *port) paced() bool {
	if !p.single || p.gap <= 0 {
		return true
	}
	left := time.Until(p.due)
	if left > 0 {
		time.AfterFunc(left, p.rouse)
	}
	return left <= 0
}

func (p *port) rouse() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wake.Broadcast()
}

func (p *port) read(b []byte) int {
	if p.single {
		b = b[:1]
		p.due = time.Now().Add(p.gap)
	}
	n := copy(b, p.out)
	p.out = p.out[n:]
	if len(p.out) == 0 {
		p.out = nil
	}
	return n
}

// Write hands octets to the modem. It waits only while the modem is 64 KiB behind. After an unplugging
// it returns EIO, as a tty does.
func (p *port) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	written := 0
	for {
		switch {
		case p.closed:
			return written, io.ErrClosedPipe
		case p.hung:
			return written, syscall.EIO
		case written == len(b):
			return written, nil
		case len(p.in) < inMax:
			part := p.allow(b[written:min(len(b), written+inMax-len(p.in))])
			p.in = append(p.in, part...)
			written += len(part)
			p.meter(len(part))
			p.wake.Broadcast()
			continue
		}
		p.wake.Wait()
	}
}

// Close ends the terminal's side and waits for the conversation to end. A second Close does nothing.
func (p *port) Close() error {
	p.mu.Lock()
	p.closed = true
	p.leave()
	p.mu.Unlock()
	<-p.done
	return nil
}

// next waits for octets of the terminal; false when there will be none. What was written before the end
// is heard, as a tty delivers what it has taken.
func (p *port) next() ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.in) == 0 && !p.closed && !p.hung {
		p.wake.Wait()
	}
	b := p.in
	p.in = nil
	p.wake.Broadcast()
	return b, len(b) > 0
}

// emit sends octets to the terminal. It never waits: what nobody reads is lost in the end.
func (p *port) emit(b []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.hung || len(b) == 0 {
		return
	}
	if len(p.out)+len(b) > outMax {
		p.lost += len(b)
		return
	}
	b = p.allow(b)
	p.out = append(p.out, b...)
	p.meter(len(b))
	p.wake.Broadcast()
}

// wait lets time pass and reports whether the port is still there.
func (p *port) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-p.gone:
		return false
	}
}

// hang hangs up: the modem was unplugged.
func (p *port) hang() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hung = true
	p.leave()
}

// hangAfter hangs up once so many more octets have crossed, either way.
func (p *port) hangAfter(octets int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = octets
}

// split makes the terminal read octet by octet, gap apart.
func (p *port) split(on bool, gap time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.single, p.gap = on, gap
	p.wake.Broadcast()
}

func (p *port) isHung() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.hung
}

// allow cuts b where the port will hang up.
func (p *port) allow(b []byte) []byte {
	if p.after >= 0 && len(b) > p.after {
		return b[:p.after]
	}
	return b
}

func (p *port) meter(octets int) {
	if p.after < 0 {
		return
	}
	if p.after -= octets; p.after == 0 {
		p.hung = true
		p.leave()
	}
}

// leave tells everybody who waits; the lock is held.
func (p *port) leave() {
	select {
	case <-p.gone:
	default:
		close(p.gone)
	}
	p.wake.Broadcast()
}
