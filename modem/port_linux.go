package modem

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// hold is a descriptor of the node that is only there to be locked. It is no os.File, because the runtime
// would watch that for input.
type hold int

func (h hold) Close() error { return unix.Close(int(h)) }

// holdPort opens the node for itself and locks it. The lock also keeps root out, if root asks for it;
// TIOCEXCL, which the serial library sets, does not.
func holdPort(name string) (io.Closer, error) {
	fd, err := unix.Open(name, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	switch err {
	case nil:
	case unix.ENOENT, unix.ENXIO, unix.ENODEV:
		return nil, &PortError{name, "does not exist", "is the modem plugged in and switched on?", err}
	case unix.EACCES, unix.EPERM:
		return nil, &PortError{name, "may not be opened by this user",
			fmt.Sprintf("add the user to the group %s (sudo usermod -aG %[1]s USER) and log in again", groupOf(name)), err}
	case unix.EBUSY:
		return nil, portBusy(name)
	default:
		return nil, &PortError{name, "cannot be opened: " + err.Error(), "", err}
	}
	if _, err := unix.IoctlGetTermios(fd, unix.TCGETS); err != nil {
		unix.Close(fd)
		return nil, &PortError{name, "is no serial port", "modems are called /dev/ttyUSB0, /dev/ttyACM0 and so on", err}
	}
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		unix.Close(fd)
		if err == unix.EWOULDBLOCK {
			return nil, portBusy(name)
		}
		return nil, &PortError{name, "cannot be locked: " + err.Error(), "", err}
	}
	return hold(fd), nil
}

// groupOf names the group that may use the node; dialout on most systems.
func groupOf(name string) string {
	if info, err := os.Stat(name); err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Gid != 0 {
			if g, err := user.LookupGroupId(strconv.Itoa(int(s.Gid))); err == nil {
				return g.Name
			}
		}
	}
	return "dialout"
}

// portBusy names who holds the port, as far as /proc tells this user.
func portBusy(name string) error {
	e := &PortError{Name: name, Text: "is in use by another program", Err: ErrPortBusy,
		Hint: "sudo fuser -v " + name + " tells which; ModemManager and gammu-smsd are the usual ones"}
	pid, program := holder(name)
	switch {
	case pid == os.Getpid():
		e.Text, e.Hint = "is in use by this program already", "give each modem its own port"
	case pid > 0:
		e.Text = fmt.Sprintf("is in use by %s (process %d)", program, pid)
		e.Hint = "stop it, or have it leave this port alone"
	}
	return e
}

// holder finds a process that has the node open, this one last.
func holder(name string) (pid int, program string) {
	node, err := filepath.EvalSymlinks(name)
	if err != nil {
		return 0, ""
	}
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err != nil || target != node {
			continue
		}
		home := filepath.Dir(filepath.Dir(link))
		if pid, _ = strconv.Atoi(filepath.Base(home)); pid == os.Getpid() {
			continue
		}
		command, _ := os.ReadFile(home + "/comm")
		return pid, string(bytes.TrimSpace(command))
	}
	return pid, ""
}

// keepFromChildren marks our descriptors of the node close-on-exec, which the serial library does not, so
// that a program started by us does not inherit the modem.
func keepFromChildren(name string) {
	node, err := filepath.EvalSymlinks(name)
	if err != nil {
		return
	}
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == node {
			if fd, err := strconv.Atoi(filepath.Base(link)); err == nil {
				unix.CloseOnExec(fd)
			}
		}
	}
}
