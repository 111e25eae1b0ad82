// Package modem is one open GSM modem: a conversation in which PDUs go out, stored PDUs are listed and
// deleted, and bells ring. It speaks AT commands in PDU mode (3GPP TS 27.005, TS 27.007, ITU-T V.250) and
// carries PDUs as hexadecimal text without looking inside.
//
// Its promises are about what is known. A Submit says Sent only when the modem gave a final result to a
// PDU that was written; it says NotSent only when no Ctrl-Z went out; all else is Unknown, and what
// comes later is told as an Event. No answer is ever given to a command that did not ask for it: after
// any doubt the engine proves the line before it goes on, and if it cannot, the line is Lost. Then the
// caller closes the modem and opens it again, and a sweep of the memories finds what was missed.
//
// It leaves to others: what is in a PDU (package pdu), when to send and what to keep (bridge/gateway), and
// which ports there are.
//
// Start with Open. The conversation is in engine.go: one command and its answer in exchange.go and final.go, the
// prompt of a PDU in prompt.go, its cure in doubt.go. What modems say unasked is in urc.go, ring.go and card.go,
// what others may see of it in redact.go, and what brands do differently, as data, in package profile.
package modem

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"smsbridge/modem/profile"
)

// Options are the settings of Open. The zero value is right for most.
type Options struct {
	PIN string // of the SIM; entered once, and only if more than one try is left, or the modem does not tell

	// TryPIN, if not nil, is called just before AT+CPIN= is written: the moment to write down that this PIN is
	// tried on this card. The ICCID is empty if the card does not tell it before; left is -1 if the modem does
	// not tell. An error keeps the PIN unwritten and comes back in PINError.Held.
	TryPIN func(ctx context.Context, iccid string, left int) error

	// Device is what the USB device calls itself; zero if not known. Its profile counts if what the modem says
	// of itself is of no known family.
	Device profile.ID

	Form    func(imei string) (profile.USSDForm, bool) // the form of USSD that worked before; default: not known
	Learned func(imei string, form profile.USSDForm)   // is told the form that worked; default: nobody is

	Log        *slog.Logger // default: none
	Transcript io.Writer    // gets every octet said and heard, texts and PIN too; see Redactor; default: none

	Command time.Duration // for the answer to an ordinary command; default 5 s
	Silence time.Duration // for the answer to each of the first ten ATs; default 500 ms
	Store   time.Duration // for listing and selecting memories, which some modems take long for; default 60 s
	SIM     time.Duration // for the SIM to get ready; default 30 s
	Prompt  time.Duration // for the prompt of +CMGS; default 10 s
	Result  time.Duration // for the result of +CMGS; default 180 s, because 135 s were seen (EG06)
	Late    time.Duration // how long to listen for it after that, before the next command; default 120 s
	Write   time.Duration // for the port to take what is written; default 5 s
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
	fill(&o.Command, 5*time.Second)
	fill(&o.Silence, 500*time.Millisecond)
	fill(&o.Store, 60*time.Second)
	fill(&o.SIM, 30*time.Second)
	fill(&o.Prompt, 10*time.Second)
	fill(&o.Result, 180*time.Second)
	fill(&o.Late, 120*time.Second)
	fill(&o.Write, 5*time.Second)
	return o
}

// loneTime is for the answer to a question the family is known to answer without OK: what comes by then is
// all there will be.
const loneTime = 2 * time.Second

// Modem is an open modem. Its methods may be called from any goroutine; commands run one at a time, in
// the order they came. The owner must Close it.
type Modem struct {
	engine  *engine
	options Options
	running sync.WaitGroup // engine, reader, writer
	closing sync.Once

	// Set by init, constant afterwards.
	profile  profile.Profile
	identity Identity
	memories []string
	eps      bool // +CEREG is known

	selected chan string  // of one place: the memory +CMGL reads; who holds it may use the memories
	dialog   chan session // of one place: who holds it may speak USSD

	dialling atomic.Pointer[context.CancelCauseFunc] // ends the Dial under way; nil: there is none

	settings settings
	unknown  refusals
}

