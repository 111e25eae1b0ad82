package usb

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/modem/profile"
)

// watched is a Watch over a tree in a bubble of its own time.
type watched struct {
	tree
	events chan Uevent
	failed error

	mu       sync.Mutex // guards what found was called with
	pictures []string
	last     []Device
}

var errEnough = errors.New("enough")

// watching runs Watch around the story that use tells.
func watching(t *testing.T, before func(tree), use func(*watched)) {
	synctest.Test(t, func(t *testing.T) {
		w := &watched{tree: newTree(t), events: make(chan Uevent)}
		if before != nil {
			before(w.tree)
		}
		ctx, stop := context.WithCancelCause(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			w.failed = Watch(ctx, w.FS, WatchOptions{Events: w.events}, func(devices []Device) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.pictures = append(w.pictures, show(devices))
				w.last = devices
			})
		}()
		synctest.Wait()
		use(w)
		stop(errEnough)
		<-ended
		if !errors.Is(w.failed, errEnough) {
			t.Errorf("Watch ended with %v", w.failed)
		}
	})
}

// say rings and lets it settle.
func (w *watched) say() {
	w.events <- Uevent{Action: "change", Subsystem: "tty"}
	pass(settleQuiet + time.Millisecond)
}

func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// told checks what was told since the last time; "" stands for no devices.
func (w *watched) told(want ...string) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if got := strings.Join(w.pictures, " / "); got != strings.Join(want, " / ") || len(w.pictures) != len(want) {
		w.Errorf("told %q, want %q", w.pictures, want)
	}
	w.pictures = nil
}

func (w *watched) picture() []Device {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.last
}

// calls is how often something was told since the last time it was checked.
func (w *watched) calls() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.pictures)
}

const whole = "1-1.4 ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3"

func TestWatch(t *testing.T) {
	s := ec25("1-1.4")
	watching(t, nil, func(w *watched) {
		w.told("") // nothing yet, and that is told
		w.plug(s)
		w.say()
		w.told(whole)
		w.say() // a bell without a change
		pass(time.Minute)
		w.told()
		w.unplug(s)
		w.say()
		w.told("")
		s = s.onTTYs(7)
		s.address++
		w.plug(s)
		w.say()
		w.told("1-1.4 ttyUSB7 ttyUSB8 ttyUSB9 ttyUSB10")
		if c := Candidates(w.picture()[0]); names(c) != "ttyUSB9 ttyUSB10" || c[0].Place != "1-1.4:1.2" {
			t.Errorf("under other names the modem is opened at %+v", c)
		}
	})
}

// Where no uevents arrive the sweep finds it, two seconds later at most.
func TestWatch_without_uevents(t *testing.T) {
	for _, closed := range []bool{false, true} {
		watching(t, nil, func(w *watched) {
			if closed {
				close(w.events)
				pass(time.Second)
			}
			w.told("")
			w.plug(ec25("1-1.4"))
			pass(sweepEvery)
			w.told(whole)
			w.unplug(ec25("1-1.4"))
			pass(sweepEvery)
			w.told("")
		})
	}
}

// A stick that was pulled and is back under the same names is told once more:
// whoever had its port open has a dead one.
func TestWatch_back_under_the_same_names(t *testing.T) {
	s := ec25("1-1.4")
	watching(t, func(tr tree) { tr.plug(s) }, func(w *watched) {
		w.told(whole)
		w.unplug(s)
		s.address++
		w.plug(s)
		w.say()
		w.told(whole)

		w.unplug(s)
		s.address++
		w.plug(s)
		w.remove("dev/ttyUSB2")
		w.say()
		w.told("") // it is not the one that was told, and has to be waited for
		w.write("dev/ttyUSB2", "")
		pass(nodeEvery)
		w.told(whole)
	})
}

// The node comes after the kernel's word, and the modem is not told of before.
// One that is here already stays.
func TestWatch_late_node(t *testing.T) {
	s := ec25("1-1.4")
	watching(t, func(tr tree) { tr.plug(ec25("1-1.3").onTTYs(4)) }, func(w *watched) {
		w.told("1-1.3 ttyUSB4 ttyUSB5 ttyUSB6 ttyUSB7")
		w.plug(s)
		w.remove("dev/ttyUSB2")
		w.say()
		pass(time.Second)
		w.told()
		w.write("dev/ttyUSB2", "")
		pass(nodeEvery)
		w.told("1-1.3 ttyUSB4 ttyUSB5 ttyUSB6 ttyUSB7; " + whole)
	})
}

// A node that does not come in three seconds is told of all the same, for the
// error that opening it gives; and once more if it comes at last.
func TestWatch_node_that_does_not_come(t *testing.T) {
	watching(t, nil, func(w *watched) {
		w.told("")
		w.plug(ec25("1-1.4"))
		w.remove("dev/ttyUSB2")
		w.say()
		pass(nodePatience - 100*time.Millisecond)
		w.told()
		pass(200 * time.Millisecond)
		w.told(whole)
		pass(time.Minute)
		w.told()
		w.write("dev/ttyUSB2", "")
		pass(sweepEvery)
		w.told(whole)
	})
}

