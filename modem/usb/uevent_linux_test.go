package usb

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// shout makes the kernel tell of a change that has not happened: that is what
// writing to a uevent file is for. Only root may.
func shout(t *testing.T) {
	t.Helper()
	if err := os.WriteFile("/sys/class/tty/tty0/uevent", []byte("change"), 0); err != nil {
		t.Skip("the kernel takes no uevent from this user: ", err)
	}
}

func hear(t *testing.T) *uevents {
	t.Helper()
	e, err := openUevents()
	if err != nil {
		t.Skip("no uevents here: ", err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestUevents_from_the_kernel(t *testing.T) {
	e := hear(t)
	shout(t)
	for {
		select {
		case u := <-e.C:
			if u.Devname == "tty0" && u.Action == "change" && u.Subsystem == "tty" {
				return
			}
		case <-time.After(5 * time.Second):
			t.Fatal("the kernel's word did not arrive")
		}
	}
}

// A program that may speak on the socket is not the kernel. The negative control
// is the kernel itself, whose word comes through right after; and it is checked
// that the forged message would have been a good one.
func TestUevents_forged(t *testing.T) {
	e := hear(t)
	forged := message(plugged)
	if _, ok := ParseUevent(forged); !ok {
		t.Fatal("the forged message would be refused for its content")
	}
	if err := forge(t, e, forged); err != nil {
		t.Skip("this user may not speak on the socket: ", err)
	}
	shout(t)
	for {
		select {
		case u := <-e.C:
			switch u.Devname {
			case "ttyUSB2":
				t.Fatal("a program was taken for the kernel")
			case "tty0":
				return
			}
		case <-time.After(5 * time.Second):
			t.Fatal("the kernel's word did not arrive")
		}
	}
}

// forge sends to the very socket that e reads.
func forge(t *testing.T, e *uevents, message []byte) error {
	t.Helper()
	conn, err := e.socket.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var to unix.Sockaddr
	conn.Control(func(fd uintptr) { to, err = unix.Getsockname(int(fd)) })
	if err != nil {
		t.Fatal(err)
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	return unix.Sendto(fd, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Pid: to.(*unix.SockaddrNetlink).Pid})
}

// Words that were lost count as a word: Watch has to look.
func TestUevents_lost(t *testing.T) {
	e := hear(t)
	conn, err := e.socket.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	conn.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1) })
	if err != nil {
		t.Fatal(err)
	}
	for range 200 { // nobody takes them meanwhile
		shout(t)
	}
	for {
		select {
		case u := <-e.C:
			if u == (Uevent{}) {
				return
			}
		case <-time.After(5 * time.Second):
			t.Fatal("200 words fell into a buffer for a few, and nothing tells of the loss")
		}
	}
}

// The kernel's word alone makes Watch look: the next sweep is an hour away.
func TestWatch_hears_the_kernel(t *testing.T) {
	hear(t)
	shout(t) // or there is nothing to be tried here
	tr := newTree(t)
	ctx, stop := context.WithTimeoutCause(t.Context(), 10*time.Second, errors.New("the kernel was not heard"))
	defer stop()
	var pictures []string
	err := Watch(ctx, tr.FS, WatchOptions{Every: time.Hour}, func(devices []Device) {
		if pictures = append(pictures, show(devices)); len(pictures) == 2 {
			stop()
			return
		}
		tr.plug(ec25("1-1.4"))
		shout(t)
	})
	if len(pictures) != 2 || pictures[1] != whole {
		t.Errorf("told %q, and ended with %v", pictures, err)
	}
}
