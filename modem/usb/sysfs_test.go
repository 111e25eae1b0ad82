package usb

import (
	"fmt"
	"os"
	"reflect"
	"sync"
	"testing"

	"smsbridge/modem/profile"
)

func TestPorts(t *testing.T) {
	tr := newTree(t)
	s := ec25("1-1.4")
	s.serial = "0123456789ABCDEF"
	tr.plug(s)
	tr.plug(stick{at: "1-1.10", address: 7, id: profile.ID{Vendor: 0x1546, Product: 0x1102}, ports: []made{{0, 2, 2, 1, "ttyACM0"}, {1, 10, 0, 0, ""}}})
	tr.plug(stick{at: "2-1", address: 2, id: profile.ID{Vendor: 0x05e3, Product: 0x0610}, ports: []made{{0, 9, 0, 0, ""}}}) // a hub
	tr.tty("platform/soc/fe201000.serial/fe201000.serial:0/fe201000.serial:0.0", "ttyAMA0")                                 // Linux 6.5 and later
	tr.tty("platform/soc/fe215040.serial", "ttyS0")                                                                         // before
	tr.write("sys/devices/platform/soc/fe215040.serial/tty/ttyS0/type", "4\n")
	tr.tty("platform/serial8250/serial8250:0/serial8250:0.1", "ttyS1")
	tr.write("sys/devices/platform/serial8250/serial8250:0/serial8250:0.1/tty/ttyS1/type", "0\n")
	tr.mkdir("sys/devices/virtual/tty/tty0")
	tr.link("sys/devices/virtual/tty/tty0", "sys/class/tty/tty0")

	ports, err := tr.Ports()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := names(ports), "ttyACM0 ttyAMA0 ttyS0 ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3"; got != want {
		t.Fatalf("the ports are %s, want %s", got, want)
	}
	for i, want := range map[int]Port{
		0: {
			Name: "ttyACM0", Path: tr.path("dev/ttyACM0"), Place: "1-1.10:1.0", Device: "1-1.10",
			ID:        profile.ID{Vendor: 0x1546, Product: 0x1102},
			Interface: profile.Interface{Number: 0, Class: 2, Subclass: 2, Protocol: 1},
		},
		1: {Name: "ttyAMA0", Path: tr.path("dev/ttyAMA0"), Place: "platform/soc/fe201000.serial"},
		2: {Name: "ttyS0", Path: tr.path("dev/ttyS0"), Place: "platform/soc/fe215040.serial"},
		5: {
			Name: "ttyUSB2", Path: tr.path("dev/ttyUSB2"), Place: "1-1.4:1.2", Device: "1-1.4",
			ID: s.id, Interface: profile.Interface{Number: 2, Class: 0xff},
			Serial: s.serial, Manufacturer: "Quectel", Product: "EC25-E",
		},
	} {
		want.Role, want.Known = profile.RoleOf(want.ID, want.Interface)
		if !reflect.DeepEqual(ports[i], want) {
			t.Errorf("got  %+v\nwant %+v", ports[i], want)
		}
	}
	if ports[5].Role != profile.Primary || !ports[5].Known {
		t.Error("interface 2 of an EC25 is not its primary port")
	}

	devices, err := tr.Devices()
	if got, want := show(devices), "1-1.4 ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3; 1-1.10 ttyACM0"; err != nil || got != want {
		t.Errorf("the devices are %s, want %s (%v)", got, want, err)
	}
}

// Ports of one interface, and those on a board's 8250 driver, each have a place
// of their own.
func TestPorts_shared_place(t *testing.T) {
	tr := newTree(t)
	s := stick{at: "1-1", address: 2, id: profile.ID{Vendor: 0x110a, Product: 0x1250}, ports: []made{{0, 0xff, 0, 0, "ttyUSB0"}, {0, 0xff, 0, 0, "ttyUSB1"}}}
	tr.plug(s)
	tr.write("sys/devices/"+s.way()+"/1-1:1.0/ttyUSB1/port_number", "1\n")
	tr.tty("platform/serial8250", "ttyS0")
	tr.tty("platform/serial8250", "ttyS1")
	ports, _ := tr.Ports()
	var places []string
	for _, p := range ports {
		places = append(places, p.Place)
	}
	want := []string{"platform/serial8250:ttyS0", "platform/serial8250:ttyS1", "1-1:1.0", "1-1:1.0-port1"}
	if !reflect.DeepEqual(places, want) {
		t.Errorf("got %q, want %q", places, want)
	}
}