// Identity is what a modem and its SIM are called; what is not known is empty.
type Identity struct {
	Manufacturer, Model, Revision string
	IMEI                          string
	ICCID, IMSI                   string
	Number                        string // the SIM's own, if it knows
	ServiceCentre                 string
}

// Open starts the conversation on a port and brings the modem to a known state. The port belongs to the
// Modem from now on, and is closed if Open fails. Its Close must end a Read and a Write that wait.
//
// Errors worth telling apart: ErrSilent, ErrSIMAbsent, ErrSIMFailure, ErrSIMBusy, ErrPINRequired (a
// *PINError), ErrPUKRequired (a *PUKError), ErrLost.
func Open(ctx context.Context, port io.ReadWriteCloser, o Options) (*Modem, error) {
	m := start(port, o.filled())
	if err := m.init(ctx); err != nil {
		m.Close()
		return nil, err
	}
	m.engine.ready.Store(true)
	return m, nil
}

// start starts the conversation and says nothing but ESC.
func start(port io.ReadWriteCloser, o Options) *Modem {
	m := &Modem{
		engine:   newEngine(transcribe(port, o.Transcript), o),
		options:  o,
		profile:  profile.Generic(),
		selected: make(chan string, 1),
		dialog:   make(chan session, 1),
	}
	m.selected <- ""
	m.dialog <- session{form: unlearned}
	m.running.Go(m.engine.run)
	m.running.Go(m.engine.read)
	m.running.Go(m.engine.write)
	return m
}

// Profile returns what is known of the family of the modem.
func (m *Modem) Profile() profile.Profile { return m.profile }

// Identity returns what was learnt at Open.
func (m *Modem) Identity() Identity { return m.identity }

// Memories returns the memories to sweep, such as SM and ME, and SR if reports are kept apart.
func (m *Modem) Memories() []string { return append([]string(nil), m.memories...) }

// Events returns what the modem says unasked, in its order. The channel is closed after the line is over.
// Nobody is held up by a slow consumer: what does not fit is counted and becomes one Sweep.
func (m *Modem) Events() <-chan Event { return m.engine.events.out }

// Commands counts the command lines that were written since Open.
func (m *Modem) Commands() int64 { return m.engine.commands.Load() }

// Lost returns a channel that is closed when the line is over, for whatever reason.
func (m *Modem) Lost() <-chan struct{} { return m.engine.ended }

// Err returns why the line is over, an ErrLost; nil before.
func (m *Modem) Err() error {
	select {
	case <-m.engine.ended:
		return m.engine.err
	default:
		return nil
	}
}

// Close ends the conversation, closes the port and waits until all is quiet. Commands on their way end
// with ErrLost. It may be called more than once.
func (m *Modem) Close() error {
	m.closing.Do(func() { close(m.engine.stop) })
	m.running.Wait()
	return nil
}

// do hands a call to the engine and waits for its reply.
func (m *Modem) do(c *call) answer {
	select {
	case m.engine.calls <- c:
	case <-c.ctx.Done():
		return unsent(c, context.Cause(c.ctx))
	case <-m.engine.ended:
		return unsent(c, m.engine.err)
	}
	a := <-c.reply
	if a.err == nil && !m.engine.ready.Load() {
		m.settings.note(c.text)
	}
	return a
}

func unsent(c *call, cause error) answer {
	return answer{mr: -1, err: &Error{
		Command: c.name(), Code: -1, Text: cause.Error(), Outcome: NotSent, Err: cause,
	}}
}

// ask runs a command and returns its information lines.
func (m *Modem) ask(ctx context.Context, text string, s shape) ([]string, error) {
	limit := m.options.Command
	if slices.Contains(m.profile.NoOK, text) {
		limit = min(limit, loneTime)
	}
	a := m.do(newCall(ctx, text, s, limit))
	return a.info, a.err
}

// set runs a command that has nothing to tell.
func (m *Modem) set(ctx context.Context, text string) error {
	_, err := m.ask(ctx, text, shape{})
	return err
}

// gone reports whether there is no sense in going on.
func gone(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, ErrLost)
}
