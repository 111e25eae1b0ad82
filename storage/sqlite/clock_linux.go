package sqlite

import (
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// machine asks Linux for CLOCK_BOOTTIME (clock_gettime(2)), which goes on while
// the machine sleeps.
func machine() (boot string, since time.Duration) {
	var t unix.Timespec
	name := bootName()
	if name == "" || unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return process, time.Since(began)
	}
	return name, time.Duration(t.Nano())
}

// bootName is the name of this start of the machine (random(4)).
var bootName = sync.OnceValue(func() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
})
