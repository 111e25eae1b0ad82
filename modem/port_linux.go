package modem

import (
	"io"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"smsbridge/modem/usb"
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
		return nil, &PortError{name, "may not be opened by this user", usb.FS{}.Access(name).Hint(), err}
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

// portBusy names who holds the port, as far as /proc tells this user.
func portBusy(name string) error {
	e := &PortError{Name: name, Text: "is in use by another program", Err: ErrPortBusy,
		Hint: "sudo fuser -v " + name + " tells which; ModemManager and gammu-smsd are the usual ones"}
	p, found := usb.FS{}.Holder(name)
	switch {
	case found && p.Kind == usb.Ourselves:
		e.Text, e.Hint = "is in use by this program already", p.Hint()
	case found:
		e.Text, e.Hint = "is in use by "+p.String(), p.Hint()
	}
	return e
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
