// Package usb finds modems: which serial ports there are, which USB device and
// interface each of them is, which of them is worth opening, and when that
// changes. It also tells what stands in the way: who holds a port, who may not
// use it, a stick that still plays CD-ROM. Start with [Watch] and [Candidates].
//
// It reads sysfs, /proc and the kernel's messages and never opens a tty: to open
// one that belongs to somebody else can set its baud rate or reset the board
// behind it. What a VID:PID means is known to package profile alone; whether a
// port answers is found out by package modem.
//
// Nothing here is an error for being gone: a stick can be pulled between any two
// reads, and what is left is then the picture.
package usb

import (
	"path/filepath"

	"smsbridge/modem/profile"
)

// FS is where the system shows itself. The zero value is this machine; a test
// makes a tree of its own.
type FS struct {
	Root string // holds sys, proc, dev and run; default "/"
}

func (fs FS) path(parts ...string) string {
	return filepath.Join(append([]string{"/", fs.Root}, parts...)...)
}

// Port is a serial port, on USB or soldered on.
type Port struct {
	Name string // as the kernel counts: ttyUSB2; another one after the next plugging in
	Path string // the node to open: /dev/ttyUSB2

	// Place is where it is plugged in, and stays the same from one plugging in to
	// the next: bus path and interface ("1-1.4:1.2"), or the way on the board
	// ("platform/soc/fe201000.serial").
	Place  string
	Device string // the USB device's bus path: "1-1.4"; empty off USB

	ID                            profile.ID
	Interface                     profile.Interface
	Serial, Manufacturer, Product string // as the device tells; many tell nothing

	Role  profile.Role
	Known bool // false: the table does not help, and asking the port is in order
}

// Device is a USB device that has serial ports.
type Device struct {
	Name                          string // the bus path: "1-1.4"
	Address                       int    // on its bus; a new one each time it is plugged in
	ID                            profile.ID
	Serial, Manufacturer, Product string
	Ports                         []Port // by interface number
}
