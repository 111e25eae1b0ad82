package modem

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

// tty returns both ends of a pseudo terminal; the modem is the master.
func tty(t testing.TB) (master *os.File, name string) {
	t.Helper()
	master, slave, err := pty.Open()
	if err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	slave.Close()
	defer master.Close()
	fd, err := unix.Dup(int(master.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	unix.SetNonblock(fd, true) // so that Close ends a Read
	master = os.NewFile(uintptr(fd), "master")
	t.Cleanup(func() { master.Close() })
	return master, slave.Name()
}

func openPort(t testing.TB, name string) io.ReadWriteCloser {
	t.Helper()
	port, err := OpenPort(name, PortOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { port.Close() })
	return port
}

func TestPortUnplugged(t *testing.T) {
	master, name := tty(t)
	port := openPort(t, name)
	failed := make(chan error, 1)
	go func() {
		_, err := port.Read(make([]byte, 10))
		failed <- err
	}()
	time.Sleep(20 * time.Millisecond)
	begun := time.Now()
	master.Close()
	if err := <-failed; !errors.Is(err, ErrUnplugged) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 200*time.Millisecond {
		t.Errorf("noticed after %v", took)
	}
	if _, err := port.Write([]byte("AT\r")); err == nil {
		t.Error("a write to nowhere went well")
	}
}

func TestPortClosed(t *testing.T) {
	_, name := tty(t)
	port := openPort(t, name)
	failed := make(chan error, 1)
	go func() {
		_, err := port.Read(make([]byte, 10))
		failed <- err
	}()
	time.Sleep(20 * time.Millisecond)
	port.Close()
	if err := <-failed; !errors.Is(err, ErrClosed) || errors.Is(err, ErrUnplugged) {
		t.Errorf("got %v", err)
	}
}

// TestPortWriteAfterClose: the number of the closed descriptor is given to the next file opened. What is
// written late must not land there.
func TestPortWriteAfterClose(t *testing.T) {
	for _, c := range []struct {
		name  string
		open  func(string) (io.ReadWriteCloser, error)
		lands bool
	}{
		{"guarded", func(name string) (io.ReadWriteCloser, error) { return OpenPort(name, PortOptions{}) }, false},
		{"control", func(name string) (io.ReadWriteCloser, error) {
			return serial.Open(name, &serial.Mode{BaudRate: 115200})
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, name := tty(t)
			port, err := c.open(name)
			if err != nil {
				t.Fatal(err)
			}
			port.Close()
			dir := t.TempDir()
			for i := range 30 { // one of them gets the number
				f, err := os.Create(filepath.Join(dir, fmt.Sprint(i)))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
			}
			_, err = port.Write([]byte("AT+CMGS=23\r"))
			if !c.lands && !errors.Is(err, ErrClosed) {
				t.Errorf("got %v", err)
			}
			landed := false
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			for _, file := range files {
				content, _ := os.ReadFile(file)
				landed = landed || len(content) > 0
			}
			if landed != c.lands {
				t.Errorf("written to another file: %v", landed)
			}
		})
	}
}

func TestPortBusy(t *testing.T) {
	_, name := tty(t)
	port := openPort(t, name)
	_, err := OpenPort(name, PortOptions{})
	if !errors.Is(err, ErrPortBusy) || !strings.Contains(err.Error(), name+" is in use by this program already") {
		t.Errorf("got %v", err)
	}
	port.Close()
	openPort(t, name)
}

// TestPortHolder: another process has the port, and is named.
func TestPortHolder(t *testing.T) {
	if name := os.Getenv("HOLD_PORT"); name != "" { // the other process
		openPort(t, name)
		fmt.Println("held")
		io.Copy(io.Discard, os.Stdin)
		return
	}
	_, name := tty(t)
	other := exec.Command(os.Args[0], "-test.run=^TestPortHolder$")
	other.Env = append(os.Environ(), "HOLD_PORT="+name)
	stdin, _ := other.StdinPipe()
	stdout, _ := other.StdoutPipe()
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer stdin.Close()
	if text, err := bufio.NewReader(stdout).ReadString('\n'); text != "held\n" {
		t.Fatal(text, err)
	}
	_, err := OpenPort(name, PortOptions{})
	want := fmt.Sprintf("port %s is in use by modem.test (process %d); stop it", name, other.Process.Pid)
	if !errors.Is(err, ErrPortBusy) || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestPortMissing(t *testing.T) {
	_, err := OpenPort(filepath.Join(t.TempDir(), "ttyUSB0"), PortOptions{})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "does not exist; is the modem plugged in") {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if _, err = OpenPort(file, PortOptions{}); err == nil || !strings.Contains(err.Error(), "is no serial port") {
		t.Errorf("got %v", err)
	}
	if os.Getuid() == 0 {
		return // to whom nothing is forbidden
	}
	os.Chmod(file, 0)
	if _, err = OpenPort(file, PortOptions{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v", err)
	}
}

// TestPortInherited: a program started by us has no part in the modem.
func TestPortInherited(t *testing.T) {
	_, name := tty(t)
	openPort(t, name)
	links, err := exec.Command("ls", "-l", "/proc/self/fd").Output()
	if err != nil {
		t.Skip(err)
	}
	if strings.Contains(string(links), name+"\n") {
		t.Errorf("the child has the port:\n%s", links)
	}
}

// TestPortStuck: nobody reads at the other end. The write is given up, it is the last, and Close comes back.
func TestPortStuck(t *testing.T) {
	master, name := tty(t)
	port := openPort(t, name).(*guard)
	port.writePatience, port.closePatience = 100*time.Millisecond, 100*time.Millisecond
	_, err := port.Write(make([]byte, 1<<20))
	if !errors.Is(err, errStuck) {
		t.Errorf("got %v", err)
	}
	if _, err = port.Write([]byte("AT\r")); !errors.Is(err, errStuck) {
		t.Errorf("got %v", err)
	}
	closed := make(chan struct{})
	go func() { defer close(closed); port.Close() }()
	within(t, 3*time.Second, "Close", closed)
	master.Close() // lets the kernel's end go
}

// TestUnplugged: what is on its way is resolved at once, and truthfully.
func TestUnplugged(t *testing.T) {
	for _, c := range []struct {
		name    string
		prompts bool
		want    Outcome
	}{{"before the prompt", false, NotSent}, {"after Ctrl-Z", true, Unknown}} {
		t.Run(c.name, func(t *testing.T) {
			master, name := tty(t)
			port := openPort(t, name)
			m := start(port, Options{}.filled())
			defer m.Close()
			heard := make(chan string, 100)
			go func() {
				for r := bufio.NewReader(master); ; {
					text, err := r.ReadString('\r')
					if err != nil {
						return
					}
					if heard <- text; strings.HasPrefix(text, "AT+CMGS") && c.prompts {
						io.WriteString(master, "\r\n> ")
						r.ReadString(ctrlZ)
						heard <- "sent"
					}
				}
			}()
			failed := make(chan error, 1)
			go func() {
				_, err := m.Submit(context.Background(), submission(1))
				failed <- err
			}()
			for text := range heard {
				if text == "sent" || !c.prompts && strings.HasPrefix(text, "AT+CMGS") {
					break
				}
			}
			begun := time.Now()
			master.Close()
			err := <-failed
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Outcome != c.want || !errors.Is(err, ErrUnplugged) || !errors.Is(err, ErrLost) {
				t.Errorf("got %v", err)
			}
			if took := time.Since(begun); took > 200*time.Millisecond {
				t.Errorf("resolved after %v", took)
			}
		})
	}
}

// ptyPort is a port for benchmarks.
func ptyPort(t testing.TB) (ours, theirs io.ReadWriteCloser) {
	master, name := tty(t)
	return openPort(t, name), master
}
