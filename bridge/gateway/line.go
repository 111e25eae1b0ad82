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

// Limits of a loop.
const (
	handful = 32                    // indications that one commit keeps while the line is busy
	handed  = 20 * time.Millisecond // how long one of them may wait for the others
	finish  = 10 * time.Second      // for the command in hand when smsbridge stops
	listed  = 40 * time.Second      // for a memory to be listed: a modem that falls silent then is acted on within 45 s
	asked   = 5 * time.Second       // for a silent modem to say that it is there
	misses  = 2                     // questions without an answer, then it is mute
	storm   = 8                     // notices at once above which a list is quicker than reading each
	relapse = 30 * time.Second      // how long a line rests when SIM or network refuse everything
)

var (
	errRestarted = errors.New("the modem started again by itself")
	errMute      = errors.New("the modem does not answer any more")
	errNoCard    = errors.New("the SIM was taken out")
	errStopped   = fmt.Errorf("smsbridge is not running: %w", fs.ErrNotExist)
)

// line is the loop of one modem. Everything in it belongs to that loop.
type line struct {
	g    *Gateway
	seat *seat
	log  *slog.Logger
	bell bell

	m      *modem.Modem // the open one, or the one before
	id     string
	status storage.LineStatus

	ladder ladder
	noted  storage.Note
	brim   bool      // a memory was nearly full when it was measured last
	heard  time.Time // when the modem gave the last sign of life
	over   time.Time // until then a late answer to a send may come; a reset would drown it

	sweep bool            // the memories must be read
	rest  time.Time       // nothing is sent before
	doubt *storage.Change // the part whose answer may come late

	concluding <-chan error   // the commit of the part before, under way
	handed     []storage.Kept // PDUs that came inside indications, in no memory, to be kept

	codedOf string // the message whose PDUs stand in coded, by part
	coded   map[int]coded
}

// run opens the modem again and again until ctx ends.
func (l *line) run(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		found, err := l.session(ctx)
		if ctx.Err() != nil {
			return
		}
		l.recover(ctx, ending{err: err, found: found, lasted: time.Since(began)})
	}
}

// session is one opening of the modem, from its first byte to its last. It
// tells whether it found a line.
func (l *line) session(outer context.Context) (found bool, err error) {
	ctx, end := context.WithCancelCause(outer)
	defer end(nil)
	l.g.set(l.seat, func(m *storage.Modem) {
		*m = storage.Modem{Port: l.seat.name(), Place: m.Place, State: opening, Reason: m.Reason, Since: m.Since}
	})
	if err := l.open(ctx); err != nil {
		l.down(ctx, err)
		return false, err
	}
	defer l.m.Close()
	defer context.AfterFunc(ctx, func() {
		if left(ctx) {
			l.m.Close() // ends the command in hand: nobody is there to finish it
		}
	})()
	let, err := l.attach(ctx, end)
	if err != nil {
		l.down(ctx, err)
		return false, err
	}
	defer let()
	if err := l.begin(ctx); err != nil {
		l.down(ctx, err)
		return false, err
	}
	err = l.loop(ctx)
	l.leave(context.WithoutCancel(ctx))
	l.down(ctx, err)
	return true, err
}

// open opens the port that answers. If none does, the error is that of the
// likeliest.
func (l *line) open(ctx context.Context) error {
	var first error
	for i := range l.seat.device.Ports {
		n := (l.seat.prefer + i) % len(l.seat.device.Ports)
		err := l.openPort(ctx, l.seat.device.Ports[n])
		if first == nil || answered(err) {
			first = err
		}
		if answered(err) || ctx.Err() != nil {
			l.g.mu.Lock()
			l.seat.prefer = n
			l.g.mu.Unlock()
			break
		}
	}
	return first
}

func (l *line) openPort(ctx context.Context, p Port) error {
	port, err := p.Open(ctx)
	if err != nil {
		return err
	}
	pin := l.pinOf(p)
	m, err := modem.Open(ctx, port, modem.Options{
		PIN: p.PIN, TryPIN: pin.may, Device: l.seat.device.ID, Form: l.form, Learned: l.learned,
		Log: l.g.log.With("port", p.Name), Transcript: l.g.transcript.of(p.Name), Store: listed, Prompt: l.g.options.Prompt, Result: l.g.options.Result, Late: l.g.options.Late,
	})
	pin.tried(context.WithoutCancel(ctx), err)
	if err == nil {
		l.m = m
	}
	return err
}

// answered tells that a modem has spoken at the port, whatever it said.
func answered(err error) bool {
	for _, e := range []error{modem.ErrSIMAbsent, modem.ErrSIMFailure, modem.ErrSIMBusy, modem.ErrPINRequired, modem.ErrPUKRequired} {
		if errors.Is(err, e) {
			return true
		}
	}
	return err == nil
}

