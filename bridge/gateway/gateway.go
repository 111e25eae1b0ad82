// Package gateway is the radio bank: it runs one loop for each port, which
// takes in what the modem has and sends out what the ledger says is due.
//
// Two rules make every step repeatable. Inbound: commit, then delete; a SIM
// forgets a PDU only after the ledger has it. Outbound: mark, then send; a part
// is written down as sending when its prompt has come and before its first
// octet goes out, and what is found sending at the start is unconfirmed.
//
// It knows PDUs, modems and the ledger's words, but neither ttys (a port is a
// name and a way to open it) nor desks.
package gateway

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

// Port is a place where a modem may be: a name for people, and a way to open it.
type Port struct {
	Name string
	Open func(ctx context.Context) (io.ReadWriteCloser, error)
	PIN  string
}

// Options are the gateway's settings; the zero value is right.
type Options struct {
	Log *slog.Logger // default: discards

	Sweep  time.Duration // how often every memory is read though nothing rang; default 60 s
	Result time.Duration // how long the network's answer to a PDU is awaited; default 180 s
	Late   time.Duration // how long a late answer is listened for before the next send; default 120 s
}

// Gateway runs the lines.
type Gateway struct {
	store   Store
	ports   []Port
	options Options
	log     *slog.Logger

	mu      sync.Mutex        // guards what follows
	modems  []storage.Modem   // by port
	said    []func() int64    // by port: the commands of the open modem; nil: none is open
	bells   map[string]bell   // by line
	claims  map[string]string // line -> port
	untried map[int]bool      // ports that were not opened once yet
	settled chan struct{}     // closed when untried is empty
}

// The states of a port.
const (
	opening = "opening"
	ready   = "ready"
	failed  = "failed" // a modem is there and does not do as it should
	absent  = "absent"
)

// bell wakes one line; a ring while it is awake is kept.
type bell chan struct{}

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}

// New makes a gateway; it starts with Run.
func New(store Store, ports []Port, o Options) *Gateway {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Sweep <= 0 {
		o.Sweep = time.Minute
	}
	if o.Late <= 0 {
		o.Late = 2 * time.Minute
	}
	g := &Gateway{
		store: store, ports: ports, options: o, log: o.Log,
		modems: make([]storage.Modem, len(ports)), said: make([]func() int64, len(ports)),
		bells: make(map[string]bell), claims: make(map[string]string),
		untried: make(map[int]bool), settled: make(chan struct{}),
	}
	for i, p := range ports {
		g.modems[i] = storage.Modem{Port: p.Name, State: opening, Since: storage.Now()}
		g.untried[i] = true
	}
	if len(ports) == 0 {
		close(g.settled)
	}
	return g
}

// Run runs every line until ctx ends, and returns when the last has finished
// the command it had in hand.
func (g *Gateway) Run(ctx context.Context) error {
	doubtful, err := g.store.Doubt(ctx, "smsbridge was stopped while the modem had this text, so nobody knows whether it went out")
	if err != nil {
		return err
	}
	if doubtful > 0 {
		g.log.Warn("parts were on their way when smsbridge stopped: they are unconfirmed", "parts", doubtful)
	}
	head, err := g.store.Head(ctx)
	if err != nil {
		return err
	}
	var lines sync.WaitGroup
	defer lines.Wait()
	for i, p := range g.ports {
		l := &line{g: g, n: i, port: p, log: g.log.With("port", p.Name), bell: make(bell, 1)}
		lines.Go(func() { l.run(ctx) })
	}
	return storage.Follow(ctx, g.store, head.Seq, 256, g.wake)
}

// wake rings the lines that an event gives something to send.
func (g *Gateway) wake(events []storage.Event) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, e := range events {
		if e.Type == storage.MessageQueued {
			if b := g.bells[e.Line]; b != nil {
				b.ring()
			}
		}
	}
	return nil
}

// Modems lists the ports and what is plugged into them.
func (g *Gateway) Modems() []storage.Modem {
	g.mu.Lock()
	defer g.mu.Unlock()
	modems := slices.Clone(g.modems)
	for i, said := range g.said {
		if said != nil {
			modems[i].Commands = said()
		}
	}
	return modems
}

// claim gives a line to a port; one that another port has is refused.
func (g *Gateway) claim(l *line, id string) (holder string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if holder, taken := g.claims[id]; taken {
		return holder, false
	}
	g.claims[id], g.bells[id] = l.port.Name, l.bell
	return "", true
}

func (g *Gateway) release(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.claims, id)
	delete(g.bells, id)
}

// Settled is closed when every port has been opened, or has refused, once: the
// lines that this start has are known then.
func (g *Gateway) Settled() <-chan struct{} { return g.settled }

// set changes what is told of port n.
func (g *Gateway) set(n int, change func(*storage.Modem)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before := g.modems[n].State
	change(&g.modems[n])
	if g.modems[n].State != before {
		g.modems[n].Since = storage.Now()
	}
	if g.modems[n].State != ready {
		g.said[n] = nil
	}
	if g.untried[n] && g.modems[n].State != opening {
		if delete(g.untried, n); len(g.untried) == 0 {
			close(g.settled)
		}
	}
}
