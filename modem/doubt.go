package modem

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"smsbridge/modem/at"
)

// expired is the deadline of whatever the engine is about.
func (e *engine) expired() {
	switch c := e.cur; {
	case c != nil && c.barrier != nil:
		e.release()
		e.prove()
	case c != nil && c.probe:
		e.fail(c, failure(c, ErrTimeout))
	case c != nil && c.phase == prompting:
		e.leave(c, failure(c, fmt.Errorf("no prompt: %w", ErrTimeout)))
	case c != nil && c.dials && c.answered && c.aborts < abortsMax:
		e.abortDialling()
	case c != nil:
		e.overdue(c)
	case e.mode == listening:
		e.prove()
	case e.mode == settling:
		e.settled()
	}
}

// overdue gives up a call whose final result did not come. After Ctrl-Z the engine listens long and says
// nothing meanwhile, since some modems give up a transfer for an octet received.
func (e *engine) overdue(c *call) {
	e.log.Warn("no answer in time", "line", c.name())
	grace := graceTime
	if c.phase == sent {
		e.late = c
		grace = e.times.Late
	}
	e.fail(c, failure(c, ErrTimeout))
	e.unwanted = e.unwanted || c.console
	e.await()
	e.doubt(c, grace)
}

// doubt starts the cure of a line on which an answer is missing or was too much: listen for the grace,
// then prove the line, then hear it be silent. No call starts before that is over.
func (e *engine) doubt(c *call, grace time.Duration) {
	e.doubted, e.proofs, e.refused = c, 0, 0
	if grace <= 0 {
		e.prove()
		return
	}
	e.mode = listening
	e.timer.Reset(grace)
}

// stray is a final result nobody waits for.
func (e *engine) stray(r at.Result) {
	switch e.mode {
	case listening: // the late one
		e.creditLate(r)
		e.prove()
	case settling:
		e.prove()
	case idle:
		e.log.Warn("a final result nobody asked for", "result", r.String())
		e.mode = settling
		e.timer.Reset(settleTime)
	}
}

// barriers are questions every modem answers with a line of its own. Within a session that is enough to
// tell the answer from all older ones, if it is not the question that caused the doubt.
var barriers = [...]string{"+CSQ", "+CMGF?", "+CPIN?", "+CNMI?"}

// sessions counts proofs across sessions. What a modem still owes to an earlier session looks like what it
// owes to this one, so the first proof of a session asks several things in an order that is this session's own:
// AT+CSQ;+CFUN?;+CMEE?;+CSQ;+CSQ for example. Several commands have one final result (V.250, 5.4), and 40
// characters are the longest line a modem must take (5.2.1), which makes 243 orders. All lines of the process
// share the count: with two things to ask, and 32 orders, two sessions of a slow modem had the same one now
// and then, and the second took the first's answer for its own.
var sessions atomic.Uint32

// proofWords are asked in the first proof. Every modem answers them, with or without a SIM, in lines with
// their names.
var proofWords = [...]string{"+CSQ", "+CMEE?", "+CFUN?"}

// patterns is how many orders of five there are.
const patterns = 3 * 3 * 3 * 3 * 3

func pattern() (text string, answers []string) {
	n := int(sessions.Add(1))
	var asked []string
	for range 5 {
		word := proofWords[n%len(proofWords)]
		asked, answers = append(asked, word), append(answers, strings.TrimSuffix(word, "?"))
		n /= len(proofWords)
	}
	return strings.Join(asked, ";"), answers
}

// prove asks the next barrier, or gives the line up.
func (e *engine) prove() {
	if e.proofs == proofsMax {
		e.lose(fmt.Errorf("no proof after %q: %w", e.doubted.name(), ErrTimeout))
		return
	}
	text := barriers[e.proofs]
	if text == e.doubted.text { // its own late answer would look like the proof
		text = barriers[proofsMax]
	}
	answers := []string{strings.TrimSuffix(text, "?")}
	if e.shaky && e.refused < 2 {
		text, answers = pattern()
	}
	e.proofs++
	c := newCall(context.Background(), text, shape{prefix: answers[0], also: answers[1:], need: true}, proofTime)
	c.barrier = answers
	e.begin(c)
}

// proves reports whether a final result ends the barrier. If not, it belongs to the past, or the modem does
// not know the question; time will tell.
func (e *engine) proves(c *call, r at.Result) bool {
	proved := len(c.info) > 0 && r.Kind == at.OK
	if len(c.barrier) > 1 {
		proved = slices.EqualFunc(c.info, c.barrier, hasPrefix)
	}
	if !proved {
		c.info = nil
		if r.Kind != at.OK {
			e.refused++
			e.timer.Reset(abortTime)
		}
	}
	return proved
}

// proved is the answer to a barrier: nothing older can come any more, but something may be said twice. At
// the start of a session what was read together is enough to see that.
func (e *engine) proved() {
	e.unwanted, e.shaky = false, false
	e.await()
	e.mode = settling
	if e.held != nil {
		e.timer.Reset(0)
	} else {
		e.timer.Reset(settleTime)
	}
}

// settled is silence after the proof.
func (e *engine) settled() {
	e.mode, e.proofs = idle, 0
	if c := e.held; c != nil {
		e.held = nil
		e.begin(c)
	}
}

// creditLate gives a final result to the Submit that ended Unknown, if it can be of no other: while the
// engine listens for it nothing else is out, and +CMS ERROR says what it is about.
func (e *engine) creditLate(r at.Result) {
	c := e.late
	switch {
	case c == nil || c != e.doubted:
	case r.Kind == at.CMS:
		e.lateRejected(c, refusal(c, r))
	case r.Kind == at.OK && e.bare.Load():
		e.lateSent(c, -1)
	}
}

func (e *engine) lateSent(c *call, mr int) {
	e.late = nil
	e.emit(Event{Kind: LateSent, Late: &LateResult{PDU: c.pdu, MR: mr}})
}

func (e *engine) lateRejected(c *call, refused *Error) {
	e.late = nil
	e.emit(Event{Kind: LateRejected, Late: &LateResult{PDU: c.pdu, MR: -1, Err: refused}})
}

// credit is a +CMGS line. Until the current Submit has written its PDU, it can only be the last one's.
func (e *engine) credit(text string) {
	mr, ok := at.ParseParams(payload(text)).Int(0)
	if !ok {
		mr = -1
	}
	switch c := e.cur; {
	case c != nil && c.phase == sent && !c.credited:
		c.mr, c.credited = mr, true
	case e.late != nil:
		e.lateSent(e.late, mr)
		if e.mode == listening {
			e.timer.Reset(graceTime) // for the OK that follows
		}
	default:
		e.log.Warn("a message reference nobody asked for", "line", text)
	}
}
