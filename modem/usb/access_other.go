//go:build !unix

package usb

import "os"

// Access looks at a node without opening it. Groups are a thing of Unix.
func (FS) Access(path string) Access {
	info, err := os.Stat(path)
	if err != nil {
		return Access{Path: path}
	}
	return Access{Path: path, Exists: true, Mode: info.Mode(), Read: true, Write: true}
}
