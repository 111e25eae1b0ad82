package modem

import "slices"

// Class says what an error asks of the sender.
type Class uint8

const (
	Transient Class = iota // try again later
	Permanent              // the same message will be refused again
	Uncertain              // it may have been sent: do not try again unasked
	Hold                   // the SIM or its owner must act first: pause the line, the message is blameless
	Duplicate              // the service centre has it already: count it as sent
)

func (c Class) String() string {
	return [...]string{"transient", "permanent", "uncertain", "hold", "duplicate"}[c]
}

// Class sorts the error. It is a total function: what no table names is transient before Ctrl-Z, for
// then nothing was sent, and afterwards uncertain if the modem speaks for itself, transient if the
// network does.
func (e *Error) Class() Class {
	if e.Outcome == Unknown {
		return Uncertain
	}
	switch e.Kind {
	case CMS:
		return e.classCMS()
	case CME:
		return e.classCME()
	}
	return e.doubt()
}

// doubt is the class of an error that says nothing.
func (e *Error) doubt() Class {
	if e.sent {
		return Uncertain
	}
	return Transient
}

// TS 24.011, table 8.4, and TS 23.040, 9.2.3.22: the network's refusals that time does not cure. Of the
// modem's own (TS 27.005, 3.2.5), 302 to 305 say that the command is wrong.
var cmsPermanent = []int{
	1, 8, 10, 21, 28, 29, 30, 50, 69, 81, 95, 96, 97, 98, 99, 111,
	302, 303, 304, 305,
}

// Above 127 it is the other way round: all is permanent but a full memory and a busy centre.
var cmsPassing = []int{192, 194, 208, 209, 210, 211, 212}

func (e *Error) classCMS() Class {
	switch c := e.Code; {
	case c == 197: // duplicate rejected by the service centre
		return Duplicate
	case slices.Contains(cmsPermanent, c):
		return Permanent
	case 0 <= c && c <= 127:
		return Transient
	case 128 <= c && c <= 255:
		if slices.Contains(cmsPassing, c) {
			return Transient
		}
		return Permanent
	case c == 314: // SIM busy
		return Transient
	case 310 <= c && c <= 318, c == 330: // SIM; no service centre address
		return Hold
	case c == 332: // network timeout: the answer was lost, perhaps not the message
		return e.doubt()
	case 301 <= c && c <= 340:
		return Transient
	}
	return e.doubt()
}

func (e *Error) classCME() Class {
	switch c := e.Code; {
	case 5 <= c && c <= 7, 10 <= c && c <= 13, 15 <= c && c <= 18, c == 32, 40 <= c && c <= 48,
		c == 262, c == 772: // SIM absent, locked, blocked or wrong; emergency calls only
		return Hold
	case c == 4, 24 <= c && c <= 27, c == 50: // the command or its text is wrong
		return Permanent
	case c == 3, c == 14, 20 <= c && c <= 23, c == 30, c == 257, c == 258, c == 515: // busy, full, no service
		return Transient
	}
	return e.doubt()
}
