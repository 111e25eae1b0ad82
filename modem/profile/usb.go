package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ID is what a USB device calls itself: idVendor and idProduct.
type ID struct{ Vendor, Product uint16 }

func (id ID) String() string { return fmt.Sprintf("%04x:%04x", id.Vendor, id.Product) }

// ParseID reads an ID as lsusb writes it: 2c7c:0125.
func ParseID(s string) (ID, error) {
	vendor, product, ok := strings.Cut(s, ":")
	v, err := parseHalf(vendor)
	p, perr := parseHalf(product)
	if !ok || err != nil || perr != nil {
		return ID{}, fmt.Errorf("USB ID %q: want four hexadecimal digits, a colon and four more, such as 2c7c:0125", s)
	}
	return ID{v, p}, nil
}

func parseHalf(s string) (uint16, error) {
	if len(s) != 4 {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(s, 16, 16)
	return uint16(n), err
}

// Interface is one interface of a USB device: bInterfaceNumber and the three octets that class it. The
// octets may be zero if they are not known.
type Interface struct {
	Number                    int
	Class, Subclass, Protocol uint8
}

// Role is what an interface is for.
type Role uint8

const (
	Unknown     Role = iota
	Primary          // AT, for us
	Secondary        // AT, for another program
	Data             // AT, meant for PPP
	Diagnostics      // the chip maker's own protocol
	GNSS             // positions
	Audio            // the sound of calls
	Ignore           // no use to anybody here
)

var roleNames = [...]string{
	"unknown", "AT primary", "AT secondary", "AT data", "diagnostics", "GNSS", "audio", "ignored",
}

func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[Unknown]
}

// Port is the role of an interface, by its number.
type Port struct {
	Number int
	Role   Role
}

// Device is a modem as USB shows it, or one that USB does not show (Others). Its Ports are shared with the
// table and not to be written to.
type Device struct {
	ID     ID
	Family string // the Name of a Profile
	Title  string
	Ports  []Port        // that are known; none: probe, or ask Classes
	Wait   time.Duration // that its ports may need before they answer
	Note   string        // for people
	Source string
	Doubt  string
}

func (d Device) role(number int) (Role, bool) {
	i := slices.IndexFunc(d.Ports, func(p Port) bool { return p.Number == number })
	if i < 0 {
		return Unknown, false
	}
	return d.Ports[i].Role, true
}

// hasPrimary reports whether it is known which interface to use.
func (d Device) hasPrimary() bool {
	return slices.ContainsFunc(d.Ports, func(p Port) bool { return p.Role == Primary })
}

// Class is the role of every interface of a vendor that has these three octets, whatever its number.
type Class struct {
	Vendor                    uint16
	Class, Subclass, Protocol uint8
	Role                      Role
	Source, Doubt             string
}

// Devices returns every row that is known by a USB ID.
func Devices() []Device { return slices.Clone(devices) }

// Others returns the modems no USB ID tells: those on a UART, behind somebody else's adapter, or with
// firmware that decides.
func Others() []Device { return slices.Clone(others) }

// Classes returns the rows that tell roles by class, which come before the numbers of Devices.
func Classes() []Class { return slices.Clone(classes) }

// RoleOf returns what an interface is for. False means that nothing is known and probing is in order.
// Unknown and true means that another interface of the device is known to be the one to use, so this
// one is better left alone.
//
// Huawei gives one ID to several layouts (12d1:1506 is an E171 with AT on interface 3, and an E3372 with
// AT on its first tty), so there the class comes before the number.
func RoleOf(id ID, i Interface) (Role, bool) {
	for _, c := range classes {
		if c.Vendor == id.Vendor && c.Class == i.Class && c.Subclass == i.Subclass && c.Protocol == i.Protocol {
			return c.Role, true
		}
	}
	d, ok := device(id)
	if !ok {
		return Unknown, false
	}
	role, listed := d.role(i.Number)
	return role, listed || d.hasPrimary()
}

// ByUSB returns the profile of a device, laid over Generic.
func ByUSB(id ID) (Profile, bool) {
	d, ok := device(id)
	if !ok {
		return Profile{}, false
	}
	return Named(d.Family)
}

// Storage reports whether the ID is a known stick that shows its CD-ROM or card reader: it has no tty
// until usb_modeswitch has spoken to it.
func Storage(id ID) (title string, ok bool) {
	i := slices.IndexFunc(storages, func(d Device) bool { return d.ID == id })
	if i < 0 {
		return "", false
	}
	return storages[i].Title, true
}

func device(id ID) (Device, bool) {
	i := slices.IndexFunc(devices, func(d Device) bool { return d.ID == id })
	if i < 0 {
		return Device{}, false
	}
	return devices[i], true
}
