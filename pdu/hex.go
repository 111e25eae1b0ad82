package pdu

import (
	"encoding/binary"
	"slices"
	"strings"
)

const (
	hexDigits = "0123456789ABCDEF"
	notHex    = 0xFF
)

// hexValues holds the value of each digit, in either case, and notHex for other characters.
var hexValues = func() (values [256]byte) {
	for i := range values {
		values[i] = notHex
	}
	for i := range 16 {
		values[hexDigits[i]] = byte(i)
		values[strings.ToLower(hexDigits)[i]] = byte(i)
	}
	return values
}()

// hexPairs holds the two digits of each octet, the first in the low half.
var hexPairs = func() (pairs [256]uint16) {
	for i := range pairs {
		pairs[i] = uint16(hexDigits[i>>4]) | uint16(hexDigits[i&0x0F])<<8
	}
	return pairs
}()

// parseHex reads s into octets, if there is room, and else into new memory.
func parseHex(octets []byte, s string) ([]byte, error) {
	if len(s) > 2*maxFrame {
		return nil, &Error{Field: "hex", Offset: 2 * maxFrame, Err: ErrTooLong}
	}
	n := len(s) / 2
	if n > len(octets) {
		octets = make([]byte, n)
	}
	octets = octets[:n:n]
	out, rest, bad := fourOctets(octets, s)
	for ; len(out) > 0 && len(rest) >= 2; out, rest = out[1:], rest[2:] {
		hi, lo := hexValues[rest[0]], hexValues[rest[1]]
		bad |= uint64(hi|lo) &^ 0x0F
		out[0] = hi<<4 | lo
	}
	if bad != 0 {
		at := notHexAt(s)
		return octets[:at/2], &Error{Field: "hex", Offset: at, Err: ErrHex}
	}
	if n := len(s); n%2 != 0 {
		return octets, &Error{Field: "hex", Offset: n - 1, Err: ErrHex}
	}
	return octets, nil
}

// fourOctets reads eight digits at a step, a byte of x for each, and returns what is left over. bad is
// not 0 when one is none.
func fourOctets(out []byte, s string) (left []byte, rest string, bad uint64) {
	const each = 0x01010101_01010101
	for ; len(out) >= 4 && len(s) >= 8; out, s = out[4:], s[8:] {
		x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
			uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
		letter := x >> 6 & each
		v := x&(0x0F*each) + 9*letter

		// A digit is 30 and its value, a letter 37 and its value, in either case; values end at 9 and
		// F, and those of letters begin at A.
		bad |= (x&^(letter<<5) - v) ^ (0x30*each + 7*letter)
		bad |= v&(0x10*each) | (v+6*each)>>4&each ^ letter

		v = (v<<4 | v>>8) & 0x00FF00FF_00FF00FF
		v = (v | v>>8) & 0x0000FFFF_0000FFFF
		binary.LittleEndian.PutUint32(out, uint32(v|v>>16))
	}
	return out, s, bad
}

// notHexAt finds the first character that is no digit.
func notHexAt(s string) int {
	for i := range len(s) {
		if hexValues[s[i]] == notHex {
			return i
		}
	}
	return len(s)
}

// hexInPlace turns the octets of b from start on into twice as many hex digits, last octet first,
// so that nothing is overwritten before it was read.
func hexInPlace(b []byte, start int) []byte {
	n := len(b) - start
	b = slices.Grow(b, n)[:len(b)+n]
	for i := n - 1; i >= 0; i-- {
		binary.LittleEndian.PutUint16(b[start+2*i:], hexPairs[b[start+i]])
	}
	return b
}
