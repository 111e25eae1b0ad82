package simulator

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// tree makes a tree and a modem of a family.
func tree(t *testing.T, family string) (*Sysfs, *Modem) {
	t.Helper()
	s, err := NewSysfs(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, m, _ := lab(t, Options{}, ModemOptions{Family: family})
	return s, m
}

// read returns an attribute, climbing as programs do.
func (s *Sysfs) read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{s.Root, "sys"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

func (s *Sysfs) list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.Root, dir))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}

func TestSysfs(t *testing.T) {
	for _, c := range []struct{ family, tty, number, class, vendor, product string }{
		{"sim7600", "ttyUSB2", "02", "ff", "1e0e", "9001"},
		{"quectel-ec25", "ttyUSB2", "02", "ff", "2c7c", "0125"},
		{"cinterion", "ttyACM1", "02", "02", "1e2d", "0061"},
	} {
		t.Run(c.family, func(t *testing.T) {
			s, m := tree(t, c.family)
			if err := s.Plug(m, "1-1.4", 0); err != nil {
				t.Fatal(err)
			}
			// What a name in class/tty leads to, by links alone: the interface is where the device link
			// goes, or one above it; the device is above that.
			class := filepath.Join("class/tty", c.tty)
			target, err := filepath.EvalSymlinks(filepath.Join(s.Root, "sys", class, "device"))
			if err != nil {
				t.Fatal(err)
			}
			face := target
			if !strings.Contains(filepath.Base(face), ":") {
				face = filepath.Dir(face)
			}
			face, _ = filepath.Rel(filepath.Join(s.Root, "sys"), face)
			device := filepath.Dir(face)
			for path, want := range map[string]string{
				face + "/bInterfaceNumber": c.number, face + "/bInterfaceClass": c.class,
				device + "/idVendor": c.vendor, device + "/idProduct": c.product, device + "/busnum": "1", device + "/devpath": "1.4",
				"bus/usb/devices/1-1.4/idVendor": c.vendor, "bus/usb/devices/1-1/bDeviceClass": "09",
			} {
				if got := s.read(t, path); got != want {
					t.Errorf("%s: %q, want %q", path, got, want)
				}
			}
			if filepath.Base(device) != "1-1.4" {
				t.Errorf("device %s", device)
			}
			f, x := onPTY(t, filepath.Join(s.Root, "dev", c.tty))
			x.silence()
			x.ask("AT+CGSN", info(m.IMEI()))
			hangUp(f, x)
		})
	}
}

// An unplugging hangs up, takes every node, and a replugging gives others.
func TestSysfs_replug(t *testing.T) {
	s, m := tree(t, "quectel-ec25")
	if err := s.Plug(m, "1-1.4", 0); err != nil {
		t.Fatal(err)
	}
	first := "ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3"
	if got := s.list(t, "dev"); got != first || s.list(t, "sys/class/tty") != first {
		t.Errorf("ttys %s", got)
	}
	f, x := onPTY(t, filepath.Join(s.Root, "dev/ttyUSB2"))
	x.silence()
	m.Unplug()
	if _, open := <-x.c; open {
		t.Error("the terminal still speaks")
	}
	if _, err := f.Write([]byte("AT\r")); !errors.Is(err, syscall.EIO) {
		t.Errorf("write: %v", err)
	}
	f.Close()
	if s.list(t, "dev") != "" || s.list(t, "sys/class/tty") != "" || strings.Contains(s.list(t, "sys/bus/usb/devices"), "1-1.4") {
		t.Errorf("left: %s, %s", s.list(t, "dev"), s.list(t, "sys/class/tty"))
	}
	if err := m.Replug(); err != nil {
		t.Fatal(err)
	}
	if got := s.list(t, "dev"); got != "ttyUSB4 ttyUSB5 ttyUSB6 ttyUSB7" {
		t.Errorf("ttys %s", got)
	}
	f, x = onPTY(t, filepath.Join(s.Root, "dev/ttyUSB6"))
	x.until("+QIND: PB DONE\r\n") // it has started while nobody was there
	x.silence()
	hangUp(f, x)
	s.Unplug(m)
	if err := s.Plug(m, "2-1", 9); err != nil {
		t.Fatal(err)
	}
	if got := s.list(t, "dev"); got != "ttyUSB10 ttyUSB11 ttyUSB12 ttyUSB9" {
		t.Errorf("ttys %s", got)
	}
}

func TestSysfs_events(t *testing.T) {
	s, m := tree(t, "bg95")
	if err := s.Plug(m, "1-1.4", 0); err != nil {
		t.Fatal(err)
	}
	s.Unplug(m)
	var came, went []string
	open := make(map[string]bool)
	for len(s.Events()) > 0 {
		e := <-s.Events()
		if e.Action == "add" {
			came = append(came, e.Devname)
			if parent := filepath.Dir(e.Devpath); e.Subsystem == "tty" && !open[filepath.Dir(parent)] {
				t.Errorf("%s came before what it is on", e.Devpath)
			}
			open[e.Devpath] = true
			continue
		}
		went = append(went, e.Devname)
		if !open[e.Devpath] {
			t.Errorf("%s went and had not come", e.Devpath)
		}
		delete(open, e.Devpath)
	}
	const ports = 3 // each: interface, usb-serial, tty
	if len(came) != 1+3*ports || len(went) != len(came) || len(open) != 0 || came[3] != "ttyUSB0" {
		t.Errorf("came %v, went %v", came, went)
	}
}

