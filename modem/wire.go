package modem

import (
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	ctrlZ = 0x1A
	esc   = 0x1B
)

// utterance is what may go to the modem. Only the functions below make one, so no octet but those they
// let through can reach the wire.
type utterance []byte

// abort leaves the prompt of +CMGS, if the modem is in it, without sending: TS 27.005, 3.5.1. It must
// never follow a Ctrl-Z. The CR ends whatever line somebody else left unfinished.
var abort = utterance{esc, '\r'}

// command returns AT, the text and CR.
func command(text string) (utterance, error) {
	b := make(utterance, 0, len(text)+3)
	b = append(b, "AT"...)
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c > 0x7E {
			return nil, fmt.Errorf("octet %#02x cannot stand in a command", c)
		}
	}
	b = append(b, text...)
	return append(b, '\r'), nil
}

// parcel returns a PDU and Ctrl-Z, to be written as one.
func parcel(pdu string) (utterance, error) {
	if !upperHex(pdu) {
		return nil, errors.New("the PDU is not written in upper case hexadecimal octets")
	}
	return append(utterance(pdu), ctrlZ), nil
}

func upperHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; !('0' <= c && c <= '9' || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return len(s) > 0 && len(s)%2 == 0
}

// isHex is upperHex for what modems write: either case.
func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; !('0' <= c && c <= '9' || 'a' <= c && c <= 'f') {
			return false
		}
	}
	return len(s) > 0 && len(s)%2 == 0
}

// chunk is what one Read returned.
type chunk struct {
	data []byte
	at   time.Time
	err  error
}

// read carries what the port says to the engine until the port fails or the engine has ended. Two buffers
// are enough: when the engine takes the second, it has done with the first.
func (e *engine) read() {
	var buffers [2][512]byte
	for i := 0; ; i ^= 1 {
		n, err := e.port.Read(buffers[i][:])
		select {
		case e.heard <- chunk{buffers[i][:n], time.Now(), err}:
		case <-e.ended:
			return
		}
		if err != nil {
			return
		}
	}
}

// unplugged is what a failed Read means: our own Close, or the port going away.
func (e *engine) unplugged(err error) error {
	select {
	case <-e.stop:
		return ErrClosed
	default:
	}
	if errors.Is(err, ErrUnplugged) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnplugged, err)
}

// written is the result of one Write.
type written struct {
	whole bool // not an octet is missing
	err   error
}

// write carries the engine's utterances to the port, one Write each, until the engine has ended. After an
// error nothing more goes out: a PDU must not follow a command that did not.
func (e *engine) write() {
	var failed error
	for u := range e.say {
		n := 0
		if failed == nil {
			n, failed = e.port.Write(u)
		}
		if failed == nil && n < len(u) {
			failed = io.ErrShortWrite
		}
		e.said <- written{n == len(u), failed}
	}
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

// wrote takes in what became of an utterance.
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
