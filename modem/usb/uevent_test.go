package usb

import (
	"strings"
	"testing"
)

// plugged is what Linux 6.1 multicasts when the second port of a modem appears;
// | stands for the zero octet.
const plugged = "add@/devices/platform/soc/fe980000.usb/usb1/1-1/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2|ACTION=add|" +
	"DEVPATH=/devices/platform/soc/fe980000.usb/usb1/1-1/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2|SUBSYSTEM=tty|MAJOR=188|MINOR=2|DEVNAME=ttyUSB2|SEQNUM=4711|"

func message(s string) []byte { return []byte(strings.ReplaceAll(s, "|", "\x00")) }

func TestParseUevent(t *testing.T) {
	for _, c := range []struct {
		name, message string
		want          Uevent // the empty one: refused
	}{
		{"tty", plugged, Uevent{"add", "/devices/platform/soc/fe980000.usb/usb1/1-1/1-1.4/1-1.4:1.2/ttyUSB2/tty/ttyUSB2", "tty", "ttyUSB2", ""}},
		{"usb", "remove@/devices/usb1/1-1|ACTION=remove|SUBSYSTEM=usb|DEVNAME=bus/usb/001/005|DEVTYPE=usb_device|", Uevent{"remove", "/devices/usb1/1-1", "usb", "bus/usb/001/005", "usb_device"}},
		{"written by hand", "change@/devices/x|SUBSYSTEM=tty|SYNTH_UUID=0|", Uevent{"change", "/devices/x", "tty", "", ""}},
		{"last field not ended", "change@/devices/x|SUBSYSTEM=tty", Uevent{"change", "/devices/x", "tty", "", ""}},
		{"field without =", "change@/devices/x|NONSENSE||SUBSYSTEM=tty|", Uevent{"change", "/devices/x", "tty", "", ""}},

		{"another subsystem", "add@/devices/x|SUBSYSTEM=net|", Uevent{}},
		{"another action", "bind@/devices/x|SUBSYSTEM=usb|", Uevent{}},
		{"no subsystem", "add@/devices/x|ACTION=add|", Uevent{}},
		{"from udev", "libudev|\xfe\xed\xca\xfe|SUBSYSTEM=tty|", Uevent{}},
		{"no path", "add@|SUBSYSTEM=tty|", Uevent{}},
		{"relative path", "add@devices|SUBSYSTEM=tty|", Uevent{}},
		{"head alone", "add@/devices/x", Uevent{}},
		{"nothing", "", Uevent{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := ParseUevent(message(c.message))
			if ok != (c.want != Uevent{}) || got != c.want {
				t.Errorf("got %+v, %v", got, ok)
			}
		})
	}
}

// Nothing panics, what is refused is empty, and what is taken is of the kind
// that is asked for and keeps its meaning when it is written again.
func FuzzParseUevent(f *testing.F) {
	f.Add(message(plugged))
	f.Add(message("remove@/devices/usb1/1-1|SUBSYSTEM=usb|DEVTYPE=usb_device|"))
	f.Add(message("change@/x|SUBSYSTEM=tty|SUBSYSTEM=net|"))
	f.Add(message("@||=|"))
	f.Add([]byte("add@/|\x00SUBSYSTEM=tty")) // the bar is a path here
	f.Fuzz(func(t *testing.T, message []byte) {
		u, ok := ParseUevent(message)
		if !ok {
			if u != (Uevent{}) {
				t.Fatalf("refused, and yet %+v", u)
			}
			return
		}
		if u.Action != "add" && u.Action != "remove" && u.Action != "change" || u.Subsystem != "tty" && u.Subsystem != "usb" || u.Devpath[0] != '/' {
			t.Fatalf("%+v was taken", u)
		}
		if again, ok := ParseUevent(u.message()); !ok || again != u {
			t.Fatalf("%+v became %+v", u, again)
		}
	})
}

func (u Uevent) message() []byte {
	return []byte(strings.Join([]string{
		u.Action + "@" + u.Devpath, "SUBSYSTEM=" + u.Subsystem, "DEVNAME=" + u.Devname, "DEVTYPE=" + u.Devtype, "",
	}, "\x00"))
}

func BenchmarkParseUevent(b *testing.B) {
	m := message(plugged)
	b.SetBytes(int64(len(m)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := ParseUevent(m); !ok {
			b.Fatal("refused")
		}
	}
}
