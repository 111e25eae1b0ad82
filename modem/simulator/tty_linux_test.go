package simulator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openPTY opens a terminal as a program does.
func openPTY(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func onPTY(t *testing.T, name string) (*os.File, *terminal) {
	f := openPTY(t, name)
	return f, newTerminal(t, f)
}

func hangUp(f *os.File, x *terminal) {
	f.Close()
	for range x.c {
	}
}

// vacant waits until the modem has noticed that nobody is there.
func vacant(m *Modem) {
	for m.Status().Open {
		time.Sleep(time.Millisecond)
	}
}

func TestServePTY(t *testing.T) {
	n, m, h := lab(t, Options{}, ModemOptions{})
	defer n.Close()
	link := filepath.Join(t.TempDir(), "modem1")
	name, err := m.ServePTY(link)
	if err != nil || name != link {
		t.Fatalf("%s, %v", name, err)
	}
	if _, err := m.ServePTY(""); err == nil {
		t.Error("served twice")
	}
	f, x := onPTY(t, link)
	x.ask("AT+CNMI=2,1", "AT+CNMI=2,1\r"+ok)
	x.ask("ATE0", "ATE0\r"+ok)
	if _, err := m.TryOpen(); !errors.Is(err, ErrBusy) {
		t.Errorf("open beside the tty: %v", err)
	}
	hex := compose(t, h.Number(), "x", false)[0]
	x.submit(hex, 0)
	h.Send(m.Number(), "in")
	x.expect("\r\n+CMTI: \"SM\",1\r\n")
	x.ask(cmgs(hex), "\r\n> ") // left at the prompt
	hangUp(f, x)
	vacant(m)

	h.Send(m.Number(), "while nobody was there")
	for i := range 40 { // the next finds a fresh line and the settings of the one before
		f, x := onPTY(t, link)
		x.ask("AT+CMEE?", info("+CMEE: 0"))
		if i%20 == 0 {
			x.ask("ATE1", ok)
			x.say("AT+CGM") // half a line
			x.expect("AT+CGM")
			hangUp(f, x)
			vacant(m)
			f, x = onPTY(t, link)
			x.ask("ATE0", "ATE0\r"+ok)
			hangUp(f, x)
			continue
		}
		hangUp(f, x)
	}
	f, x = onPTY(t, link)
	x.ask("AT+CPMS?", info(`+CPMS: "SM",2,50,"SM",2,50,"SM",2,50`))
	hangUp(f, x)
}

func TestServePTY_unplug(t *testing.T) {
	n, m, _ := lab(t, Options{}, ModemOptions{})
	link := filepath.Join(t.TempDir(), "modem1")
	if _, err := m.ServePTY(link); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		f, x := onPTY(t, link)
		x.ask("ATE0", "ATE0\r"+ok)
		m.Unplug()
		if _, open := <-x.c; open {
			t.Error("the terminal still speaks")
		}
		if _, err := f.Write([]byte("AT\r")); !errors.Is(err, syscall.EIO) {
			t.Errorf("write: %v", err)
		}
		f.Close()
		if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the link is there: %v", err)
		}
		if err := m.Replug(); err != nil {
			t.Fatal(err)
		}
	}
	f, x := onPTY(t, link)
	x.ask("AT", "AT\r"+ok)
	order(t, m, Fault{Name: Unplug, Octets: 12}) // in the middle of an answer
	x.say("AT+CSQ\r")
	for range x.c {
	}
	f.Close()
	m.Replug()
	f, x = onPTY(t, link)
	x.ask("AT", "AT\r"+ok)
	hangUp(f, x)
	n.Close()
	if _, err := os.Lstat(link); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the link is there after Close: %v", err)
	}
}

func TestServePTY_refused(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, []byte("precious"), 0o600)
	if _, err := m.ServePTY(file); err == nil {
		t.Error("a file was overwritten")
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Errorf("the file is %q", b)
	}
	m.Unplug()
	if _, err := m.ServePTY(""); err == nil {
		t.Error("an unplugged modem was served")
	}
}

func TestServePTY_splitAndLong(t *testing.T) {
	_, m, h := lab(t, Options{}, ModemOptions{SM: 300})
	name, err := m.ServePTY("")
	if err != nil {
		t.Fatal(err)
	}
	for range 300 { // a list far longer than a tty holds
		h.Send(m.Number(), strings.Repeat("x", 160))
	}
	f, x := onPTY(t, name)
	defer hangUp(f, x)
	x.ask("ATE0", "ATE0\r"+ok)
	x.say("AT+CMGL=4\r")
	if got := strings.Count(x.until(ok), "+CMGL: "); got != 300 {
		t.Errorf("%d listed", got)
	}
	order(t, m, Fault{Name: SplitWrites})
	x.ask("AT+CSQ", info("+CSQ: 20,99"))
}

// Nothing of what a program left unread reaches the next.
func TestServePTY_unread(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	name, err := m.ServePTY("")
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 50; i++ { // the first must change what the modem begins with
		f := openPTY(t, name)
		fmt.Fprintf(f, "AT+CGMI;+CGMM;+CSDH=%d\r", i%2)
		f.Close()
		for heard := -1; heard != i%2; {
			m.network.mu.Lock()
			if m.port == nil {
				heard = m.csdh
			}
			m.network.mu.Unlock()
			time.Sleep(time.Millisecond)
		}
		f, x := onPTY(t, name)
		x.say("ATE0\r")
		if got := x.until(ok); got != "ATE0\r"+ok && got != ok {
			t.Fatalf("got %q", got)
		}
		hangUp(f, x)
		vacant(m)
	}
}

// Two programs overlap, as an old one and its successor do: the line is one as long as somebody is there.
func TestServePTY_overlap(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	name, err := m.ServePTY("")
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		f, x := onPTY(t, name)
		x.ask("ATE0", "ATE0\r"+ok)
		var more []*os.File
		for range 5 { // equal events, of which inotify makes one
			more = append(more, openPTY(t, name))
		}
		for _, g := range more {
			g.Close()
		}
		x.ask("AT+CSQ", info("+CSQ: 20,99"))
		g := openPTY(t, name)
		hangUp(f, x)
		x = newTerminal(t, g)
		x.ask("AT+CSQ;E1", info("+CSQ: 20,99"))
		hangUp(g, x)
		vacant(m)
	}
}

// A program that is killed leaves its claim of exclusive use behind. On a pty nobody but root could open
// it ever again; the modem then has a new one at the same link.
func TestServePTY_exclusive(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{})
	link := filepath.Join(t.TempDir(), "modem1")
	if _, err := m.ServePTY(link); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		f, x := onPTY(t, link)
		if err := control(f, func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCEXCL, 0) }); err != nil {
			t.Fatal(err)
		}
		x.ask("AT", "AT\r"+ok)
		if g, err := os.OpenFile(link, os.O_RDWR|syscall.O_NOCTTY, 0); err == nil {
			g.Close()
			if os.Geteuid() != 0 {
				t.Fatal("the claim is not heeded: this test proves nothing")
			}
		}
		hangUp(f, x)
		for err := error(unix.EBUSY); err != nil; time.Sleep(time.Millisecond) {
			if f, err = os.OpenFile(link, os.O_RDWR|syscall.O_NOCTTY, 0); err != nil &&
				!errors.Is(err, unix.EBUSY) && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		x = newTerminal(t, f)
		x.ask("AT", "AT\r"+ok)
		hangUp(f, x)
		vacant(m)
	}
}
