package modem

import (
	"smsbridge/modem/at"
)

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
