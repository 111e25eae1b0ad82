package modem

import (
	"errors"
	"fmt"
	"strings"

	"smsbridge/modem/at"
)

// Errors of the line itself. Those of one command are *Error.
var (
	// ErrLost is wrapped by whatever fails because the line is gone or in doubt beyond cure. Close the
	// modem and open it again; the sweep finds what was missed.
	ErrLost = errors.New("the line to the modem is lost")

	// ErrUnplugged is the cause of ErrLost when the port went away by itself.
	ErrUnplugged = errors.New("the port went away")

	// ErrClosed is the cause of ErrLost when Close was called here.
	ErrClosed = errors.New("the modem was closed")

	// ErrRestarted is the cause when the modem started anew in the middle of a command.
	ErrRestarted = errors.New("the modem restarted")

	// ErrTimeout is the cause when no answer came in time.
	ErrTimeout = errors.New("no answer in time")

	// ErrAnswer is the cause when what came is not an answer to what was asked, so that it may belong to
	// something else. The engine proves the line afterwards.
	ErrAnswer = errors.New("the answer does not fit the command")

	ErrSilent      = errors.New("nothing on this port answers AT")
	ErrSIMAbsent   = errors.New("there is no SIM in the modem")
	ErrSIMFailure  = errors.New("the modem cannot read its SIM")
	ErrSIMBusy     = errors.New("the SIM did not get ready in time")
	ErrPINRequired = errors.New("the SIM asks for its PIN")
	ErrPUKRequired = errors.New("the SIM is blocked and asks for its PUK")
)

// PINError is an ErrPINRequired that knows more.
type PINError struct {
	Tries   int  // tries left, -1 if the modem does not tell
	Refused bool // the PIN that was configured is wrong; false: there is none, or it was not risked

	Held error // why the PIN was not entered though there is one: what TryPIN said, or what is wrong with it
}

func (e *PINError) Error() string {
	text := ErrPINRequired.Error()
	if e.Refused {
		text = "the SIM refused the PIN"
	}
	if e.Tries >= 0 {
		text += fmt.Sprintf(" (tries left: %d)", e.Tries)
	}
	if e.Held != nil {
		text += "; the PIN was not entered: " + e.Held.Error()
	}
	return text
}

func (e *PINError) Unwrap() []error {
	if e.Held == nil {
		return []error{ErrPINRequired}
	}
	return []error{ErrPINRequired, e.Held}
}

// Advice says in plain words what a person should do.
func (e *PINError) Advice() string {
	switch {
	case e.Refused && e.Tries == 1:
		return "The configured PIN is wrong and one try is left. It is not tried again. Put the card into a phone, " +
			"enter the right PIN there, and then correct the setting."
	case e.Refused:
		return "The configured PIN is wrong. It is not tried again; correct the setting."
	case e.Tries == 0 || e.Tries == 1:
		return "The last try is never made from here, for a wrong PIN would block the card. Put the card into a phone " +
			"and enter the PIN there: that gives back all three tries."
	case e.Held != nil:
		return "Correct the PIN in the settings, or put the card into a phone and enter the PIN there."
	}
	return "Give the PIN of this card in the settings, or switch the PIN off with the card in a phone."
}

// PUKError is an ErrPUKRequired that knows more.
type PUKError struct {
	Tries int // tries left for the PUK, -1 if the modem does not tell
}

func (e *PUKError) Error() string {
	text := ErrPUKRequired.Error()
	if e.Tries >= 0 {
		text += fmt.Sprintf(" (tries left: %d)", e.Tries)
	}
	return text
}

func (e *PUKError) Unwrap() error { return ErrPUKRequired }

// Advice says in plain words what a person should do.
func (e *PUKError) Advice() string {
	if e.Tries == 0 {
		return "The card is blocked for good. Ask its operator for a new one; the number can be kept."
	}
	return "A wrong PIN was entered three times. The PUK is on the letter or plastic frame that the card came with, or " +
		"in the operator's customer area. Put the card into a phone, enter the PUK and choose a new PIN, then give " +
		"that PIN in the settings. Nothing here tries a PUK: ten wrong ones destroy the card."
}

// Outcome says what is known about a command that did not succeed.
type Outcome uint8

const (
	Rejected Outcome = iota // an error came as the final result; for Submit, after Ctrl-Z
	NotSent                 // nothing took effect: no Ctrl-Z, or not even the command line, was written
	Unknown                 // it was written and no final result came
)

func (o Outcome) String() string {
	return [...]string{"rejected", "not sent", "unknown"}[o]
}

// ErrorKind tells which table Code is from.
type ErrorKind uint8

const (
	Plain ErrorKind = iota // no code: ERROR, or no answer at all
	CME                    // TS 27.007, 9.2
	CMS                    // TS 27.005, 3.2.5
)

// Error is a command that did not succeed.
type Error struct {
	Command string // without AT, shortened; never a PDU or a PIN
	Kind    ErrorKind
	Code    int    // -1 if there is none
	Text    string // the meaning of the code, or what went wrong
	Outcome Outcome
	Err     error // the cause: a CMEError or CMSError of warthog618/modem/at, a context's, ErrLost, ...

	sent bool // Ctrl-Z was written before the error came
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Command)
	b.WriteString(": ")
	switch e.Kind {
	case Plain:
		b.WriteString(e.Text)
	default:
		fmt.Fprintf(&b, "%s (%s %d)", e.Text, [...]string{CME: "CME", CMS: "CMS"}[e.Kind], e.Code)
	}
	if e.Outcome != Rejected {
		b.WriteString(": " + e.Outcome.String())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// refusal makes an error of a final result.
func refusal(c *call, r at.Result) *Error {
	e := &Error{
		Command: c.name(), Code: r.Code, Text: r.Text, Outcome: Rejected,
		Err: vocabulary(r), sent: c.phase == sent,
	}
	if c.pdu != "" && !e.sent {
		e.Outcome = NotSent
	}
	meaning := ""
	switch r.Kind {
	case at.CME:
		e.Kind, meaning = CME, at.CMEText(r.Code)
	case at.CMS:
		e.Kind, meaning = CMS, at.CMSText(r.Code)
	default:
		e.Text = "the modem said " + r.String()
	}
	if meaning != "" {
		e.Text = meaning
	} else if e.Text == "" {
		e.Text = "unspecified"
	}
	return e
}

// is reports whether err is an *Error of that kind and code.
func is(err error, kind ErrorKind, code int) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Kind == kind && e.Code == code
}
