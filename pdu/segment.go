package pdu

import (
	"fmt"
	"unicode/utf8"
)

// maxParts is what the one octet for the number of parts can say.
const maxParts = 255

// Measurement says how a text goes out.
type Measurement struct {
	Alphabet string `json:"alphabet"` // "gsm7" or "ucs2"
	Units    int    `json:"units"`    // septets or UTF-16 code units, headers not counted
	Parts    int    `json:"parts"`
	Left     int    `json:"left"`   // units free in the last part
	Breaks   []int  `json:"breaks"` // where parts 2, 3, ... begin, in characters; never nil
}

// Measure tells what Segments would make of the text, with 8-bit references. For a text of too many
// parts the measurement is given together with ErrTooLong.
func Measure(text string) (Measurement, error) { return Message{Text: text}.Measure() }

// Measure tells what Submits would make of the text; nothing but Text and Wide counts.
func (m Message) Measure() (Measurement, error) {
	var few [8]piece
	p, err := divide(few[:0], m.Text, m.Wide)
	if err != nil && len(p.parts) == 0 {
		return Measurement{}, err
	}
	last := p.parts[len(p.parts)-1]
	result := Measurement{
		Alphabet: p.alphabet.String(),
		Units:    p.units,
		Parts:    len(p.parts),
		Left:     p.room - last.units,
		Breaks:   make([]int, 0, len(p.parts)-1),
	}
	for _, part := range p.parts[1:] {
		result.Breaks = append(result.Breaks, part.char)
	}
	return result, err
}

// Segments cuts a text into as few parts as it needs, in the GSM 7 bit alphabet if that has every
// character, and in UCS-2 otherwise. Escape and surrogate pairs stay together. An empty text is one
// empty part. A text of one part has no header, and ref goes unused; otherwise every part carries
// ref, of which the low eight bits count unless wide.
//
// The error is an *Error that wraps ErrNotUTF8, ErrEscape or ErrTooLong.
func Segments(text string, ref uint16, wide bool) (DCS, []UserData, error) {
	var few [8]piece
	p, err := divide(few[:0], text, wide)
	if err != nil {
		return 0, nil, err
	}
	parts := make([]UserData, len(p.parts))
	octets := make([]byte, 0, p.octets())
	for i, part := range p.parts {
		end := len(text)
		if i+1 < len(p.parts) {
			end = p.parts[i+1].start
		}
		start := len(octets)
		octets = p.append(octets, text[part.start:end])
		parts[i].Octets = octets[start:len(octets):len(octets)]
		if p.alphabet == GSM7 {
			parts[i].Septets = part.units
		}
	}
	if len(parts) > 1 {
		addConcat(parts, ref, wide)
	}
	if p.alphabet == UCS2 {
		return DCSUCS2, parts, nil
	}
	return DCSGSM7, parts, nil
}

// addConcat gives each part its header.
func addConcat(parts []UserData, ref uint16, wide bool) {
	elements := make([]IE, len(parts))
	data := make([]byte, 0, 4*len(parts))
	for i := range parts {
		c := Concat{Ref: ref, Total: uint8(len(parts)), Seq: uint8(i + 1), Wide: wide}
		start := len(data)
		data = c.append(data)
		elements[i] = IE{ID: c.id(), Data: data[start:len(data):len(data)]}
		parts[i].UDH = elements[i : i+1 : i+1]
	}
}

// division is where a text is cut.
type division struct {
	alphabet Alphabet
	units    int
	room     int // units that a part can hold
	parts    []piece
}

// piece is one part of a text: where it starts, in bytes and in characters, and its units.
type piece struct{ start, char, units int }

// divide cuts a text. The pieces go behind those of parts, which spares most texts an allocation.
func divide(parts []piece, text string, wide bool) (division, error) {
	var p division
	var err error
	if p.alphabet, p.units, err = survey(text); err != nil {
		return p, err
	}
	if p.room = p.alphabet.capacity(0); p.units <= p.room {
		p.parts = append(parts, piece{units: p.units})
		return p, nil
	}
	p.room = p.alphabet.capacity(concatHeader(wide))
	p.parts = p.alphabet.cut(parts, text, p.room)
	if n := len(p.parts); n > maxParts {
		return p, unwritable("text", fmt.Errorf("%w: it needs %d parts, and %d are the most there can be", ErrTooLong, n, maxParts))
	}
	return p, nil
}

// concatHeader returns the octets of a header with nothing but a concatenation: its length, and
// identifier, length, reference, total and number of the element.
func concatHeader(wide bool) int {
	if wide {
		return 7
	}
	return 6
}

// capacity returns the units of a part with a header of so many octets.
func (a Alphabet) capacity(header int) int {
	if a == UCS2 {
		return (maxOctets - header) / 2
	}
	return (maxOctets - header) * 8 / 7
}

func (a Alphabet) width(r rune) int {
	switch {
	case a == GSM7:
		return septetWidth(r)
	case r > 0xFFFF:
		return 2
	}
	return 1
}

func (a Alphabet) cut(parts []piece, text string, room int) []piece {
	var part piece
	char := 0
	for start, r := range text {
		w := a.width(r)
		if part.units+w > room {
			parts = append(parts, part)
			part = piece{start: start, char: char}
		}
		part.units += w
		char++
	}
	return append(parts, part)
}

// octets returns room enough for the text of all parts.
func (p *division) octets() int {
	if p.alphabet == UCS2 {
		return 2 * p.units
	}
	return packedLen(p.units) + len(p.parts)
}

func (p *division) append(dst []byte, text string) []byte {
	if p.alphabet == GSM7 {
		dst, _ = appendPacked(dst, text)
		return dst
	}
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

// survey finds the alphabet that a text needs, and its units.
func survey(text string) (Alphabet, int, error) {
	septets, codeUnits, gsm := 0, 0, true
	for i, r := range text {
		codeUnits++
		if s := septet(r); s != 0 {
			septets += 1 + int(s&viaEscape)/viaEscape
			continue
		}
		gsm = false
		switch {
		case r == utf8.RuneError && !isReplacement(text[i:]):
			return 0, 0, &Error{Field: "text", Offset: i, Err: ErrNotUTF8}
		case r == escape:
			return 0, 0, &Error{Field: "text", Offset: i, Err: ErrEscape}
		case r > 0xFFFF:
			codeUnits++
		}
	}
	if gsm {
		return GSM7, septets, nil
	}
	return UCS2, codeUnits, nil
}

// isReplacement tells a real U+FFFD from the sign that the bytes are not UTF-8.
func isReplacement(text string) bool {
	_, size := utf8.DecodeRuneInString(text)
	return size > 1
}
