// Package gateway is the radio bank: it runs one loop for each modem, which
// takes in what the modem has and sends out what the ledger says is due.
//
// Two rules make every step repeatable. Inbound: commit, then delete; a SIM
// forgets a PDU only after the ledger has it. Outbound: mark, then send; a part
// is written down as sending when its prompt has come and before its first
// octet goes out, and what is found sending at the start is unconfirmed.
//
// A modem may come and go, under another name each time: seat.go keeps a place
// for each, claim.go sees to it that no modem and no card has two, and what is
// done about one that does not answer stands in one table in recover.go. Every
// such step is a sentence of the journal.
//
// It knows PDUs, modems and the ledger's words, but neither ttys (a port is a
// name and a way to open it) nor desks.
package gateway

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"

	"smsbridge/modem/doctor"
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

	Find Finder                         // looks for modems beside those that were named; nil: nobody does
	Look func() (doctor.Picture, error) // what can be seen of the box without opening a port; nil: nothing

	Sweep   time.Duration // how often every memory is read though nothing rang; default 60 s
	Prompt  time.Duration // how long the prompt for a PDU is awaited; default 10 s
	Result  time.Duration // how long the network's answer to a PDU is awaited; default 180 s
	Late    time.Duration // how long a late answer is listened for before the next send; default 120 s
	Silence time.Duration // after how long without a sign a modem is asked whether it is there; default 30 s

	SelfTest SelfTestOptions
	Balances time.Duration // how often it is looked whose credit is to be asked for by schedule; default 1 min
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	fill := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	fill(&o.Sweep, time.Minute)
	fill(&o.Late, 2*time.Minute)
	fill(&o.Silence, 30*time.Second)
	fill(&o.Balances, time.Minute)
	return o
}

// Gateway runs the lines.
type Gateway struct {
	store   Store
	ports   []Port
	options Options
	log     *slog.Logger

	transcript transcript

	attaching sync.Mutex     // held while a line is found for a card; taken before mu
	acts      sync.WaitGroup // what people began and nobody waits for

	mu       sync.Mutex                    // guards what follows
	seats    []*seat                       // every place a modem has, or had
	claims   map[string]*line              // modem and card -> the loop that has them
	sessions map[string]*session           // by line
	dialogue map[string]context.CancelFunc // USSD session -> ends what waits for it
	running  context.Context               // Run's, for what people begin; nil: it does not run
	looking  bool                          // the first answer of Find has not come
	settled  chan struct{}                 // closed when every place was tried once
	calm     bool                          // settled is closed
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
	o = o.filled()
	g := &Gateway{
		store: store, ports: ports, options: o, log: o.Log,
		claims: make(map[string]*line), sessions: make(map[string]*session), dialogue: make(map[string]context.CancelFunc),
		looking: o.Find != nil, settled: make(chan struct{}),
	}
	for _, p := range ports {
		g.seats = append(g.seats, newSeat(Device{Ports: []Port{p}}))
	}
	g.settle()
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
	if err := g.store.EndUSSD(ctx, "smsbridge was stopped, and the network forgets a dialogue then"); err != nil {
		return err
	}
	head, err := g.store.Head(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var lines sync.WaitGroup
	defer lines.Wait()
	defer g.acts.Wait()
	defer g.open(ctx)()
	defer stop()
	for _, s := range g.fixed() {
		lines.Go(func() { g.occupy(ctx, s) })
	}
	if g.options.Find != nil {
		lines.Go(func() { g.find(ctx) })
	}
	lines.Go(func() { g.strays(ctx) })
	lines.Go(func() { g.expire(ctx) })
	lines.Go(func() { g.selfTests(ctx) })
	lines.Go(func() { g.balances(ctx) })
	return storage.Follow(ctx, g.store, head.Seq, 256, func(events []storage.Event) error { return g.heed(ctx, events) })
}

// open lets people begin things until what it returns is called.
func (g *Gateway) open(ctx context.Context) (shut func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = ctx
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.running = nil
	}
}

// heed rings the lines that an event gives something to send, and sees what the
// box has sent to itself arrive.
func (g *Gateway) heed(ctx context.Context, events []storage.Event) error {
	for _, e := range events {
		switch e.Type {
		case storage.MessageQueued, storage.MessageReleased, storage.LineUpdated:
			g.ring(e.Line)
		case storage.SendingUpdated, storage.GuardUpdated:
			g.ring("")
		case storage.MessageReceived:
			if err := g.arrived(ctx, e); err != nil {
				g.log.Error("self-test", "err", err)
			}
		}
	}
	return nil
}

// ring wakes the loop of a line, or, without a line, every one.
func (g *Gateway) ring(line string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for id, s := range g.sessions {
		if line == "" || line == id {
			s.line.bell.ring()
		}
	}
}

// expire ends what waits past its time, also while no modem is there.
func (g *Gateway) expire(ctx context.Context) {
	_ = storage.Sweep(ctx, g.store.Changed, g.store.Expire, func(err error) {
		g.log.Error("texts that are past their time", "err", err)
	})
}

// strays tells of the lines that this start has found no modem for.
func (g *Gateway) strays(ctx context.Context) {
	select {
	case <-g.settled:
	case <-ctx.Done():
		return
	}
	g.attaching.Lock() // none is found between the look and the word
	defer g.attaching.Unlock()
	lines, _, err := g.store.Lines(ctx)
	if err != nil {
		return
	}
	for _, l := range lines {
		if l.State != storage.LineAbsent && g.session(l.ID) == nil {
			g.vacant(ctx, l.ID, "its SIM is in none of the modems that are plugged in")
		}
	}
}

// vacant writes down that a line has no modem.
func (g *Gateway) vacant(ctx context.Context, id, reason string) {
	err := g.store.SetLine(ctx, id, storage.LineStatus{State: storage.LineAbsent, Reason: reason})
	if err != nil {
		g.log.Error("line state", "line", id, "err", err)
	}
}

// Settled is closed when every port has been opened, or has refused, once: the
// lines that this start has are known then.
func (g *Gateway) Settled() <-chan struct{} { return g.settled }
