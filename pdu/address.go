package pdu

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// TON is a type of number (3GPP TS 23.040, 9.1.2.5).
type TON uint8

// The types of 3GPP TS 23.040, 9.1.2.5.
const (
	TONUnknown TON = iota
	TONInternational
	TONNational
	TONNetwork
	TONSubscriber
	TONAlphanumeric
	TONAbbreviated
	TONReserved
)

// NPI is a numbering plan (9.1.2.5); values not named here are kept as they are.
type NPI uint8

// The plans of 3GPP TS 23.040, 9.1.2.5 that are met with.
const (
	NPIUnknown   NPI = 0
	NPITelephone NPI = 1 // ISDN and telephone, E.164
	NPIData      NPI = 3
	NPITelex     NPI = 4
	NPINational  NPI = 8
	NPIPrivate   NPI = 9
)

// Address is a phone number, or the name that stands in its place (3GPP TS 23.040, 9.1.2.5). The zero
// value is no address.
type Address struct {
	TON   TON
	NPI   NPI
	Value string // digits 0-9 * # a b c, without a plus sign; a text when TON is alphanumeric
}

// Limits of 9.1.2.5: ten octets of value.
const (
	maxDigits      = 20
	maxNameSeptets = 11
)

// ParseAddress reads what a person writes: "+46 70 123 45 67" is international, "71234" is sent as
// it stands, without a country (TON unknown), and anything with a letter is a name of at most 11
// characters of the GSM alphabet (3GPP TS 23.040, 9.1.2.5). Blanks and - . / ( ) between digits are
// left out.
func ParseAddress(s string) (Address, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return Address{}, unwritable("address", fmt.Errorf("%w: it is empty", ErrAddress))
	}
	a := Address{TON: TONUnknown, NPI: NPITelephone}
	digits, plus := strings.CutPrefix(s, "+")
	if plus {
		a.TON = TONInternational
	}
	if !dialled(digits) {
		digits = strings.Map(dropSeparators, digits)
	}
	switch {
	case dialled(digits):
		a.Value = digits
	case plus:
		return Address{}, unwritable("address", fmt.Errorf("%w: after + there can only be digits, not %q", ErrAddress, s[1:]))
	default:
		a = Address{TON: TONAlphanumeric, Value: s}
	}
	if err := a.check("address"); err != nil {
		return Address{}, err
	}
	return a, nil
}

// dialled tells whether s is what one can dial, and nothing else.
func dialled(s string) bool {
	for i := range len(s) {
		if semiValues[s[i]] > 0x0B {
			return false
		}
	}
	return s != ""
}

func dropSeparators(r rune) rune {
	if strings.ContainsRune(" -./()\u00a0\u2011", r) {
		return -1
	}
	return r
}

// String returns "+" and the digits when the number is international, the digits when it is of
// another type, the text of a name, and "" when there is no address (3GPP TS 23.040, 9.1.2.5).
func (a Address) String() string {
	if a.TON == TONInternational && a.Value != "" {
		return "+" + a.Value
	}
	return a.Value
}

// address reads a TP address: the number of useful semi-octets, the type, the value.
func (r *reader) address(field string) Address {
	start, fields := r.at, r.fields
	r.fields = nil // the three are one field to whoever looks at them
	n := int(r.octet(field))
	toa := r.octet(field)
	value := r.take(field, (n+1)/2)
	r.fields = fields
	if r.err != nil {
		return Address{}
	}
	r.mark(field, start)
	r.warn(n > maxDigits, AddressFill)
	a := r.addressValue(toa, value, n)
	if a.TON == TONAlphanumeric {
		again, err := a.append(nil, field)
		r.warn(err != nil || !bytes.Equal(again, r.octets[start:r.at]), AddressFill)
	}
	return a
}

// serviceCentre reads the address before the TPDU, whose length counts octets, type included
// (3GPP TS 24.011, 8.2.5.2).
func (r *reader) serviceCentre() Address {
	fields := r.fields
	r.fields = nil
	octets := r.take("SMSC", int(r.octet("SMSC")))
	r.fields = fields
	if r.err != nil {
		return Address{}
	}
	r.mark("SMSC", 0)
	if len(octets) == 0 {
		return Address{}
	}
	toa, value := octets[0], octets[1:]
	n := 2 * len(value)
	r.warn(n > maxDigits, AddressFill)
	if n > 0 && value[len(value)-1]>>4 == 0x0F && ton(toa) != TONAlphanumeric {
		n--
	}
	a := r.addressValue(toa, value, n)
	if a.TON == TONAlphanumeric || a == (Address{}) {
		again, err := a.appendServiceCentre(nil)
		r.warn(err != nil || !bytes.Equal(again, r.octets[:r.at]), AddressFill)
	}
	return a
}

// addressValue reads the type of an address and n semi-octets of value.
func (r *reader) addressValue(toa byte, value []byte, n int) Address {
	a := Address{TON: ton(toa), NPI: NPI(toa & 0x0F)}
	clean := true
	if a.TON == TONAlphanumeric {
		a.Value = name(value, n*4/7)
	} else {
		a.Value, clean = r.digits(value, n)
	}
	r.warn(!clean || toa&0x80 == 0, AddressFill)
	return a
}

