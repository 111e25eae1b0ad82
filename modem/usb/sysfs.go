package usb

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"smsbridge/modem/profile"
)

// Ports lists the serial ports of this machine, on USB or not, by name. Virtual
// terminals and 8250 ports without hardware are none. Its only error is a sysfs
// that is not there.
func (fs FS) Ports() ([]Port, error) {
	ports, _, err := fs.sweep()
	return ports, err
}

// Devices lists the USB devices with serial ports, by bus path.
func (fs FS) Devices() ([]Device, error) {
	ports, devices, err := fs.sweep()
	if err != nil {
		return nil, err
	}
	list := make([]Device, 0, len(devices))
	for _, d := range devices {
		if d != nil {
			list = append(list, *d)
		}
	}
	slices.SortFunc(list, func(a, b Device) int { return natural(a.Name, b.Name) })
	slices.SortStableFunc(ports, func(a, b Port) int { return cmp.Compare(a.Interface.Number, b.Interface.Number) })
	for i := range list {
		for _, p := range ports {
			if p.Device == list[i].Name {
				list[i].Ports = append(list[i].Ports, p)
			}
		}
	}
	return slices.DeleteFunc(list, func(d Device) bool { return len(d.Ports) == 0 }), nil
}

// sweep reads sys/class/tty once. A device's own attributes are read once however
// many ports it has; devices holds nil for what is no USB device, or went away.
func (fs FS) sweep() (ports []Port, devices map[string]*Device, err error) {
	class := fs.path("sys/class/tty")
	names, err := os.ReadDir(class)
	if err != nil {
		return nil, nil, fmt.Errorf("list serial ports: %w", err)
	}
	devices = make(map[string]*Device)
	for _, n := range names {
		target, err := os.Readlink(filepath.Join(class, n.Name()))
		if err != nil || strings.Contains(target, "/virtual/") {
			continue
		}
		p := Port{Name: n.Name(), Path: fs.path("dev", n.Name())}
		if fs.locate(&p, filepath.Join(class, target), devices) {
			ports = append(ports, p)
		}
	}
	slices.SortFunc(ports, func(a, b Port) int { return natural(a.Name, b.Name) })
	distinguish(ports)
	return ports, devices, nil
}

// locate fills in what the tty's place in sysfs tells. Between the tty and its
// interface there are as many levels as the driver pleases:
//
//	.../usb1/1-1/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2    usb-serial
//	.../usb1/1-1/1-1.4/1-1.4:1.0/tty/ttyACM0            cdc-acm
//	.../soc/fe201000.serial/tty/ttyAMA0                 no USB
//
// It reports false for what is no port, or is not there any more.
func (fs FS) locate(p *Port, tty string, devices map[string]*Device) bool {
	if _, err := os.Lstat(filepath.Join(tty, "device")); err != nil {
		return false
	}
	stop := fs.path("sys/devices")
	for dir := filepath.Dir(tty); len(dir) > len(stop); dir = filepath.Dir(dir) {
		if !strings.Contains(filepath.Base(dir), ":") {
			continue // an interface is called BUS-PATH:CONFIGURATION.NUMBER
		}
		number, ok := attribute(dir, "bInterfaceNumber")
		if !ok {
			continue
		}
		home := filepath.Dir(dir)
		d, read := devices[home]
		if !read {
			d = device(home)
			devices[home] = d
		}
		if d == nil {
			return false
		}
		p.onUSB(dir, int(hex(number, 8)), d)
		if n, _ := attribute(filepath.Join(tty, "device"), "port_number"); n != "" && n != "0" {
			p.Place += "-port" + n // a converter with several ports on one interface
		}
		return true
	}
	if kind, ok := attribute(tty, "type"); ok && kind == "0" {
		return false // the 8250 driver names four ports even where none is
	}
	p.Place = board(strings.TrimPrefix(tty, stop+"/"))
	return true
}

func (p *Port) onUSB(dir string, number int, d *Device) {
	p.Place, p.Device, p.ID = filepath.Base(dir), d.Name, d.ID
	p.Serial, p.Manufacturer, p.Product = d.Serial, d.Manufacturer, d.Product
	p.Interface = profile.Interface{
		Number:   number,
		Class:    uint8(hexAttribute(dir, "bInterfaceClass", 8)),
		Subclass: uint8(hexAttribute(dir, "bInterfaceSubClass", 8)),
		Protocol: uint8(hexAttribute(dir, "bInterfaceProtocol", 8)),
	}
	p.Role, p.Known = profile.RoleOf(p.ID, p.Interface)
}

// device reads a USB device, or gives nil if there is none (any more).
func device(dir string) *Device {
	vendor, ok := attribute(dir, "idVendor")
	product, alsoOK := attribute(dir, "idProduct")
	if !ok || !alsoOK {
		return nil
	}
	d := &Device{Name: busPath(dir), ID: profile.ID{Vendor: uint16(hex(vendor, 16)), Product: uint16(hex(product, 16))}}
	d.Serial, _ = attribute(dir, "serial")
	d.Manufacturer, _ = attribute(dir, "manufacturer")
	d.Product, _ = attribute(dir, "product")
	address, _ := attribute(dir, "devnum")
	d.Address, _ = strconv.Atoi(address)
	return d
}

// busPath is BUS-PORT.PORT..., as the kernel also calls the directory.
func busPath(dir string) string {
	bus, ok := attribute(dir, "busnum")
	path, alsoOK := attribute(dir, "devpath")
	if !ok || !alsoOK {
		return filepath.Base(dir)
	}
	return bus + "-" + path
}

// board shortens the way to a tty off USB to what does not depend on the kernel:
// since Linux 6.5 two more levels, PARENT:0/PARENT:0.0, stand above the tty.
func board(way string) string {
	way, _, _ = strings.Cut(way, "/tty/")
	for {
		parent, last := filepath.Split(way)
		parent = filepath.Clean(parent)
		above := filepath.Base(parent)
		if !strings.HasPrefix(last, above+":") && !strings.HasPrefix(last, above+".") {
			return way
		}
		way = parent
	}
}

// distinguish adds the name to places that are not the port's own: the four
// ttyS of platform/serial8250 share one, and are counted alike at each start.
func distinguish(ports []Port) {
	at := make(map[string]int, len(ports))
	for _, p := range ports {
		at[p.Place]++
	}
	for i, p := range ports {
		if at[p.Place] > 1 {
			ports[i].Place += ":" + p.Name
		}
	}
}

// attribute reads one attribute; what is away is not ok.
func attribute(dir, name string) (value string, ok bool) {
	b, err := os.ReadFile(filepath.Join(dir, name))
	return string(bytes.TrimSpace(b)), err == nil
}

func hexAttribute(dir, name string, bits int) uint64 {
	s, _ := attribute(dir, name)
	return hex(s, bits)
}

func hex(s string, bits int) uint64 {
	n, err := strconv.ParseUint(s, 16, bits)
	if err != nil {
		return 0
	}
	return n
}
