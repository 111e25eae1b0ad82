package pdu

import (
	"slices"
	"strings"
)

// A Frame is what stands on one AT line in PDU mode: the service centre and a TPDU, in hex
// (3GPP TS 27.005, 3.1).
type Frame struct {
	SMSC     Address
	TPDU     TPDU
	Raw      []byte // every octet of the line, service centre included; nil in a frame one builds
	Warnings Warnings
}

// maxFrame is far above what a PDU can need (12 octets of service centre and 164 of Deliver), and
// leaves room for the filling of any SIM record. It keeps hostile lines small.
const maxFrame = 512

// ParseFrame reads the line that follows +CMT, +CMGR, +CMGL, +CDS and the like, or that is given to
// +CMGS. White space and CR around it do not matter, nor does the case of the digits.
//
// The error is an *Error. The frame then has Raw as far as the line is hex, and SMSC as far as that
// could be read; TPDU is nil.
func ParseFrame(line string, d Direction) (Frame, error) {
	raw, err := parseHex(strings.TrimSpace(line))
	if err != nil {
		return Frame{Raw: raw}, err
	}
	r := reader{octets: raw}
	f := r.frame(d)
	if r.err != nil {
		return f, r.err
	}
	return f, nil
}

func (r *reader) frame(d Direction) Frame {
	f := Frame{Raw: r.octets}
	f.SMSC = r.serviceCentre()
	if r.err != nil {
		return f
	}
	start := r.at
	t := reader{octets: r.octets[start:], fields: r.fields}
	before := t.marked()
	f.TPDU = t.tpdu(d)
	t.shift(before, start)
	f.Warnings = r.warnings | t.warnings
	if r.err = t.err; r.err != nil {
		r.err.Offset += start
		f.TPDU = nil
	}
	return f
}

// Octets returns the octets of the TPDU, that is Raw without the service centre.
func (f Frame) Octets() []byte {
	if len(f.Raw) == 0 || int(f.Raw[0]) >= len(f.Raw) {
		return nil
	}
	return f.Raw[1+int(f.Raw[0]):]
}

// AppendHex writes the line for AT+CMGS behind dst: upper-case hex, service centre first, which is
// "00" (the one kept on the SIM) when SMSC is empty. It writes the fields, not Raw.
func (f Frame) AppendHex(dst []byte) ([]byte, error) {
	start := len(dst)
	out, err := f.SMSC.appendServiceCentre(dst)
	if err != nil {
		return dst, err
	}
	if out, err = f.appendTPDU(out); err != nil {
		return dst, err
	}
	return hexInPlace(out, start), nil
}

// Length returns the n of AT+CMGS=n: the number of octets without the service centre.
func (f Frame) Length() (int, error) {
	octets, err := f.appendTPDU(make([]byte, 0, 176))
	return len(octets), err
}

func (f Frame) appendTPDU(dst []byte) ([]byte, error) {
	if f.TPDU == nil {
		return dst, unwritable("TPDU", ErrMismatch)
	}
	return f.TPDU.Append(dst)
}

const (
	hexDigits = "0123456789ABCDEF"
	notHex    = 0xFF
)

// hexValues holds the value of each digit, in either case, and notHex for other characters.
var hexValues = func() (values [256]byte) {
	for i := range values {
		values[i] = notHex
	}
	for i := range 16 {
		values[hexDigits[i]] = byte(i)
		values[strings.ToLower(hexDigits)[i]] = byte(i)
	}
	return values
}()

func parseHex(s string) ([]byte, error) {
	if len(s) > 2*maxFrame {
		return nil, &Error{Field: "hex", Offset: 2 * maxFrame, Err: ErrTooLong}
	}
	octets := make([]byte, len(s)/2)
	for i := range octets {
		hi, lo := hexValues[s[2*i]], hexValues[s[2*i+1]]
		if hi == notHex || lo == notHex {
			at := 2 * i
			if hi != notHex {
				at++
			}
			return octets[:i], &Error{Field: "hex", Offset: at, Err: ErrHex}
		}
		octets[i] = hi<<4 | lo
	}
	if len(s)%2 != 0 {
		return octets, &Error{Field: "hex", Offset: len(s) - 1, Err: ErrHex}
	}
	return octets, nil
}

// hexInPlace turns the octets of b from start on into twice as many hex digits, last octet first,
// so that nothing is overwritten before it was read.
func hexInPlace(b []byte, start int) []byte {
	n := len(b) - start
	b = slices.Grow(b, n)[:len(b)+n]
	for i := n - 1; i >= 0; i-- {
		o := b[start+i]
		b[start+2*i+1] = hexDigits[o&0x0F]
		b[start+2*i] = hexDigits[o>>4]
	}
	return b
}