// A node that is taken away from under a modem that was told is no unplugging.
func TestWatch_node_taken_away(t *testing.T) {
	watching(t, func(tr tree) { tr.plug(ec25("1-1.4")) }, func(w *watched) {
		w.told(whole)
		w.remove("dev/ttyUSB2")
		w.say()
		w.told(whole)
	})
}

// A port that comes after its brothers joins them; it does not take them away.
func TestWatch_late_port(t *testing.T) {
	s := ec25("1-1.4")
	last := s.ports[3]
	s.ports = s.ports[:3]
	watching(t, func(tr tree) { tr.plug(s) }, func(w *watched) {
		w.told("1-1.4 ttyUSB0 ttyUSB1 ttyUSB2")
		w.plugPort(s, last)
		w.remove("dev/ttyUSB3")
		w.say()
		w.told()
		w.write("dev/ttyUSB3", "")
		pass(nodeEvery)
		w.told(whole)
	})
}

// A stick that comes as a CD-ROM is no modem yet, and is one after its switch.
func TestWatch_storage_first(t *testing.T) {
	disk := stick{at: "1-1.4", address: 5, id: profile.ID{Vendor: 0x12d1, Product: 0x1446}, ports: []made{{0, 8, 6, 0x50, ""}}}
	watching(t, nil, func(w *watched) {
		w.told("")
		w.plug(disk)
		w.say()
		w.told()
		if s := w.Storage(); len(s) != 1 || s[0].Device != "1-1.4" || s[0].ID != disk.id || s[0].Title == "" {
			t.Errorf("in storage mode are %+v", s)
		}
		w.unplug(disk)
		w.say()
		w.plug(stick{at: "1-1.4", address: 6, id: profile.ID{Vendor: 0x12d1, Product: 0x1001}, ports: []made{
			{0, 0xff, 0xff, 0xff, "ttyUSB0"}, {1, 0xff, 0xff, 0xff, "ttyUSB1"}, {2, 0xff, 0xff, 0xff, "ttyUSB2"},
		}})
		w.say()
		w.told("1-1.4 ttyUSB0 ttyUSB1 ttyUSB2")
		if s := w.Storage(); len(s) != 0 {
			t.Errorf("still in storage mode: %+v", s)
		}
	})
}

// A flood is looked at ten times a second, however fast it comes. Each look in
// it sees a change here, so that the calls count the looks.
func TestWatch_flood(t *testing.T) {
	s := ec25("1-1.4")
	watching(t, func(tr tree) { tr.plug(s) }, func(w *watched) {
		w.told(whole)
		home := "sys/devices/" + s.way()
		for i := range 1000 {
			w.write(home+"/devnum", string(rune('1'+i%9)))
			w.events <- Uevent{}
			time.Sleep(5 * time.Millisecond)
		}
		if n := w.calls(); n < 20 || n > 60 {
			t.Errorf("5 s of a flood were looked at %d times", n)
		}
	})
}

func TestWatch_without_sysfs(t *testing.T) {
	err := Watch(t.Context(), FS{Root: t.TempDir()}, WatchOptions{}, func([]Device) { t.Error("something was found") })
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// Two hundred changes, each under another number, leave nothing behind. That no
// goroutine stays is the bubble's to say.
func TestWatch_two_hundred_changes(t *testing.T) {
	before := descriptors(t)
	watching(t, nil, func(w *watched) {
		w.told("")
		for i := range 100 {
			s := ec25("1-1.4").onTTYs(i * 4)
			s.address = i + 2
			w.plug(s)
			w.say()
			if last := w.picture(); len(last) != 1 || names(Candidates(last[0])) != s.ports[2].tty+" "+s.ports[3].tty {
				t.Fatalf("change %d: %s", i, show(last))
			}
			w.unplug(s)
			w.say()
		}
		if n := w.calls(); n != 200 {
			t.Errorf("200 changes were told in %d calls", n)
		}
	})
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors became %d", before, after)
	}
}

// The same with the kernel's own socket: 200 watches, and none of them stays.
func TestWatch_two_hundred_watches(t *testing.T) {
	tr := newTree(t)
	watch := func() {
		ctx, stop := context.WithCancelCause(t.Context())
		if err := Watch(ctx, tr.FS, WatchOptions{}, func([]Device) { stop(errEnough) }); !errors.Is(err, errEnough) {
			t.Fatal(err)
		}
	}
	watch()
	before := descriptors(t)
	for range 200 {
		watch()
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors became %d", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("no /proc here: ", err)
	}
	return len(open)
}
