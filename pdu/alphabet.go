package pdu

import "unicode/utf8"

// escape leads to the extension table for one septet (3GPP TS 23.038, 6.2.1).
const escape = 0x1B

// defaultAlphabet is the table of 6.2.1, column by column. The escape stands as the space that it is
// when nothing follows it.
var defaultAlphabet = [128]rune{
	'@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
	'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ' ', 'Æ', 'æ', 'ß', 'É',
	' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/',
	'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?',
	'¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O',
	'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§',
	'¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o',
	'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
}

// extension is the table of 6.2.1.1. A second escape is a space until there is another table.
var extension = [128]rune{
	0x0A: '\f', 0x14: '^', 0x1B: ' ', 0x28: '{', 0x29: '}', 0x2F: '\\',
	0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
}

// viaEscape marks, in septets, a character that needs an escape before it.
const viaEscape = 0x80

// septets turns the two tables round for the characters below U+0400: 1 and the septet, so that 0
// means "not in the alphabet". The one character above is the euro sign.
var septets = func() (turned [0x400]uint16) {
	for s, r := range extension {
		if r != 0 && r < 0x400 {
			turned[r] = 0x100 | viaEscape | uint16(s)
		}
	}
	for s, r := range defaultAlphabet {
		if s != escape {
			turned[r] = 0x100 | uint16(s)
		}
	}
	return turned
}()

const euro = 0x100 | viaEscape | 0x65

// septet returns the entry of r in septets.
func septet(r rune) uint16 {
	if uint32(r) < uint32(len(septets)) {
		return septets[r]
	}
	if r == '€' {
		return euro
	}
	return 0
}

// InGSM7 tells whether the GSM 7 bit alphabet has r, the extension table included.
func InGSM7(r rune) bool { return septetWidth(r) > 0 }

// septetWidth returns how many septets r takes; 0 when the alphabet does not have it.
func septetWidth(r rune) int {
	switch s := septet(r); {
	case s == 0:
		return 0
	case s&viaEscape != 0:
		return 2
	}
	return 1
}

// appendDecoded writes the text of septets behind dst, as UTF-8. Where the extension table has
// nothing the main table counts.
func appendDecoded(dst, septets []byte) []byte {
	escaped := false
	for _, s := range septets {
		s &= 0x7F
		if s == escape && !escaped {
			escaped = true
			continue
		}
		r := defaultAlphabet[s]
		if escaped && extension[s] != 0 {
			r = extension[s]
		}
		escaped = false
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
	}
	if escaped {
		dst = append(dst, ' ')
	}
	return dst
}

// appendUnpacked writes n septets of packed behind dst, one an octet, or as many as there are
// (6.1.2.1: the low bits come first; seven octets hold eight).
func appendUnpacked(dst, packed []byte, n int) []byte {
	n = min(n, len(packed)*8/7)
	for ; n >= 8; n -= 8 {
		b := packed[:7]
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48
		dst = append(dst, byte(v)&0x7F, byte(v>>7)&0x7F, byte(v>>14)&0x7F, byte(v>>21)&0x7F,
			byte(v>>28)&0x7F, byte(v>>35)&0x7F, byte(v>>42)&0x7F, byte(v>>49)&0x7F)
		packed = packed[7:]
	}
	var v uint64
	for i := min(len(packed), 7) - 1; i >= 0; i-- {
		v = v<<8 | uint64(packed[i])
	}
	for ; n > 0; n-- {
		dst = append(dst, byte(v)&0x7F)
		v >>= 7
	}
	return dst
}

// appendPacked packs the septets of a text that the alphabet has, and counts them. The unused bits
// of the last octet are zero.
func appendPacked(dst []byte, text string) (packed []byte, n int) {
	var bits uint64 // those not written yet, have of them
	have := 0
	for _, r := range text {
		s := septet(r)
		if s&viaEscape != 0 {
			bits |= escape << have
			have += 7
			n++
		}
		bits |= uint64(s&0x7F) << have
		have += 7
		n++
		if have >= 32 {
			dst = append(dst, byte(bits), byte(bits>>8), byte(bits>>16), byte(bits>>24))
			bits >>= 32
			have -= 32
		}
	}
	for ; have > 0; have -= 8 {
		dst = append(dst, byte(bits))
		bits >>= 8
	}
	return dst, n
}

// packedLen returns the octets that n septets take.
func packedLen(n int) int { return (n*7 + 7) / 8 }
