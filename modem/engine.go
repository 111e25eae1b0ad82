package modem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"smsbridge/modem/at"
)

// The times the engine keeps by itself. Those a user may want to change are in Options.
const (
	graceTime   = time.Second            // after a command's deadline, for the final that is merely late
	abortTime   = 500 * time.Millisecond // after ESC, for the result some modems give it
	proofTime   = 2 * time.Second        // for the answer to a barrier
	settleTime  = 200 * time.Millisecond // of silence, after the barrier
	gluedTime   = 50 * time.Millisecond  // of silence, before a > at the end of a line is taken for a prompt
	proofsMax   = 3                      // barriers without proof before the line is given up
	abortsMax   = 3                      // ESCs while one unwanted prompt is being left
	sayingsMost = 4                      // utterances under way: a command, its PDU, an ESC, and one spare
)

// mode says what the engine is about.
type mode uint8

const (
	idle      mode = iota // nothing is out, the next call may start
	busy                  // a call is out
	listening             // a call was given up and its final result may still come
	settling              // the line is proved, silence is due
)

// engine owns a conversation. One goroutine runs it and owns every field below the channels; a reader
// and a writer goroutine do nothing but move octets.
//
// A modem answers in order, which is what all certainty rests on: after a doubt the engine asks
// something whose answer nobody else can have caused. When that answer comes, everything older has come
// too or never will.
type engine struct {
	port  io.ReadWriteCloser
	log   *slog.Logger
	times Options

	heard chan chunk
	say   chan utterance
	said  chan written
	calls chan *call
	stop  chan struct{} // closed by Close
	ended chan struct{} // closed when the line is over; err is set
	err   error

	events queue
	lexer  lexer
	now    time.Time // when the octets in hand were read
	mode   mode
	cur    *call
	saying int
	timer  *time.Timer // the deadline of mode and phase
	stuck  *time.Timer // the deadline of writing
	glue   *time.Timer // silence before a glued prompt counts

	commands atomic.Int64 // command lines written
	ready    atomic.Bool  // init is over: a start banner is a restart
	bare     atomic.Bool  // profile: OK without +CMGS is a success
	shaky    bool         // nothing is proved yet: bare ATs were sent, and some may be answered late
	held     *call        // waits for that proof
	ussd     chan<- Event
	menu     atomic.Int64 // when USSD asked for an answer, in ns; 0: no menu is open
	late     *call
	tail     *tail
	quote    *quote
	ring     ringing
	hasty    bool // a prompt came and the chunk it came in is not done with
	unwanted bool // a prompt may come that must be left with ESC
	aborts   int
	proofs   int   // barriers asked since the doubt
	refused  int   // errors that came meanwhile
	doubted  *call // what caused the doubt
}

func newEngine(port io.ReadWriteCloser, o Options) *engine {
	e := &engine{
		port: port, log: o.Log, times: o,
		heard: make(chan chunk),
		say:   make(chan utterance, sayingsMost),
		said:  make(chan written, sayingsMost),
		calls: make(chan *call),
		stop:  make(chan struct{}),
		ended: make(chan struct{}),
		timer: stoppedTimer(), stuck: stoppedTimer(), glue: stoppedTimer(),
	}
	e.doubted = newCall(context.Background(), "", shape{}, 0)
	e.events.out = make(chan Event, 64)
	e.ring.silence = stoppedTimer()
	return e
}

func stoppedTimer() *time.Timer {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return t
}

// run is the engine. It returns when the line is over; nothing it does can block.
func (e *engine) run() {
	defer e.end()
	e.utter(abort) // whoever was here before may have died at a prompt
	for e.err == nil {
		var calls <-chan *call
		if e.mode == idle && e.saying == 0 {
			calls = e.calls
		}
		cancelled, released := e.watch()
		out, head := e.events.head()
		select {
		case c := <-e.heard:
			e.hear(c)
		case w := <-e.said:
			e.wrote(w)
		case c := <-calls:
			e.begin(c)
		case err := <-released:
			e.released(err)
		case <-cancelled:
			e.cancelled()
		case <-e.timer.C:
			e.expired()
		case <-e.glue.C:
			e.unglue()
		case <-e.stuck.C:
			e.lose(fmt.Errorf("a write took longer than %v: %w", e.times.Write, errStuck))
		case e.now = <-e.ring.silence.C:
			e.hungUp()
		case out <- head:
			e.events.advance()
		case <-e.stop:
			e.lose(ErrClosed)
		}
	}
}

