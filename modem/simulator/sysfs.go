package simulator

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Sysfs is a tree in the shape of the kernel's own, Root/sys and Root/dev, in which modems are plugged into
// USB sockets. For who reads such trees, and must find, lose and find again what is in them:
//
//	sys/class/tty/ttyUSB2 -> ../../devices/platform/soc/usb1/1-1/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2
//	sys/bus/usb/devices/1-1.4 -> ../../../devices/platform/soc/usb1/1-1/1-1.4
//	dev/ttyUSB2 -> a pseudo terminal
//
// A modem plugged in here comes back here from Replug, from a restart and from faults, with other tty
// numbers, as it does where the old ones are still held. Make one with NewSysfs; the zero value is of no
// use.
type Sysfs struct {
	Root string

	mu     sync.Mutex // guards what follows; taken after Network.mu
	places map[string]*socket
	taken  map[string]bool // names of ttys
	events chan Uevent
}

// Uevent is what the kernel would send over netlink for it: lib/kobject_uevent.c.
type Uevent struct {
	Action    string // add, remove
	Devpath   string // below sys, with a slash in front
	Subsystem string // usb, usb-serial, tty
	Devname   string // below dev, empty if it has none
}

// eventsMax is how many events wait for a reader. More are lost, as netlink's are.
const eventsMax = 1024

// NewSysfs makes an empty tree in a directory, with the first root hub.
func NewSysfs(root string) (*Sysfs, error) {
	s := &Sysfs{Root: root, places: make(map[string]*socket), taken: make(map[string]bool), events: make(chan Uevent, eventsMax)}
	for _, dir := range []string{"dev", "sys/class/tty", "sys/bus/usb/devices", "sys/bus/usb/drivers", "sys/devices"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			return nil, fmt.Errorf("make tree: %w", err)
		}
	}
	return s, nil
}

// Events tells of every device that comes and goes, from the outer ones inwards and back. It is never
// closed.
func (s *Sysfs) Events() <-chan Uevent { return s.events }

// socket is a place with what is in it.
type socket struct {
	s       *Sysfs
	m       *Modem
	place   string
	number  int // of the first tty, for the next plugging
	storage bool
	nodes   []node // in the order in which they came
	ttys    []string
}

// node is a device in the tree.
type node struct {
	dir   string // below Root/sys
	link  string // below Root/sys, that stands for it; empty if none does
	event Uevent
}

// Plug puts a modem into a socket such as 1-1.4: bus 1, port 1 of the root hub, port 4 of the hub there. Its
// ttys are numbered from number on. It is an error if the socket or a number is taken, if the modem is
// served elsewhere, or if its family has no USB.
func (s *Sysfs) Plug(m *Modem, place string, number int) error { return s.put(m, place, number, false) }

// PlugStorage puts a modem in that shows the disk its drivers come on, and no tty. Switch makes a modem
// of it.
func (s *Sysfs) PlugStorage(m *Modem, place string) error { return s.put(m, place, 0, true) }

func (s *Sysfs) put(m *Modem, place string, number int, storage bool) error {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.settle()
	bus, ports, ok := strings.Cut(place, "-")
	switch {
	case !ok || bus == "" || strings.Trim(bus, "0123456789") != "" || ports == "" || strings.Trim(ports, "0123456789.") != "":
		return fmt.Errorf("place: %q is none; write it as 1-1.4", place)
	case !m.family.onUSB():
		return fmt.Errorf("modem %d is a %s, which is not on USB", m.index, m.family.Name)
	case storage && m.family.USB.Storage == "":
		return fmt.Errorf("modem %d is a %s, which has no storage mode", m.index, m.family.Name)
	case m.socket != nil && m.plugged, m.socket == nil && m.tty != nil:
		return fmt.Errorf("modem %d is plugged in elsewhere", m.index)
	}
	s.mu.Lock()
	other := s.places[place]
	s.mu.Unlock()
	if other != nil && other.m != m {
		return fmt.Errorf("place: modem %d is in %s", other.m.index, place)
	}
	if storage {
		m.unplug()
	}
	k := &socket{s: s, m: m, place: place, number: number, storage: storage}
	if err := k.plug(); err != nil {
		return err
	}
	m.socket = k
	if !storage {
		m.power()
	}
	return nil
}

// Solder gives a modem that is not on USB a serial port of the board, such as ttyAMA0, at the place that a Pi has it.
// It stays there: nothing announces it, and no Unplug takes it away.
func (s *Sysfs) Solder(m *Modem, name string) error {
	if _, err := m.ServePTY(filepath.Join(s.Root, "dev", name)); err != nil {
		return err
	}
	dir := "devices/platform/soc/fe201000.serial/tty/" + name
	err := s.attributes(dir, map[string]string{"dev": "204:64", "type": "32", "uevent": "DEVNAME=" + name})
	if err != nil {
		return err
	}
	return errors.Join(
		os.Symlink("../../../fe201000.serial", filepath.Join(s.Root, "sys", dir, "device")),
		s.symlink("class/tty/"+name, dir),
	)
}

