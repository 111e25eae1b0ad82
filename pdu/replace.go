package pdu

import "strings"

// replacements are characters that word processors and phones put in by themselves, and what a
// typewriter would have had there. Letters are never replaced: "é" for "e" is spelling, not style.
var replacements = map[rune]string{
	'\u2018': "'", '\u2019': "'", '\u201A': "'", '\u201B': "'", '\u2032': "'", '\u00B4': "'", '`': "'", '\u02BC': "'",
	'\u201C': `"`, '\u201D': `"`, '\u201E': `"`, '\u201F': `"`, '\u2033': `"`, '\u00AB': `"`, '\u00BB': `"`,
	'\u2039': "<", '\u203A': ">",
	'\u2010': "-", '\u2011': "-", '\u2012': "-", '\u2013': "-", '\u2014': "-", '\u2015': "-", '\u2212': "-", '\u2043': "-",
	'\u2026': "...", '\u2022': "*", '\u00D7': "x", '\u2044': "/", '\u2215': "/",
	'\t': " ", '\u00A0': " ", '\u2002': " ", '\u2003': " ", '\u2004': " ", '\u2005': " ", '\u2006': " ", '\u2007': " ",
	'\u2008': " ", '\u2009': " ", '\u200A': " ", '\u202F': " ", '\u205F': " ", '\u3000': " ",
	'\u2028': "\n", '\u2029': "\n", '\u0085': "\n",
	'\u00AD': "", '\u200B': "", '\u2060': "", '\uFEFF': "",
}

// Replacement returns what could stand in the place of a character in the GSM 7 bit default alphabet
// (3GPP TS 23.038, 6.2.1): for typographic quotes, dashes and spaces, and a few signs. It is for a
// person to accept; nothing in this package applies it.
func Replacement(r rune) (string, bool) {
	s, ok := replacements[r]
	return s, ok
}

// Suggest returns the text with every character replaced that has a Replacement, if that is enough
// to send it in the GSM 7 bit default alphabet (3GPP TS 23.038, 6.2.1). false when it fits as it
// stands, or does not fit even so: there is then nothing to gain.
func Suggest(text string) (string, bool) {
	s, err := survey(text)
	if err != nil || s.gsm {
		return "", false
	}
	var b strings.Builder
	for _, r := range text {
		if s, ok := replacements[r]; ok {
			b.WriteString(s)
		} else {
			b.WriteRune(r)
		}
	}
	suggestion := b.String()
	s, err = survey(suggestion)
	return suggestion, err == nil && s.gsm
}
