package modem

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"go.bug.st/serial"
)

const (
	baudStandard  = 115200
	writePatience = 5 * time.Second // for the tty to take what is written: 500 octets need 0.5 s at 9600 baud
	closePatience = 2 * time.Second // for the kernel to close; it may hold a port with unsent octets for 30 s
)

// errStuck is a write that does not come back. It may still go out.
var errStuck = errors.New("the port takes nothing more")

// PortOptions are the settings of OpenPort.
type PortOptions struct {
	Baud int // default 115200; USB modems do not care
}

// PortError is a port that cannot be opened, or that broke.
type PortError struct {
	Name string
	Text string // what is wrong
	Hint string // what a person can do about it; may be empty
	Err  error
}

func (e *PortError) Error() string {
	text := "port " + e.Name + " " + e.Text
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

func (e *PortError) Unwrap() error { return e.Err }

// ErrPortBusy is wrapped when another program, or another part of this one, holds the port.
var ErrPortBusy = errors.New("port busy")

// guard stands between the engine and the serial library, whose Write does not look whether the port is
// closed: the number of a closed descriptor soon belongs to another file, and a command written late
// would land there, in the ledger perhaps. It also gives writes a limit, tells an unplugged port from a
// closed one, and does not let a panic in Read end the program (the library's select knows 1024
// descriptors).
type guard struct {
	name string
	port serial.Port
	hold io.Closer // what keeps others out

	writePatience, closePatience time.Duration

	work    chan []byte
	results chan result
	done    chan struct{} // closed when the port is to close
	shut    chan struct{} // closed when it is closed
	writing sync.Mutex    // one Write at a time

	mu     sync.Mutex // guards closed and stuck
	closed bool
	stuck  bool
}

type result struct {
	n   int
	err error
}

// OpenPort opens a tty for a modem, exclusively as far as the system allows. Its errors are *PortError,
// sentences that name the port and a way out; fs.ErrNotExist, fs.ErrPermission and ErrPortBusy are their
// causes. Close ends a Read and a Write that wait.
func OpenPort(name string, o PortOptions) (io.ReadWriteCloser, error) {
	if o.Baud == 0 {
		o.Baud = baudStandard
	}
	hold, err := holdPort(name)
	if err != nil {
		return nil, err
	}
	port, err := serial.Open(name, &serial.Mode{BaudRate: o.Baud})
	if err != nil {
		hold.Close()
		return nil, portError(name, err)
	}
	keepFromChildren(name)
	port.ResetInputBuffer()
	return newGuard(name, port, hold), nil
}

func newGuard(name string, port serial.Port, hold io.Closer) *guard {
	g := &guard{
		name: name, port: port, hold: hold,
		writePatience: writePatience, closePatience: closePatience,
		work:    make(chan []byte),
		results: make(chan result, 1),
		done:    make(chan struct{}),
		shut:    make(chan struct{}),
	}
	go g.write()
	return g
}

// portError puts the library's errors in sentences.
func portError(name string, err error) error {
	e, ok := errors.AsType[*serial.PortError](err)
	switch {
	case ok && e.Code() == serial.PortBusy:
		return portBusy(name)
	case ok && e.Code() == serial.InvalidSpeed:
		return &PortError{name, "does not know this baud rate", "115200, 57600 and 9600 are usual", err}
	case ok && e.Code() == serial.InvalidSerialPort:
		return &PortError{name, "is no serial port", "modems are called /dev/ttyUSB0, /dev/ttyACM0 and so on", err}
	}
	return &PortError{name, "cannot be opened: " + err.Error(), "", err}
}

// Read waits for octets. Its error is ErrClosed after a local Close, and wraps ErrUnplugged otherwise.
func (g *guard) Read(p []byte) (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			n, err = 0, &PortError{g.name, fmt.Sprintf("cannot be read: %v", r), "", ErrUnplugged}
		}
	}()
	n, err = g.port.Read(p)
	if n > 0 || err == nil && len(p) == 0 {
		return n, nil
	}
	if g.isClosed() {
		return 0, ErrClosed
	}
	if err == nil {
		err = io.EOF
	}
	return 0, g.lost(err)
}

func (g *guard) lost(err error) error {
	return &PortError{g.name, "went away: " + err.Error(), "", fmt.Errorf("%w: %w", ErrUnplugged, err)}
}

func (g *guard) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// Write writes all of p, or says why not. A write that takes too long is given up with errStuck and is the
// last one.
func (g *guard) Write(p []byte) (int, error) {
	g.writing.Lock()
	defer g.writing.Unlock()
	g.mu.Lock()
	closed, stuck := g.closed, g.stuck
	g.mu.Unlock()
	switch {
	case closed:
		return 0, ErrClosed
	case stuck:
		return 0, errStuck
	}
	limit := time.NewTimer(g.writePatience)
	defer limit.Stop()
	select {
	case g.work <- p:
	case <-g.done:
		return 0, ErrClosed
	}
	select {
	case r := <-g.results:
		return g.whole(r, len(p))
	case <-limit.C:
	case <-g.shut:
	}
	g.mu.Lock()
	g.stuck = true
	g.mu.Unlock()
	return 0, &PortError{g.name, "takes nothing more", "unplug the modem and plug it in again", errStuck}
}

// whole makes a short write an error. The library has none: it returns a short count when the port hangs up.
func (g *guard) whole(r result, want int) (int, error) {
	if r.err == nil && r.n < want {
		r.err = io.ErrShortWrite
	}
	if r.err != nil {
		return r.n, g.lost(r.err)
	}
	return r.n, nil
}

// write is the only caller of the library's Write. It ends before the port is closed, unless it is inside
// a write that does not come back; that one has its descriptor already, and starts no other.
func (g *guard) write() {
	for {
		select {
		case p := <-g.work:
			n, err := g.port.Write(p)
			g.results <- result{n, err}
		case <-g.done:
			return
		}
	}
}

// Close closes the port. It comes back within a few seconds even if the kernel does not; the rest then
// happens when it can.
func (g *guard) Close() error {
	g.mu.Lock()
	if g.closed {
		g.mu.Unlock()
		<-g.shut
		return nil
	}
	g.closed = true
	g.mu.Unlock()
	close(g.done)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		g.port.ResetOutputBuffer()
		g.port.Close()
		g.hold.Close()
	}()
	patience := time.NewTimer(g.closePatience)
	defer patience.Stop()
	select {
	case <-finished:
	case <-patience.C:
	}
	close(g.shut)
	return nil
}
