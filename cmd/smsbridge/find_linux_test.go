package main

import (
	"os"
	"path/filepath"
	"testing"

	"smsbridge/bridge/gateway"
	"smsbridge/modem/simulator"
	"smsbridge/modem/usb"
)

// placesFound are where a finder finds modems at first.
func placesFound(t *testing.T, f finder) (found []string) {
	t.Helper()
	ctx := t.Context()
	first := make(chan []gateway.Device, 1)
	go f.find(ctx, func(all []gateway.Device) {
		select {
		case first <- all:
		default:
		}
	})
	for _, d := range <-first {
		found = append(found, d.Place)
	}
	return found
}

// A port of the board is asked where that was allowed, and only if it is
// neither the console nor named by a person.
func TestFinder_board(t *testing.T) {
	const stick, hat = "1-1.4", "platform/soc/fe201000.serial"
	w := newWard(t, simulator.ModemOptions{Family: "sim800"})
	if err := w.tree.Solder(w.m, "ttyAMA0"); err != nil {
		t.Fatal(err)
	}
	w.m = w.network.AddModem(simulator.ModemOptions{Family: "quectel-ec25"})
	w.plug()
	fs := usb.FS{Root: w.tree.Root}
	dev := func(name string) string { return filepath.Join(w.tree.Root, "dev", name) }
	if err := os.Symlink(dev("ttyAMA0"), dev("serial0")); err != nil {
		t.Fatal(err)
	}
	console := filepath.Join(w.tree.Root, "sys/class/tty/console")
	if err := os.MkdirAll(console, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, console string
		f             finder
		want          []string
	}{
		{"not asked for", "tty1", finder{fs: fs}, []string{stick}},
		{"asked for", "tty1", finder{fs: fs, serial: true}, []string{stick, hat}},
		{"the console", "tty1 ttyAMA0", finder{fs: fs, serial: true}, []string{stick}},
		{"named by a link", "tty1", finder{fs: fs, serial: true, named: []string{dev("serial0")}}, []string{stick}},
		{"a stick that was named", "tty1", finder{fs: fs, named: []string{dev("ttyUSB2")}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(console, "active"), []byte(c.console+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			got := placesFound(t, c.f)
			if len(got) != len(c.want) {
				t.Fatalf("%q, want %q", got, c.want)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%q, want %q", got, c.want)
				}
			}
		})
	}
}
