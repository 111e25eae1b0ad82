package usb

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"smsbridge/modem/profile"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tree is a made sysfs with the links as Linux has them.
type tree struct {
	testing.TB
	FS
}

func newTree(t testing.TB) tree {
	t.Helper()
	tr := tree{t, FS{Root: t.TempDir()}}
	for _, dir := range []string{"sys/class/tty", "sys/bus/usb/devices", "sys/devices", "dev", "proc"} {
		tr.mkdir(dir)
	}
	return tr
}

func (t tree) mkdir(name string) {
	t.Helper()
	if err := os.MkdirAll(t.path(name), 0o755); err != nil {
		t.Fatal(err)
	}
}

func (t tree) write(name, text string) {
	t.Helper()
	t.mkdir(filepath.Dir(name))
	if err := os.WriteFile(t.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// link makes a relative link, as all of sysfs are.
func (t tree) link(target, name string) {
	t.Helper()
	t.mkdir(filepath.Dir(name))
	relative, err := filepath.Rel(t.path(filepath.Dir(name)), t.path(target))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(relative, t.path(name)); err != nil {
		t.Fatal(err)
	}
}

func (t tree) remove(name string) {
	t.Helper()
	if err := os.RemoveAll(t.path(name)); err != nil {
		t.Fatal(err)
	}
}

// tty adds a port at a way below sys/devices that ends before "/tty/NAME".
func (t tree) tty(way, name string) {
	t.Helper()
	dir := "sys/devices/" + way
	t.mkdir(dir + "/tty/" + name)
	t.link(dir, dir+"/tty/"+name+"/device")
	t.link(dir+"/tty/"+name, "sys/class/tty/"+name)
	t.write("dev/"+name, "")
}

// stick is what is plugged in.
type stick struct {
	at                            string // the bus path: "1-1.4"
	address                       int
	id                            profile.ID
	serial, manufacturer, product string
	ports                         []made
}

type made struct {
	number, class, subclass, protocol int
	tty                               string // "" for an interface without one
}

const hostController = "platform/soc/fe980000.usb/"

func (s stick) way() string {
	bus, ports, _ := strings.Cut(s.at, "-")
	way, at := hostController+"usb"+bus, bus
	for i, port := range strings.Split(ports, ".") {
		at += string("-."[min(i, 1)]) + port
		way += "/" + at
	}
	return way
}

func (t tree) plug(s stick) {
	t.Helper()
	home := "sys/devices/" + s.way()
	bus, path, _ := strings.Cut(s.at, "-")
	t.write(home+"/idVendor", fmt.Sprintf("%04x\n", s.id.Vendor))
	t.write(home+"/idProduct", fmt.Sprintf("%04x\n", s.id.Product))
	t.write(home+"/busnum", bus+"\n")
	t.write(home+"/devpath", path+"\n")
	t.write(home+"/devnum", fmt.Sprintln(s.address))
	t.write(home+"/dev", fmt.Sprintf("189:%d\n", s.address-1))
	for name, value := range map[string]string{"serial": s.serial, "manufacturer": s.manufacturer, "product": s.product} {
		if value != "" {
			t.write(home+"/"+name, value+"\n")
		}
	}
	t.link(home, "sys/bus/usb/devices/"+s.at)
	for _, p := range s.ports {
		t.plugPort(s, p)
	}
}

func (t tree) plugPort(s stick, p made) {
	t.Helper()
	way := fmt.Sprintf("%s/%s:1.%d", s.way(), s.at, p.number)
	dir := "sys/devices/" + way
	t.write(dir+"/bInterfaceNumber", fmt.Sprintf("%02x\n", p.number))
	t.write(dir+"/bInterfaceClass", fmt.Sprintf("%02x\n", p.class))
	t.write(dir+"/bInterfaceSubClass", fmt.Sprintf("%02x\n", p.subclass))
	t.write(dir+"/bInterfaceProtocol", fmt.Sprintf("%02x\n", p.protocol))
	switch {
	case p.tty == "":
	case strings.HasPrefix(p.tty, "ttyACM"):
		t.tty(way, p.tty)
	default:
		t.write(dir+"/"+p.tty+"/port_number", "0\n")
		t.tty(way+"/"+p.tty, p.tty)
	}
}

func (t tree) unplug(s stick) {
	t.Helper()
	for _, p := range s.ports {
		if p.tty != "" {
			t.remove("sys/class/tty/" + p.tty)
			t.remove("dev/" + p.tty)
		}
	}
	t.remove("sys/bus/usb/devices/" + s.at)
	t.remove("sys/devices/" + s.way())
}

// onTTYs is the stick with its ports called ttyUSBn from first on.
func (s stick) onTTYs(first int) stick {
	s.ports = slices.Clone(s.ports)
	for i := range s.ports {
		s.ports[i].tty = fmt.Sprintf("ttyUSB%d", first+i)
	}
	return s
}

// ec25 is a Quectel EC25 as it comes: AT on interface 2.
func ec25(at string) stick {
	return stick{
		at: at, address: 5, id: profile.ID{Vendor: 0x2c7c, Product: 0x0125}, manufacturer: "Quectel", product: "EC25-E",
		ports: []made{
			{0, 0xff, 0xff, 0xff, "ttyUSB0"}, {1, 0xff, 0, 0, "ttyUSB1"},
			{2, 0xff, 0, 0, "ttyUSB2"}, {3, 0xff, 0, 0, "ttyUSB3"},
		},
	}
}

// names are the ports' names in one string.
func names(ports []Port) string {
	var list []string
	for _, p := range ports {
		list = append(list, p.Name)
	}
	return strings.Join(list, " ")
}

// show is a picture as one can read it: "1-1.4 ttyUSB0 ttyUSB1; 1-1.5 ttyUSB2".
func show(devices []Device) string {
	var list []string
	for _, d := range devices {
		list = append(list, d.Name+" "+names(d.Ports))
	}
	return strings.Join(list, "; ")
}
