package simulator

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// tty serves a modem on a pseudo terminal. Whenever a program opens the slave, it opens the modem's
// port; when the last one closes it, the port is closed, and what the next one finds is a fresh line.
//
// It holds the slave open itself, so that the terminal outlives the programs, and learns of their coming
// and going from inotify: nothing is polled. Since a program opens before it writes, and its opening is
// looked at before its octets are, they never get into the line of the one before. What a program wrote
// in its last moment may be heard as the next one's, if that opens in the same moment.
type tty struct {
	m             *Modem
	link, name    string
	master, slave *os.File
	watch         *os.File

	mu       sync.Mutex      // guards what follows
	programs map[string]bool // descriptors of the slave that programs hold
	port     *port           // nil while no program is there
	pump     chan struct{}
	hung     bool

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
	t, err := openTTY(m, link)
	if err != nil {
		return "", err
	}
	m.tty = t
	return t.title(), nil
}

// openTTY starts a terminal; the lock is held.
func openTTY(m *Modem, link string) (*tty, error) {
	blocking, slave, err := pty.Open()
	if err != nil {
		return nil, fmt.Errorf("open pty: %w", err)
	}
	master, err := polled(blocking)
	if err != nil {
		slave.Close()
		return nil, fmt.Errorf("open pty: %w", err)
	}
	t := &tty{m: m, link: link, name: slave.Name(), master: master, slave: slave, done: make(chan struct{})}
	if err := t.prepare(); err != nil {
		master.Close()
		slave.Close()
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

func (t *tty) prepare() error {
	if err := t.raw(); err != nil {
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

// control runs an ioctl on the slave, whatever has become of it.
func (t *tty) control(f func(fd int) error) error {
	c, err := t.slave.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := c.Control(func(fd uintptr) { failed = f(int(fd)) }); err != nil {
		return err
	}
	return failed
}

// raw is the state a serial port of a modem is in: no echo, no lines, eight bits.
func (t *tty) raw() error {
	return t.control(func(fd int) error {
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
	watch, err := t.watch.SyscallConn()
	if err != nil {
		return
	}
	b := make([]byte, 4096)
	for {
		n, err := t.master.Read(b)
		if err != nil {
			return
		}
		t.mu.Lock()
		watch.Control(t.look)
		p := t.enter()
		if p == nil { // hung up, or open elsewhere
			t.mu.Unlock()
			continue
		}
		if len(t.programs) == 0 {
			t.programs = t.holders()
		}
		if len(t.programs) == 0 { // the last words of a program that has gone
			p.Write(b[:n])
			t.leave()
			t.mu.Unlock()
			continue
		}
		t.mu.Unlock()
		p.Write(b[:n])
	}
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
		t.look(fd)
		return false // until the watch is closed
	})
}

// look takes in what inotify has to say and does not wait for more; the lock is held. What it says is
// only that something has changed: two equal events become one if nobody reads between, so they cannot be
// counted, and who is there is looked up.
func (t *tty) look(fd uintptr) {
	changed := false
	b := make([]byte, 4096)
	for {
		if n, err := unix.Read(int(fd), b); err != nil || n <= 0 {
			break
		}
		changed = true
	}
	if changed {
		t.visit(t.holders())
	}
}

// visit acts on who has the slave open now. A program that comes finds a fresh line, if none that was
// there before is there still.
func (t *tty) visit(now map[string]bool) {
	stays := false
	for h := range t.programs {
		stays = stays || now[h]
	}
	left := len(t.programs) > 0 && !stays
	t.programs = now
	if left {
		t.leave()
	}
	switch {
	case len(now) > 0:
		t.enter()
	case left:
		t.tidy()
	}
}

// holders names the descriptors that programs hold of the slave, its own left out.
func (t *tty) holders() map[string]bool {
	own := ""
	t.control(func(fd int) error { own = fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), fd); return nil })
	found := make(map[string]bool)
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == t.name && link != own {
			found[link] = true
		}
	}
	return found
}

// enter returns the port of the present program and opens it if need be. It is nil while the modem is
// open elsewhere. The lock is held.
func (t *tty) enter() *port {
	if t.port != nil || t.hung {
		return t.port
	}
	t.m.network.mu.Lock()
	p, err := t.m.open()
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

// leave closes the port after the last program and throws away what it has not read. The lock is held.
func (t *tty) leave() {
	if t.port != nil {
		t.master.SetWriteDeadline(time.Unix(1, 0))
		t.port.Close()
		<-t.pump
		t.port = nil
		t.master.SetWriteDeadline(time.Time{})
	}
	if master, err := t.master.SyscallConn(); err == nil { // what is still on its way to the slave
		master.Control(func(fd uintptr) { unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCOFLUSH) })
	}
	t.control(func(fd int) error { return unix.IoctlSetInt(fd, unix.TCFLSH, unix.TCIFLUSH) })
}

// tidy undoes what a program may have left behind that was killed: its claim of exclusive use, its modes.
func (t *tty) tidy() {
	t.control(func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCNXCL, 0) })
	t.raw()
}

// hang takes the terminal away, under the hands of who has it open. It does not wait, since those who use
// the files may want the lock that the caller has: done is closed when all has ended.
func (t *tty) hang() {
	t.once.Do(func() {
		if target, err := os.Readlink(t.link); err == nil && target == t.name {
			os.Remove(t.link)
		}
		t.ends.Go(func() {
			t.watch.Close()
			t.slave.Close()
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