func TestPorts_without_sysfs(t *testing.T) {
	if _, err := (FS{Root: t.TempDir()}).Ports(); err == nil {
		t.Error("a machine without sysfs has ports")
	}
}

// What is half gone is left out, and spoils nothing.
func TestPorts_half_gone(t *testing.T) {
	for name, spoil := range map[string]func(tree, stick){
		"the link leads nowhere":   func(tr tree, s stick) { tr.remove("sys/devices/" + s.way()) },
		"the device's attributes":  func(tr tree, s stick) { tr.remove("sys/devices/" + s.way() + "/idVendor") },
		"the tty's link to device": func(tr tree, s stick) { tr.remove("sys/devices/" + s.way() + "/1-1.5:1.2/ttyUSB9/tty/ttyUSB9/device") },
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTree(t)
			tr.plug(ec25("1-1.4"))
			gone := ec25("1-1.5")
			gone.ports = []made{{2, 0xff, 0, 0, "ttyUSB9"}}
			tr.plug(gone)
			if ports, _ := tr.Ports(); len(ports) != 5 {
				t.Fatalf("before: %s", names(ports))
			}
			spoil(tr, gone)
			if ports, err := tr.Ports(); err != nil || names(ports) != "ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3" {
				t.Errorf("the ports are %s, %v", names(ports), err)
			}
			if devices, err := tr.Devices(); err != nil || show(devices) != "1-1.4 ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3" {
				t.Errorf("the devices are %s, %v", show(devices), err)
			}
		})
	}
}

// One stick is pulled and plugged in as fast as can be; the other one is there
// in each picture, whole.
func TestPorts_vanishing(t *testing.T) {
	tr := newTree(t)
	tr.plug(ec25("1-1.4"))
	var pulling sync.WaitGroup
	pulling.Go(func() {
		moody := ec25("1-1.5")
		for i := range 60 {
			s := moody.onTTYs(4 + i%9)
			tr.plug(s)
			tr.unplug(s)
		}
	})
	done := make(chan struct{})
	go func() { pulling.Wait(); close(done) }()
	for sweeps := 0; ; sweeps++ {
		select {
		case <-done:
			if sweeps == 0 {
				t.Error("all was over before the first sweep")
			}
			return
		default:
		}
		devices, err := tr.Devices()
		if err != nil {
			t.Fatal(err)
		}
		if len(devices) == 0 || show(devices[:1]) != "1-1.4 ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3" {
			t.Fatalf("the other stick is seen as %q", show(devices))
		}
	}
}

func TestNatural(t *testing.T) {
	order := []string{"1-1", "1-1.2", "1-1.9", "1-1.10", "1-2", "10-1", "ttyACM0", "ttyUSB", "ttyUSB2", "ttyUSB10", "ttyUSB010x"}
	for i, a := range order {
		for j, b := range order {
			if got := natural(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("natural(%q, %q) = %d", a, b, got)
			}
		}
	}
}

// The goal is a sweep of 64 ports, each on a stick of its own, in 10 ms.
func BenchmarkSweep(b *testing.B) {
	tr := newTree(b)
	for i := range 64 {
		s := ec25(fmt.Sprintf("1-%d.%d", i/7+1, i%7+1))
		s.serial = fmt.Sprint(i)
		s.ports = []made{{2, 0xff, 0, 0, fmt.Sprintf("ttyUSB%d", i)}}
		tr.plug(s)
	}
	b.ReportAllocs()
	for b.Loop() {
		if devices, err := tr.Devices(); err != nil || len(devices) != 64 {
			b.Fatal(len(devices), err)
		}
	}
}

// This machine's own ports are read without a complaint.
func TestPorts_here(t *testing.T) {
	if _, err := os.Stat("/sys/class/tty"); err != nil {
		t.Skip("no sysfs here")
	}
	ports, err := FS{}.Ports()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ports {
		if _, err := os.Stat(p.Path); err != nil || p.Place == "" {
			t.Errorf("%+v: %v", p, err)
		}
		t.Logf("%s at %s", p.Name, p.Place)
	}
}
