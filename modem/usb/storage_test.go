package usb

import (
	"testing"

	"smsbridge/modem/profile"
)

// Only what is known as a stick's storage and has no port is in storage mode.
func TestStorage(t *testing.T) {
	disk := profile.ID{Vendor: 0x12d1, Product: 0x1446}
	if _, ok := profile.Storage(disk); !ok {
		t.Fatalf("%v is not known as a stick's storage", disk)
	}
	tr := newTree(t)
	card := []made{{0, 8, 6, 0x50, ""}}
	tr.plug(stick{at: "1-1.10", address: 9, id: disk, ports: card})
	tr.plug(stick{at: "1-1.9", address: 8, id: disk, ports: card})
	tr.plug(stick{at: "1-1.3", address: 7, id: profile.ID{Vendor: 0x0781, Product: 0x5567}, ports: card}) // a memory stick
	tr.plug(stick{at: "1-1.4", address: 6, id: disk, ports: []made{{0, 0xff, 0, 0, "ttyUSB0"}, {1, 8, 6, 0x50, ""}}})
	tr.link("sys/devices/"+stick{at: "1-1.9"}.way()+"/1-1.9:1.0", "sys/bus/usb/devices/1-1.9:1.0")
	tr.link("sys/devices/gone", "sys/bus/usb/devices/1-1.2")
	sticks := tr.Storage()
	if len(sticks) != 2 || sticks[0].Device != "1-1.9" || sticks[1].Device != "1-1.10" {
		t.Errorf("got %+v", sticks)
	}
	if sticks := (FS{Root: t.TempDir()}).Storage(); len(sticks) != 0 {
		t.Errorf("without sysfs: %+v", sticks)
	}
}
