package gateway

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"smsbridge/modem"
	"smsbridge/modem/profile"
	"smsbridge/storage"
)

// trouble sorts the ends of sessions by what helps against them.
type trouble int

const (
	absence trouble = iota // nothing is plugged in, or nobody may open it: only time helps
	person                 // the modem is well, and a person must act: no SIM, a PIN, a second port
	restart                // the modem has started again by itself, or the line gets another card
	sick                   // the modem is there and does not do as it should
)

func troubleOf(err error) trouble {
	_, taken := errors.AsType[*heldError](err)
	switch {
	case gone(err), errors.Is(err, modem.ErrPortBusy):
		return absence
	case taken, noCard(err), errors.Is(err, modem.ErrPINRequired), errors.Is(err, modem.ErrPUKRequired):
		return person
	case errors.Is(err, errRestarted), errors.Is(err, errMoved):
		return restart
	}
	return sick
}

// rung is a step of the recovery. The resync after a single late answer comes
// before all of them, and is the modem's own.
type rung int

const (
	reopen rung = iota // close, open, the whole start
	reset              // order the modem to start again
	power              // take its power away for a moment
	rest               // give up for a while
)

// rungs is what each step is called, when it is taken, and what it costs.
var rungs = [...]struct{ name, when, cost string }{
	reopen: {"reopen", "a session has ended", "2 s and the start"},
	reset:  {"reset", "it was opened twice and did not get well", "10 to 60 s; a USB modem vanishes and comes back"},
	power:  {"power", "it is silent 60 s after the reset", "5 to 15 s"},
	rest:   {"rest", "nothing has helped", "1, 2, 5, then 15 min"},
}

// Limits of the ladder.
const (
	settling    = 60 * time.Second // what a reset or a power cut may take
	resetsMost  = 4                // within an hour
	resetsSpan  = time.Hour
	longEnough  = 10 * time.Second // a session that lasted so long was well
	patienceFor = 2 * time.Second  // between looks whether a person has acted
)

// Waits before the next opening, by how often it has failed; the last goes on.
var (
	away  = []time.Duration{250 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}
	again = []time.Duration{250 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second}
	rests = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 15 * time.Minute}
)

// ending is how a session ended.
type ending struct {
	err    error
	found  bool // it had found its line
	lasted time.Duration
}

// means is what may be done at the moment.
type means struct {
	doubt bool // a send is unknown and its answer may still come
	reset bool // it is known to be a modem: a stranger is not told to start again
	power bool // taking the power is allowed
}

// remedy is what to do: the step, and then how long to wait.
type remedy struct {
	rung  rung
	wait  time.Duration
	why   string
	alarm bool
}

// ladder decides what is done about a modem that has lost its session. It only
// reckons: time, trouble and means come from its driver.
type ladder struct {
	failures int // of sessions in a row, for which the wait is
	since    time.Time
	taken    rung      // the highest step since the modem was well
	at       time.Time // when that was
	rests    int
	resets   []time.Time
}

// next is the remedy after a session has ended.
func (d *ladder) next(now time.Time, e ending, may means) remedy {
	t := troubleOf(e.err)
	if e.found && (t != sick || e.lasted >= longEnough) {
		*d = ladder{resets: d.resets}
	}
	d.failures++
	switch t {
	case restart:
		if e.found || d.failures == 1 {
			return remedy{wait: 0, why: "the modem is opened at once"}
		}
		return remedy{wait: at(again, d.failures), why: "the modem is opened again"}
	case absence:
		// Never a reset: the port is not there, the modem may be well.
		d.since, d.taken = time.Time{}, reopen
		return remedy{wait: at(away, d.failures), why: "it is looked for"}
	case person:
		d.since, d.taken = time.Time{}, reopen
		return remedy{wait: min(at(away, d.failures), patienceFor), why: "it is looked at again until a person has acted"}
	}
	return d.climb(now, may)
}

