//go:build !linux

package simulator

import "errors"

// tty needs inotify and Linux's pseudo terminals.
type tty struct {
	link string
	done chan struct{}
}

var errNoTTY = errors.New("a modem can be served on a tty on Linux only; use Open")

// ServePTY returns an error on this system.
func (m *Modem) ServePTY(string) (string, error) { return "", errNoTTY }

func openTTY(*Modem, string, func() (*port, error)) (*tty, error) { return nil, errNoTTY }

func (*tty) hang()         {}
func (*tty) ended() bool   { return true }
func (*tty) title() string { return "" }