// Two sticks alike share their serial number and have names of their own; a place is taken once.
func TestSysfs_refuses(t *testing.T) {
	s, m := tree(t, "huawei")
	other := m.network.AddModem(ModemOptions{Family: "huawei"})
	wired := m.network.AddModem(ModemOptions{Family: "sim800"})
	if err := s.Plug(m, "1-1.2", 0); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		s.Plug(m, "1-1.3", 0), s.Plug(other, "1-1.2", 0), s.Plug(wired, "1-1.3", 0), s.Plug(other, "left", 0),
		s.PlugStorage(wired, "1-1.3"), s.Switch(other, 0), s.Plug(other, "1-1.3", -1),
	} {
		if err == nil {
			t.Error("taken")
		}
	}
	if err := s.Plug(other, "1-1.3", 0); err != nil {
		t.Fatal(err)
	}
	if got := s.list(t, "dev"); got != "ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3 ttyUSB4 ttyUSB5" {
		t.Errorf("ttys %s", got)
	}
	if s.read(t, "bus/usb/devices/1-1.2/serial") != s.read(t, "bus/usb/devices/1-1.3/serial") {
		t.Error("two sticks, two serial numbers")
	}
}

func TestSysfs_storage(t *testing.T) {
	s, m := tree(t, "huawei")
	if err := s.PlugStorage(m, "1-1.2"); err != nil {
		t.Fatal(err)
	}
	if got := s.read(t, "bus/usb/devices/1-1.2/idProduct"); got != "1446" || s.list(t, "dev") != "" || m.State() != "unplugged" {
		t.Errorf("product %s, ttys %s, %s", got, s.list(t, "dev"), m.State())
	}
	if got := s.read(t, "bus/usb/devices/1-1.2:1.0/bInterfaceClass"); got != "08" {
		t.Errorf("class %s", got)
	}
	m.Replug() // still a disk
	if err := s.Switch(m, 3); err != nil {
		t.Fatal(err)
	}
	if got := s.read(t, "bus/usb/devices/1-1.2/idProduct"); got != "1436" || s.list(t, "dev") != "ttyUSB3 ttyUSB4 ttyUSB5" {
		t.Errorf("product %s, ttys %s", got, s.list(t, "dev"))
	}
	f, x := onPTY(t, filepath.Join(s.Root, "dev/ttyUSB5"))
	x.until("^MODE:5,4\r\n")
	x.silence()
	x.say("AT^RESET\r") // goes and comes back by itself
	for range x.c {
	}
	f.Close()
	for m.State() == "unplugged" {
		<-s.Events()
	}
	if got := s.list(t, "dev"); got != "ttyUSB6 ttyUSB7 ttyUSB8" {
		t.Errorf("ttys %s", got)
	}
}

// Two ports answer, one is told what happens; the others say nothing, or where they are.
func TestPorts(t *testing.T) {
	s, m := tree(t, "quectel-ec25")
	if err := s.Plug(m, "1-1", 0); err != nil {
		t.Fatal(err)
	}
	dev := func(name string) string { return filepath.Join(s.Root, "dev", name) }
	diag, silent := onPTY(t, dev("ttyUSB0"))
	gnss, nmea := onPTY(t, dev("ttyUSB1"))
	first, x := onPTY(t, dev("ttyUSB2"))
	second, y := onPTY(t, dev("ttyUSB3"))
	x.silence()
	y.ask("AT+CGMM", info("EC25"))
	x.ask("AT+CNMI=2,1", ok)
	h := m.network.Handset("+15550100")
	hex := compose(t, h.Number(), "x", false)[0]
	y.ask(cmgs(hex), "\r\n> ")
	h.Send(m.Number(), "in") // is told to the one while the other is at a prompt
	x.expect("\r\n+CMTI: \"SM\",1\r\n")
	x.ask("AT", ok)
	y.say(hex + "\x1a")
	y.expect(info("+CMGS: 0"))
	y.ask("AT+CMGD=1", ok)
	if got := nmea.until("\r\n"); !strings.HasPrefix(got, "$GPGGA,") || got[len(got)-5] != '*' {
		t.Errorf("nmea %q", got)
	}
	silent.say("AT\r")
	x.quiet()
	y.quiet()
	if len(silent.c) != 0 {
		t.Errorf("diagnostics said %q", <-silent.c)
	}
	hangUp(diag, silent)
	hangUp(gnss, nmea)
	hangUp(second, y)
	hangUp(first, x)
}

func TestOpenInterface(t *testing.T) {
	_, m, _ := lab(t, Options{}, ModemOptions{Family: "quectel-ec25"})
	if _, err := m.OpenInterface(7); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("interface 7: %v", err)
	}
	for _, number := range []int{0, 1, 2, 3} {
		p, err := m.OpenInterface(number)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := m.OpenInterface(number); !errors.Is(err, ErrBusy) {
			t.Errorf("twice: %v", err)
		}
		p.Close()
		p, err = m.OpenInterface(number)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
	}
	m.Unplug()
	if _, err := m.OpenInterface(3); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("unplugged: %v", err)
	}
}

// silence switches echo off, after whatever the modem had to say about its start.
func (x *terminal) silence() {
	x.t.Helper()
	x.say("ATE0\r")
	x.until("ATE0\r" + ok)
}