func at(waits []time.Duration, n int) time.Duration { return waits[min(n, len(waits))-1] }

// climb takes the next step against a modem that is there and sick.
func (d *ladder) climb(now time.Time, may means) remedy {
	if d.since.IsZero() {
		d.since = now
	}
	wait := at(again, d.failures)
	d.resets = slices.DeleteFunc(d.resets, func(t time.Time) bool { return now.Sub(t) >= resetsSpan })
	switch {
	case d.failures <= 2:
		return remedy{wait: wait, why: "the modem is closed and opened again"}
	case d.taken < reset && may.reset && !may.doubt && len(d.resets) < resetsMost:
		d.taken, d.at = reset, now
		d.resets = append(d.resets, now)
		return remedy{rung: reset, wait: 2 * time.Second, why: "opening it twice did not help, so the modem is ordered to start again"}
	case now.Sub(latest(d.since, d.at)) < settling:
		return remedy{wait: wait, why: "the modem is opened again"}
	case d.taken < power && !may.doubt && may.power && len(d.resets) < resetsMost:
		d.taken, d.at = power, now
		d.resets = append(d.resets, now)
		return remedy{rung: power, wait: 2 * time.Second, why: "it stays silent, so its power is taken for a moment"}
	}
	d.rests++
	wait = at(rests, d.rests)
	*d = ladder{rests: d.rests, resets: d.resets}
	return remedy{rung: rest, wait: wait, alarm: true, why: fmt.Sprintf("nothing has helped: it is left alone for %s; look at its power, its cable and the card", wait)}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// recover does what the ladder says, and tells it.
func (l *line) recover(ctx context.Context, e ending) {
	device := l.seat.device
	r := l.ladder.next(time.Now(), e, means{
		doubt: time.Now().Before(l.over), reset: device.Place == "" || device.Known || l.id != "", power: device.Power != nil,
	})
	l.log.Debug("the line is down", "err", e.err, "again_in", r.wait)
	if troubleOf(e.err) == sick || r.rung != reopen {
		level := storage.Warn
		if r.alarm {
			level = storage.Alarm
		}
		l.note(ctx, rungs[r.rung].name, level, fmt.Sprintf("%v: %s", e.err, r.why))
	}
	var err error
	switch r.rung {
	case reset:
		err = l.reset(ctx)
	case power:
		err = device.Power(ctx)
	}
	if err != nil && ctx.Err() == nil {
		l.note(ctx, rungs[r.rung].name, storage.Warn, fmt.Sprintf("the step had no success: %v", err))
	}
	select {
	case <-time.After(r.wait):
	case <-ctx.Done():
	}
}

// reset orders the modem to start again, if its port is there.
func (l *line) reset(ctx context.Context) error {
	port, err := l.seat.device.Ports[l.seat.prefer].Open(ctx)
	if err != nil {
		return err
	}
	return modem.Restart(ctx, port, modem.Options{Log: l.log}, l.family())
}

// family is what is known of the modem: by what it said of itself when it last
// answered, else by its kind.
func (l *line) family() profile.Profile {
	if l.m != nil {
		return l.m.Profile()
	}
	if p, ok := profile.ByUSB(l.seat.device.ID); ok {
		return p
	}
	return profile.Generic()
}

// watch asks a modem that has been silent for a while whether it is there. What
// it says for other reasons counts as well, so a busy line is never asked.
func (l *line) watch(ctx context.Context) error {
	if time.Since(l.heard) < l.g.options.Silence {
		return nil
	}
	var err error
	for range misses {
		if err = l.ask(ctx); err == nil {
			l.heard = time.Now()
			return nil
		}
		select {
		case <-l.m.Lost():
			return l.lost()
		default:
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return fmt.Errorf("%w: %w", errMute, err)
}

func (l *line) ask(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, asked)
	defer stop()
	return l.m.Ping(ctx)
}
