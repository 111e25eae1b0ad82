// Package simulator plays modems and the network behind them: AT lines and PDUs on a byte stream, a
// service centre that carries messages between SIMs and handsets, and faults to order. It is the one
// fake of the house, so it believes nobody: a submitted PDU is read twice, by the codec and by octets
// counted here, and what is wrong is refused and written down.
//
// It knows no engine and no ledger; a program meets it as a stream (Modem.Open), as a tty
// (Modem.ServePTY) or through Handler. Whatever crossed the air stands in Options.Record before the
// modem has answered, so that a reckoning can be made from outside, whichever program was killed when.
//
// Start with Network: it has modems, each with a SIM, and handsets, which are other people's phones. A
// modem is of a Family, which is data; Sysfs plugs it into a USB socket of a tree like the kernel's.
//
// One lock guards the whole pretend world, since everything in it touches everything else and nothing
// in it waits; the record alone is written under it, because the order of its lines is the order of
// the air. Octets have locks of their own (port). Time is that of package time, so a synctest bubble
// makes an hour of pretended trouble cost nothing.
package simulator

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"

	"smsbridge/pdu"
)

// ackTimeout is how long +CNMA may take once it has been asked for; then the message goes back to the
// service centre and direct routing is switched off, as u-blox describes it for its own modems.
const ackTimeout = 15 * time.Second

// Options are the habits of a network. The zero value is a network that loses nothing and needs no time.
type Options struct {
	Operator      string        // name of the operator; default "Lab Mobile"
	ServiceCentre string        // number of the service centre; default +15550000
	ReportDelay   time.Duration // from arrival to the delivery report; default none
	AckTimeout    time.Duration // patience for +CNMA; default 15 s
	Keep          int           // messages a handset remembers, the newest; default 10000
	Anybody       bool          // every number is somebody's, who has a handset from the first text on
	Waiting       int           // parts the service centre keeps for one SIM; default 100000

	// Record gets one JSON line (see Entry) in one Write for everything that crossed the air. If a
	// Write fails nothing crosses any more: submits are refused and Network.Err says why.
	Record io.Writer
}

// Network is an operator with its service centre. All methods may be called from any goroutine.
type Network struct {
	options Options
	centre  pdu.Address

	mu       sync.Mutex // guards what follows, and all of Modem and Handset
	modems   []*Modem
	handsets map[string]*Handset
	record   recorder
	services map[string]USSD // by code
	ids      int64           // the last id given to a message
	closed   bool

	running sync.WaitGroup // conversations and ptys
}

// NewNetwork returns a network without subscribers. It starts nothing.
func NewNetwork(o Options) *Network {
	o.Operator = cmp.Or(o.Operator, "Lab Mobile")
	o.ServiceCentre = cmp.Or(o.ServiceCentre, "+15550000")
	o.AckTimeout = cmp.Or(o.AckTimeout, ackTimeout)
	o.Keep = cmp.Or(o.Keep, 10000)
	o.Waiting = cmp.Or(o.Waiting, 100000)
	centre, err := pdu.ParseAddress(o.ServiceCentre)
	if err != nil {
		panic(fmt.Sprintf("simulator: service centre %q: %v", o.ServiceCentre, err))
	}
	return &Network{
		options:  o,
		centre:   centre,
		handsets: make(map[string]*Handset),
		services: services(),
		record:   recorder{out: o.Record},
	}
}

// AddModem gives the network one more modem with a SIM in it. Fields left out are made from the
// modem's index, which counts from 1: see ModemOptions.
func (n *Network) AddModem(o ModemOptions) *Modem {
	n.mu.Lock()
	defer n.mu.Unlock()
	m := newModem(n, len(n.modems)+1, o)
	n.modems = append(n.modems, m)
	return m
}

// Modems returns the modems in the order they were added.
func (n *Network) Modems() []*Modem {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]*Modem(nil), n.modems...)
}

// Handset returns the handset with this number and makes it if there is none. The number may be
// written as people write it; "+" and digits are kept. A handset with the number of a SIM receives
// nothing, and a number without a digit, or with more than 20, panics.
func (n *Network) Handset(number string) *Handset {
	n.mu.Lock()
	defer n.mu.Unlock()
	number = tidy(number)
	h, ok := n.handsets[number]
	if !ok {
		h = newHandset(n, number)
		n.handsets[number] = h
	}
	return h
}

// Err returns why the record could not be written, nil while it can.
func (n *Network) Err() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.record.err
}

// Close unplugs all modems and returns when their goroutines have ended. Messages under way are lost.
func (n *Network) Close() {
	n.mu.Lock()
	n.closed = true
	for _, m := range n.modems {
		m.unplug()
	}
	n.mu.Unlock()
	n.running.Wait()
}

// later does f under the lock after d; at once, with the lock already held, when d is nothing.
func (n *Network) later(d time.Duration, f func()) {
	if d <= 0 {
		f()
		return
	}
	time.AfterFunc(d, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if !n.closed {
			f()
		}
	})
}

// subscriber is who can be texted.
type subscriber interface {
	arrive(*message)
}

// find returns who has a number, nil if nobody has. A number without "+" is also tried with it.
func (n *Network) find(number string) subscriber {
	for _, try := range []string{number, "+" + number} {
		for _, m := range n.modems {
			if m.options.Number == try {
				return m
			}
		}
		if h, ok := n.handsets[try]; ok {
			return h
		}
	}
	if n.options.Anybody && len(n.handsets) < handsetsMax && tidy(number) == number && number != "" {
		h := newHandset(n, number)
		n.handsets[number] = h
		return h
	}
	return nil
}

// tidy leaves the digits of a number and the "+" in front of them.
func tidy(number string) string {
	out := make([]byte, 0, len(number))
	for i := range len(number) {
		if c := number[i]; c >= '0' && c <= '9' || c == '+' && len(out) == 0 {
			out = append(out, c)
		}
	}
	return string(out)
}
