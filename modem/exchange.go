package modem

import (
	"context"
)

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
	if c.dials {
		e.abortDialling()
	}
}

// abortDialling has the modem dial no further: any character does, V.250, 5.6.1, but for the first 125 ms, in which
// some take it for the LF of a command line. So it is sent again if nothing comes of it.
func (e *engine) abortDialling() {
	e.cur.aborts++
	e.utter(utterance{'\r'})
	e.timer.Reset(abortTime)
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
