package usb

import "bytes"

// Uevent is the kernel's word of a change at a serial port or a USB device. The
// empty one says that some were lost.
type Uevent struct {
	Action    string // add, remove or change
	Devpath   string // below /sys: /devices/.../1-1.4:1.2/ttyUSB2/tty/ttyUSB2
	Subsystem string // tty or usb
	Devname   string // below /dev, if there is a node: ttyUSB2
	Devtype   string // in usb: usb_device or usb_interface
}

// ParseUevent reads a message as the kernel multicasts it (Linux,
// lib/kobject_uevent.c): ACTION@DEVPATH, then KEY=VALUE, each ended by a zero
// octet. It reports false for what is no such message, and for what is not of
// interest here: another subsystem, another action.
func ParseUevent(message []byte) (Uevent, bool) {
	head, rest, ended := bytes.Cut(message, []byte{0})
	action, path, ok := bytes.Cut(head, []byte{'@'})
	if !ended || !ok || len(path) == 0 || path[0] != '/' {
		return Uevent{}, false
	}
	u := Uevent{Action: known(action, "add", "remove", "change")}
	if u.Action == "" {
		return Uevent{}, false
	}
	for len(rest) > 0 {
		var field []byte
		field, rest, _ = bytes.Cut(rest, []byte{0})
		key, value, _ := bytes.Cut(field, []byte{'='})
		switch string(key) {
		case "SUBSYSTEM":
			if u.Subsystem = known(value, "tty", "usb"); u.Subsystem == "" {
				return Uevent{}, false
			}
		case "DEVNAME":
			u.Devname = string(value)
		case "DEVTYPE":
			u.Devtype = string(value)
		}
	}
	if u.Subsystem == "" {
		return Uevent{}, false
	}
	u.Devpath = string(path)
	return u, true
}

// known is the word that b spells, or "".
func known(b []byte, words ...string) string {
	for _, w := range words {
		if string(b) == w {
			return w
		}
	}
	return ""
}
