package usb

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Nothing in this room opens a node. The kernel itself keeps watch over the
// tree's dev; the negative control opens one.
func TestNothingIsOpened(t *testing.T) {
	tr := newTree(t)
	tr.plug(ec25("1-1.4"))
	tr.tty("platform/soc/fe201000.serial", "ttyAMA0")
	tr.process("412", "ModemManager", "/usr/sbin/ModemManager", tr.path("dev/ttyUSB2"))
	opened := watchOpens(t, tr.path("dev"))

	ports, err := tr.Ports()
	if err != nil || len(ports) != 5 {
		t.Fatalf("%s, %v", names(ports), err)
	}
	for _, p := range ports {
		tr.Holder(p.Path)
		tr.Access(p.Path)
	}
	devices, _ := tr.Devices()
	tr.Ignored(devices[0])
	tr.ModemManager()
	tr.Storage()
	if _, err := (&watcher{fs: tr.FS}).look(); err != nil {
		t.Fatal(err)
	}
	if opened() {
		t.Error("a node was opened")
	}

	f, err := os.Open(ports[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if !opened() {
		t.Error("the watch over dev sees nothing")
	}
}

// watchOpens tells whether something in the directory was opened since the last
// time.
func watchOpens(t *testing.T, dir string) (opened func() bool) {
	t.Helper()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		t.Skip("no inotify here: ", err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if _, err := unix.InotifyAddWatch(fd, dir, unix.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	return func() bool {
		n, err := unix.Read(fd, make([]byte, 4096))
		return err == nil && n > 0
	}
}