func ton(toa byte) TON { return TON(toa >> 4 & 0x07) }

func (a Address) typeOctet() byte { return 0x80 | byte(a.TON&0x07)<<4 | byte(a.NPI&0x0F) }

const semiOctets = "0123456789*#abc"

// digitPairs holds the two digits of an octet, the first in the low half; 0 when there is a filler.
var digitPairs = func() (pairs [256]uint16) {
	for i := range pairs {
		if i&0x0F != 0x0F && i>>4 != 0x0F {
			pairs[i] = uint16(semiOctets[i&0x0F]) | uint16(semiOctets[i>>4])<<8
		}
	}
	return pairs
}()

// semiValues turns semiOctets round; notHex for what is none of them.
var semiValues = func() (values [256]byte) {
	for i := range values {
		values[i] = notHex
	}
	for i := range len(semiOctets) {
		values[semiOctets[i]] = byte(i)
	}
	return values
}()

// digits reads n semi-octets, low one first. clean is false when a filler stands among them, or
// something else where the filler should be: the number is then as many digits as there are.
func (r *reader) digits(octets []byte, n int) (value string, clean bool) {
	var scratch [2 * maxDigits]byte
	if n <= maxDigits {
		filler := false
		for i, octet := range octets[:n/2] {
			pair := digitPairs[octet]
			filler = filler || pair == 0
			binary.LittleEndian.PutUint16(scratch[2*i:], pair)
		}
		if n%2 != 0 {
			last := octets[n/2]
			filler = filler || last < 0xF0 || last == 0xFF
			scratch[n-1] = semiOctets[min(int(last&0x0F), len(semiOctets)-1)]
		}
		if !filler {
			return r.string(scratch[:n]), true
		}
	}
	out := scratch[:0]
	clean = true
	for i := range n {
		semi := octets[i/2] >> (4 * (i % 2)) & 0x0F
		if semi == 0x0F {
			clean = false
			continue
		}
		out = append(out, semiOctets[semi])
	}
	if n%2 != 0 && octets[n/2]>>4 != 0x0F {
		clean = false
	}
	return r.string(out), clean
}

// name reads an alphanumeric value. Fourteen semi-octets can be eight septets, or seven and an octet
// too many counted by the sender; a last @ that the filling alone explains is therefore dropped.
func name(octets []byte, septets int) string {
	if last := 7*septets/8 - 1; septets%8 == 0 && septets > 0 && octets[last]>>1 == 0 {
		septets--
	}
	var scratch [3 * maxSeptets]byte
	d := shifts{}.decoder()
	return string(d.end(d.packed(scratch[:0], octets, septets)))
}

// check tells whether the address can be written.
func (a Address) check(field string) error {
	if a.TON == TONAlphanumeric {
		return a.checkName(field)
	}
	for i := range len(a.Value) {
		if semiValues[a.Value[i]] == notHex {
			return unwritable(field, fmt.Errorf("%w: %q has something in it that is no digit", ErrAddress, a.Value))
		}
	}
	if n := len(a.Value); n > maxDigits {
		return unwritable(field, fmt.Errorf("%w: a number has at most %d digits, not %d", ErrTooLong, maxDigits, n))
	}
	return nil
}

func (a Address) checkName(field string) error {
	n := 0
	for _, r := range a.Value {
		w := septetWidth(r)
		if w == 0 {
			return unwritable(field, fmt.Errorf("%w: %q is not in the GSM alphabet, of which a name is made", ErrAddress, r))
		}
		n += w
	}
	if n > maxNameSeptets {
		return unwritable(field, fmt.Errorf("%w: a name has at most %d characters, not %d", ErrTooLong, maxNameSeptets, n))
	}
	return nil
}

// append writes the TP form of the address.
func (a Address) append(dst []byte, field string) ([]byte, error) {
	if err := a.check(field); err != nil {
		return dst, err
	}
	at := len(dst)
	dst, semi := a.appendValue(append(dst, 0, a.typeOctet()))
	dst[at] = byte(semi)
	return dst, nil
}

func (a Address) appendServiceCentre(dst []byte) ([]byte, error) {
	if a == (Address{}) {
		return append(dst, 0), nil
	}
	if err := a.check("SMSC"); err != nil {
		return dst, err
	}
	at := len(dst)
	dst, _ = a.appendValue(append(dst, 0, a.typeOctet()))
	dst[at] = byte(len(dst) - at - 1)
	return dst, nil
}

// appendValue writes the value and counts its useful semi-octets.
func (a Address) appendValue(dst []byte) ([]byte, int) {
	if a.TON == TONAlphanumeric {
		dst, n := shifts{}.appendPacked(dst, a.Value)
		return dst, (n*7 + 3) / 4
	}
	for i := range len(a.Value) {
		semi := semiValues[a.Value[i]]
		if i%2 == 0 {
			dst = append(dst, 0xF0|semi)
		} else {
			dst[len(dst)-1] &= 0x0F | semi<<4
		}
	}
	return dst, len(a.Value)
}