// watch returns what can end the current call from the caller's side.
func (e *engine) watch() (cancelled <-chan struct{}, released <-chan error) {
	switch c := e.cur; {
	case e.held != nil:
		return e.held.ctx.Done(), nil
	case c == nil || c.answered:
		return nil, nil
	case c.phase == asking:
		return nil, c.release
	default:
		return c.ctx.Done(), nil
	}
}

// lose ends the line. The first reason counts.
func (e *engine) lose(cause error) {
	if e.err == nil {
		e.err = fmt.Errorf("%w: %w", ErrLost, cause)
	}
}

// end gives everybody who waits an answer.
func (e *engine) end() {
	e.timer.Stop()
	e.stuck.Stop()
	e.glue.Stop()
	e.hungUp()
	if c := e.cur; c != nil {
		c.finish(failure(c, e.err))
	}
	if c := e.held; c != nil {
		c.finish(unsent(c, e.err).err)
	}
	e.events.close()
	close(e.ended)
	for len(e.say) > 0 {
		<-e.say
	}
	close(e.say)
	e.port.Close()
}

// failure is the error of a call that got no final result.
func failure(c *call, cause error) *Error {
	failed := &Error{Command: c.name(), Code: -1, Text: cause.Error(), Outcome: Unknown, Err: cause}
	if c.pdu != "" && c.phase != sent {
		failed.Outcome = NotSent
	}
	failed.sent = c.phase == sent
	return failed
}

// begin starts a call.
func (e *engine) begin(c *call) {
	if e.shaky && !c.probe && c.barrier == nil {
		e.held = c
		e.doubt(c, 0)
		return
	}
	e.shaky = e.shaky || c.probe
	u, err := command(c.text)
	if err == nil {
		err = context.Cause(c.ctx)
	}
	if err != nil {
		c.finish(unsent(c, err).err)
		return
	}
	e.mode, e.cur = busy, c
	c.mr = -1
	if c.ussd != nil {
		e.ussd = c.ussd
	}
	if c.console {
		e.unwanted, e.aborts = true, 0
	}
	limit := c.limit
	if c.pdu != "" {
		c.phase = prompting
		limit = e.times.Prompt
	}
	e.log.Debug("say", "line", c.name())
	e.commands.Add(1)
	e.utter(u)
	e.timer.Reset(limit)
	e.await()
}

// await tells the lexer whether a > is a prompt now: one is due, or one must be left, and no string is open
// whose next line may begin with it.
func (e *engine) await() {
	due := e.cur != nil && e.cur.phase == prompting && !e.hasty
	e.lexer.awaiting = (due || e.unwanted) && e.quote == nil
}

// utter hands an utterance to the writer.
func (e *engine) utter(u utterance) {
	if e.saying == sayingsMost {
		e.lose(errStuck)
		return
	}
	e.saying++
	e.say <- u
	e.stuck.Reset(e.times.Write)
}

func (e *engine) wrote(w written) {
	e.saying--
	if e.saying == 0 {
		e.stuck.Stop()
	}
	if w.err == nil {
		return
	}
	if c := e.cur; c != nil && c.phase == sent && !w.whole && !errors.Is(w.err, errStuck) {
		c.phase = prompting // Ctrl-Z is the last octet, and it did not go out
	}
	e.lose(fmt.Errorf("write: %w", w.err))
}

// hear takes in what was read. A prompt is acted upon when nothing more is at hand, because some modems
// take it back in the same breath ("> " and then ERROR).
func (e *engine) hear(c chunk) {
	e.now = c.at
	e.glue.Stop()
	for _, octet := range c.data {
		switch e.lexer.next(octet) {
		case line:
			e.line(string(e.lexer.text))
		case prompt:
			e.prompt()
		case overlong:
			e.log.Warn("a line without end was thrown away; is this an AT port, and the baud rate right?")
		}
	}
	if e.hasty {
		e.hasty = false
		e.prompted()
	}
	if e.lexer.glued() {
		e.glue.Reset(gluedTime)
	}
	if c.err != nil {
		e.lose(e.unplugged(c.err))
	}
}

func (e *engine) unglue() {
	if e.lexer.glued() {
		e.line(e.lexer.split())
		e.prompt()
	}
	if e.hasty {
		e.hasty = false
		e.prompted()
	}
}

