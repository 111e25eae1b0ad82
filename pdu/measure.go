package pdu

// Measurement says how a message goes out (3GPP TS 23.040, 9.2.3.16 and 9.2.3.24.1).
type Measurement struct {
	Alphabet string `json:"alphabet"` // "gsm7", "ucs2" or "8bit"
	Units    int    `json:"units"`    // septets, UTF-16 code units or octets, headers not counted
	Parts    int    `json:"parts"`
	Left     int    `json:"left"`   // units free in the last part
	Breaks   []int  `json:"breaks"` // where parts 2, 3, ... begin, in characters; never nil

	Locking Language `json:"locking,omitempty"` // the tables of a national language, if they save parts
	Single  Language `json:"single,omitempty"`

	// Costly are the characters that force UCS-2 or take two units, each once, in their order. At
	// most 64 are named.
	Costly []Costly `json:"characters,omitempty"`
}

// Costly is a character that a text pays for: the default alphabet does not have it, or only behind
// an escape (3GPP TS 23.038, 6.2.1), or it is a surrogate pair.
type Costly struct {
	Char   string `json:"char"`
	At     int    `json:"at"`               // where it stands first, in characters
	Count  int    `json:"count"`            // how often it stands there
	Units  int    `json:"units"`            // that each takes as the text goes out
	Forces bool   `json:"forces,omitempty"` // without it and its like, the text would go out as GSM 7 bit

	// Replacement is what could stand there instead, see the function of that name; nil when nothing
	// sensible can. Nothing is ever replaced unasked.
	Replacement *string `json:"replacement,omitempty"`
}

// Measure tells what Segments would make of the text, with 8-bit references (3GPP TS 23.040,
// 9.2.3.24.1). For a text of too many parts the measurement is given together with ErrTooLong.
func Measure(text string) (Measurement, error) { return Message{Text: text}.Measure() }

// Measure tells what Submits would make of the message (3GPP TS 23.040, 9.2.3.24.1). The recipient
// does not count.
func (m Message) Measure() (Measurement, error) {
	var few [8]piece
	p, err := divide(few[:0], &m)
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
		Locking:  p.shifts.locking,
		Single:   p.shifts.single,
		Costly:   p.costly(m.Text),
	}
	for _, part := range p.parts[1:] {
		result.Breaks = append(result.Breaks, part.char)
	}
	return result, err
}

// mostCostly keeps the list of a text that is Chinese throughout short.
const mostCostly = 64

func (p *division) costly(text string) []Costly {
	if p.alphabet == Data8 {
		return nil
	}
	var found []Costly
	var runes [mostCostly]rune
	char := -1
next:
	for _, r := range text {
		char++
		units, forces := p.width(r), p.alphabet == UCS2 && !InGSM7(r)
		if units < 2 && !forces {
			continue
		}
		for i := range found {
			if runes[i] == r {
				found[i].Count++
				continue next
			}
		}
		if len(found) < mostCostly {
			runes[len(found)] = r
			found = append(found, Costly{Char: string(r), At: char, Count: 1, Units: units, Forces: forces})
		}
	}
	for i := range found {
		if s, ok := Replacement(runes[i]); ok {
			found[i].Replacement = &s
		}
	}
	return found
}
