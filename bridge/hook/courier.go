package hook

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

// courier serves one hook. Its state belongs to one goroutine; the tries under
// way are others, and hand their trial back when they have ended.
type courier struct {
	*endpoint
	p     *Pusher
	tries sync.WaitGroup
	ended chan *trial

	looked int64          // every event up to here was looked at
	prev   int64          // the last one of them that the hook wants
	missed int64          // that the log had forgotten
	taken  map[int64]bool // events to come that have a delivery already

	window []*trial // from the log and not settled, or settled before an older one
	fresh  []*trial // those of them that were not begun
	due    []storage.Delivery
	flying map[int64]*trial

	backlog storage.Backlog
	stale   bool      // backlog is to be read again
	paused  time.Time // the endpoint asked to be left alone until then
}

// trial is an event on its way.
type trial struct {
	d    storage.Delivery
	e    storage.Event
	out  outcome
	done bool
}

func newCourier(p *Pusher, end *endpoint, taken []int64) *courier {
	c := &courier{
		endpoint: end, p: p, ended: make(chan *trial, together),
		looked: end.hook.Cursor, prev: end.hook.Prev, stale: true,
		taken: make(map[int64]bool), flying: make(map[int64]*trial),
	}
	for _, seq := range taken {
		c.taken[seq] = true
	}
	return c
}

// run looks, begins tries, and writes down what has come of them, until ctx
// ends or the ledger refuses.
func (c *courier) run(ctx context.Context) error {
	trying, stop := context.WithCancel(ctx)
	defer c.close()
	defer stop()
	for {
		changed := c.p.store.Changed()
		if err := c.look(ctx); err != nil {
			return err
		}
		if err := c.begin(trying); err != nil {
			return err
		}
		if len(c.window) >= windowMost {
			changed = nil // no room: only an end helps
		}
		timer := time.NewTimer(c.wait())
		select {
		case t := <-c.ended:
			timer.Stop()
			if ctx.Err() != nil {
				c.ended <- t // its place is free; close looks at it
				return context.Cause(ctx)
			}
			if err := c.settle(ctx, c.gather(t)); err != nil {
				return err
			}
		case <-changed:
			timer.Stop()
		case <-timer.C:
			c.stale = true
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}

// close waits for the tries under way, which have been told to stop, and
// writes down those that the endpoint has taken all the same.
func (c *courier) close() {
	go func() {
		c.tries.Wait()
		close(c.ended)
	}()
	var taken []*trial
	for t := range c.ended {
		if t.out.ok() {
			taken = append(taken, t)
		}
	}
	if len(taken) == 0 {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), closing)
	defer stop()
	if err := c.settle(ctx, taken); err != nil {
		c.p.log.Debug("deliveries will be repeated", "hook", c.hook.ID, "err", err)
	}
}

// look takes in what the log and the backlog have for this hook.
func (c *courier) look(ctx context.Context) error {
	for len(c.window) < windowMost {
		events, err := c.p.store.Events(ctx, c.looked, windowMost)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			break
		}
		if gap := events[0].Seq - c.looked - 1; gap > 0 {
			c.missed += gap
			c.p.log.Warn("the log no longer has what a hook has missed", "hook", c.hook.ID, "events", gap)
		}
		c.take(events)
	}
	if len(c.window) == 0 && c.looked-c.hook.Cursor >= cursorStep {
		if err := c.settle(ctx, nil); err != nil {
			return err
		}
	}
	if !c.stale {
		return nil
	}
	latest := storage.At(time.Now().Add(2 * max(c.p.o.Most, afterMost)))
	var err error
	if c.backlog, err = c.p.store.HookBacklog(ctx, c.hook, latest, dueMost); err != nil {
		return err
	}
	c.due = slices.DeleteFunc(c.backlog.Due, func(d storage.Delivery) bool { return c.flying[d.Seq] != nil })
	c.stale = false
	return nil
}

func (c *courier) take(events []storage.Event) {
	for _, e := range events {
		if len(c.window) >= windowMost {
			return
		}
		c.looked = e.Seq
		if !c.hook.Wants(e) {
			continue
		}
		if !c.taken[e.Seq] {
			t := &trial{e: e, d: storage.Delivery{Hook: c.hook.ID, Seq: e.Seq, Prev: c.prev}}
			c.window, c.fresh = append(c.window, t), append(c.fresh, t)
		}
		delete(c.taken, e.Seq)
		c.prev = e.Seq
	}
}

// room is how many tries may be under way. An endpoint that keeps failing is
// asked by one at a time.
func (c *courier) room() int {
	if c.hook.Order == storage.HookStrict || c.hook.Failures >= failingTries {
		return 1
	}
	return together
}

// begin starts tries while there is room.
func (c *courier) begin(ctx context.Context) error {
	for len(c.flying) < c.room() && !time.Now().Before(c.paused) {
		t, err := c.next(ctx)
		if t == nil || err != nil {
			return err
		}
		c.flying[t.d.Seq] = t
		c.tries.Go(func() {
			if t.out.err == nil {
				t.out = c.try(ctx, idOf(c.epoch, t.d.Seq), event{Epoch: c.epoch, Event: t.e, Prev: t.d.Prev})
			}
			c.ended <- t
		})
	}
	return nil
}

