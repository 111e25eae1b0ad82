package pdu

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// UserData is TP-UD: a header, if there is one, and what follows it (3GPP TS 23.040, 9.2.3.24).
//
// In the GSM 7 bit alphabet Octets holds Septets septets, packed from the first bit on: the header
// and the fill bits between it and the text are gone, and the text has moved up to close the gap. In
// all other codings Octets is what stands behind the header, and Septets is 0.
//
// Octets of nil, as opposed to empty, are those of a part that never came; see Join.
type UserData struct {
	UDH     UDH
	Octets  []byte
	Septets int
}

// Limits of 9.2.3.16.
const (
	maxOctets  = 140
	maxSeptets = 160
)

// userData reads TP-UDL and TP-UD.
func (r *reader) userData(d DCS, udhi bool) UserData {
	udl := int(r.octet("TP-UDL"))
	if r.err != nil {
		return UserData{}
	}
	inSeptets := d.inSeptets()
	size := udl
	if inSeptets {
		size = packedLen(udl)
	}
	r.warn(size > maxOctets, LongUD)
	if have := len(r.rest()); size > have {
		r.warnings |= ShortUD
		size = have
		udl = size
		if inSeptets {
			udl = size * 8 / 7
		}
	}
	start := r.at
	ud := r.octets[start : start+size : start+size]
	h, header := r.header(ud, udhi)
	r.at = start + size
	text := UserData{UDH: h}
	if inSeptets {
		r.septets(&text, ud, header, udl)
	} else {
		text.Octets = ud[header:]
	}
	if text.Octets == nil {
		text.Octets = []byte{}
	}
	r.at = start + header
	r.mark("TP-UDH", start)
	r.at = start + size
	r.mark("TP-UD", start+header)
	return text
}

// header reads the header at the front of ud and returns how many octets it takes. One that
// contradicts itself is ignored but skipped; one longer than ud cannot be a header, and the octets
// are then all text.
func (r *reader) header(ud []byte, udhi bool) (UDH, int) {
	if !udhi {
		return nil, 0
	}
	if len(ud) == 0 || 1+int(ud[0]) > len(ud) {
		r.warnings |= BadUDH
		return nil, 0
	}
	n := 1 + int(ud[0])
	h, ok := parseUDH(ud[1:n])
	r.warn(!ok || len(h) == 0, BadUDH)
	for _, e := range h {
		if e.ID == IEConcat8 || e.ID == IEConcat16 {
			_, ok := e.concat()
			r.warn(!ok, BadConcat)
		}
	}
	return h, n
}

// septets fills in the text of ud, which has udl septets, those that the header covers included:
//
//	| UDHL | header ... | 0-6 fill bits | septets ... | 0-7 unused bits |
func (r *reader) septets(text *UserData, ud []byte, header, udl int) {
	skip := (header*8 + 6) / 7
	if udl < skip {
		r.warnings |= ShortUD
		return
	}
	text.Septets = udl - skip
	if spare := uint(len(ud)*8 - udl*7); spare > 0 && r.warnings&ShortUD == 0 {
		r.warn(ud[len(ud)-1]>>(8-spare) != 0, FillBits)
	}
	from, shift := skip*7/8, uint(skip*7%8)
	if shift > 0 && from < len(ud) {
		r.warn(ud[from]&(1<<shift-1) != 0, FillBits)
	}
	size := packedLen(text.Septets)
	if shift == 0 {
		text.Octets = ud[from : from+size]
		return
	}
	moved := make([]byte, size)
	for i := range moved {
		moved[i] = ud[from+i] >> shift
		if from+i+1 < len(ud) {
			moved[i] |= ud[from+i+1] << (8 - shift)
		}
	}
	if size > 0 {
		moved[size-1] &= lastMask(text.Septets)
	}
	text.Octets = moved
}

// lastMask keeps the bits of the last octet of n packed septets that are in use.
func lastMask(n int) byte { return byte(0xFF >> (packedLen(n)*8 - n*7)) }

