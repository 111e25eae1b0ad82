package modem

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"smsbridge/modem/at"
)

// Submission is a message on its way out.
type Submission struct {
	Length int    // octets of the TPDU, without the service centre
	PDU    string // service centre and TPDU, in upper case hexadecimal

	// Prompted, if not nil, is called once, when the modem has asked for this very PDU and before the
	// first octet of it is written: the moment to write down that it may be sent. If it returns an
	// error, the message is not sent.
	Prompted func(context.Context) error
}

// Submit sends a message and returns the reference that status reports will name, -1 if the modem gave
// none. Any error is an *Error, whose Outcome says what is known. When ctx ends, Submit returns at once:
// NotSent before Ctrl-Z, Unknown after it. What the modem says later about an Unknown comes as a LateSent
// or LateRejected event.
func (m *Modem) Submit(ctx context.Context, s Submission) (mr int, err error) {
	c := newCall(ctx, "+CMGS="+strconv.Itoa(s.Length), shape{}, max(m.options.Result, m.profile.Result))
	c.pdu = s.PDU
	if err := s.check(); err != nil {
		a := unsent(c, err)
		return a.mr, a.err
	}
	if s.Prompted != nil {
		c.prompted, c.release = make(chan struct{}), make(chan error, 1)
	}
	select {
	case m.engine.calls <- c:
	case <-ctx.Done():
		return -1, unsent(c, context.Cause(ctx)).err
	case <-m.engine.ended:
		return -1, unsent(c, m.engine.err).err
	}
	return m.follow(c, s.Prompted)
}

// follow waits for the outcome and answers the prompt meanwhile.
func (m *Modem) follow(c *call, prompted func(context.Context) error) (int, error) {
	asked := c.prompted
	for {
		select {
		case <-asked:
			asked = nil
			c.release <- prompted(c.ctx)
		case a := <-c.reply:
			return a.mr, a.err
		}
	}
}

// check refuses what would leave the modem waiting at its prompt: it counts octets.
func (s Submission) check() error {
	switch {
	case !upperHex(s.PDU):
		return errors.New("the PDU is not written in upper case hexadecimal octets")
	case !measures(s.PDU, s.Length):
		return fmt.Errorf("a PDU of %d octets has no TPDU of %d", len(s.PDU)/2, s.Length)
	}
	return nil
}

// Stored is a PDU in a memory of the modem.
type Stored struct {
	Memory string
	Index  int
	Status int    // TS 27.005, 3.1: 0 received unread, 1 received read, 2 stored unsent, 3 stored sent
	Length int    // octets of the TPDU, as the modem counts
	PDU    string // upper case hexadecimal, with service centre; empty if the modem gave none
}

// List returns what is in a memory, in the modem's order. The modem may count the messages as read
// afterwards.
func (m *Modem) List(ctx context.Context, memory string) ([]Stored, error) {
	if err := m.reserve(ctx, memory); err != nil {
		return nil, err
	}
	defer m.leave(memory)
	pairs, err := m.inMode(ctx, "+CMGL=4", "+CMGL", 1)
	if empty(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Stored
	for _, p := range pairs {
		fields := at.ParseParams(payload(p.header))
		index, ok := fields.Int(0)
		if !ok || p.pdu == "" {
			m.options.Log.Warn("an entry without a PDU", "memory", memory, "line", p.header)
			continue
		}
		list = append(list, stow(memory, index, fields[1:], p.pdu))
	}
	return list, nil
}

// Read returns what is at one place of a memory, false if nothing is.
func (m *Modem) Read(ctx context.Context, memory string, index int) (Stored, bool, error) {
	if err := m.reserve(ctx, memory); err != nil {
		return Stored{}, false, err
	}
	defer m.leave(memory)
	pairs, err := m.inMode(ctx, "+CMGR="+strconv.Itoa(index), "+CMGR", 0)
	if empty(err) {
		return Stored{}, false, nil
	}
	if err != nil {
		return Stored{}, false, err
	}
	for _, p := range pairs { // none, or "+CMGR: 0,,0" without a PDU, is an empty place
		if p.pdu != "" {
			return stow(memory, index, at.ParseParams(payload(p.header)), p.pdu), true, nil
		}
	}
	return Stored{}, false, nil
}

// Delete empties one place of a memory. A place that is empty already is no error.
func (m *Modem) Delete(ctx context.Context, memory string, index int) error {
	if err := m.reserve(ctx, memory); err != nil {
		return err
	}
	defer m.leave(memory)
	err := m.set(ctx, "+CMGD="+strconv.Itoa(index))
	if is(err, CMS, 321) {
		return nil
	}
	return err
}

// stow makes a Stored of the fields from the state on: state, name or nothing, length.
func stow(memory string, index int, fields at.Params, pdu string) Stored {
	s := Stored{Memory: memory, Index: index, Status: number(fields, 0, -1), PDU: pdu}
	s.Length = number(fields, len(fields)-1, 0)
	if !measures(pdu, s.Length) {
		s.Length = max(0, len(pdu)/2-1-(unhex(pdu[0])<<4|unhex(pdu[1])))
	}
	return s
}

// inMode asks for PDUs. If the modem turns out to be in text mode, it is brought back and asked again.
func (m *Modem) inMode(ctx context.Context, text, prefix string, state int) ([]pair, error) {
	for again := true; ; again = false {
		c := newCall(ctx, text, shape{prefix: prefix, pdus: true}, m.options.Store)
		a := m.do(c)
		astray := refusesMode(a.err)
		for _, p := range a.pairs {
			astray = astray || inTextMode(at.ParseParams(payload(p.header)), state)
		}
		if !astray || !again {
			return a.pairs, a.err
		}
		m.options.Log.Warn("the modem was in text mode")
		if err := m.set(ctx, "+CMGF=0"); err != nil {
			return nil, err
		}
	}
}

// reserve selects the memory to read from and keeps others from selecting another. It must be followed by
// leave if it succeeds.
func (m *Modem) reserve(ctx context.Context, memory string) error {
	var current string
	select {
	case current = <-m.selected:
	case <-ctx.Done():
		return unsent(newCall(ctx, "+CPMS", shape{}, 0), context.Cause(ctx)).err
	}
	if current == memory {
		return nil
	}
	a := m.do(newCall(ctx, "+CPMS="+at.Quote(memory), shape{prefix: "+CPMS"}, m.options.Store))
	if a.err != nil {
		m.leave("")
	}
	return a.err
}

func (m *Modem) leave(memory string) { m.selected <- memory }
