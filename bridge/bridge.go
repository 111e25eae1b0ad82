// Package bridge is the running bridge: it has both banks of the river open at
// once, on one ledger, and stops them in order. Its package comment is the map
// of the house.
//
// # The idea
//
// There are two banks: the radio bank (bridge/gateway), where modems are, and
// the desk bank (bridge/web), where people and programs are. Between them
// stands the ledger (storage, kept by storage/sqlite). Nothing jumps the river:
// every crossing is first written down, then carried. After each writing a bell
// rings, and whoever is concerned looks into the ledger from where he stopped
// last time. So the two banks never call each other, every step can be repeated
// after a crash, and a third visitor is one more follower of the same log.
//
// # The rooms, and who may know whom
//
//	floor 5   cmd/smsbridge     knows everybody; nobody knows it
//	floor 4   bridge            gateway, web, hook, offer, bulk, storage
//	floor 3   bridge/gateway    modem, modem/doctor, modem/profile, pdu, storage
//	floor 2   modem             modem/at, modem/profile, modem/usb
//	                                             bridge/client, bridge/hook, bridge/offer, bridge/bulk, bridge/exchange  storage
//	                                             bridge/web      bridge/exchange, bridge/schema, storage
//	                                             bridge/history  bridge/exchange, storage
//	                                             bridge/conform  bridge/schema
//	          modem/doctor      modem, modem/profile, modem/usb
//	          modem/usb         modem/profile
//	          modem/simulator   pdu, modem/at    storage/sqlite             storage
//	floor 1   pdu   modem/at   modem/profile   storage/plan   bridge/schema   bridge/trust   bridge/mdns
//	                                             the standard library
//	          storage                            storage/plan
//
// TestFloors holds this table and fails on an import that is not in it.
//
// # Inbound, never turning back
//
//	tty octets
//	 → modem's engine        "+CMTI: ..." is a doorbell
//	 → gateway line          modem.Read or List, in PDU mode
//	 → Store.Keep            the PDU as it is, COMMITTED
//	 → pdu.ParseFrame        octets → Deliver or StatusReport
//	 → Store.Receive         message, thread and event, one commit → bell; a part of a long
//	                         message is placed by pdu.Assembler, whose state is the ledger's
//	 → modem.Delete          only now does the SIM forget; Store.Removed
//	 → storage.Follow        a socket's writer wakes and reads after its own number
//	 → frame                 JSON to the desk
//
// # Outbound, the same road the other way
//
//	desk: frame or POST with an idempotency key
//	 → web                   who are you, is the draft valid
//	 → Store.Compose         message queued, parts, event, key: one commit → bell; the desk has its answer
//	 → gateway line          Store.Next: the part that is due
//	 → pdu.Message.Submits   its PDUs, a pure function of text, recipient and reference
//	 → modem.Submit          AT+CMGS=n, prompt
//	 → Store.Mark            sending, with the PDU, COMMITTED; only then the first octet
//	 → Store.Mark            sent with TP-MR, or refused, or unconfirmed; event → bell
//	 ... later the status report comes by the inbound road and says delivered
//
// A part that is found sending at the start becomes unconfirmed: a person
// decides, never a timer. Every stage is a sweep over what the stage before has
// written, so a lost bell costs nothing but time, and a start is the first sweep.
package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"smsbridge/bridge/bulk"
	"smsbridge/bridge/gateway"
	"smsbridge/bridge/hook"
	"smsbridge/bridge/offer"
	"smsbridge/bridge/web"
	"smsbridge/storage"
)

// Store is the ledger as both banks need it.
type Store interface {
	gateway.Store
	web.Store
	web.Keys
	web.Hooks
	hook.Store
	offer.Store
	bulk.Store
	Trim(ctx context.Context) error
	FoldBack(ctx context.Context) (storage.WAL, error)
	Sweep(ctx context.Context, preview bool) (storage.Swept, error)
	Backup(ctx context.Context, file string) (storage.Backup, error)
	Probe(ctx context.Context) error
	Counts(ctx context.Context) (map[string]int64, error)
	Box() string
	Failed() <-chan struct{}
	Err() error
}

// Config is what a bridge is made of.
type Config struct {
	Store   Store
	Ports   []gateway.Port
	Radio   gateway.Options
	Push    hook.Options
	Support Support      // for support bundles
	Lab     http.Handler // the pretend network's face, in demo mode only
	Hosts   []string     // names under which desks may call, besides the local ones
	BoxKey  string       // fingerprint that programs pin; empty: there is no TLS of the box's own
	Portals []string     // origins whose pages may open a socket with a ticket
	Likes   []string     // other gateways whose way to send a text is understood, of web.Lookalikes
	Name    string       // of the box, for people
	Version string       // of the program
	Log     *slog.Logger

	Front func(http.Handler) http.Handler // stands before the desk bank on TCP; nil: nothing does
	Speak func(net.Listener) net.Listener // TLS, where desks speak it; the limits count below it; nil: as it comes

	Backup BackupOptions
	Limits Limits
}

// Limits of what desks may hold open; the zero value is the usual.
type Limits struct {
	Sockets     int  // sockets and streams of all; default 64
	PerAgent    int  // of one account or token; default 8
	Connections int  // of TCP, of all; default 1024
	PerAddress  int  // of TCP, from one address; default 256
	Compress    bool // permessage-deflate, for sockets that ask for it
}

