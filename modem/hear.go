package modem

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
