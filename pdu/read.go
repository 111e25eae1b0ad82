package pdu

import (
	"fmt"
	"strings"
)

// Reader says how to read a TPDU of 3GPP TS 23.040, 9.2.2. The zero value is lenient: whatever can be read is read, and Warnings
// tell what was not as the standard has it.
type Reader struct {
	// Strict makes every warning an error, which wraps ErrStrict. What is read strictly comes out
	// of Append with the same octets (3GPP TS 23.040, 9.2.2).
	Strict bool

	// Length is the number of octets that the modem announced, the n of "+CMT: ,n" (3GPP TS 27.005,
	// 3.4.1), the service centre left out; 0 when it announced none. Another number than there are
	// gives the warning LengthDiffers.
	Length int
}

// Frame reads a line as ParseFrame does (3GPP TS 27.005, 3.1).
func (o Reader) Frame(line string, d Direction) (Frame, error) {
	line = strings.TrimSpace(line)
	var r reader
	r.reserve(line, d)
	var octets []byte
	if r.memory != nil {
		octets = r.memory.octets[:]
	}
	var err error
	if r.octets, err = parseHex(octets, line); err != nil {
		return Frame{Raw: r.octets}, err
	}
	f := r.frame(d)
	if r.err != nil {
		return f, r.err
	}
	if o.Length != 0 && o.Length != len(r.octets) {
		f.Warnings |= LengthDiffers
	}
	if err := o.mind(f.Warnings); err != nil {
		f.TPDU = nil
		return f, err
	}
	return f, nil
}

// TPDU reads a TPDU as ParseTPDU does (3GPP TS 23.040, 9.2.2).
func (o Reader) TPDU(octets []byte, d Direction) (TPDU, Warnings, error) {
	r := reader{octets: octets}
	t := r.tpdu(d)
	if r.err != nil {
		return nil, r.warnings, r.err
	}
	if o.Length != 0 && o.Length != len(octets) {
		r.warnings |= LengthDiffers
	}
	if err := o.mind(r.warnings); err != nil {
		return nil, r.warnings, err
	}
	return t, r.warnings, nil
}

// mind turns warnings into an error, for who is strict.
func (o Reader) mind(w Warnings) error {
	if !o.Strict || w == 0 {
		return nil
	}
	return &Error{Field: w.field(), Offset: -1, Err: fmt.Errorf("%w: %s", ErrStrict, w)}
}