// Switch turns a plugged-in disk into the modem that it is, as usb_modeswitch does, with ttys numbered
// from number on.
func (s *Sysfs) Switch(m *Modem, number int) error {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	k := m.socket
	if k == nil || k.s != s || !k.storage {
		return fmt.Errorf("modem %d is no disk here", m.index)
	}
	k.empty()
	k.storage, k.number = false, number
	if err := k.plug(); err != nil {
		return err
	}
	m.power()
	return nil
}

// Unplug takes a modem out: its ttys hang up, its nodes are gone when it returns, and so is its claim on
// the socket.
func (s *Sysfs) Unplug(m *Modem) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if m.socket == nil || m.socket.s != s {
		return
	}
	m.socket.empty()
	m.unplug()
	m.settle()
	m.tty, m.sideTTYs, m.socket = nil, nil, nil
}

// plug builds the tree and serves the ttys; the network's lock is held.
func (k *socket) plug() error {
	if k.nodes != nil { // a disk, which is plugged in and no modem
		return nil
	}
	k.s.mu.Lock()
	err := k.build()
	k.s.mu.Unlock()
	if err == nil && !k.storage {
		err = k.serve()
	}
	if err != nil {
		for _, t := range k.m.ttys() {
			t.hang()
		}
		k.empty()
		return fmt.Errorf("plug modem %d into %s: %w", k.m.index, k.place, err)
	}
	k.s.mu.Lock()
	defer k.s.mu.Unlock()
	for _, x := range k.nodes {
		if x.link != "" {
			if err := k.s.symlink(x.link, x.dir); err != nil {
				return err
			}
		}
	}
	for _, x := range k.nodes {
		k.s.tell("add", x.event)
	}
	k.number += len(k.ttys) // the next time they are others
	return nil
}

// serve opens a pseudo terminal for each port.
func (k *socket) serve() error {
	m := k.m
	m.tty, m.sideTTYs = nil, nil
	for i, p := range m.family.USB.Ports {
		link := filepath.Join(k.s.Root, "dev", k.ttys[i])
		t, err := openTTY(m, link, func() (*port, error) { return m.openInterface(p.Interface) })
		if err != nil {
			return err
		}
		if p.Role == PortAT {
			m.tty = t
		} else {
			m.sideTTYs = append(m.sideTTYs, t)
		}
	}
	return nil
}

// empty takes the nodes away, links first.
func (k *socket) empty() {
	s := k.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range slices.Backward(k.nodes) {
		if x.link != "" {
			os.Remove(filepath.Join(s.Root, "sys", x.link))
		}
		if x.event.Devname != "" && x.event.Subsystem == "tty" {
			os.Remove(filepath.Join(s.Root, "dev", x.event.Devname))
		}
	}
	for _, x := range slices.Backward(k.nodes) {
		os.RemoveAll(filepath.Join(s.Root, "sys", x.dir))
		s.tell("remove", x.event)
	}
	for _, name := range k.ttys {
		delete(s.taken, name)
	}
	if s.places[k.place] == k {
		delete(s.places, k.place)
	}
	k.nodes, k.ttys = nil, nil
}

func (s *Sysfs) tell(action string, x Uevent) {
	x.Action = action
	select {
	case s.events <- x:
	default:
	}
}

// choose names the ttys: from the number on, whichever are free.
func (k *socket) choose() error {
	usb := &k.m.family.USB
	kind := "ttyUSB"
	if usb.ACM {
		kind = "ttyACM"
	}
	for number := k.number; len(k.ttys) < len(usb.Ports); number++ {
		if number < 0 || number > 1023 {
			return errors.New("number: there are ttys 0 to 1023")
		}
		if name := fmt.Sprint(kind, number); !k.s.taken[name] {
			k.s.taken[name] = true
			k.ttys = append(k.ttys, name)
		}
	}
	return nil
}

// build writes the attributes of the device and of its interfaces.
func (k *socket) build() error {
	s, usb := k.s, &k.m.family.USB
	if s.places[k.place] != nil {
		return errors.New("the socket is taken")
	}
	s.places[k.place] = k
	dir, err := s.hubs(k.place)
	if err != nil {
		return err
	}
	bus, ports, _ := strings.Cut(k.place, "-")
	product, count := usb.Product, len(usb.Ports)
	if k.storage {
		product, count = usb.Storage, 1
	}
	k.nodes = []node{s.device(dir, k.place, "usb", "bus/usb/"+bus)}
	err = s.attributes(dir, map[string]string{
		"idVendor": usb.Vendor, "idProduct": product, "manufacturer": usb.Maker, "product": usb.Title,
		"serial": cmp.Or(usb.Serial, "0123456789ABCDEF"), "busnum": bus, "devnum": fmt.Sprint(10 + k.m.index), "devpath": ports,
		"bNumInterfaces": fmt.Sprintf("%2d", count), "bDeviceClass": "00", "speed": "480", "authorized": "1", "version": " 2.00",
		"uevent": fmt.Sprintf("DEVTYPE=usb_device\nDRIVER=usb\nPRODUCT=%s/%s/0\nBUSNUM=%s", bare(usb.Vendor), bare(product), bus),
	})
	if err == nil {
		err = s.symlink(dir+"/subsystem", "bus/usb")
	}
	if err != nil {
		return err
	}
	if k.storage {
		return k.face(dir, USBPort{Class: "08", Subclass: "06", Protocol: "50"}, "usb-storage")
	}
	if err := k.choose(); err != nil {
		return err
	}
	for i, p := range usb.Ports {
		if err := k.tty(dir, p, k.ttys[i]); err != nil {
			return err
		}
	}
	return nil
}

