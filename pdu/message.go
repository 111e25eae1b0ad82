package pdu

import "fmt"

// Message is a text, or data, that is to go out as one or more Submits (3GPP TS 23.040, 9.2.2.2).
type Message struct {
	To   Address
	Text string
	Data []byte // 8-bit data in the place of Text, for a program at the other end

	StatusReport     bool     // ask for one, for each part (9.2.3.5)
	ReplyPath        bool     // ask that the answer takes the same service centre (9.2.3.17)
	RejectDuplicates bool     // the service centre is to refuse what it holds already (9.2.3.25)
	Validity         Validity // how long the service centre is to try (9.2.3.12)
	Class            *Class   // nil for none (TS 23.038, 4)
	PID              byte     // zero for ordinary messages (9.2.3.9)
	Ports            *Ports   // the programs at both ends (9.2.3.24.3, 9.2.3.24.4); nil for none

	// Languages are those whose tables may be used if that saves parts (9.2.3.24.15). Old phones
	// show other letters then, so none is the right choice unless one knows the recipients.
	Languages []Language

	// Unicode asks for UCS-2 even where the GSM alphabet would do.
	Unicode bool

	// Ref is the concatenation reference, used when the text needs more than one part. Two messages
	// to one recipient that are on their way at the same time must not share it, or their parts may
	// be joined; so it comes from a place that outlives the process. Without Wide its low eight bits
	// are sent (9.2.3.24.1); Wide sends all sixteen (9.2.3.24.8), for one character less in each part.
	Ref  uint16
	Wide bool
}

// Submits returns the message as Submits, one for each part, of message reference 0. The error is an
// *Error; it wraps ErrNoRecipient, ErrAddress, ErrNotUTF8, ErrEscape, ErrMismatch or ErrTooLong.
// The parts are cut as 3GPP TS 23.040, 9.2.3.24.1 has it.
func (m Message) Submits() ([]*Submit, error) {
	if m.To.Value == "" {
		return nil, unwritable("TP-DA", ErrNoRecipient)
	}
	if err := m.To.check("TP-DA"); err != nil {
		return nil, err
	}
	var few [8]piece
	p, err := divide(few[:0], &m)
	if err != nil {
		return nil, err
	}
	model := Submit{
		RD: m.RejectDuplicates, RP: m.ReplyPath, SRR: m.StatusReport,
		DA: m.To, PID: m.PID, DCS: p.dcs(m.Class), VP: m.Validity,
	}
	if len(p.parts) == 1 && p.header == 0 {
		return model.single(&p, &m), nil
	}
	submits := make([]Submit, len(p.parts))
	pointers := make([]*Submit, len(p.parts))
	w := p.writer(&m)
	for i := range submits {
		submits[i] = model
		submits[i].UD = w.part(&p, &m, i)
		pointers[i] = &submits[i]
	}
	return pointers, nil
}

// single returns the Submit of a message without a header, all in one piece of memory.
func (s Submit) single(p *division, m *Message) []*Submit {
	memory := new(struct {
		submit  Submit
		pointer [1]*Submit
		octets  [maxOctets]byte
	})
	w := partWriter{octets: memory.octets[:0]}
	s.UD = w.part(p, m, 0)
	memory.submit = s
	memory.pointer[0] = &memory.submit
	return memory.pointer[:]
}

// dcs returns the coding of 3GPP TS 23.038, 4 for the parts.
func (p *division) dcs(c *Class) DCS {
	d := [...]DCS{GSM7: DCSGSM7, Data8: DCSData8, UCS2: DCSUCS2}[p.alphabet]
	if c != nil {
		d |= dcsWithClass | DCS(*c&0x03)
	}
	return d
}

// check tells whether the message is one.
func (m *Message) check() error {
	switch {
	case m.Data != nil && m.Text != "":
		return unwritable("text", fmt.Errorf("%w: a message is text or data, not both", ErrMismatch))
	case m.Ports != nil && !m.Ports.Wide && (m.Ports.Destination > 0xFF || m.Ports.Source > 0xFF):
		return unwritable("TP-UDH", fmt.Errorf("%w: ports above 255 have to be wide", ErrMismatch))
	}
	return nil
}
