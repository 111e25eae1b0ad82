package pdu

import "strings"

// Warnings are what was not as the standard has it in a PDU that could be read all the same.
// None means that the octets can be written again exactly as they came.
type Warnings uint32

const (
	TrailingOctets  Warnings = 1 << iota // octets after the last field, as in a SIM record
	ShortUD                              // fewer octets of user data than TP-UDL says
	LongUD                               // more user data than the 140 octets there may be
	FillBits                             // unused bits that are not zero
	BadUDH                               // a header that contradicts itself, and was ignored
	BadConcat                            // a concatenation element of impossible numbers, ignored
	AddressFill                          // an address whose length, type or filling is off
	BadSCTS                              // TP-SCTS is no time
	BadDT                                // TP-DT is no time
	BadVP                                // TP-VP is no time and no duration
	ReservedMTI                          // TP-MTI 3, read as a Deliver
	ReservedBits                         // bits of the first octet that mean nothing yet
	ReservedDCS                          // a data coding scheme that means nothing yet, read as GSM 7 bit
	Compressed                           // compressed user data: the octets are kept, there is no text
	LoneSurrogate                        // half a UTF-16 pair, shown as U+FFFD
	OddOctets                            // an odd number of UCS-2 octets; the last one has no partner
	UnknownLanguage                      // a national language whose tables are not known here
)

var warningNames = [...]string{
	"trailing_octets", "short_ud", "long_ud", "fill_bits", "bad_udh", "bad_concat", "address_fill",
	"bad_scts", "bad_dt", "bad_vp", "reserved_mti", "reserved_bits", "reserved_dcs", "compressed",
	"lone_surrogate", "odd_octets", "unknown_language",
}

// Names returns the name of each warning, lowest bit first; nil when there is none.
func (w Warnings) Names() []string {
	var names []string
	for i, name := range warningNames {
		if w&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String returns the names, separated by commas; "" when there is no warning.
func (w Warnings) String() string { return strings.Join(w.Names(), ", ") }
