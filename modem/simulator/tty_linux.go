package simulator

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// tty serves a modem on a pseudo terminal. Whenever a program opens the slave, it opens the modem's
// port; when the last one closes it, the port is closed, and what the next one finds is a fresh line.
//
// It does not hold the slave open itself: so the master knows whether anybody is there, and inotify tells
// when to ask. (Its events cannot be counted, because equal ones that wait become one.) Since a program
// opens before it writes, and its opening is looked at before its octets are, they never get into the line
// of the one before. What a program wrote in its last moment may be heard as the next one's, if that opens
// in the same moment.
type tty struct {
	m          *Modem
	open       func() (*port, error) // what a program that opens it gets; the network's lock is held
	link, name string
	master     *os.File
	watch      *os.File
	wake       chan struct{} // somebody was there: there may be something to read
	over       chan struct{} // closed when it hangs up

	mu      sync.Mutex // guards what follows
	present bool       // a program is there
	port    *port      // nil while none is
	pump    chan struct{}
	hung    bool

	once sync.Once // hangs up
	ends sync.WaitGroup
	done chan struct{}
}

// ServePTY serves the modem on a new pseudo terminal and returns the name of its slave, or link if that
// is not empty: link then is a symbolic link to the slave, and names the next one too after Unplug and
// Replug. It is an error if the modem has a tty, if it is unplugged or if link is a file of another
// kind.
func (m *Modem) ServePTY(link string) (name string, err error) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case m.tty != nil:
		return "", fmt.Errorf("modem %d is served on %s already", m.index, m.tty.title())
	case m.gone() || n.closed:
		return "", fmt.Errorf("modem %d is unplugged", m.index)
	}
	t, err := openTTY(m, link, m.open)
	if err != nil {
		return "", err
	}
	m.tty = t
	return t.title(), nil
}

// openTTY starts a terminal; the lock of the network is held.
func openTTY(m *Modem, link string, open func() (*port, error)) (*tty, error) {
	blocking, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open pty: %w", err)
	}
	master, err := polled(blocking)
	if err != nil {
		slave.Close()
		return nil, fmt.Errorf("open pty: %w", err)
	}
	t := &tty{
		m: m, open: open, link: link, name: slave.Name(), master: master,
		wake: make(chan struct{}, 1), over: make(chan struct{}), done: make(chan struct{}),
	}
	err = t.prepare(slave)
	slave.Close() // before anybody looks whether it is open
	if err != nil {
		master.Close()
		return nil, err
	}
	t.ends.Go(t.read)
	t.ends.Go(t.follow)
	m.network.running.Go(func() {
		t.ends.Wait()
		close(t.done)
	})
	return t, nil
}

