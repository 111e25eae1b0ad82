package pdu

// Deliver is a message that arrives (3GPP TS 23.040, 9.2.2.1). The zero value with an OA is the
// simplest of them. TP-UDHI is not kept: it is set when UD has a header.
type Deliver struct {
	MMS  bool // more messages are waiting (on the air the bit says the opposite)
	LP   bool // loop prevention
	SRI  bool // the sender's side asked for a status report
	RP   bool // a reply path is offered
	OA   Address
	PID  byte
	DCS  DCS
	SCTS Timestamp
	UD   UserData
}

// MessageType returns TypeDeliver (3GPP TS 23.040, 9.2.2.1).
func (*Deliver) MessageType() MessageType { return TypeDeliver }

// Bits of the first octet, 9.2.3.
const (
	bitMMS  = 0x04 // deliver, status report: no more messages are waiting
	bitRD   = 0x04 // submit: reject duplicates
	bitLP   = 0x08
	bitSRI  = 0x20 // submit: SRR; status report: SRQ
	bitUDHI = 0x40
	bitRP   = 0x80
)

func (r *reader) deliver(first byte) *Deliver {
	r.warn(first&0x10 != 0, ReservedBits)
	d := newIn[Deliver](r)
	*d = Deliver{
		MMS: first&bitMMS == 0,
		LP:  first&bitLP != 0,
		SRI: first&bitSRI != 0,
		RP:  first&bitRP != 0,
	}
	d.OA = r.address("TP-OA")
	d.PID = r.octet("TP-PID")
	d.DCS = r.dcs()
	d.SCTS = r.timestamp("TP-SCTS", BadSCTS)
	d.UD = r.userData(d.DCS, first&bitUDHI != 0)
	r.end()
	return d
}

// Append writes the octets of the message (3GPP TS 23.040, 9.2.2.1).
func (d *Deliver) Append(dst []byte) ([]byte, error) {
	first := bit(!d.MMS, bitMMS) | bit(d.LP, bitLP) | bit(d.SRI, bitSRI) |
		bit(len(d.UD.UDH) > 0, bitUDHI) | bit(d.RP, bitRP)
	dst = append(dst, first)
	dst, err := d.OA.append(dst, "TP-OA")
	if err != nil {
		return dst, err
	}
	dst = append(dst, d.PID, byte(d.DCS))
	dst = append(dst, d.SCTS[:]...)
	return d.UD.append(dst, d.DCS, maxOctets)
}

func bit(on bool, b byte) byte {
	if on {
		return b
	}
	return 0
}

// end notes what stands behind the last field.
func (r *reader) end() {
	if r.err == nil && r.at < len(r.octets) {
		r.warnings |= TrailingOctets
		r.take("filling", len(r.octets)-r.at)
	}
}
