package usb

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// kernelGroup is the multicast group of the kernel's own uevents; in group 2
// udev speaks, once it is done with them.
const kernelGroup = 1

// ueventMax is more than the kernel ever sends in one message: it keeps the
// environment below 2 kB (UEVENT_BUFFER_SIZE), and the path below 4 kB.
const ueventMax = 8 << 10

// uevents hears the kernel until it is closed. No privilege is needed.
type uevents struct {
	C       chan Uevent // Uevent{} after the kernel had to drop some
	socket  *os.File
	done    chan struct{}
	reading sync.WaitGroup
}

func openUevents() (*uevents, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, fmt.Errorf("hear uevents: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: kernelGroup}); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("hear uevents: %w", err)
	}
	e := &uevents{C: make(chan Uevent), socket: os.NewFile(uintptr(fd), "uevents"), done: make(chan struct{})}
	e.reading.Go(e.read)
	return e, nil
}

// Close ends the hearing and waits for it. C stays open.
func (e *uevents) Close() error {
	close(e.done)
	err := e.socket.Close()
	e.reading.Wait()
	return err
}

func (e *uevents) read() {
	conn, err := e.socket.SyscallConn()
	if err != nil {
		return
	}
	message := make([]byte, ueventMax)
	for {
		u, ok, err := receive(conn.Read, message)
		if err != nil {
			return
		}
		if !ok {
			continue
		}
		select {
		case e.C <- u:
		case <-e.done:
			return
		}
	}
}

// receive waits for one message. Only the kernel's are taken: any program of
// root may speak on the same socket family, and has a port number of its own.
func receive(read func(func(fd uintptr) bool) error, message []byte) (u Uevent, ok bool, err error) {
	var n int
	var from unix.Sockaddr
	var failed error
	err = read(func(fd uintptr) bool {
		n, from, failed = unix.Recvfrom(int(fd), message, 0)
		return failed != unix.EAGAIN && failed != unix.EINTR
	})
	switch {
	case err != nil:
		return Uevent{}, false, err
	case failed == unix.ENOBUFS:
		return Uevent{}, true, nil
	case failed != nil:
		return Uevent{}, false, failed
	case !fromKernel(from):
		return Uevent{}, false, nil
	}
	u, ok = ParseUevent(message[:n])
	return u, ok, nil
}

func fromKernel(from unix.Sockaddr) bool {
	a, ok := from.(*unix.SockaddrNetlink)
	return ok && a.Pid == 0
}
