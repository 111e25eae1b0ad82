package usb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"smsbridge/modem/profile"
)

// Stick is a modem that still shows its drivers, as a CD-ROM or a card reader,
// and has no serial port. usb_modeswitch knows how to turn it over.
type Stick struct {
	Device string // the bus path: "1-1.4"
	ID     profile.ID
	Title  string
}

// Storage lists the known sticks that are in storage mode, by bus path. Each
// stick is for some seconds after it was plugged in.
func (fs FS) Storage() []Stick {
	_, withPorts, _ := fs.sweep()
	home := fs.path("sys/bus/usb/devices")
	links, _ := os.ReadDir(home)
	var sticks []Stick
	for _, link := range links {
		if strings.Contains(link.Name(), ":") {
			continue // an interface
		}
		target, err := os.Readlink(filepath.Join(home, link.Name()))
		if err != nil {
			continue
		}
		dir := filepath.Join(home, target)
		if withPorts[dir] != nil {
			continue
		}
		d := device(dir)
		if d == nil {
			continue
		}
		if title, ok := profile.Storage(d.ID); ok {
			sticks = append(sticks, Stick{d.Name, d.ID, title})
		}
	}
	slices.SortFunc(sticks, func(a, b Stick) int { return natural(a.Device, b.Device) })
	return sticks
}
