//go:build !unix

package usb

import "os"

func usable(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
