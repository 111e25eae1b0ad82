package pdu

// DCS is a data coding scheme (3GPP TS 23.038, 4).
type DCS uint8

// Schemes that Segments and Message choose among (3GPP TS 23.038, 4).
const (
	DCSGSM7      DCS = 0x00
	DCSData8     DCS = 0x04
	DCSUCS2      DCS = 0x08
	dcsWithClass DCS = 0x10
)

// Alphabet is how the user data of a message are written (3GPP TS 23.038, 4).
type Alphabet uint8

// The alphabets of 3GPP TS 23.038, 4.
const (
	GSM7  Alphabet = iota // septets of the GSM 7 bit default alphabet
	Data8                 // octets that mean something to a program
	UCS2                  // UTF-16, high octet first
)

// String returns "gsm7", "8bit" or "ucs2", for the alphabets of 3GPP TS 23.038, 4.
func (a Alphabet) String() string {
	switch a {
	case Data8:
		return "8bit"
	case UCS2:
		return "ucs2"
	}
	return "gsm7"
}

// Class is a message class (3GPP TS 23.038, 4): 0 is shown at once and not kept, 1 belongs to the mobile equipment, 2 to
// the SIM, 3 to the terminal equipment.
type Class uint8

// The classes of 3GPP TS 23.038, 4.
const (
	Class0 Class = iota
	Class1
	Class2
	Class3
)

// Alphabet returns how the text is written. Reserved codings are the default alphabet (3GPP TS
// 23.038, 4).
func (d DCS) Alphabet() Alphabet {
	switch {
	case d < 0x80: // general, and marked for automatic deletion
		return [4]Alphabet{GSM7, Data8, UCS2, GSM7}[d>>2&0x03]
	case d >= 0xE0 && d < 0xF0: // message waiting, stored, UCS-2
		return UCS2
	case d >= 0xF0 && d&0x04 != 0:
		return Data8
	}
	return GSM7
}

// Class returns the message class; false when the scheme gives none (3GPP TS 23.038, 4).
func (d DCS) Class() (Class, bool) {
	if d < 0x80 && d&0x10 != 0 || d >= 0xF0 {
		return Class(d & 0x03), true
	}
	return 0, false
}

// Compressed tells whether the user data are compressed as 3GPP TS 23.042 has it.
func (d DCS) Compressed() bool { return d < 0x80 && d&0x20 != 0 }

// AutoDelete tells whether the message is marked to be deleted once it was read, or could not be
// (3GPP TS 23.038, 4, group 01xx).
func (d DCS) AutoDelete() bool { return d&0xC0 == 0x40 }

// Reserved tells whether 3GPP TS 23.038, 4 gives the scheme no meaning yet.
func (d DCS) Reserved() bool {
	switch {
	case d < 0x80:
		return d&0x0C == 0x0C
	case d >= 0xF0:
		return d&0x08 != 0
	}
	return d < 0xC0
}

// inSeptets tells whether TP-UDL counts septets. It counts octets when these are compressed
// (3GPP TS 23.040, 9.2.3.16).
func (d DCS) inSeptets() bool { return d.Alphabet() == GSM7 && !d.Compressed() }

func (r *reader) dcs() DCS {
	d := DCS(r.octet("TP-DCS"))
	r.warn(d.Reserved(), ReservedDCS)
	r.warn(d.Compressed(), Compressed)
	return d
}
