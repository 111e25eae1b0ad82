package pdu

import (
	"math/bits"
	"strings"
)

// Warnings are what was not as the standard has it in a PDU that could be read all the same.
// None means that the octets can be written again exactly as they came (3GPP TS 23.040, 9.2.2).
type Warnings uint32

// What there is to warn of; each names the clause of 3GPP TS 23.040 or 23.038 that has it otherwise.
const (
	TrailingOctets  Warnings = 1 << iota // octets after the last field, as in a SIM record (9.2.3.24)
	ShortUD                              // fewer octets of user data than TP-UDL says (9.2.3.16)
	LongUD                               // more user data than the 140 octets there may be (9.2.3.16)
	FillBits                             // unused bits that are not zero (9.2.3.16)
	BadUDH                               // a header that contradicts itself, and was ignored (9.2.3.24)
	BadConcat                            // a concatenation element of impossible numbers, ignored (9.2.3.24.1)
	AddressFill                          // an address whose length, type or filling is off (9.1.2.5)
	BadSCTS                              // TP-SCTS is no time (9.2.3.11)
	BadDT                                // TP-DT is no time (9.2.3.13)
	BadVP                                // TP-VP is no time and no duration (9.2.3.12)
	ReservedMTI                          // TP-MTI 3, read as a Deliver (9.2.3.1)
	ReservedBits                         // bits of the first octet that mean nothing yet (9.2.3)
	ReservedDCS                          // a data coding scheme that means nothing yet, read as GSM 7 bit (23.038 4)
	Compressed                           // compressed user data: the octets are kept, there is no text (9.2.3.10)
	LoneSurrogate                        // half a UTF-16 pair, shown as U+FFFD (23.038 6.2.3)
	OddOctets                            // an odd number of UCS-2 octets; the last one has no partner (23.038 6.2.3)
	UnknownLanguage                      // a national language that has no such table, ignored (9.2.3.24.15)
	LengthDiffers                        // the modem announced another number of octets than it gave (27.005 3.4.1)
)

var warningNames = [...]string{
	"trailing_octets", "short_ud", "long_ud", "fill_bits", "bad_udh", "bad_concat", "address_fill",
	"bad_scts", "bad_dt", "bad_vp", "reserved_mti", "reserved_bits", "reserved_dcs", "compressed",
	"lone_surrogate", "odd_octets", "unknown_language", "length_differs",
}

// Names returns the name of each warning, lowest bit first; nil when nothing differs from 3GPP TS
// 23.040, 9.2.
func (w Warnings) Names() []string {
	var names []string
	for i, name := range warningNames {
		if w&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String returns the names, separated by commas; "" when nothing differs from 3GPP TS 23.040, 9.2.
func (w Warnings) String() string { return strings.Join(w.Names(), ", ") }

// fieldNames are the fields that warnings are about, in their order.
var fieldNames = [...]string{
	"filling", "TP-UD", "TP-UD", "TP-UD", "TP-UDH", "TP-UDH", "address",
	"TP-SCTS", "TP-DT", "TP-VP", "TP-MTI", "TP-MTI", "TP-DCS", "TP-DCS",
	"TP-UD", "TP-UD", "TP-UDH", "length",
}

// field returns what the first warning is about.
func (w Warnings) field() string {
	return fieldNames[bits.TrailingZeros32(uint32(w))]
}
