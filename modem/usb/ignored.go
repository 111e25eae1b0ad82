package usb

import (
	"bufio"
	"bytes"
	"os"
	"strings"
)

// Ignored reports whether udev marks the device so that ModemManager leaves it
// alone, as [Rules] has it: the whole device, or each of its ports. It is not
// known where udev keeps no record of the device.
func (fs FS) Ignored(d Device) (ignored, known bool) {
	mark, known := fs.mark(fs.path("sys/bus/usb/devices", d.Name), "ID_MM_DEVICE_IGNORE")
	if mark {
		return true, true
	}
	ports := 0
	for _, p := range d.Ports {
		mark, recorded := fs.mark(fs.path("sys/class/tty", p.Name), "ID_MM_DEVICE_IGNORE", "ID_MM_PORT_IGNORE")
		known = known || recorded
		if mark {
			ports++
		}
	}
	return ports > 0 && ports == len(d.Ports), known
}

// mark looks for a property set to 1 in udev's record of a device node, a file
// named by the device number: run/udev/data/c188:0.
func (fs FS) mark(dir string, names ...string) (marked, known bool) {
	number, ok := attribute(dir, "dev")
	if !ok {
		return false, false
	}
	record, err := os.ReadFile(fs.path("run/udev/data", "c"+number))
	if err != nil {
		return false, false
	}
	for lines := bufio.NewScanner(bytes.NewReader(record)); lines.Scan(); {
		property, ok := strings.CutPrefix(lines.Text(), "E:")
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(property, "=")
		for _, n := range names {
			if name == n && value == "1" {
				return true, true
			}
		}
	}
	return false, true
}
