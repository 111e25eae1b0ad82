// Package pdu turns the PDUs of the short message service into Go values and back, as
// 3GPP TS 23.040 (the messages) and TS 23.038 (the alphabets) have them.
//
// Start at [ParseFrame] for what a modem hands over, at [Message] for a text that is to go out, and
// at [Measure] for how long a text is on the air. [Assembler] puts the parts of long messages together,
// [ParsePush] reads what MMS and WAP push put into 8-bit data, and [Fields] shows a PDU octet by octet.
//
// Reading is lenient: whatever can be read is read, what was wrong with it is told in [Warnings],
// and the octets stay in [Frame.Raw]. Only where nothing sensible is left does an [Error] say which
// field ends the reading, and where. Octets that read without a warning come out of Append the same;
// [Reader] takes only those, if asked to be strict.
//
// The package leaves to others: the AT lines around a PDU, the choice of concatenation references
// (they must outlive the process), and where the parts of incomplete messages are kept ([PartStore]).
package pdu

// Direction tells which end of the radio link wrote a TPDU, since the same first octet means
// different messages in the two directions (3GPP TS 23.040, 9.2.3.1).
type Direction uint8

// The two directions of 3GPP TS 23.040, 9.2.3.1.
const (
	MobileTerminated Direction = iota // from the service centre: Deliver, StatusReport, SubmitReport
	MobileOriginated                  // from the mobile station: Submit, Command, DeliverReport
)

// MessageType is TP-MTI together with the direction (3GPP TS 23.040, 9.2.3.1).
type MessageType uint8

// The six types of 3GPP TS 23.040, 9.2.2.
const (
	TypeDeliver MessageType = iota
	TypeSubmit
	TypeStatusReport
	TypeSubmitReport
	TypeDeliverReport
	TypeCommand
)

var messageTypes = [...]string{"deliver", "submit", "status-report", "submit-report", "deliver-report", "command"}

// String returns the type as the command line and its JSON spell it: "deliver", "status-report", for
// the types of 3GPP TS 23.040, 9.2.2.
func (t MessageType) String() string {
	if int(t) < len(messageTypes) {
		return messageTypes[t]
	}
	return "unknown"
}

// A TPDU is one of the six of 3GPP TS 23.040, 9.2.2: a *Deliver, *DeliverReport, *Submit,
// *SubmitReport, *StatusReport or *Command.
type TPDU interface {
	MessageType() MessageType

	// Append writes the octets of the TPDU behind dst. The error is an *Error that names the
	// field which cannot be written; dst is then of no use.
	Append(dst []byte) ([]byte, error)
}

// ParseTPDU reads one TPDU. The TPDU keeps hold of octets, which must not change afterwards.
//
// A reserved TP-MTI from the service centre is read as a Deliver, as 3GPP TS 23.040, 9.2.3.1 asks;
// one from the mobile gives ErrType.
func ParseTPDU(octets []byte, d Direction) (TPDU, Warnings, error) {
	return Reader{}.TPDU(octets, d)
}

func (r *reader) tpdu(d Direction) TPDU {
	first := r.octet("TP-MTI")
	if r.err != nil {
		return nil
	}
	switch mti := first & 0x03; {
	case d == MobileTerminated && mti == 0:
		return r.deliver(first)
	case d == MobileTerminated && mti == 1:
		return r.submitReport(first)
	case d == MobileOriginated && mti == 0:
		return r.deliverReport(first)
	case d == MobileOriginated && mti == 2:
		return r.command(first)
	case d == MobileTerminated && mti == 2:
		return r.statusReport(first)
	case d == MobileTerminated && mti == 3:
		r.warnings |= ReservedMTI
		return r.deliver(first)
	case d == MobileOriginated && mti == 1:
		return r.submit(first)
	}
	r.at = 0
	r.fail("TP-MTI", ErrType)
	return nil
}
