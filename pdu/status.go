package pdu

import "fmt"

// Status is TP-ST: what became of a message (3GPP TS 23.040, 9.2.3.15). Kept as received.
type Status uint8

// StatusClass is what a sender wants to know of a Status (3GPP TS 23.040, 9.2.3.15).
type StatusClass uint8

// The blocks of 3GPP TS 23.040, 9.2.3.15; the first of them in two.
const (
	Delivered StatusClass = iota // the recipient's phone has it
	Completed                    // the service centre is done with it, but confirms no delivery
	Pending                      // not yet; the service centre goes on trying
	Permanent                    // it will not arrive; trying again is of no use
	Temporary                    // it will not arrive; a new attempt may
)

var statusClasses = [...]string{"delivered", "completed", "pending", "permanent", "temporary"}

// String says the class in a word, for the blocks of 3GPP TS 23.040, 9.2.3.15.
func (c StatusClass) String() string {
	if int(c) < len(statusClasses) {
		return statusClasses[c]
	}
	return "unknown"
}

// rejected is how reserved values are to be understood.
const rejected Status = 0x63

// Class sorts the status (3GPP TS 23.040, 9.2.3.15). Reserved values count as "service rejected", which is Temporary; values
// that the standard leaves to service centres count as the block they stand in.
func (s Status) Class() StatusClass {
	if s.Reserved() {
		s = rejected
	}
	switch {
	case s == 0x00:
		return Delivered
	case s < 0x20:
		return Completed
	case s < 0x40:
		return Pending
	case s < 0x60:
		return Permanent
	}
	return Temporary
}

// Reserved tells whether 3GPP TS 23.040, 9.2.3.15 gives the value no meaning yet.
func (s Status) Reserved() bool {
	return s >= 0x80 || s&0x10 == 0 && statusTexts[s&0x7F] == ""
}

// String says the status in words (3GPP TS 23.040, 9.2.3.15).
func (s Status) String() string {
	switch {
	case s.Reserved():
		return fmt.Sprintf("reserved value 0x%02X, to be taken as: service rejected", byte(s))
	case s&0x10 != 0:
		return fmt.Sprintf("%s, by a rule of this service centre (0x%02X)", s.Class(), byte(s))
	}
	return statusTexts[s]
}

var statusTexts = [0x80]string{
	0x00: "received by the recipient's phone",
	0x01: "forwarded, but the service centre cannot confirm the delivery",
	0x02: "replaced by the service centre",

	0x20: "congestion; still trying",
	0x21: "recipient busy; still trying",
	0x22: "no response from the recipient; still trying",
	0x23: "service rejected; still trying",
	0x24: "quality of service not available; still trying",
	0x25: "error in the recipient's phone; still trying",

	0x40: "remote procedure error",
	0x41: "incompatible destination",
	0x42: "connection rejected by the recipient",
	0x43: "recipient not obtainable",
	0x44: "quality of service not available",
	0x45: "no interworking available",
	0x46: "validity period expired",
	0x47: "deleted by the sender",
	0x48: "deleted by the service centre",
	0x49: "the service centre does not know the message",

	0x60: "congestion; no further attempt",
	0x61: "recipient busy; no further attempt",
	0x62: "no response from the recipient; no further attempt",
	0x63: "service rejected; no further attempt",
	0x64: "quality of service not available; no further attempt",
	0x65: "error in the recipient's phone; no further attempt",
}
