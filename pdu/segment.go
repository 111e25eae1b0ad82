package pdu

// Segments cuts a text into as few parts as it needs, in the GSM 7 bit alphabet if that has every
// character, and in UCS-2 otherwise (3GPP TS 23.040, 9.2.3.24.1). Escape and surrogate pairs stay
// together. An empty text is one empty part. A text of one part has no header, and ref goes unused;
// otherwise every part carries ref, of which the low eight bits count unless wide.
//
// The error is an *Error that wraps ErrNotUTF8, ErrEscape or ErrTooLong.
func Segments(text string, ref uint16, wide bool) (DCS, []UserData, error) {
	return Message{Text: text, Ref: ref, Wide: wide}.Segments()
}

// Segments returns what Submits would put into the parts, with its coding (3GPP TS 23.040,
// 9.2.3.24), and the same errors. It minds neither the recipient nor the class.
func (m Message) Segments() (DCS, []UserData, error) {
	var few [8]piece
	p, err := divide(few[:0], &m)
	if err != nil {
		return 0, nil, err
	}
	parts := make([]UserData, len(p.parts))
	w := p.writer(&m)
	for i := range parts {
		parts[i] = w.part(&p, &m, i)
	}
	return p.dcs(nil), parts, nil
}

// partWriter writes the parts of a division one behind the other into the same memory.
type partWriter struct {
	octets   []byte
	common   []IE // of every part, behind the concatenation
	elements []IE
}

func (p *division) writer(m *Message) partWriter {
	var w partWriter
	each := p.shifts.elements()
	if m.Ports != nil {
		each++
	}
	if each > 0 {
		w.common = p.common(make([]IE, 0, each), m)
	}
	if len(p.parts) > 1 {
		each++
	}
	w.octets = make([]byte, 0, p.octets())
	w.elements = make([]IE, 0, each*len(p.parts))
	return w
}

// common returns the elements that all parts share.
func (p *division) common(dst []IE, m *Message) []IE {
	if m.Ports != nil {
		dst = append(dst, m.Ports.IE())
	}
	if p.shifts.single != NoLanguage {
		dst = append(dst, IE{ID: IESingleShift, Data: []byte{byte(p.shifts.single)}})
	}
	if p.shifts.locking != NoLanguage {
		dst = append(dst, IE{ID: IELockingShift, Data: []byte{byte(p.shifts.locking)}})
	}
	return dst
}

func (w *partWriter) part(p *division, m *Message, i int) UserData {
	var ud UserData
	first := len(w.elements)
	if n := len(p.parts); n > 1 {
		c := Concat{Ref: m.Ref, Total: uint8(n), Seq: uint8(i + 1), Wide: m.Wide}
		at := len(w.octets)
		w.octets = c.append(w.octets)
		w.elements = append(w.elements, IE{ID: c.id(), Data: w.octets[at:len(w.octets):len(w.octets)]})
	}
	w.elements = append(w.elements, w.common...)
	if n := len(w.elements); n > first {
		ud.UDH = w.elements[first:n:n]
	}
	start, end := p.bounds(i, m)
	at := len(w.octets)
	switch p.alphabet {
	case GSM7:
		w.octets, ud.Septets = p.shifts.appendPacked(w.octets, m.Text[start:end])
	case Data8:
		w.octets = append(w.octets, m.Data[start:end]...)
	default:
		w.octets = appendUTF16(w.octets, m.Text[start:end])
	}
	ud.Octets = w.octets[at:len(w.octets):len(w.octets)]
	return ud
}

// bounds returns where a part starts and ends, in bytes of the text or the data.
func (p *division) bounds(i int, m *Message) (start, end int) {
	end = len(m.Text)
	if p.alphabet == Data8 {
		end = len(m.Data)
	}
	if i+1 < len(p.parts) {
		end = p.parts[i+1].start
	}
	return p.parts[i].start, end
}

// octets returns room enough for the parts and their concatenation.
func (p *division) octets() int {
	n := 5 * len(p.parts)
	switch p.alphabet {
	case GSM7:
		return n + packedLen(p.units)
	case Data8:
		return n + p.units
	}
	return n + 2*p.units
}

// appendUTF16 writes a text high octets first (3GPP TS 23.038, 6.2.3).
func appendUTF16(dst []byte, text string) []byte {
	for _, r := range text {
		if r > 0xFFFF {
			r -= 0x10000
			high, low := 0xD800+r>>10, 0xDC00+r&0x3FF
			dst = append(dst, byte(high>>8), byte(high), byte(low>>8), byte(low))
			continue
		}
		dst = append(dst, byte(r>>8), byte(r))
	}
	return dst
}
