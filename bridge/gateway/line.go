package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"syscall"
	"time"

	"smsbridge/modem"
	"smsbridge/storage"
)

// Waits between one session of a port and the next. A session that found its
// line starts again at the first.
var backoff = []time.Duration{250 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}

// Limits of a loop.
const (
	handful = 32                    // indications that one commit keeps while the line is busy
	handed  = 20 * time.Millisecond // how long one of them may wait for the others
	finish  = 10 * time.Second      // for the command in hand when smsbridge stops
	storm   = 8                     // notices at once above which a list is quicker than reading each
	relapse = 30 * time.Second      // how long a line rests when SIM or network refuse everything
)

var (
	errRestarted = errors.New("the modem started again by itself")
	errStopped   = fmt.Errorf("smsbridge is not running: %w", fs.ErrNotExist)
)

// line is the loop of one port. Everything in it belongs to that loop.
type line struct {
	g    *Gateway
	n    int
	port Port
	log  *slog.Logger
	bell bell

	m      *modem.Modem
	id     string
	status storage.LineStatus

	sweep bool            // the memories must be read
	rest  time.Time       // nothing is sent before
	doubt *storage.Change // the part whose answer may come late

	concluding <-chan error   // the commit of the part before, under way
	handed     []storage.Kept // PDUs that came inside indications, in no memory, to be kept

	codedOf string // the message whose PDUs stand in coded, by part
	coded   map[int]coded
}

// run opens the port again and again until ctx ends.
func (l *line) run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		found, err := l.session(ctx)
		if ctx.Err() != nil {
			return
		}
		if found {
			failures = 0
		}
		wait := backoff[min(failures, len(backoff)-1)]
		if errors.Is(err, errRestarted) {
			wait = 0
		}
		failures++
		l.log.Warn("the line is down", "err", err, "again_in", wait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// session is one opening of the port, from its first byte to its last. It tells
// whether it found a line.
func (l *line) session(ctx context.Context) (found bool, err error) {
	l.g.set(l.n, func(m *storage.Modem) {
		*m = storage.Modem{Port: l.port.Name, State: opening, Reason: m.Reason, Since: m.Since}
	})
	if err := l.open(ctx); err != nil {
		l.down(ctx, err)
		return false, err
	}
	defer l.m.Close()
	if err := l.attach(ctx); err != nil {
		l.down(ctx, err)
		return false, err
	}
	defer l.g.release(l.id)
	if err := l.begin(ctx); err != nil {
		l.down(ctx, err)
		return false, err
	}
	err = l.loop(ctx)
	l.leave(context.WithoutCancel(ctx))
	if ctx.Err() != nil {
		err = errStopped
	}
	l.down(context.WithoutCancel(ctx), err)
	return true, err
}

func (l *line) open(ctx context.Context) error {
	port, err := l.port.Open(ctx)
	if err != nil {
		return err
	}
	l.m, err = modem.Open(ctx, port, modem.Options{PIN: l.port.PIN, Log: l.log, Result: l.g.options.Result, Late: l.g.options.Late})
	return err
}

// attach finds the line that the SIM is, and claims it for this port.
func (l *line) attach(ctx context.Context) error {
	who := l.m.Identity()
	kept, err := l.g.store.Attach(ctx, storage.Facts{
		Port: l.port.Name, Number: who.Number, ICCID: who.ICCID, IMSI: who.IMSI, IMEI: who.IMEI,
		Manufacturer: who.Manufacturer, Model: who.Model, Revision: who.Revision,
	})
	if err != nil {
		return err
	}
	if holder, ok := l.g.claim(l, kept.ID); !ok {
		return fmt.Errorf("the SIM at this port is the one that is open at %s already: two ports of one modem; name only one of them", holder)
	}
	l.id, l.sweep, l.rest, l.doubt = kept.ID, true, time.Time{}, nil
	l.log = l.g.log.With("port", l.port.Name, "line", l.id)
	return nil
}

// begin files what an earlier session left, and tells desks that the line is
// here.
func (l *line) begin(ctx context.Context) error {
	if err := l.resume(ctx); err != nil {
		return err
	}
	if err := l.look(ctx); err != nil {
		return err
	}
	who := l.m.Identity()
	l.g.set(l.n, func(m *storage.Modem) {
		m.State, m.Reason, m.Line, m.Number = ready, "", l.id, who.Number
		m.Manufacturer, m.Model, m.Revision, m.IMEI, m.ICCID = who.Manufacturer, who.Model, who.Revision, who.IMEI, who.ICCID
		l.g.said[l.n] = l.m.Commands
	})
	return nil
}

// down tells why the port has no session.
func (l *line) down(ctx context.Context, err error) {
	state, lineState := failed, storage.LineFailed
	if gone(err) {
		state, lineState = absent, storage.LineAbsent
	}
	l.g.set(l.n, func(m *storage.Modem) { m.State, m.Reason = state, err.Error() })
	if l.id == "" {
		return
	}
	l.status = storage.LineStatus{State: lineState, Reason: err.Error()}
	if err := l.g.store.SetLine(ctx, l.id, l.status); err != nil {
		l.log.Error("line state", "err", err)
	}
}

// look asks the modem how it stands with the network and writes down a change.
func (l *line) look(ctx context.Context) error {
	s, err := l.m.Status(ctx)
	if err != nil {
		return err
	}
	status := storage.LineStatus{
		State: storage.LineReady, Operator: s.Operator, Registration: s.Registration.String(), Signal: s.Signal,
	}
	if !s.Registration.Registered() {
		status.State = storage.LineNotRegistered
		status.Reason = "the network has not taken the SIM (" + status.Registration + "); check antenna, cover and contract"
	}
	if bars(status.Signal) == bars(l.status.Signal) && l.status.State == status.State {
		status.Signal = l.status.Signal // a trembling needle is no news
	}
	if status == l.status {
		return nil
	}
	l.status = status
	l.log.Info("line", "state", status.State, "registration", status.Registration, "signal_dbm", status.Signal)
	return l.g.store.SetLine(ctx, l.id, status)
}

// lost waits for the end of the session that has begun, and tells its cause.
func (l *line) lost() error {
	<-l.m.Lost()
	return l.m.Err()
}

// gone tells whether an error says that nothing is plugged in.
func gone(err error) bool {
	for _, e := range []error{fs.ErrNotExist, syscall.ENODEV, syscall.ENXIO, modem.ErrUnplugged} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// bars is the signal in the five steps that people know.
func bars(dbm int) int {
	if dbm == 0 {
		return 0
	}
	return max(0, min(4, (dbm+113)/10))
}

// loop is the life of an open line: take in, send one part, sleep.
func (l *line) loop(ctx context.Context) error {
	tick := time.NewTicker(l.g.options.Sweep)
	defer tick.Stop()
	for {
		if err := l.takeIn(ctx); err != nil {
			return err
		}
		sent, wait, err := l.sendNext(ctx)
		if err != nil {
			return err
		}
		if sent {
			continue
		}
		if err := l.concluded(); err != nil {
			return err
		}
		if err := l.keepHanded(ctx); err != nil {
			return err
		}
		var later <-chan time.Time
		if !wait.IsZero() {
			later = time.After(time.Until(wait))
		}
		select {
		case e, ok := <-l.m.Events():
			if !ok {
				return l.lost()
			}
			if err := l.hear(ctx, e); err != nil {
				return err
			}
		case <-l.bell:
		case <-later:
		case <-tick.C:
			l.sweep = true
			if err := l.look(ctx); err != nil {
				return err
			}
		case <-l.m.Lost():
			return l.lost()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
