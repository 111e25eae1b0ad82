//go:build unix

package usb

import "golang.org/x/sys/unix"

// usable reports whether this process may read and write the node.
func usable(path string) bool { return may(path, unix.R_OK|unix.W_OK) }

// may asks with the rights the process has now, not with those of whom started it.
func may(path string, mode uint32) bool {
	return unix.Faccessat(unix.AT_FDCWD, path, mode, unix.AT_EACCESS) == nil
}