// next is the trial to begin: one that waits and is due, else the next of the
// log, unless those that wait forbid it.
func (c *courier) next(ctx context.Context) (*trial, error) {
	if len(c.due) > 0 {
		t := &trial{d: c.due[0]}
		c.due = c.due[1:]
		c.stale = c.stale || len(c.due) == 0 && len(c.backlog.Due) == dueMost
		events, err := c.p.store.Events(ctx, t.d.Seq-1, 1)
		if err != nil {
			return nil, err
		}
		if len(events) == 0 || events[0].Seq != t.d.Seq {
			t.out.err = errForgotten
		} else {
			t.e = events[0]
		}
		return t, nil
	}
	if len(c.fresh) == 0 || c.backlog.Waiting >= waitingMost || c.hook.Order == storage.HookStrict && c.backlog.Waiting > 0 {
		return nil, nil
	}
	t := c.fresh[0]
	c.fresh = c.fresh[1:]
	return t, nil
}

// wait is how long nothing can happen by itself.
func (c *courier) wait() time.Duration {
	wait := lookTime
	if c.stale && len(c.flying) < c.room() {
		wait = 0
	}
	now := time.Now()
	if !c.backlog.Next.IsZero() {
		wait = min(wait, c.backlog.Next.Sub(now))
	}
	if pause := c.paused.Sub(now); pause > 0 {
		wait = min(lookTime, pause)
	}
	return max(wait, 0)
}

// gather adds to t the trials that have ended too: they share one commit.
func (c *courier) gather(t *trial) []*trial {
	all := []*trial{t}
	for {
		select {
		case t := <-c.ended:
			all = append(all, t)
		default:
			return all
		}
	}
}

// settle writes down what came of trials, and how far the cursor is.
func (c *courier) settle(ctx context.Context, ended []*trial) error {
	s := storage.Settlement{Hook: c.hook.ID, Rev: c.hook.Rev, Missed: c.missed}
	for _, t := range ended {
		delete(c.flying, t.d.Seq)
		t.done = true
		c.judge(t, &s)
		s.Deliveries = append(s.Deliveries, t.d)
	}
	for len(c.window) > 0 && c.window[0].done {
		c.window = c.window[1:]
	}
	s.Cursor, s.Prev = c.looked, c.prev
	if len(c.window) > 0 {
		s.Cursor, s.Prev = c.window[0].d.Seq-1, c.window[0].d.Prev
	}
	s.Failures, s.FailingSince = c.hook.Failures, c.hook.FailingSince
	if err := c.p.store.SettleHook(ctx, s); err != nil {
		return changed(err)
	}
	c.hook.Cursor, c.hook.Prev, c.missed = s.Cursor, s.Prev, 0
	if s.Disable != "" {
		c.p.log.Warn("hook disabled", "hook", c.hook.ID, "reason", s.Disable)
		return errChanged
	}
	return nil
}

// judge says what a try means for the delivery and for the hook.
func (c *courier) judge(t *trial, s *storage.Settlement) {
	now, d := storage.Now(), &t.d
	if d.FirstTry.IsZero() {
		d.FirstTry = now
	}
	c.stale = c.stale || d.Attempts > 0 || !t.out.ok()
	d.Attempts++
	d.LastTry, d.NextTry, d.Status, d.Took, d.Error = now, storage.Time{}, t.out.status, t.out.took.Milliseconds(), ""
	if t.out.ok() {
		d.State = storage.DeliveryDelivered
		c.hook.Failures, c.hook.FailingSince = 0, storage.Time{}
		return
	}
	d.Error = t.out.err.Error()
	if t.out.err == errForgotten {
		d.State = storage.DeliveryDead
		return
	}
	if c.hook.Failures++; c.hook.FailingSince.IsZero() {
		c.hook.FailingSince = now
	}
	wait := max(c.p.o.backOff(d.Attempts), t.out.after)
	d.State, d.NextTry = storage.DeliveryWaiting, storage.At(now.Add(wait))
	if t.out.after > 0 {
		c.paused = time.Now().Add(t.out.after)
	}
	switch {
	case t.out.status == http.StatusGone:
		s.Disable = "it answers 410 Gone"
		d.State, d.NextTry = storage.DeliveryDead, storage.Time{}
	case d.Attempts >= triesLeast && now.Sub(d.FirstTry.Time) >= c.p.o.GiveUp:
		d.State, d.NextTry = storage.DeliveryDead, storage.Time{}
	}
	if s.Disable == "" && c.hook.Failures >= triesLeast && now.Sub(c.hook.FailingSince.Time) >= c.p.o.Disable {
		s.Disable = "every try has failed since " + c.hook.FailingSince.Format(time.RFC3339) + ", the last so: " + d.Error
	}
	c.p.log.Debug("delivery failed", "hook", c.hook.ID, "seq", d.Seq, "attempts", d.Attempts, "err", d.Error)
}

// backOff is the wait after so many tries: doubling, and a random part of it
// less, so that what failed together does not come back together.
func (o *Options) backOff(attempts int) time.Duration {
	d := o.Most
	if shift := attempts - 1; shift < 32 && o.First<<shift < o.Most {
		d = o.First << shift
	}
	return d/2 + rand.N(d/2+1)
}