// append writes TP-UDL and TP-UD.
func (ud UserData) append(dst []byte, d DCS) ([]byte, error) {
	header := ud.UDH.headerLen()
	if !d.inSeptets() {
		if n := header + len(ud.Octets); n > maxOctets {
			return dst, unwritable("TP-UD", ErrTooLong)
		} else if ud.Septets != 0 {
			return dst, unwritable("TP-UD", ErrMismatch)
		} else {
			dst = append(dst, byte(n))
		}
		dst, err := ud.UDH.append(dst)
		return append(dst, ud.Octets...), err
	}
	skip := (header*8 + 6) / 7
	udl := skip + ud.Septets
	switch {
	case udl > maxSeptets:
		return dst, unwritable("TP-UD", ErrTooLong)
	case ud.Septets < 0 || len(ud.Octets) != packedLen(ud.Septets):
		return dst, unwritable("TP-UD", ErrMismatch)
	}
	dst, err := ud.UDH.append(append(dst, byte(udl)))
	if err != nil {
		return dst, err
	}
	return ud.appendShifted(dst, skip*7-header*8, packedLen(udl)-header), nil
}

// appendShifted writes the septets behind fill bits, in size octets.
func (ud UserData) appendShifted(dst []byte, fill, size int) []byte {
	start := len(dst)
	if fill == 0 {
		dst = append(dst, ud.Octets...)
	} else {
		carry := byte(0)
		for _, o := range ud.Octets {
			dst = append(dst, o<<fill|carry)
			carry = o >> (8 - fill)
		}
		if len(dst) < start+size {
			dst = append(dst, carry)
		}
	}
	if used := fill + 7*ud.Septets; used%8 != 0 {
		dst[start+size-1] &= 0xFF >> (8 - used%8)
	}
	return dst
}

// Text returns the text of one part. It is empty for 8-bit and for compressed data, which are no
// text, or none that can be read here; the octets are there. A character that the sender cut in two
// comes out whole only in Join.
func (ud UserData) Text(d DCS) (string, Warnings) {
	var units [maxSeptets]byte
	var text [2 * maxSeptets]byte
	u, w := ud.appendUnits(units[:0], d)
	t, w2 := appendText(text[:0], u, d)
	return string(t), w | w2
}

// Join returns the text of a message of several parts, in the order given. Septets and code units of
// neighbours are put together before they are read, so that an escape or a surrogate pair that the
// sender cut comes out whole. A part whose Octets are nil is missing and shown as "…".
func Join(d DCS, parts []UserData) (string, Warnings) {
	var units, text []byte
	var all, w Warnings
	for _, part := range parts {
		if part.Octets != nil {
			units, w = part.appendUnits(units, d)
			all |= w
			continue
		}
		text, w = appendText(text, units, d)
		all |= w
		units, text = units[:0], append(text, "…"...)
	}
	text, w = appendText(text, units, d)
	return string(text), all | w
}

// appendUnits writes what the text is made of behind dst: septets, one an octet, or the octets of
// UTF-16.
func (ud UserData) appendUnits(dst []byte, d DCS) ([]byte, Warnings) {
	switch {
	case d.Compressed():
		return dst, Compressed
	case d.Alphabet() == Data8:
		return dst, 0
	case d.Alphabet() == UCS2:
		even := len(ud.Octets) &^ 1
		dst = append(dst, ud.Octets[:even]...)
		if even < len(ud.Octets) {
			return dst, OddOctets
		}
		return dst, 0
	}
	var w Warnings
	for _, e := range ud.UDH {
		if e.ID == IESingleShift || e.ID == IELockingShift {
			w = UnknownLanguage
		}
	}
	return appendUnpacked(dst, ud.Octets, ud.Septets), w
}

// appendText reads units as UTF-8.
func appendText(dst, units []byte, d DCS) ([]byte, Warnings) {
	if d.Alphabet() == GSM7 {
		return appendDecoded(dst, units), 0
	}
	return appendUTF16(dst, units)
}

// appendUTF16 reads high octets first. Half a pair is shown as U+FFFD, and its neighbour stays.
func appendUTF16(dst, octets []byte) ([]byte, Warnings) {
	var w Warnings
	for ; len(octets) >= 2; octets = octets[2:] {
		r := rune(binary.BigEndian.Uint16(octets))
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if len(octets) >= 4 {
				low = rune(binary.BigEndian.Uint16(octets[2:]))
			}
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				w = LoneSurrogate
			} else {
				octets = octets[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst, w
}
