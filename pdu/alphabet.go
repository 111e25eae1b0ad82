package pdu

import "unicode/utf8"

// escape leads to the extension table for one septet (3GPP TS 23.038, 6.2.1).
const escape = 0x1B

// defaultAlphabet is the table of 3GPP TS 23.038, 6.2.1, column by column. The escape stands as the space that it is
// when nothing follows it.
var defaultAlphabet = [128]uint16{
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
var extension = [128]uint16{
	0x0A: '\f', 0x14: '^', 0x1B: ' ', 0x28: '{', 0x29: '}', 0x2F: '\\',
	0x3C: '[', 0x3D: '~', 0x3E: ']', 0x40: '|', 0x65: '€',
}

const (
	viaEscape  = 0x080 // marks, in septets, a character that needs an escape before it
	inAlphabet = 0x100 // marks every character that is there, as septet 0 is one too
)

// septets turns the two tables round for the characters below U+0400; the one above is the euro sign.
var septets = func() (turned [0x400]uint16) {
	for s, r := range extension {
		if r != 0 && r < 0x400 {
			turned[r] = inAlphabet | viaEscape | uint16(s)
		}
	}
	for s, r := range defaultAlphabet {
		if s != escape {
			turned[r] = inAlphabet | uint16(s)
		}
	}
	return turned
}()

const euro = inAlphabet | viaEscape | 0x65

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

// InGSM7 tells whether the GSM 7 bit default alphabet has r, the extension table included
// (3GPP TS 23.038, 6.2.1 and 6.2.1.1).
func InGSM7(r rune) bool { return septet(r) != 0 }

// septetWidth returns how many septets r takes; 0 when the alphabet does not have it.
func septetWidth(r rune) int { return width(septet(r)) }

func width(s uint16) int {
	switch {
	case s == 0:
		return 0
	case s&viaEscape != 0:
		return 2
	}
	return 1
}

// ascii holds the septets that are one octet in UTF-8, and 0 for all others.
var ascii = func() (octets [128]byte) {
	for s, r := range defaultAlphabet {
		if r < utf8.RuneSelf && s != escape {
			octets[s] = byte(r)
		}
	}
	return octets
}()

// decoder turns septets into UTF-8, which may come in pieces.
type decoder struct {
	main, extension *[128]uint16
	escaped         bool // the last septet was an escape
}

func (s shifts) decoder() decoder {
	return decoder{main: s.main(), extension: s.extension()}
}

// append writes one septet behind dst. Where the extension table has nothing the main table counts
// (3GPP TS 23.038, 6.2.1.1), and where that has nothing there is a space.
func (d *decoder) append(dst []byte, s byte) []byte {
	s &= 0x7F
	if s == escape && !d.escaped {
		d.escaped = true
		return dst
	}
	r := d.main[s]
	if d.escaped && d.extension[s] != 0 {
		r = d.extension[s]
	}
	d.escaped = false
	switch {
	case r == 0:
		return append(dst, ' ')
	case r < utf8.RuneSelf:
		return append(dst, byte(r))
	}
	return utf8.AppendRune(dst, rune(r))
}

// packed writes the text of n packed septets behind dst, eight at a step while they are ASCII.
func (d *decoder) packed(dst, octets []byte, n int) []byte {
	n = max(0, min(n, len(octets)*8/7))
	plain := d.main == &defaultAlphabet
	for ; n >= 8; n -= 8 {
		v := sevenOctets(octets)
		octets = octets[7:]
		if plain && !d.escaped {
			a, b, c, e := ascii[v&0x7F], ascii[v>>7&0x7F], ascii[v>>14&0x7F], ascii[v>>21&0x7F]
			f, g, h, i := ascii[v>>28&0x7F], ascii[v>>35&0x7F], ascii[v>>42&0x7F], ascii[v>>49&0x7F]
			if a != 0 && b != 0 && c != 0 && e != 0 && f != 0 && g != 0 && h != 0 && i != 0 {
				dst = append(dst, a, b, c, e, f, g, h, i)
				continue
			}
		}
		for range 8 {
			dst = d.append(dst, byte(v)&0x7F)
			v >>= 7
		}
	}
	var v uint64
	for i := min(len(octets), 7) - 1; i >= 0; i-- {
		v = v<<8 | uint64(octets[i])
	}
	for ; n > 0; n-- {
		dst = d.append(dst, byte(v)&0x7F)
		v >>= 7
	}
	return dst
}

// end writes the space that an escape is when nothing follows it.
func (d *decoder) end(dst []byte) []byte {
	if d.escaped {
		d.escaped = false
		return append(dst, ' ')
	}
	return dst
}
