package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"smsbridge/bridge/gateway"
	"smsbridge/modem"
	"smsbridge/modem/usb"
)

// finder looks for USB modems on the machine that fs shows.
type finder struct {
	fs    usb.FS
	watch usb.WatchOptions
	pin   string
	power bool // a modem that stays silent may be switched off and on
}

// find is a gateway.Finder: what is plugged in, with the ports that may speak AT.
// What has none, such as a stick that still is a CD-ROM, is no modem yet.
func (f finder) find(ctx context.Context, found func([]gateway.Device)) error {
	return usb.Watch(ctx, f.fs, f.watch, func(all []usb.Device) {
		var devices []gateway.Device
		for _, d := range all {
			if g := f.device(d); len(g.Ports) > 0 {
				devices = append(devices, g)
			}
		}
		found(devices)
	})
}

func (f finder) device(d usb.Device) gateway.Device {
	g := gateway.Device{Place: d.Name, ID: d.ID}
	for _, p := range usb.Candidates(d) {
		g.Known = g.Known || p.Known
		g.Ports = append(g.Ports, gateway.Port{Name: p.Path, PIN: f.pin, Open: func(context.Context) (io.ReadWriteCloser, error) {
			return modem.OpenPort(p.Path, modem.PortOptions{})
		}})
	}
	if f.power {
		g.Power = func(ctx context.Context) error { return f.cut(ctx, d.Name) }
	}
	return g
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