// prompt is a > where one is awaited.
func (e *engine) prompt() {
	switch c := e.cur; {
	case c != nil && c.phase == prompting && !c.answered:
		e.hasty = true
		e.await()
	case e.unwanted && e.aborts < abortsMax:
		e.log.Warn("a prompt came too late; leaving it")
		e.aborts++
		e.utter(abort)
	}
}

// prompted tells the caller that the prompt is here.
func (e *engine) prompted() {
	c := e.cur
	if c == nil || c.phase != prompting {
		return
	}
	if c.prompted == nil {
		e.carry()
		return
	}
	c.phase = asking
	e.timer.Stop()
	close(c.prompted)
}

// released is the caller's answer to the prompt.
func (e *engine) released(err error) {
	c := e.cur
	switch {
	case c.gone != nil && c.gone.Kind == at.OK:
		e.fail(c, failure(c, ErrAnswer))
		e.doubt(c, abortTime)
	case c.gone != nil:
		e.fail(c, refusal(c, *c.gone))
		e.doubt(c, abortTime)
	case err != nil:
		e.leave(c, failure(c, err))
	default:
		e.carry()
	}
}

// carry writes the PDU. It is the only place that does, and a call comes here once.
func (e *engine) carry() {
	c := e.cur
	u, err := parcel(c.pdu)
	if err != nil {
		e.leave(c, failure(c, err))
		return
	}
	c.phase = sent
	e.late = nil
	e.log.Debug("say", "pdu", len(c.pdu)/2)
	e.utter(u)
	e.timer.Reset(c.limit)
}

// leave gives up a submit at its prompt, or before it.
func (e *engine) leave(c *call, failed *Error) {
	e.unwanted, e.aborts = c.phase == prompting, 0
	e.utter(abort)
	e.fail(c, failed)
	e.doubt(c, abortTime)
}

// cancelled is the caller losing interest. What is out stays out; only a Submit before Ctrl-Z is stopped.
func (e *engine) cancelled() {
	if c := e.held; c != nil {
		e.held = nil
		c.finish(unsent(c, context.Cause(c.ctx)).err)
		return
	}
	c := e.cur
	failed := failure(c, context.Cause(c.ctx))
	if c.phase == prompting {
		e.leave(c, failed)
		return
	}
	c.finish(failed)
}

// fail ends the current call with an error.
func (e *engine) fail(c *call, err error) {
	c.finish(err)
	e.release()
}

// release ends the current call.
func (e *engine) release() {
	if c := e.cur; c != nil && c.console {
		e.unwanted = false
	}
	e.cur, e.mode, e.hasty = nil, idle, false
	e.timer.Stop()
	e.await()
}

// final is a final result.
func (e *engine) final(r at.Result) {
	c := e.cur
	if c != nil {
		c.final = r
	}
	switch {
	case c == nil:
		e.stray(r)
	case c.barrier != nil:
		if e.proves(c, r) {
			c.finish(nil)
			e.release()
			e.proved()
		}
	case c.phase == asking: // the modem did not wait for the PDU
		c.gone = &r
	case c.pdu != "":
		e.finalSubmit(c, r)
	case r.Kind != at.OK && r.Kind != at.Connect:
		e.fail(c, refusal(c, r))
	case c.shape.need && len(c.info) == 0, c.flooded:
		e.log.Warn("an answer does not fit", "line", c.name(), "foreign", c.foreign)
		e.fail(c, failure(c, ErrAnswer))
		e.doubt(c, 0)
	default:
		c.finish(nil)
		e.release()
	}
}

func (e *engine) finalSubmit(c *call, r at.Result) {
	switch {
	case c.phase == prompting && r.Kind == at.OK: // not this command's
		e.leave(c, failure(c, ErrAnswer))
	case r.Kind != at.OK:
		refused := refusal(c, r)
		if c.answered {
			e.lateRejected(c, refused)
		}
		if c.phase == sent {
			e.late = c // should a reference come nevertheless, the refusal was another's
		}
		e.fail(c, refused)
	case c.credited || e.bare.Load():
		if c.answered {
			e.lateSent(c, c.mr)
		}
		c.finish(nil)
		e.release()
	default: // OK without reference: perhaps another's
		e.late = c
		e.fail(c, failure(c, ErrAnswer))
		e.doubt(c, graceTime)
	}
}
