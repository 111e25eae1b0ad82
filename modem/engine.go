package modem

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"
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