// polled returns the same file for the runtime's poller, so that Close ends a Read and a Write may have a
// deadline. The one it is given is closed.
func polled(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func (t *tty) prepare(slave *os.File) error {
	if err := raw(slave); err != nil {
		return fmt.Errorf("make %s raw: %w", t.name, err)
	}
	if err := t.place(); err != nil {
		return err
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return fmt.Errorf("watch %s: %w", t.name, err)
	}
	if _, err := unix.InotifyAddWatch(fd, t.name, unix.IN_OPEN|unix.IN_CLOSE); err != nil {
		unix.Close(fd)
		return fmt.Errorf("watch %s: %w", t.name, err)
	}
	t.watch = os.NewFile(uintptr(fd), "inotify")
	return nil
}

// place puts the link where it was asked for, over an older link but over nothing else.
func (t *tty) place() error {
	if t.link == "" {
		return nil
	}
	if info, err := os.Lstat(t.link); err == nil && info.Mode()&os.ModeSymlink == 0 {
		return fmt.Errorf("%s is there already and is not a link", t.link)
	}
	os.Remove(t.link)
	return os.Symlink(t.name, t.link)
}

func (t *tty) title() string {
	if t.link != "" {
		return t.link
	}
	return t.name
}

// control runs an ioctl on a file, whatever has become of it.
func control(f *os.File, do func(fd int) error) error {
	c, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := c.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// raw is the state a serial port of a modem is in: no echo, no lines, eight bits.
func raw(slave *os.File) error {
	return control(slave, func(fd int) error {
		s, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			return err
		}
		s.Iflag, s.Oflag, s.Lflag = 0, 0, 0
		s.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | unix.B115200
		s.Cc[unix.VMIN], s.Cc[unix.VTIME] = 1, 0
		return unix.IoctlSetTermios(fd, unix.TCSETS, s)
	})
}

// read carries what programs write to the modem.
func (t *tty) read() {
	b := make([]byte, 4096)
	for {
		n, err := t.master.Read(b)
		if n > 0 {
			t.hear(b[:n])
		}
		if errors.Is(err, unix.EIO) { // nobody is there
			t.mu.Lock()
			t.see()
			t.mu.Unlock()
			select {
			case <-t.wake:
				continue
			case <-t.over:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// hear gives the modem what a program wrote. A program that has gone since is heard to the end, and its
// answers are for nobody.
func (t *tty) hear(b []byte) {
	t.mu.Lock()
	control(t.watch, t.look)
	p, gone := t.enter(), !t.present
	if p == nil || !gone {
		t.mu.Unlock()
		if p != nil {
			p.Write(b)
		}
		return
	}
	defer t.mu.Unlock()
	p.Write(b)
	t.leave()
}

// follow takes note of programs that open and close the slave.
func (t *tty) follow() {
	defer t.end()
	watch, err := t.watch.SyscallConn()
	if err != nil {
		return
	}
	watch.Read(func(fd uintptr) bool {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.look(int(fd))
		return false // until the watch is closed
	})
}

// look takes what inotify has to say, does not wait for more, and looks who is there; the lock is held.
func (t *tty) look(watch int) error {
	var b [512]byte
	for n, err := unix.Read(watch, b[:]); err == nil && n > 0; n, err = unix.Read(watch, b[:]) {
	}
	t.see()
	select {
	case t.wake <- struct{}{}:
	default:
	}
	return nil
}

// see acts on who is there now; the lock is held. Inotify tells of a closing before it has happened, so
// this is also done when the master has nothing more to read from anybody.
func (t *tty) see() {
	was := t.present
	t.present = t.attended()
	switch {
	case t.present:
		t.enter()
	case was:
		t.leave()
	}
}

// attended asks the master whether the slave is open.
func (t *tty) attended() bool {
	open := false
	control(t.master, func(fd int) error {
		p := []unix.PollFd{{Fd: int32(fd)}}
		_, err := unix.Poll(p, 0)
		open = err == nil && p[0].Revents&unix.POLLHUP == 0
		return err
	})
	return open
}

// enter returns the port of the present program and opens it if need be. It is nil while the modem is
// open elsewhere. The lock is held.
func (t *tty) enter() *port {
	if t.port != nil || t.hung {
		return t.port
	}
	t.m.network.mu.Lock()
	p, err := t.open()
	t.m.network.mu.Unlock()
	if err != nil {
		return nil
	}
	t.port, t.pump = p, make(chan struct{})
	go t.carry(p, t.pump)
	return p
}

// carry brings the modem's octets to the program; leave waits for it.
func (t *tty) carry(p *port, done chan struct{}) {
	defer close(done)
	b := make([]byte, 4096)
	for {
		n, err := p.Read(b)
		if err == io.EOF { // unplugged by itself
			t.hang()
			return
		}
		if err != nil {
			return
		}
		t.master.Write(b[:n])
	}
}

// leave closes the port after the last program, throws away what it has not read, and undoes what it may
// have left behind if it was killed: its modes, its claim of exclusive use. The lock is held.
func (t *tty) leave() {
	if t.port != nil {
		t.master.SetWriteDeadline(time.Unix(1, 0))
		t.port.Close()
		<-t.pump
		t.port = nil
		t.master.SetWriteDeadline(time.Time{})
	}
	slave, err := os.OpenFile(t.name, os.O_RDWR|unix.O_NOCTTY, 0)
	if errors.Is(err, unix.EBUSY) { // that claim outlives its program on a pty, and only root is above it
		t.m.network.running.Go(t.renew)
	}
	if err != nil {
		return
	}
	defer slave.Close()
	raw(slave)
	control(slave, func(fd int) error {
		unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH)
		return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0)
	})
}

// renew puts a new terminal in the place of one that nobody can open any more. One without a link most
// often gets its name again, since the lowest free number is given.
func (t *tty) renew() {
	m, n := t.m, t.m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if !m.servedOn(t) || !m.plugged {
		return
	}
	t.hang()
	n.mu.Unlock()
	<-t.done
	n.mu.Lock()
	if !m.servedOn(t) || !m.plugged || n.closed {
		return
	}
	fresh, err := openTTY(m, t.link, t.open)
	if err != nil {
		fresh = nil
	}
	m.exchange(t, fresh)
}

// hang takes the terminal away, under the hands of who has it open. It does not wait, since those who use
// the files may want the lock that the caller has: done is closed when all has ended.
func (t *tty) hang() {
	t.once.Do(func() {
		if target, err := os.Readlink(t.link); err == nil && target == t.name {
			os.Remove(t.link)
		}
		close(t.over)
		t.ends.Go(func() {
			t.watch.Close()
			t.master.Close()
		})
	})
}

// end waits for the pump once the terminal is gone.
func (t *tty) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hung = true
	if t.port != nil {
		t.port.Close()
		<-t.pump
		t.port = nil
	}
}

func (t *tty) ended() bool {
	select {
	case <-t.done:
		return true
	default:
		return false
	}
}
