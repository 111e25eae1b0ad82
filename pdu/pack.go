package pdu

// sevenOctets reads the octets that hold eight septets; the low bits come first
// (3GPP TS 23.038, 6.1.2.1).
func sevenOctets(b []byte) uint64 {
	b = b[:7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48
}

// packer packs septets behind dst. The unused bits of the last octet are zero.
type packer struct {
	dst  []byte
	bits uint64 // those not written yet, have of them
	have uint
	n    int // septets so far
}

func (p *packer) septet(s byte) {
	p.bits |= uint64(s&0x7F) << p.have
	p.n++
	if p.have += 7; p.have >= 56 {
		p.write(p.bits)
		p.bits >>= 56
		p.have -= 56
	}
}

// eight packs eight septets at a step.
func (p *packer) eight(v uint64) {
	p.write(p.bits | v<<p.have)
	p.bits = v >> (56 - p.have)
	p.n += 8
}

func (p *packer) write(b uint64) {
	p.dst = append(p.dst, byte(b), byte(b>>8), byte(b>>16), byte(b>>24), byte(b>>32), byte(b>>40), byte(b>>48))
}

// rune packs what shifts.septet gives.
func (p *packer) rune(s uint16) {
	if s&viaEscape != 0 {
		p.septet(escape)
	}
	p.septet(byte(s))
}

func (p *packer) end() []byte {
	for have := int(p.have); have > 0; have -= 8 {
		p.dst = append(p.dst, byte(p.bits))
		p.bits >>= 8
	}
	p.have = 0
	return p.dst
}

// appendPacked packs a text that the tables have, and counts the septets.
func (s shifts) appendPacked(dst []byte, text string) (packed []byte, n int) {
	p := packer{dst: dst}
	plain := s == (shifts{})
	for i := 0; i < len(text); {
		if plain && i+8 <= len(text) {
			if v, ok := eightASCII(text[i : i+8]); ok {
				p.eight(v)
				i += 8
				continue
			}
		}
		r, size := decodeRune(text[i:])
		p.rune(s.septet(r))
		i += size
	}
	return p.end(), p.n
}

// eightASCII packs eight characters that take one octet and one septet each; false when one does not.
func eightASCII(text string) (v uint64, ok bool) {
	text = text[:8]
	a, b, c, d := asciiSeptets[text[0]], asciiSeptets[text[1]], asciiSeptets[text[2]], asciiSeptets[text[3]]
	e, f, g, h := asciiSeptets[text[4]], asciiSeptets[text[5]], asciiSeptets[text[6]], asciiSeptets[text[7]]
	if (a|b|c|d|e|f|g|h)&0x80 != 0 {
		return 0, false
	}
	return uint64(a) | uint64(b)<<7 | uint64(c)<<14 | uint64(d)<<21 |
		uint64(e)<<28 | uint64(f)<<35 | uint64(g)<<42 | uint64(h)<<49, true
}

// asciiSeptets holds the septet of each octet that is a character of the default alphabet by itself,
// and 0x80 for all others.
var asciiSeptets = func() (turned [256]byte) {
	for i := range turned {
		turned[i] = 0x80
	}
	for s, o := range ascii {
		if o != 0 {
			turned[o] = byte(s)
		}
	}
	return turned
}()

// packedLen returns the octets that n septets take.
func packedLen(n int) int { return (n*7 + 7) / 8 }
