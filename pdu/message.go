package pdu

// Message is a text that is to go out.
type Message struct {
	To           Address
	Text         string
	StatusReport bool     // ask for one, for each part
	Validity     Validity // how long the service centre is to try
	Class        *Class   // nil for none

	// Ref is the concatenation reference, used when the text needs more than one part. Two messages
	// to one recipient that are on their way at the same time must not share it, or their parts may
	// be joined; so it comes from a place that outlives the process. Without Wide its low eight bits
	// are sent; Wide sends all sixteen, for one character less in each part.
	Ref  uint16
	Wide bool
}

// Submits returns the message as Submits, one for each part, of message reference 0. The error is an
// *Error; it wraps ErrNoRecipient, ErrAddress, ErrNotUTF8, ErrEscape or ErrTooLong.
func (m Message) Submits() ([]*Submit, error) {
	if m.To.Value == "" {
		return nil, unwritable("TP-DA", ErrNoRecipient)
	}
	if err := m.To.check("TP-DA"); err != nil {
		return nil, err
	}
	dcs, parts, err := Segments(m.Text, m.Ref, m.Wide)
	if err != nil {
		return nil, err
	}
	if m.Class != nil {
		dcs |= dcsWithClass | DCS(*m.Class&0x03)
	}
	submits := make([]Submit, len(parts))
	pointers := make([]*Submit, len(parts))
	for i := range parts {
		submits[i] = Submit{SRR: m.StatusReport, DA: m.To, DCS: dcs, VP: m.Validity, UD: parts[i]}
		pointers[i] = &submits[i]
	}
	return pointers, nil
}
