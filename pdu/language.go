package pdu

import (
	"fmt"
	"slices"
)

// Language is a national language identifier (3GPP TS 23.038, 6.2.1.2.4). It names two tables, which
// a message may use independently of each other: a locking shift table that replaces the default
// alphabet, and a single shift table that replaces its extension.
type Language uint8

// The languages of 3GPP TS 23.038, 6.2.1.2.4. NoLanguage stands for the default alphabet (6.2.1) or its extension
// (6.2.1.1); Spanish has a single shift table only.
const (
	NoLanguage Language = iota
	Turkish
	Spanish
	Portuguese
	Bengali
	Gujarati
	Hindi
	Kannada
	Malayalam
	Oriya
	Punjabi
	Tamil
	Telugu
	Urdu

	languages = iota
)

var languageNames = [languages]string{
	"none", "Turkish", "Spanish", "Portuguese", "Bengali", "Gujarati", "Hindi", "Kannada", "Malayalam",
	"Oriya", "Punjabi", "Tamil", "Telugu", "Urdu",
}

// String returns the name that 3GPP TS 23.038, 6.2.1.2.4 gives the language, in English.
func (l Language) String() string {
	if l < languages {
		return languageNames[l]
	}
	return "unknown"
}

// MarshalText gives the name of 3GPP TS 23.038, 6.2.1.2.4.
func (l Language) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the name of 3GPP TS 23.038, 6.2.1.2.4.
func (l *Language) UnmarshalText(name []byte) error {
	found, ok := ParseLanguage(string(name))
	if !ok && string(name) != languageNames[NoLanguage] {
		return fmt.Errorf("%q is not a language of the GSM alphabet", name)
	}
	*l = found
	return nil
}

// Languages returns the 13 languages of 3GPP TS 23.038, 6.2.1.2.4, in the order of their identifiers.
func Languages() []Language {
	all := make([]Language, 0, languages-1)
	for l := Turkish; l < languages; l++ {
		all = append(all, l)
	}
	return all
}

// ParseLanguage finds a language by its name (3GPP TS 23.038, 6.2.1.2.4), as in "Turkish".
func ParseLanguage(name string) (Language, bool) {
	i := slices.Index(languageNames[1:], name)
	return Language(i + 1), i >= 0 // none when it is not found
}

func (l Language) hasLocking() bool { return l > NoLanguage && l < languages && l != Spanish }
func (l Language) hasSingle() bool  { return l > NoLanguage && l < languages }

// shifts are the two tables that a part is written with.
type shifts struct{ locking, single Language }

// main returns the table that stands for the default alphabet.
func (s shifts) main() *[128]uint16 {
	if s.locking == NoLanguage {
		return &defaultAlphabet
	}
	return &lockingTables[s.locking]
}

// extension returns the table that an escape leads to.
func (s shifts) extension() *[128]uint16 {
	if s.single == NoLanguage {
		return &extension
	}
	return &singleTables[s.single]
}

// elements returns the number of information elements that announce the tables.
func (s shifts) elements() int {
	n := 0
	if s.locking != NoLanguage {
		n++
	}
	if s.single != NoLanguage {
		n++
	}
	return n
}

// Shifts returns the tables that a header asks for: the locking and the single shift of
// 3GPP TS 23.040, 9.2.3.24.15 and 9.2.3.24.16. ok is false when an element asks for a table there is
// not; it counts as not there, and so does one of a wrong length.
func (h UDH) Shifts() (locking, single Language, ok bool) {
	ok = true
	for _, e := range h {
		if e.ID != IESingleShift && e.ID != IELockingShift {
			continue
		}
		if len(e.Data) != 1 {
			ok = false
			continue
		}
		l := Language(e.Data[0])
		switch {
		case e.ID == IESingleShift && l.hasSingle():
			single = l
		case e.ID == IELockingShift && l.hasLocking():
			locking = l
		default:
			ok = false
		}
	}
	return locking, single, ok
}

func (h UDH) shifts() (shifts, Warnings) {
	if len(h) == 0 {
		return shifts{}, 0
	}
	locking, single, ok := h.Shifts()
	if !ok {
		return shifts{locking, single}, UnknownLanguage
	}
	return shifts{locking, single}, 0
}

// national turns the 24 tables round: every character of any of them, lowest first, each with the
// tables that have it, one bit a language.
var national = func() []nationalRune {
	var all []nationalRune
	add := func(cell uint16, locking, single uint16) {
		if cell == 0 {
			return
		}
		i, found := slices.BinarySearchFunc(all, cell, nationalRune.compare)
		if !found {
			all = slices.Insert(all, i, nationalRune{r: cell})
		}
		all[i].locking |= locking
		all[i].single |= single
	}
	for _, cell := range defaultAlphabet {
		add(cell, 1<<NoLanguage, 0)
	}
	for _, cell := range extension {
		add(cell, 0, 1<<NoLanguage)
	}
	for l := Turkish; l < languages; l++ {
		for s := range 128 {
			if s != escape {
				add(lockingTables[l][s], 1<<l, 0)
				add(singleTables[l][s], 0, 1<<l)
			}
		}
	}
	return all
}()

type nationalRune struct{ r, locking, single uint16 }

func (n nationalRune) compare(cell uint16) int { return int(n.r) - int(cell) }

// tablesOf returns the locking and the single shift tables that have r, one bit a language.
func tablesOf(r rune) (locking, single uint16) {
	if r > 0xFFFF {
		return 0, 0
	}
	i, found := slices.BinarySearchFunc(national, uint16(r), nationalRune.compare)
	if !found {
		return 0, 0
	}
	return national[i].locking, national[i].single
}

// septet returns r as septets has it, in the tables of s: with viaEscape if it needs an escape, and 0
// when neither table has it.
func (s shifts) septet(r rune) uint16 {
	if s == (shifts{}) {
		return septet(r)
	}
	if r <= 0 || r > 0xFFFF {
		return 0
	}
	if i := position(s.main(), uint16(r)); i >= 0 {
		return inAlphabet | uint16(i)
	}
	if i := position(s.extension(), uint16(r)); i >= 0 {
		return inAlphabet | viaEscape | uint16(i)
	}
	return 0
}

// position finds a cell; -1 when there is none. That of the escape is no place to write a space to.
func position(table *[128]uint16, cell uint16) int {
	if i := slices.Index(table[:escape], cell); i >= 0 {
		return i
	}
	if i := slices.Index(table[escape+1:], cell); i >= 0 {
		return escape + 1 + i
	}
	return -1
}
