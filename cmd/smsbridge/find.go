package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"smsbridge/bridge/gateway"
	"smsbridge/modem"
	"smsbridge/modem/usb"
)

// finder looks for modems on the machine that fs shows: on USB, and on the
// ports of the board if that is allowed.
type finder struct {
	fs     usb.FS
	watch  usb.WatchOptions
	pin    string
	power  bool     // a modem that stays silent may be switched off and on
	serial bool     // the board's own ports are asked as well
	named  []string // ports that a person has named, which are looked after already
}

// find is a gateway.Finder: what is plugged in, with the ports that may speak AT.
// What has none, such as a stick that still is a CD-ROM, is no modem yet.
func (f finder) find(ctx context.Context, found func([]gateway.Device)) error {
	return usb.Watch(ctx, f.fs, f.watch, func(all []usb.Device) {
		var devices []gateway.Device
		for _, d := range all {
			if g := f.device(d); len(g.Ports) > 0 && !slices.ContainsFunc(g.Ports, f.isNamed) {
				devices = append(devices, g)
			}
		}
		found(append(devices, f.board()...))
	})
}

func (f finder) device(d usb.Device) gateway.Device {
	g := gateway.Device{Place: d.Name, ID: d.ID}
	for _, p := range usb.Candidates(d) {
		g.Known = g.Known || p.Known
		g.Ports = append(g.Ports, f.port(p))
	}
	if f.power {
		g.Power = func(ctx context.Context) error { return f.cut(ctx, d.Name) }
	}
	return g
}

func (f finder) port(p usb.Port) gateway.Port {
	return gateway.Port{Name: p.Path, PIN: f.pin, Open: func(context.Context) (io.ReadWriteCloser, error) {
		return modem.OpenPort(p.Path, modem.PortOptions{})
	}}
}

// isNamed tells that the port is one of those named, perhaps by another name.
func (f finder) isNamed(p gateway.Port) bool {
	node, err := filepath.EvalSymlinks(p.Name)
	return slices.ContainsFunc(f.named, func(name string) bool {
		other, wrong := filepath.EvalSymlinks(name)
		return name == p.Name || err == nil && wrong == nil && node == other
	})
}

// board is the ports that are soldered on, such as a Pi's ttyAMA0 with a HAT on
// it, where it was allowed to ask them: what is behind one may be anything. The
// kernel's console never is one, nor is a port that offers a login.
func (f finder) board() []gateway.Device {
	if !f.serial {
		return nil
	}
	ports, err := f.fs.Ports()
	if err != nil {
		return nil
	}
	var devices []gateway.Device
	for _, p := range ports {
		holder, _ := f.fs.Holder(p.Path)
		d := gateway.Device{Place: p.Place, Ports: []gateway.Port{f.port(p)}}
		if p.Device == "" && !f.fs.Console(p.Name) && holder.Kind != usb.Getty && !f.isNamed(d.Ports[0]) {
			devices = append(devices, d)
		}
	}
	return devices
}

// dark is how long a device stays without its driver: shorter, and some hubs
// do not notice.
const dark = 2 * time.Second

// cut takes a USB device from the system and gives it back, by the kernel's
// attribute authorized. It needs the right to write that file.
func (f finder) cut(ctx context.Context, name string) error {
	path := filepath.Join("/", f.fs.Root, "sys/bus/usb/devices", name, "authorized")
	if err := os.WriteFile(path, []byte("0"), 0); err != nil {
		return fmt.Errorf("switch off: %w", err)
	}
	select {
	case <-time.After(dark):
	case <-ctx.Done(): // it must not stay off
	}
	if err := os.WriteFile(path, []byte("1"), 0); err != nil {
		return fmt.Errorf("switch on: %w", err)
	}
	return nil
}
