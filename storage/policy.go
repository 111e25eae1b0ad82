package storage

// Policy is how texts leave by a line, or, without Line, by every line that
// has no settings of its own. Zero is no limit of that kind.
type Policy struct {
	Line          string `json:"line,omitempty"`
	Pace          int    `json:"pace"`           // parts a minute; 0: as fast as the modem takes them
	Pool          bool   `json:"pool"`           // it takes turns with the others of the pool, for numbers that nobody has texted yet
	MaxParts      int    `json:"max_parts"`      // of one text
	MaxCharacters int    `json:"max_characters"` // of one text, such as the 140 of old
	Rev           int64  `json:"rev,omitempty"`
}

// most is the highest pace and the longest text that a setting takes.
const (
	mostPace       = 600
	mostParts      = 255 // 3GPP TS 23.040, 9.2.3.24.1
	mostCharacters = 39015
)

// Check refuses settings that mean nothing.
func (p Policy) Check() error {
	for _, f := range []struct {
		field       string
		value, most int
	}{{"pace", p.Pace, mostPace}, {"max_parts", p.MaxParts, mostParts}, {"max_characters", p.MaxCharacters, mostCharacters}} {
		if f.value < 0 || f.value > f.most {
			return Refuse(CodeInvalid, f.field, "%s is %d; it goes from 1 to %d, and 0 takes it away", f.field, f.value, f.most)
		}
	}
	return nil
}

// Admit refuses a text that is longer than the settings allow.
func (p Policy) Admit(text string, parts int) error {
	if p.MaxParts > 0 && parts > p.MaxParts {
		return Refuse(CodeTooLong, "text", "this text takes %d parts, and %d are allowed on this line; shorten it, or send it as several messages", parts, p.MaxParts)
	}
	if n := len([]rune(text)); p.MaxCharacters > 0 && n > p.MaxCharacters {
		return Refuse(CodeTooLong, "text", "this text has %d characters, and %d are allowed on this line; shorten it, or send it as several messages", n, p.MaxCharacters)
	}
	return nil
}

// MaybeDuplicate warns of a message that was sent again though the first may have
// arrived.
const MaybeDuplicate = "maybe_duplicate"
