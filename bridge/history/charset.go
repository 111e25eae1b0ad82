package history

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16BE reads big-endian UTF-16 up to the first NUL: gammu 1.42 writes as many
// units as its buffer had before pairs were counted as one, so that remnants of
// an earlier message stand behind it.
func utf16BE(octets []byte) string {
	units := make([]uint16, 0, len(octets)/2)
	for ; len(octets) >= 2; octets = octets[2:] {
		u := uint16(octets[0])<<8 | uint16(octets[1])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}

// latin9 is where ISO 8859-15 is not the first page of Unicode.
var latin9 = map[byte]rune{0xA4: '€', 0xA6: 'Š', 0xA8: 'š', 0xB4: 'Ž', 0xB8: 'ž', 0xBC: 'Œ', 0xBD: 'œ', 0xBE: 'Ÿ'}

func isoLatin9(octets []byte) string {
	var b strings.Builder
	for _, c := range octets {
		if r, ok := latin9[c]; ok {
			b.WriteRune(r)
		} else {
			b.WriteRune(rune(c))
		}
	}
	return b.String()
}

// anyText reads text whose character set nobody tells.
func anyText(octets []byte) string {
	switch {
	case bytes.HasPrefix(octets, []byte{0xFE, 0xFF}):
		return utf16BE(octets[2:])
	case utf8.Valid(octets):
		return strings.TrimPrefix(string(octets), "\uFEFF")
	}
	return isoLatin9(octets)
}
