package pdu

import (
	"encoding/binary"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns the text of one part, in the alphabet of d and the national language tables of the
// header (3GPP TS 23.038, 4 and 6.2; TS 23.040, 9.2.3.24.15). It is empty for 8-bit and for
// compressed data, which are no text, or none that can be read here; the octets are there. A
// character that the sender cut in two comes out whole only in Join.
func (ud UserData) Text(d DCS) (string, Warnings) {
	j := joiner{dcs: d}
	if d.Alphabet() == UCS2 && len(ud.Octets) <= maxOctets {
		var scratch [maxOctets / 2 * 3]byte // to clear more than is needed takes its time
		text := j.flush(j.part(scratch[:0], ud))
		return string(text), j.warnings
	}
	var scratch [3 * maxSeptets]byte
	text := j.flush(j.part(scratch[:0], ud))
	return string(text), j.warnings
}

// Join returns the text of a message of several parts, in the order given. Septets and code units of
// neighbours are put together before they are read, so that an escape or a surrogate pair that the
// sender cut comes out whole, although 3GPP TS 23.040, 9.2.3.24.1 forbids to cut them. A part whose
// Octets are nil is missing and shown as "…".
func Join(d DCS, parts []UserData) (string, Warnings) {
	j := joiner{dcs: d}
	var text []byte
	for _, part := range parts {
		if part.Octets == nil {
			text = append(j.flush(text), "…"...)
			continue
		}
		text = j.part(text, part)
	}
	text = j.flush(text)
	return string(text), j.warnings
}

// joiner reads parts one behind the other. The text goes through its methods, and not into a field,
// because it can then stay on the stack.
type joiner struct {
	dcs      DCS
	warnings Warnings
	escaped  bool // GSM 7 bit: the last septet of the part before was an escape
	high     rune // UCS-2: the first half of a pair, when it was the last code unit; 0 for none
}

func (j *joiner) part(text []byte, ud UserData) []byte {
	switch {
	case j.dcs.Compressed():
		j.warnings |= Compressed
	case j.dcs.Alphabet() == Data8:
	case j.dcs.Alphabet() == UCS2:
		return j.utf16(text, ud.Octets)
	default:
		s, w := ud.UDH.shifts()
		j.warnings |= w
		d := s.decoder()
		d.escaped = j.escaped
		text = d.packed(text, ud.Octets, ud.Septets)
		j.escaped = d.escaped
	}
	return text
}

// utf16 reads high octets first. Half a pair is shown as U+FFFD, and its neighbour stays.
func (j *joiner) utf16(text, octets []byte) []byte {
	for text = slices.Grow(text, len(octets)/2*3); len(octets) >= 2; octets = octets[2:] {
		if j.high == 0 {
			if text, octets = appendBasic(text, octets); len(octets) < 2 {
				break
			}
		}
		r := rune(binary.BigEndian.Uint16(octets))
		if j.high != 0 {
			if pair := utf16.DecodeRune(j.high, r); pair != utf8.RuneError {
				text, j.high = utf8.AppendRune(text, pair), 0
				continue
			}
			text = j.lone(text)
		}
		switch {
		case r >= 0xD800 && r < 0xDC00:
			j.high = r
		case r >= 0xDC00 && r < 0xE000:
			text = j.lone(text)
		default:
			text = utf8.AppendRune(text, r)
		}
	}
	if len(octets) > 0 {
		j.warnings |= OddOctets
	}
	return text
}

// appendBasic writes code units up to a surrogate, for which dst has room, and returns the rest. Two
// letters of two octets each are one step, for they seldom stand alone.
func appendBasic(dst, octets []byte) (text, rest []byte) {
	n := len(dst)
	dst = dst[:cap(dst)]
	for len(octets) >= 4 && n+6 <= len(dst) {
		pair := binary.BigEndian.Uint32(octets)
		if pair&0xF800_F800 == 0 && pair&0x0780_0000 != 0 && pair&0x0780 != 0 {
			binary.BigEndian.PutUint32(dst[n:], 0xC080_C080|pair&0x07C0_07C0<<2|pair&0x003F_003F)
			n += 4
		} else {
			first, second := rune(pair>>16), rune(pair&0xFFFF)
			if utf16.IsSurrogate(first) {
				return dst[:n], octets
			}
			n += putBasic(dst[n:n+3], first)
			if utf16.IsSurrogate(second) {
				return dst[:n], octets[2:]
			}
			n += putBasic(dst[n:n+3], second)
		}
		octets = octets[4:]
	}
	return dst[:n], octets
}

// putBasic writes a code unit that is no surrogate, and says how many octets it took.
func putBasic(out []byte, r rune) int {
	switch _ = out[2]; {
	case r < utf8.RuneSelf:
		out[0] = byte(r)
		return 1
	case r < 0x800:
		out[0], out[1] = 0xC0|byte(r>>6), 0x80|byte(r)&0x3F
		return 2
	}
	out[0], out[1], out[2] = 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F
	return 3
}

// lone shows half a pair.
func (j *joiner) lone(text []byte) []byte {
	j.high = 0
	j.warnings |= LoneSurrogate
	return utf8.AppendRune(text, utf8.RuneError)
}

// flush shows what waited for a part that did not come.
func (j *joiner) flush(text []byte) []byte {
	if j.escaped {
		text = append(text, ' ')
		j.escaped = false
	}
	if j.high != 0 {
		text = j.lone(text)
	}
	return text
}

// Data returns the octets of all parts in the order given, for 8-bit data (3GPP TS 23.038, 4). ok is
// false when a part is missing: what is cut short there has to be read with care.
func Data(parts []UserData) (octets []byte, ok bool) {
	ok = true
	for _, part := range parts {
		ok = ok && part.Octets != nil
		octets = append(octets, part.Octets...)
	}
	return octets, ok
}
