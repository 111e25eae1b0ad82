// Package hook pushes events to endpoints of others: signed HTTP POSTs, as
// Standard Webhooks describes them. It is one more follower of the ledger's
// log, which is also its outbox: nothing is queued that a crash could lose, and
// nobody who writes the log waits for an endpoint.
//
// # What an endpoint can rely on
//
// Each event that its filter wants is told at least once, under the same
// webhook-id at every try and replay, so that it can drop what it has seen. In
// free order, tries begin in the order of the log, four at a time, and one that
// fails comes again later; in strict order, the next event is told only when
// the one before it was taken or given up. Anything but 2xx is a failure: the
// try is repeated after 5 s, doubling to 6 h with jitter, for 72 h, and then
// the delivery is dead until somebody replays it. 410 disables the endpoint;
// with 429 and 503 its Retry-After holds for all its deliveries. When every try
// has failed for five days it is disabled, and a hook.updated event tells so.
//
// An endpoint that is down costs the ledger no more than a thousand waiting
// rows: then its cursor rests, and what follows stays in the log alone. Each
// endpoint has a goroutine of its own, and none can delay another.
//
// Start with Pusher.Run, then courier; Guard says where deliveries may go.
package hook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

// Store is what pushing needs of the ledger.
type Store interface {
	storage.Log
	Head(ctx context.Context) (storage.Head, error)
	Hooks(ctx context.Context) ([]storage.Hook, error)
	HookSecrets(ctx context.Context, id string) ([]storage.HookSecret, error)
	HookTaken(ctx context.Context, id string, cursor int64) ([]int64, error)
	HookBacklog(ctx context.Context, h storage.Hook, latest storage.Time, limit int) (storage.Backlog, error)

	// SettleHook answers CodeConflict when the hook has changed meanwhile.
	SettleHook(ctx context.Context, s storage.Settlement) error
}

// Options say how deliveries are made. Its zero value is right.
type Options struct {
	Guard   *Guard        // default: public addresses and the usual ports only
	Version string        // of the program
	Log     *slog.Logger  // default: none
	Timeout time.Duration // of one try; default 10 s

	First   time.Duration // wait after the first failure; default 5 s
	Most    time.Duration // the longest wait; default 6 h
	GiveUp  time.Duration // a delivery is dead after so long; default 72 h
	Disable time.Duration // a hook is disabled after so long without a success; default 5 days
}

// Limits that are not for choosing.
const (
	together    = 4    // tries of one hook at a time
	windowMost  = 256  // events taken from the log and not yet settled
	waitingMost = 1000 // deliveries that wait, before the cursor rests
	dueMost     = 32   // deliveries read at a time

	// Time alone ends nothing: a clock that jumps would.
	triesLeast = 10

	failingTries = 3 // failures in a row after which tries go one at a time
	afterMost    = 24 * time.Hour
	cursorStep   = 1000            // events that are not wanted, before the cursor is written
	lookTime     = time.Minute     // how often the clock is looked at
	repair       = 5 * time.Second // until a hook that the ledger refused is taken up again
	closing      = 2 * time.Second // to write down what was taken when everything stops
)

// Pusher pushes events to all hooks.
type Pusher struct {
	store  Store
	o      Options
	log    *slog.Logger
	client *http.Client
}