// Bridge is both banks and what they stand on.
type Bridge struct {
	store Store
	radio *gateway.Gateway
	desks *web.Server
	push  *hook.Pusher
	front func(http.Handler) http.Handler
	speak func(net.Listener) net.Listener
	log   *slog.Logger

	support Support
	version string
	began   time.Time
	backups *backups
	limits  Limits
}

// stopping is how long open requests may take when the bridge stops.
const stopping = 5 * time.Second

// New puts a bridge together; it starts with Run. The ledger is the caller's
// to close, after Run has returned.
func New(c Config) *Bridge {
	c.Radio.Log = c.Log
	radio := gateway.New(c.Store, c.Ports, c.Radio)
	c.Push.Log, c.Push.Version = c.Log, c.Version
	push := hook.New(c.Store, c.Push)
	copies := &backups{o: c.Backup.withDefaults(), store: c.Store}
	c.Limits.Connections = cmp.Or(c.Limits.Connections, connections)
	c.Limits.PerAddress = cmp.Or(c.Limits.PerAddress, perAddress)
	if c.Front == nil {
		c.Front = func(next http.Handler) http.Handler { return next }
	}
	if c.Speak == nil {
		c.Speak = func(l net.Listener) net.Listener { return l }
	}
	b := &Bridge{
		front: c.Front, speak: c.Speak, push: push, backups: copies, limits: c.Limits, store: c.Store, radio: radio, log: c.Log,
		support: c.Support, version: c.Version, began: time.Now(),
	}
	b.desks = web.New(web.Config{
		Store: c.Store, Keys: c.Store, Hooks: c.Store, Pusher: push, Lookup: push.Lookup, Ringer: hook.NewRinger(c.Push.Guard), Count: gateway.Count,
		Modems: radio.Modems, Radio: radio, Lab: c.Lab, Support: b.bundle,
		Box: c.Store.Box(), BoxName: c.Name, Version: c.Version, Hosts: c.Hosts, BoxKey: c.BoxKey, Portals: c.Portals, Lookalikes: c.Likes, Log: c.Log,
		Backups: copies, Sockets: c.Limits.Sockets, PerAgent: c.Limits.PerAgent, Compress: c.Limits.Compress,
	})
	return b
}

// Code makes a one-time sign-in code.
func (b *Bridge) Code(ctx context.Context) (string, error) { return b.desks.NewCode(ctx) }

// Settled is closed when every port has been tried once.
func (b *Bridge) Settled() <-chan struct{} { return b.radio.Settled() }

// Run serves desks on the listeners and runs the lines, until ctx ends or
// something fails that the bridge cannot do without. It closes the listeners.
// Stop goes from the outside in: desks first, then the lines finish what they
// have in hand.
func (b *Bridge) Run(ctx context.Context, desks, admin net.Listener) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	failed := make(chan error, 8)
	running := 0
	start := func(what string, run func() error) {
		running++
		go func() {
			err := run()
			if err != nil && ctx.Err() == nil {
				err = fmt.Errorf("%s: %w", what, err)
			} else {
				err = nil
			}
			stop(errors.New(what + " has ended"))
			failed <- err
		}()
	}
	start("radio bank", func() error { return b.radio.Run(ctx) })
	start("hooks", func() error { return b.push.Run(ctx) })
	start("offers", func() error { return offer.Run(ctx, b.store, b.log) })
	start("bulk", func() error { return bulk.Run(ctx, b.store, gateway.Count, b.log) })
	start("ledger", func() error { return b.tend(ctx) })
	start("gauges", func() error { return b.desks.Gauges(ctx) })
	start("desk bank", func() error {
		// HTTP looks for a *tls.Conn, so nothing may stand between it and TLS.
		few := limit(desks, b.limits.Connections, b.limits.PerAddress)
		return b.serve(ctx, b.speak(few), b.front(b.desks.Handler()), nil)
	})
	start("admin socket", func() error { return b.serve(ctx, admin, b.desks.Admin(), web.Peer) })
	<-ctx.Done()
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
	defer cancel()
	errs := []error{b.desks.Close(closing)}
	for range running {
		errs = append(errs, <-failed)
	}
	return errors.Join(errs...)
}

// Time limits of HTTP: a slow sender holds a connection no longer than this.
const (
	headerTime = 5 * time.Second
	idleTime   = 2 * time.Minute
	headerSize = 32 << 10
)

func (b *Bridge) serve(ctx context.Context, l net.Listener, h http.Handler, peer func(context.Context, net.Conn) context.Context) error {
	server := &http.Server{
		Handler: h, ConnContext: peer, ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: headerSize,
		ErrorLog: slog.NewLogLogger(b.log.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopping)
		defer cancel()
		stopped <- server.Shutdown(closing)
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// tend keeps the ledger small, and ends the bridge when its disk has failed.
func (b *Bridge) tend(ctx context.Context) error {
	var copies sync.WaitGroup
	defer copies.Wait()
	copies.Go(func() { b.backUp(ctx) })
	copies.Go(func() { b.foldBack(ctx) })
	daily := time.NewTicker(24 * time.Hour)
	defer daily.Stop()
	for {
		if err := b.store.Trim(ctx); err != nil && ctx.Err() == nil {
			b.log.Error("the ledger could not be trimmed", "err", err)
		}
		b.sweep(ctx)
		select {
		case <-daily.C:
		case <-b.store.Failed():
			return b.store.Err()
		case <-ctx.Done():
			return nil
		}
	}
}
