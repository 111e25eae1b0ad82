package modem

import (
	"smsbridge/modem/at"
)

// await tells the lexer whether a > is a prompt now: one is due, or one must be left, and no string is open
// whose next line may begin with it.
func (e *engine) await() {
	due := e.cur != nil && e.cur.phase == prompting && !e.hasty
	e.lexer.awaiting = (due || e.unwanted) && e.quote == nil
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
