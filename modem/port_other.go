//go:build !linux

package modem

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// holdPort has no lock to offer here; the serial library asks for exclusive use.
func holdPort(name string) (io.Closer, error) {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, &PortError{name, "does not exist", "is the modem plugged in and switched on?", err}
	}
	return io.NopCloser(nil), nil
}

func portBusy(name string) error {
	return &PortError{name, "is in use by another program", "stop it, or have it leave this port alone", ErrPortBusy}
}

func keepFromChildren(string) {}
