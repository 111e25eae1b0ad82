package pdu

import "fmt"

// Cause is TP-FCS: why a message was not taken (3GPP TS 23.040, 9.2.3.22). Kept as received; 0 stands
// for none, as the values below 80 are reserved.
type Cause uint8

// causeFirst is the lowest cause. A lower octet in its place is TP-PI, whose highest bit nobody sets:
// that is how the report of an RP-ERROR is told from that of an RP-ACK.
const causeFirst Cause = 0x80

func (r *reader) cause() Cause {
	if rest := r.rest(); r.err == nil && len(rest) > 0 && Cause(rest[0]) >= causeFirst {
		return Cause(r.octet("TP-FCS"))
	}
	return 0
}

func (c Cause) size() int {
	if c == 0 {
		return 0
	}
	return 1
}

// Reserved tells whether 3GPP TS 23.040, 9.2.3.22 gives the value no meaning yet.
func (c Cause) Reserved() bool { return c < 0xE0 && causes[c] == "" }

// String says the cause in words (3GPP TS 23.040, 9.2.3.22).
func (c Cause) String() string {
	switch {
	case c == 0:
		return "none"
	case c >= 0xE0 && c < 0xFF:
		return fmt.Sprintf("a cause of this application or service centre (0x%02X)", byte(c))
	case causes[c] == "":
		return fmt.Sprintf("reserved value 0x%02X", byte(c))
	}
	return causes[c]
}

var causes = [256]string{
	0x80: "telematic interworking is not supported",
	0x81: "short message of type 0 is not supported",
	0x82: "the message cannot be replaced",
	0x8F: "an error of TP-PID",

	0x90: "the alphabet is not supported",
	0x91: "the message class is not supported",
	0x9F: "an error of TP-DCS",

	0xA0: "the command cannot be carried out",
	0xA1: "the command is not supported",
	0xAF: "an error of TP-Command",

	0xB0: "the TPDU is not supported",

	0xC0: "the service centre is busy",
	0xC1: "the sender has no subscription with the service centre",
	0xC2: "the service centre has failed",
	0xC3: "the number of the sender or the recipient is invalid",
	0xC4: "the recipient is barred",
	0xC5: "the message is a duplicate, and was rejected",
	0xC6: "TP-VPF is not supported",
	0xC7: "TP-VP is not supported",

	0xD0: "the SIM is full",
	0xD1: "the SIM has no room for messages",
	0xD2: "an error in the mobile",
	0xD3: "the memory is full",
	0xD4: "the SIM application toolkit is busy",
	0xD5: "an error in downloading data to the SIM",

	0xFF: "no cause given",
}
