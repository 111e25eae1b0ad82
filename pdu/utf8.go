package pdu

import "unicode/utf8"

// decodeRune is utf8.DecodeRuneInString with a short way for ASCII.
func decodeRune(text string) (rune, int) {
	if text[0] < utf8.RuneSelf {
		return rune(text[0]), 1
	}
	return utf8.DecodeRuneInString(text)
}
