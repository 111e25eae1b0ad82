package usb

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"time"
)

const (
	sweepEvery   = 2 * time.Second        // where no uevents arrive, as in a container
	settleQuiet  = 25 * time.Millisecond  // a stick's ports come and go within a few milliseconds of each other
	settleMost   = 100 * time.Millisecond // however loud it is, it is looked at ten times a second
	nodeEvery    = 50 * time.Millisecond
	nodePatience = 3 * time.Second // for udev to make a node and to give it to its group; on a busy Pi it takes long
)

// WatchOptions are the settings of Watch.
type WatchOptions struct {
	Events <-chan Uevent // what tells of changes; default the kernel's uevents, if they can be heard
	Every  time.Duration // between sweeps that nobody asked for; default 2 s
}

// Watch calls found with the devices that have serial ports, once at the start
// and then whenever they change, until ctx is done; found gets the whole picture
// each time, which it may keep and may not alter. It is called by the goroutine
// that called Watch, one call at a time; what happens during a call is seen after
// it.
//
// A port that has just appeared is told when its node may be used, or after
// three seconds if it may not: the kernel's word is out before udev has given
// the node to its group. When such a node becomes usable at last, found is
// called again.
//
// Its error is the cause of ctx's end, or that there is no sysfs here.
func Watch(ctx context.Context, fs FS, o WatchOptions, found func([]Device)) error {
	if o.Every == 0 {
		o.Every = sweepEvery
	}
	if o.Events == nil {
		if e, err := openUevents(); err == nil {
			defer e.Close()
			o.Events = e.C
		}
	}
	w := watcher{fs: fs, since: make(map[Port]time.Time)}
	next, err := w.look()
	if err != nil {
		return err
	}
	for {
		if w.changed(next) {
			w.told = next
			found(next.devices)
		}
		if err := w.wait(ctx, &o); err != nil {
			return err
		}
		if p, err := w.look(); err == nil {
			next = p
		}
	}
}

// picture is what is told.
type picture struct {
	devices []Device
	unready map[string]bool // the ports among them that may not be used, by name
}

// watcher belongs to the goroutine of Watch.
type watcher struct {
	fs      FS
	told    *picture           // nil before the first time
	since   map[Port]time.Time // when a port was first seen that may not be used (yet)
	waiting bool               // for one of them
}

func (w *watcher) changed(p *picture) bool {
	return w.told == nil || !reflect.DeepEqual(w.told.devices, p.devices) || !maps.Equal(w.told.unready, p.unready)
}

// look sweeps, and leaves out what has to be waited for: a new device as a
// whole, so that nobody takes its second port because the first came later; of
// a device that was told before only the port that is new. A port that was told
// stays until sysfs has it no more, whatever becomes of its node.
func (w *watcher) look() (*picture, error) {
	devices, err := w.fs.Devices()
	if err != nil {
		return nil, err
	}
	now := time.Now()
	since := make(map[Port]time.Time)
	p := &picture{unready: make(map[string]bool)}
	w.waiting = false
	for _, d := range devices {
		var ports []Port
		for _, port := range d.Ports {
			if usable(port.Path) {
				ports = append(ports, port)
				continue
			}
			first, seen := w.since[port]
			if !seen {
				first = now
			}
			since[port] = first
			if w.told.has(d, port) || now.Sub(first) >= nodePatience {
				ports = append(ports, port)
				p.unready[port.Name] = true
			}
		}
		whole := len(ports) == len(d.Ports)
		w.waiting = w.waiting || !whole
		if whole || slices.ContainsFunc(ports, func(port Port) bool { return w.told.has(d, port) }) {
			d.Ports = ports
			p.devices = append(p.devices, d)
		}
	}
	w.since = since
	return p, nil
}

// has reports whether the port is in the picture, since the same plugging in.
func (p *picture) has(d Device, port Port) bool {
	return p != nil && slices.ContainsFunc(p.devices, func(t Device) bool {
		return t.Name == d.Name && t.Address == d.Address && slices.Contains(t.Ports, port)
	})
}

// wait returns when it is time to look again.
func (w *watcher) wait(ctx context.Context, o *WatchOptions) error {
	every := o.Every
	if w.waiting {
		every = min(every, nodeEvery)
	}
	sweep := time.NewTimer(every)
	defer sweep.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-sweep.C:
		return nil
	case _, open := <-o.Events:
		if !open {
			o.Events = nil // the sweep has to do
			return nil
		}
		return settle(ctx, o.Events)
	}
}

// settle lets what belongs together happen, so that one look sees it all and a
// flood of uevents does not become a flood of looks.
func settle(ctx context.Context, events <-chan Uevent) error {
	most := time.NewTimer(settleMost)
	defer most.Stop()
	quiet := time.NewTimer(settleQuiet)
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-most.C:
			return nil
		case <-quiet.C:
			return nil
		case <-events:
			quiet.Reset(settleQuiet)
		}
	}
}
