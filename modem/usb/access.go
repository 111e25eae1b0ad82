package usb

import "io/fs"

// Access is who may use a node.
type Access struct {
	Path        string
	Exists      bool
	Mode        fs.FileMode
	Group       string // the node's group, by name if it has one
	Read, Write bool   // whether this process may

	// Join is the group that would open the port to this user; "" if he may use
	// it already, or if no group would help and the node needs another mode,
	// which the rules file gives it.
	Join string

	// Joined tells that the user is in that group already and that this process
	// is not: it was started before, and has to be started anew.
	Joined bool
}

// OK reports whether this process may use the port.
func (a Access) OK() bool { return a.Read && a.Write }

// Hint tells a person what to do; "" if there is nothing to do.
func (a Access) Hint() string {
	switch {
	case a.OK():
		return ""
	case !a.Exists:
		return "is the modem plugged in and switched on?"
	case a.Joined:
		return "this user is in the group " + a.Join + " already: log in again, or restart the service"
	case a.Join != "":
		return "add the user to the group " + a.Join + " (sudo usermod -aG " + a.Join + " USER) and log in again"
	}
	return "no group may use this port: sudo smsbridge udev --install, then unplug the modem and plug it in again"
}