// attach finds the line that the SIM is, after modem and card are claimed for
// this loop. What it returns lets go of all three.
func (l *line) attach(ctx context.Context, end context.CancelCauseFunc) (let func(), err error) {
	l.g.attaching.Lock()
	defer l.g.attaching.Unlock()
	who := l.m.Identity()
	release, err := l.g.claim(l, who)
	if err != nil {
		return nil, err
	}
	kept, err := l.g.store.Attach(ctx, storage.Facts{
		Port: l.seat.name(), Number: who.Number, ICCID: who.ICCID, IMSI: who.IMSI, IMEI: who.IMEI,
		Manufacturer: who.Manufacturer, Model: who.Model, Revision: who.Revision,
	})
	if err != nil {
		release()
		return nil, err
	}
	if l.id != "" && l.id != kept.ID && l.g.session(l.id) == nil {
		l.g.vacant(ctx, l.id, "its SIM was taken out of "+l.seat.name())
	}
	l.id, l.sweep, l.rest, l.doubt, l.heard = kept.ID, true, time.Time{}, nil, time.Now()
	l.status = storage.LineStatus{}
	l.log = l.g.log.With("port", l.seat.name(), "line", l.id)
	s := &session{line: l, m: l.m, end: end, done: make(chan struct{})}
	l.g.mu.Lock()
	l.g.sessions[l.id] = s
	l.g.mu.Unlock()
	return func() {
		l.g.mu.Lock()
		delete(l.g.sessions, kept.ID)
		l.g.mu.Unlock()
		release()
		close(s.done)
	}, nil
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
	l.g.set(l.seat, func(m *storage.Modem) {
		m.State, m.Reason, m.Line, m.Number = ready, "", l.id, who.Number
		m.Manufacturer, m.Model, m.Revision, m.IMEI, m.ICCID = who.Manufacturer, who.Model, who.Revision, who.IMEI, who.ICCID
		l.seat.said = l.m.Commands
	})
	l.note(ctx, ready, storage.Info, fmt.Sprintf("%s %s answers at %s with card %s", who.Manufacturer, who.Model, l.seat.name(), orNone(who.ICCID)))
	return nil
}

func orNone(iccid string) string {
	if iccid == "" {
		return "without a number of its own"
	}
	return iccid
}

// down tells why the modem has no session.
func (l *line) down(ctx context.Context, err error) {
	switch {
	case left(ctx):
		err = errGone
	case errors.Is(context.Cause(ctx), errMoved):
		err = errMoved
	case ctx.Err() != nil:
		err = errStopped
	}
	ctx = context.WithoutCancel(ctx)
	state, lineState := failed, storage.LineFailed
	switch {
	case gone(err):
		state, lineState = absent, storage.LineAbsent
	case noCard(err):
		lineState = storage.LineSIMMissing
	}
	l.g.set(l.seat, func(m *storage.Modem) { m.State, m.Reason, l.seat.ended = state, err.Error(), err })
	if errors.Is(err, errStopped) || errors.Is(err, errMoved) {
		l.status = storage.LineStatus{}
	} else {
		l.note(ctx, step(state, lineState), storage.Warn, err.Error())
	}
	if l.id == "" || l.g.heldByOther(l) {
		return
	}
	l.status = storage.LineStatus{State: lineState, Reason: err.Error()}
	if err := l.g.store.SetLine(ctx, l.id, l.status); err != nil {
		l.log.Error("line state", "err", err)
	}
}

// step is what the journal calls the state that a modem is in now.
func step(state string, line storage.LineState) string {
	if line == storage.LineSIMMissing {
		return string(line)
	}
	return state
}

// look asks the modem how it stands with the network and writes down a change.
func (l *line) look(ctx context.Context) error {
	s, err := l.m.Status(ctx)
	if err != nil {
		return err
	}
	l.g.set(l.seat, func(m *storage.Modem) {
		m.Access, m.Roaming, m.SMSOnly, m.Temperature = s.Access, s.Roaming, s.SMSOnly, s.Temperature
	})
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

// noCard tells whether an error says that the SIM is not there, or of no use
// until a person has seen to it.
func noCard(err error) bool {
	return errors.Is(err, errNoCard) || errors.Is(err, modem.ErrSIMAbsent) || errors.Is(err, modem.ErrSIMFailure)
}

// gone tells whether an error says that nothing is plugged in. EIO is what a tty
// answers that was hung up: of an unplugged stick it is often the first sign.
func gone(err error) bool {
	for _, e := range []error{fs.ErrNotExist, syscall.ENODEV, syscall.ENXIO, syscall.EIO, modem.ErrUnplugged} {
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
	watch := time.NewTimer(l.g.options.Silence)
	defer watch.Stop()
	for {
		if err := l.takeIn(ctx); err != nil {
			return err
		}
		sent, wait, err := l.sendNext(ctx)
		if err != nil {
			return err
		}
		if sent {
			l.heard = time.Now()
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
			l.heard = time.Now()
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
			if err := l.measure(ctx); err != nil {
				return err
			}
			l.heard = time.Now()
		case <-watch.C:
			if err := l.watch(ctx); err != nil {
				return err
			}
			watch.Reset(time.Until(l.heard.Add(l.g.options.Silence)))
		case <-l.m.Lost():
			return l.lost()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