// face is an interface.
func (k *socket) face(device string, p USBPort, driver string) error {
	name := fmt.Sprintf("%s:1.%d", k.place, p.Interface)
	dir := device + "/" + name
	k.nodes = append(k.nodes, k.s.device(dir, name, "usb", ""))
	err := k.s.attributes(dir, map[string]string{
		"bInterfaceNumber": fmt.Sprintf("%02x", p.Interface), "bInterfaceClass": p.Class, "bInterfaceSubClass": p.Subclass,
		"bInterfaceProtocol": p.Protocol, "bAlternateSetting": " 0", "bNumEndpoints": "03",
		"uevent": "DEVTYPE=usb_interface\nDRIVER=" + driver,
	})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(k.s.Root, "sys/bus/usb/drivers", driver), 0o755); err != nil {
		return err
	}
	return errors.Join(k.s.symlink(dir+"/driver", "bus/usb/drivers/"+driver), k.s.symlink(dir+"/subsystem", "bus/usb"))
}

// tty is an interface with a tty on it: usb-serial has a device of its own between the two, cdc-acm none.
func (k *socket) tty(device string, p USBPort, name string) error {
	usb := &k.m.family.USB
	driver := "option"
	if usb.ACM {
		driver = "cdc_acm"
	}
	if err := k.face(device, p, driver); err != nil {
		return err
	}
	dir := fmt.Sprintf("%s/%s:1.%d", device, k.place, p.Interface)
	behind := filepath.Base(dir)
	if !usb.ACM {
		dir += "/" + name
		behind = name
		k.nodes = append(k.nodes, node{dir: dir, event: Uevent{Devpath: "/" + dir, Subsystem: "usb-serial"}})
		if err := k.s.attributes(dir, map[string]string{"port_number": "0", "uevent": "DRIVER=option1"}); err != nil {
			return err
		}
	}
	dir += "/tty/" + name
	k.nodes = append(k.nodes, node{dir: dir, link: "class/tty/" + name, event: Uevent{Devpath: "/" + dir, Subsystem: "tty", Devname: name}})
	err := k.s.attributes(dir, map[string]string{"dev": "188:" + strings.TrimLeft(name, "tyUSBACM"), "uevent": "DEVNAME=" + name})
	if err != nil {
		return err
	}
	return os.Symlink("../../../"+behind, filepath.Join(k.s.Root, "sys", dir, "device"))
}

// device is a node below bus/usb/devices.
func (s *Sysfs) device(dir, name, subsystem, devname string) node {
	return node{dir: dir, link: "bus/usb/devices/" + name, event: Uevent{Devpath: "/" + dir, Subsystem: subsystem, Devname: devname}}
}

// hubs makes what lies between the machine and a socket and returns the socket's own directory.
func (s *Sysfs) hubs(place string) (dir string, err error) {
	bus, ports, _ := strings.Cut(place, "-")
	dir = "devices/platform/soc/usb" + bus
	if err := s.hub(dir, "usb"+bus, bus, "0"); err != nil {
		return "", err
	}
	at := bus + "-"
	for _, port := range strings.SplitAfter(ports, ".") {
		at += port
		name := strings.TrimSuffix(at, ".")
		dir += "/" + name
		if name != place {
			if err := s.hub(dir, name, bus, strings.TrimPrefix(name, bus+"-")); err != nil {
				return "", err
			}
		}
	}
	return dir, nil
}

func (s *Sysfs) hub(dir, name, bus, ports string) error {
	if _, err := os.Stat(filepath.Join(s.Root, "sys", dir, "idVendor")); err == nil {
		return nil
	}
	err := s.attributes(dir, map[string]string{
		"idVendor": "1d6b", "idProduct": "0002", "manufacturer": "Linux", "product": "Hub", "busnum": bus, "devnum": "1",
		"devpath": ports, "bDeviceClass": "09", "speed": "480", "uevent": "DEVTYPE=usb_device\nDRIVER=usb",
	})
	if err != nil {
		return err
	}
	return s.symlink("bus/usb/devices/"+name, dir)
}

func (s *Sysfs) attributes(dir string, values map[string]string) error {
	dir = filepath.Join(s.Root, "sys", dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, value := range values {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// symlink makes a link within sys, relative as the kernel's are.
func (s *Sysfs) symlink(link, dir string) error {
	up := strings.Repeat("../", strings.Count(link, "/"))
	return os.Symlink(up+dir, filepath.Join(s.Root, "sys", link))
}

// bare is a hex number as uevents write it.
func bare(hex string) string { return cmp.Or(strings.TrimLeft(hex, "0"), "0") }
