package simulator

import (
	"encoding/hex"
	"fmt"

	"smsbridge/pdu"
)

const (
	submitMax = 164 // octets of a SUBMIT: 3GPP TS 23.040, 9.2.2.2, with 12 of address and 7 of validity
	centreMax = 11  // octets of a service centre after its length: TS 24.011, 8.2.5.1
	userMax   = 140 // octets of user data
	digitsMax = 20  // of an address
)

// readSubmit reads the PDU given to AT+CMGS=length. The reason says in words what is wrong with it; it
// is empty when nothing is. The codec has its say, and so have octets counted here: a codec that
// errs in both directions alike must not get through.
func readSubmit(text string, length int) (f pdu.Frame, reason string) {
	octets, err := hex.DecodeString(text)
	if err != nil {
		return f, "not hex: " + err.Error()
	}
	if reason := countOctets(octets, length); reason != "" {
		return f, reason
	}
	f, err = pdu.ParseFrame(text, pdu.MobileOriginated)
	if err != nil {
		return f, err.Error()
	}
	s, ok := f.TPDU.(*pdu.Submit)
	switch {
	case !ok:
		return f, fmt.Sprintf("a %T, not a SUBMIT", f.TPDU)
	case f.Warnings != 0:
		return f, f.Warnings.String()
	}
	if _, w := s.UD.Text(s.DCS); w != 0 {
		return f, "text: " + w.String()
	}
	if da, err := pdu.ParseAddress(s.DA.String()); err != nil || da.Value != s.DA.Value {
		return f, fmt.Sprintf("TP-DA %q is no number", s.DA)
	}
	return f, ""
}

// octetReader walks over octets and remembers that they did not suffice.
type octetReader struct {
	b     []byte
	short bool
}

func (r *octetReader) take(n int) []byte {
	if n > len(r.b) {
		r.short = true
		return make([]byte, n)
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *octetReader) one() int { return int(r.take(1)[0]) }

// countOctets walks over a SUBMIT without the codec: service centre, then 3GPP TS 23.040, 9.2.2.2.
func countOctets(octets []byte, length int) string {
	r := &octetReader{b: octets}
	centre := r.one()
	r.take(centre)
	switch {
	case r.short || centre > centreMax || centre == 1:
		return fmt.Sprintf("service centre of %d octets", centre)
	case len(r.b) != length:
		return fmt.Sprintf("the TPDU has %d octets, +CMGS said %d", len(r.b), length)
	case length > submitMax:
		return fmt.Sprintf("%d octets; a SUBMIT has at most %d", length, submitMax)
	}
	first := r.one()
	r.take(1) // TP-MR
	if first&0x03 != 0x01 {
		return fmt.Sprintf("first octet %02X is not that of a SUBMIT", first)
	}
	if reason := r.address(); reason != "" {
		return reason
	}
	r.take(1) // TP-PID
	dcs := r.one()
	r.take([]int{0, 7, 1, 7}[first>>3&0x03]) // TP-VP by TP-VPF
	return r.userData(dcs, first&0x40 != 0)
}

// address reads TP-DA: digits, their type, semi-octets (9.1.2.5).
func (r *octetReader) address() string {
	digits, kind := r.one(), r.one()
	value := r.take((digits + 1) / 2)
	switch {
	case r.short:
		return "TP-DA is cut off"
	case digits == 0 || digits > digitsMax:
		return fmt.Sprintf("TP-DA of %d digits", digits)
	case kind&0x80 == 0 || kind>>4&0x07 == 5:
		return fmt.Sprintf("TP-DA of type %02X cannot be texted", kind)
	}
	for i := range digits {
		semi := value[i/2] >> (4 * (i % 2)) & 0x0F
		if semi > 11 {
			return fmt.Sprintf("TP-DA has %X for its digit %d", semi, i+1)
		}
	}
	if digits%2 == 1 && value[len(value)-1]>>4 != 0x0F {
		return "TP-DA is odd and not filled with F"
	}
	return ""
}

// userData reads TP-UDL and what it promises, the header included (9.2.3.16, 9.2.3.24).
func (r *octetReader) userData(dcs int, header bool) string {
	udl := r.one()
	octets := udl
	if inSeptets(dcs) {
		octets = (udl*7 + 7) / 8
	}
	switch {
	case r.short:
		return "cut off before TP-UD"
	case octets > userMax:
		return fmt.Sprintf("TP-UDL %d is more than %d octets", udl, userMax)
	case octets != len(r.b):
		return fmt.Sprintf("TP-UDL %d is %d octets, and there are %d", udl, octets, len(r.b))
	case !header:
		return ""
	}
	return r.header()
}

// inSeptets reports whether TP-UDL counts septets: TS 23.038, 4.
func inSeptets(dcs int) bool {
	switch dcs >> 4 {
	case 0x0, 0x1, 0x4, 0x5:
		return dcs>>2&0x03 == 0
	case 0xC, 0xD:
		return true
	case 0xF:
		return dcs&0x04 == 0
	}
	return false
}

// header walks over the elements of the user data header and checks what concatenation says.
func (r *octetReader) header() string {
	h := &octetReader{}
	h.b = r.take(r.one())
	if r.short || len(h.b) == 0 {
		return "the header is longer than the user data, or empty"
	}
	for len(h.b) > 0 {
		id, n := h.one(), h.one()
		data := h.take(n)
		switch {
		case h.short:
			return fmt.Sprintf("element %02X is cut off", id)
		case id == 0x00 && n != 3, id == 0x08 && n != 4:
			return fmt.Sprintf("concatenation of %d octets", n)
		case id == 0x00 || id == 0x08:
			if total, seq := data[n-2], data[n-1]; seq == 0 || seq > total {
				return fmt.Sprintf("part %d of %d", seq, total)
			}
		}
	}
	return ""
}
