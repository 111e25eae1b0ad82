package pdu

import (
	"cmp"
	"fmt"
	"slices"
	"unicode/utf8"
)

// maxParts is what the one octet for the number of parts can say (3GPP TS 23.040, 9.2.3.24.1).
const maxParts = 255

// division is where a message is cut, and what it is written in.
type division struct {
	alphabet Alphabet
	shifts   shifts
	header   int  // octets of the header of each part; 0 for none
	units    int  // of the whole: septets, octets or UTF-16 code units
	even     bool // each octet of the text is a character and a septet
	room     int  // units that a part can hold
	parts    []piece
}

// piece is one part: where it starts, in bytes and in characters, and its units.
type piece struct{ start, char, units int }

// divide cuts a message. The pieces go behind those of parts, which spares most of them an
// allocation. A message of too many parts comes with its pieces and an error.
func divide(parts []piece, m *Message) (division, error) {
	if err := m.check(); err != nil {
		return division{}, err
	}
	if m.Data != nil {
		p := division{alphabet: Data8, units: len(m.Data)}
		p.parts = p.cut(parts, m)
		return p, p.tooMany()
	}
	s, err := survey(m.Text)
	if err != nil {
		return division{}, err
	}
	p := division{alphabet: UCS2, units: s.codeUnits}
	if s.gsm && !m.Unicode {
		p = division{alphabet: GSM7, units: s.septets, even: s.septets == len(m.Text) && s.codeUnits == len(m.Text)}
	}
	p.parts = p.cut(parts, m)
	if len(p.parts) > 1 && len(m.Languages) > 0 && !m.Unicode {
		if better, ok := improve(m, len(p.parts)); ok {
			p = better
		}
	}
	return p, p.tooMany()
}

func (p *division) tooMany() error {
	if n := len(p.parts); n > maxParts {
		return unwritable("text", fmt.Errorf("%w: it needs %d parts, and %d are the most there can be", ErrTooLong, n, maxParts))
	}
	return nil
}

// cut returns the parts, as many as it takes, and settles the header and the room of each.
func (p *division) cut(parts []piece, m *Message) []piece {
	p.capacity(m, false)
	if p.units <= p.room {
		return append(parts, piece{units: p.units})
	}
	p.capacity(m, true)
	if p.alphabet == Data8 {
		return p.cutEven(parts)
	}
	return p.cutText(parts, m.Text)
}

// capacity reckons the header and the room of a part.
func (p *division) capacity(m *Message, several bool) {
	n := 3 * p.shifts.elements()
	if m.Ports != nil {
		n += 2 + m.Ports.size()
	}
	if several {
		n += 5
		if m.Wide {
			n++
		}
	}
	if n > 0 {
		n++ // the length of the header
	}
	p.header = n
	switch p.alphabet {
	case GSM7:
		p.room = (maxOctets - n) * 8 / 7
	case Data8:
		p.room = maxOctets - n
	default:
		p.room = (maxOctets - n) / 2
	}
}

// cutEven cuts what has one unit for each octet.
func (p *division) cutEven(parts []piece) []piece {
	for start := 0; start < p.units; start += p.room {
		parts = append(parts, piece{start: start, char: start, units: min(p.room, p.units-start)})
	}
	return parts
}

func (p *division) cutText(parts []piece, text string) []piece {
	if p.even {
		return p.cutEven(parts)
	}
	var part piece
	char := 0
	for i := 0; i < len(text); {
		if part.units+8 <= p.room && p.isPlain(text[i:]) {
			part.units += 8
			char += 8
			i += 8
			continue
		}
		r, size := decodeRune(text[i:])
		w := p.width(r)
		if part.units+w > p.room {
			parts = append(parts, part)
			part = piece{start: i, char: char}
		}
		part.units += w
		char++
		i += size
	}
	return append(parts, part)
}

// isPlain tells whether the next eight characters take a unit each, as far as is easily seen.
func (p *division) isPlain(text string) bool {
	if len(text) < 8 || p.shifts != (shifts{}) {
		return false
	}
	_, ok := eightASCII(text)
	return ok
}

func (p *division) width(r rune) int {
	switch {
	case p.alphabet == UCS2 && r > 0xFFFF:
		return 2
	case p.alphabet == UCS2:
		return 1
	case p.shifts == (shifts{}):
		return septetWidth(r)
	}
	return p.shifts.width(tablesOf(r))
}

// width returns the septets that a character takes which is in these tables, and 0 when it is in
// neither of the two that are used.
func (s shifts) width(locking, single uint16) int {
	switch {
	case locking>>s.locking&1 != 0:
		return 1
	case single>>s.single&1 != 0:
		return 2
	}
	return 0
}

// candidate is a pair of tables that has every character.
type candidate struct {
	shifts
	units, least int // least is a number of parts that is not above the true one
}

// improve looks for a pair of the allowed tables that needs fewer parts than most.
func improve(m *Message, most int) (best division, ok bool) {
	found := candidates(m)
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.least, b.least), cmp.Compare(a.units, b.units))
	})
	for _, c := range found {
		if c.least >= most {
			break
		}
		p := division{alphabet: GSM7, shifts: c.shifts, units: c.units}
		p.parts = p.cut(nil, m)
		if n := len(p.parts); n < most {
			best, ok, most = p, true, n
		}
	}
	return best, ok
}

func candidates(m *Message) []candidate {
	kinds := kindsOf(m.Text)
	var found []candidate
	for _, locking := range append([]Language{NoLanguage}, m.Languages...) {
		for _, single := range append([]Language{NoLanguage}, m.Languages...) {
			s := shifts{locking, single}
			if locking != NoLanguage && !locking.hasLocking() || single != NoLanguage && !single.hasSingle() || s == (shifts{}) {
				continue
			}
			if units, ok := kinds.units(s); ok {
				q := division{alphabet: GSM7, shifts: s}
				q.capacity(m, false)
				least := 1
				if units > q.room {
					q.capacity(m, true)
					least = (units + q.room - 1) / q.room
				}
				found = append(found, candidate{s, units, least})
			}
		}
	}
	return found
}

// kinds counts the characters of a text by the tables that have them.
type kinds map[[2]uint16]int

func kindsOf(text string) kinds {
	all := make(kinds)
	for _, r := range text {
		locking, single := tablesOf(r)
		all[[2]uint16{locking, single}]++
	}
	return all
}

// units returns the septets of the text; false when the tables do not have all of it.
func (k kinds) units(s shifts) (n int, ok bool) {
	for masks, count := range k {
		w := s.width(masks[0], masks[1])
		if w == 0 {
			return 0, false
		}
		n += w * count
	}
	return n, true
}

// surveyed is what one look at a text tells.
type surveyed struct {
	gsm                bool // the default alphabet has all of it
	septets, codeUnits int
}

func survey(text string) (surveyed, error) {
	found := surveyed{gsm: true}
	for i := 0; i < len(text); {
		if i+8 <= len(text) {
			if _, ok := eightASCII(text[i:]); ok {
				found.septets += 8
				found.codeUnits += 8
				i += 8
				continue
			}
		}
		r, size := decodeRune(text[i:])
		switch s := septet(r); {
		case s != 0:
			found.septets += width(s)
		case r == utf8.RuneError && size == 1:
			return found, &Error{Field: "text", Offset: i, Err: ErrNotUTF8}
		case r == escape:
			return found, &Error{Field: "text", Offset: i, Err: ErrEscape}
		default:
			found.gsm = false
		}
		found.codeUnits++
		if r > 0xFFFF {
			found.codeUnits++
		}
		i += size
	}
	return found, nil
}
