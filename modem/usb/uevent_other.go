//go:build !linux

package usb

import "errors"

// uevents are a thing of Linux; elsewhere the sweep has to do.
type uevents struct{ C chan Uevent }

func openUevents() (*uevents, error) { return nil, errors.ErrUnsupported }

func (*uevents) Close() error { return nil }