// New makes a Pusher; it starts with Run.
func New(store Store, o Options) *Pusher {
	if o.Guard == nil {
		o.Guard = &Guard{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for _, d := range []struct {
		is    *time.Duration
		usual time.Duration
	}{
		{&o.Timeout, tryTime}, {&o.First, 5 * time.Second}, {&o.Most, 6 * time.Hour},
		{&o.GiveUp, 72 * time.Hour}, {&o.Disable, 5 * 24 * time.Hour},
	} {
		if *d.is <= 0 {
			*d.is = d.usual
		}
	}
	return newPusher(store, o, o.Guard.dial)
}

func newPusher(store Store, o Options, dial func(ctx context.Context, network, address string) (net.Conn, error)) *Pusher {
	return &Pusher{store: store, o: o, log: o.Log, client: newClient(dial)}
}

// Check refuses a URL or template that could never be delivered.
func (p *Pusher) Check(h storage.Hook) error {
	if err := p.o.Guard.Check(h.URL); err != nil {
		return err
	}
	_, err := parseTemplate(h.Template)
	return err
}

// Run pushes until ctx ends. It returns when every try has ended.
func (p *Pusher) Run(ctx context.Context) error {
	defer p.client.CloseIdleConnections()
	var r round
	defer r.stop()
	for {
		err := p.follow(ctx, &r)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		p.log.Error("hooks cannot be read", "err", err)
		select {
		case <-time.After(repair):
		case <-ctx.Done():
		}
	}
}

// follow keeps one courier per hook, and looks again when the log tells that
// hooks have changed.
func (p *Pusher) follow(ctx context.Context, r *round) error {
	head, err := p.store.Head(ctx)
	if err != nil {
		return err
	}
	if err := p.arrange(ctx, r); err != nil {
		return err
	}
	return storage.Follow(ctx, p.store, head.Seq, 500, func(events []storage.Event) error {
		if slices.ContainsFunc(events, func(e storage.Event) bool { return e.Type == storage.HookUpdated }) {
			return p.arrange(ctx, r)
		}
		return nil
	})
}

// round is the couriers under way.
type round map[string]*running

type running struct {
	rev  int64
	stop context.CancelFunc
	wait sync.WaitGroup
}

func (r *round) stop() {
	for _, c := range *r {
		c.stop()
	}
	for _, c := range *r {
		c.wait.Wait()
	}
}

// arrange ends the couriers of hooks that were changed, disabled or removed,
// and starts those that are missing.
func (p *Pusher) arrange(ctx context.Context, r *round) error {
	hooks, err := p.store.Hooks(ctx)
	if err != nil {
		return err
	}
	wanted := make(map[string]storage.Hook)
	for _, h := range hooks {
		if h.DisabledAt.IsZero() {
			wanted[h.ID] = h
		}
	}
	ended := make(round)
	for id, c := range *r {
		if h, ok := wanted[id]; !ok || h.Rev != c.rev {
			ended[id] = c
			delete(*r, id)
		}
	}
	ended.stop()
	if *r == nil {
		*r = make(round)
	}
	for id, h := range wanted {
		if (*r)[id] != nil {
			continue
		}
		c := &running{rev: h.Rev}
		ctx, stop := context.WithCancel(ctx)
		c.stop = stop
		c.wait.Go(func() { p.serve(ctx, id, h.Rev) })
		(*r)[id] = c
	}
	return nil
}

// serve runs a hook's courier, beginning anew from what is written when the
// ledger refuses something.
func (p *Pusher) serve(ctx context.Context, id string, rev int64) {
	for {
		err := p.courier(ctx, id, rev)
		if ctx.Err() != nil || errors.Is(err, errChanged) {
			return
		}
		p.log.Error("hook stopped for a moment", "hook", id, "err", err)
		select {
		case <-time.After(repair):
		case <-ctx.Done():
			return
		}
	}
}

// errChanged tells that a hook is not what it was; arrange sees to it.
var errChanged = errors.New("the hook has changed")

func (p *Pusher) courier(ctx context.Context, id string, rev int64) error {
	end, err := p.endpoint(ctx, id)
	if err != nil {
		return err
	}
	if end.hook.Rev != rev {
		return errChanged
	}
	if end.secrets == nil {
		return p.disable(ctx, end.hook, "its secret cannot be read; rotate it and enable the hook again")
	}
	taken, err := p.store.HookTaken(ctx, id, end.hook.Cursor)
	if err != nil {
		return err
	}
	return newCourier(p, end, taken).run(ctx)
}

func (p *Pusher) disable(ctx context.Context, h storage.Hook, why string) error {
	p.log.Warn("hook disabled", "hook", h.ID, "reason", why)
	err := p.store.SettleHook(ctx, storage.Settlement{Hook: h.ID, Rev: h.Rev, Cursor: h.Cursor, Prev: h.Prev,
		Failures: h.Failures, FailingSince: h.FailingSince, Disable: why})
	if err != nil {
		return changed(err)
	}
	return errChanged
}

func changed(err error) error {
	if e, ok := errors.AsType[*storage.Error](err); ok && e.Code == storage.CodeConflict {
		return errChanged
	}
	return err
}

// endpoint reads a hook as it is now. Secrets that cannot be read are nil.
func (p *Pusher) endpoint(ctx context.Context, id string) (*endpoint, error) {
	hooks, err := p.store.Hooks(ctx)
	if err != nil {
		return nil, err
	}
	head, err := p.store.Head(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(hooks, func(h storage.Hook) bool { return h.ID == id })
	if i < 0 {
		return nil, errChanged
	}
	end := &endpoint{hook: hooks[i], epoch: head.Epoch, agent: "smsbridge/" + p.o.Version, client: p.client, timeout: p.o.Timeout}
	if end.template, err = parseTemplate(end.hook.Template); err != nil {
		return nil, err
	}
	end.secrets, err = p.store.HookSecrets(ctx, id)
	if _, told := errors.AsType[*storage.Error](err); told {
		return end, nil
	}
	return end, err
}

// PingType is the type of the event that Ping sends; it is in no log.
const PingType = "hook.ping"

// Ping tries a hook once, also a disabled one, and tells what came of it.
// Nothing is written, and nothing tried again.
func (p *Pusher) Ping(ctx context.Context, id string) (storage.Delivery, error) {
	end, err := p.endpoint(ctx, id)
	if errors.Is(err, errChanged) {
		return storage.Delivery{}, storage.Refuse(storage.CodeNotFound, "id", "there is no hook %s", id)
	}
	if err != nil {
		return storage.Delivery{}, err
	}
	data, err := json.Marshal(map[string]any{"hook": map[string]string{"id": id, "label": end.hook.Label}})
	if err != nil {
		return storage.Delivery{}, err
	}
	d := storage.Delivery{Hook: id, ID: end.epoch + "-ping-" + rand.Text(), Attempts: 1, State: storage.DeliveryDelivered, FirstTry: storage.Now()}
	d.LastTry = d.FirstTry
	o := end.try(ctx, d.ID, event{Epoch: end.epoch, Event: storage.Event{At: d.FirstTry, Type: PingType, Data: data}})
	d.Status, d.Took = o.status, o.took.Milliseconds()
	if !o.ok() {
		d.State, d.Error = storage.DeliveryDead, o.err.Error()
	}
	return d, nil
}

// idOf is the webhook-id of an event. It has no full stop: that separates what
// is signed.
func idOf(epoch string, seq int64) string { return fmt.Sprintf("%s-%d", epoch, seq) }
