package pdu

import (
	"cmp"
	"encoding/binary"
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
	return r.data("TP-UDL", "TP-UD", d, udhi)
}

// data reads a length and what it is the length of.
func (r *reader) data(length, field string, d DCS, udhi bool) UserData {
	udl := int(r.octet(length))
	if r.err != nil {
		return UserData{}
	}
	inSeptets := d.inSeptets()
	size := udl
	if inSeptets {
		size = packedLen(udl)
	}
	r.warn(size > cmp.Or(r.most, maxOctets), LongUD)
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
	r.markHeader(start, header, h)
	r.at = start + size
	r.mark(field, start+header)
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
	h, ok := parseUDH(r.elements(), ud[1:n])
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
	i := 0
	for ; i+7 <= size && from+i+8 <= len(ud); i += 7 {
		v := binary.LittleEndian.Uint64(ud[from+i:]) >> shift
		m := moved[i : i+7]
		m[0], m[1], m[2], m[3], m[4], m[5], m[6] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24), byte(v>>32), byte(v>>40), byte(v>>48)
	}
	for ; i < size; i++ {
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

// append writes TP-UDL and TP-UD, which may take so many octets at most.
func (ud UserData) append(dst []byte, d DCS, most int) ([]byte, error) {
	header := ud.UDH.headerLen()
	if !d.inSeptets() {
		if n := header + len(ud.Octets); n > most {
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
	case udl > most*8/7:
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
		carry, rest := byte(0), ud.Octets
		for ; len(rest) >= 8; rest = rest[8:] {
			v := binary.LittleEndian.Uint64(rest)
			dst = binary.LittleEndian.AppendUint64(dst, v<<fill|uint64(carry))
			carry = byte(v >> (64 - fill))
		}
		for _, o := range rest {
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
