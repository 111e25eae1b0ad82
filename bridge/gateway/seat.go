package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"smsbridge/modem/profile"
	"smsbridge/storage"
)

// Device is one thing that may be a modem: the ports that may speak AT, the
// likeliest first, and where it is plugged in.
type Device struct {
	Place string // such as the path of a USB socket; empty: a port that was named
	Ports []Port
	ID    profile.ID // of its kind; zero: not known
	Known bool       // it is a modem by what is known of its kind, not only by its look

	// Power takes the device's power and gives it back; nil: that is not allowed.
	Power func(ctx context.Context) error
}

// Finder looks for modems until ctx ends. It calls found with all there are, at
// first and after each change, and each time from the same goroutine.
type Finder func(ctx context.Context, found func([]Device)) error

// seat is the place of one modem: what is told of it, and which of its ports
// answered last.
type seat struct {
	device Device
	prefer int // of device.Ports

	// Guarded by Gateway.mu.
	modem storage.Modem
	said  func() int64 // the commands of the open modem; nil: none is open
	tried bool
	ended error // why it has no session now; nil: nothing is wrong

	// Of the goroutine that finds.
	leave context.CancelCauseFunc
	left  chan struct{} // closed when its loop has ended; nil: it never had one
}

// errGone ends the session of a device that is plugged in no more.
var errGone = fmt.Errorf("the modem was unplugged: %w", fs.ErrNotExist)

func newSeat(d Device) *seat {
	s := &seat{device: d}
	s.modem = storage.Modem{Port: s.name(), Place: d.Place, State: opening, Since: storage.Now()}
	return s
}

// name is the port that people see.
func (s *seat) name() string {
	if len(s.device.Ports) == 0 {
		return s.device.Place
	}
	return s.device.Ports[s.prefer%len(s.device.Ports)].Name
}

// fixed is the seats of the ports that were named.
func (g *Gateway) fixed() []*seat {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(g.seats), func(s *seat) bool { return s.device.Place != "" })
}

// occupy runs the loop of a seat.
func (g *Gateway) occupy(ctx context.Context, s *seat) {
	l := &line{g: g, seat: s, log: g.log.With("port", s.name()), bell: make(bell, 1)}
	l.run(ctx)
}

// findAgain is how long a finder that has failed rests.
const findAgain = 2 * time.Second

// hall is the seats of what was found, by place, and their loops.
type hall struct {
	g     *Gateway
	taken map[string]*seat
	loops sync.WaitGroup
}

// find keeps a loop running for each device that is plugged in.
func (g *Gateway) find(ctx context.Context) {
	h := &hall{g: g, taken: make(map[string]*seat)}
	defer h.loops.Wait()
	var said string
	for ctx.Err() == nil {
		err := g.options.Find(ctx, func(found []Device) { h.present(ctx, found) })
		if ctx.Err() != nil {
			return
		}
		if words := fmt.Sprintf("modems cannot be looked for: %v", err); words != said {
			said = words
			g.note(ctx, storage.Note{Step: "find", Level: storage.Warn, Words: words})
		}
		h.present(ctx, nil)
		select {
		case <-time.After(findAgain):
		case <-ctx.Done():
		}
	}
}

// present compares what is plugged in with what was, and starts and ends loops.
func (h *hall) present(ctx context.Context, found []Device) {
	g := h.g
	for place, s := range h.taken {
		if !slices.ContainsFunc(found, func(d Device) bool { return d.Place == place && samePorts(d, s.device) }) {
			s.leave(errGone)
			g.set(s, func(m *storage.Modem) { m.State, m.Reason, m.Line = absent, errGone.Error(), "" })
			delete(h.taken, place)
		}
	}
	for _, d := range found {
		if h.taken[d.Place] == nil {
			h.taken[d.Place] = g.seatOf(d)
			h.sit(ctx, h.taken[d.Place])
		}
	}
	g.mu.Lock()
	g.looking = false
	g.settle()
	g.mu.Unlock()
}

func samePorts(a, b Device) bool {
	return slices.EqualFunc(a.Ports, b.Ports, func(a, b Port) bool { return a.Name == b.Name })
}

// seatOf is the seat at the device's place, or a new one. The port that
// answered there last is asked first.
func (g *Gateway) seatOf(d Device) *seat {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := newSeat(d)
	for i, before := range g.seats {
		if before.device.Place != d.Place {
			continue
		}
		if len(before.device.Ports) == len(d.Ports) {
			s.prefer = before.prefer
		}
		s.modem.Port, s.left, g.seats[i] = s.name(), before.left, s
		return s
	}
	g.seats = append(g.seats, s)
	return s
}

// sit starts the loop of a found device, after that of the one before it at
// the same place has ended.
func (h *hall) sit(ctx context.Context, s *seat) {
	before := s.left
	ctx, s.leave = context.WithCancelCause(ctx)
	s.left = make(chan struct{})
	done, stop := s.left, s.leave
	h.loops.Go(func() {
		defer close(done)
		defer stop(nil)
		if before != nil {
			<-before
		}
		h.g.occupy(ctx, s)
	})
}

// Modems lists the ports and what is plugged into them.
func (g *Gateway) Modems() []storage.Modem {
	g.mu.Lock()
	defer g.mu.Unlock()
	modems := make([]storage.Modem, len(g.seats))
	for i, s := range g.seats {
		modems[i] = s.modem
		if s.said != nil {
			modems[i].Commands = s.said()
		}
	}
	return modems
}

// set changes what is told of a seat.
func (g *Gateway) set(s *seat, change func(*storage.Modem)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := s.modem.State
	change(&s.modem)
	if s.modem.State != before {
		s.modem.Since = storage.Now()
	}
	if s.modem.State != ready {
		s.said = nil
	} else {
		g.forget(s)
	}
	if s.modem.State != opening {
		s.tried = true
		g.settle()
	}
}

// forget drops the empty places where the modem at s was before.
func (g *Gateway) forget(s *seat) {
	g.seats = slices.DeleteFunc(g.seats, func(other *seat) bool {
		return other != s && other.device.Place != "" && other.modem.State == absent &&
			other.modem.IMEI != "" && other.modem.IMEI == s.modem.IMEI
	})
}

// settle closes settled when there is nothing left to try.
func (g *Gateway) settle() {
	untried := slices.ContainsFunc(g.seats, func(s *seat) bool { return !s.tried })
	if !g.calm && !g.looking && !untried {
		g.calm = true
		close(g.settled)
	}
}

// left tells that the end of ctx means that the device is plugged in no more.
func left(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errGone) }
