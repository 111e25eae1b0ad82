package usb

import (
	"os"
	"slices"
	"strings"
)

// Console reports whether the kernel writes its messages to the port, which is
// then no modem's: Documentation/ABI/testing/sysfs-tty, console/active.
func (fs FS) Console(name string) bool {
	active, _ := os.ReadFile(fs.path("sys/class/tty/console/active"))
	return slices.Contains(strings.Fields(string(active)), name)
}
