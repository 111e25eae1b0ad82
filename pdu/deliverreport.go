package pdu

// DeliverReport is what the mobile answers to a Deliver or a StatusReport, and what AT+CNMA takes
// (3GPP TS 23.040, 9.2.2.1a).
type DeliverReport struct {
	// FCS says why the mobile did not take the message, in the report of an RP-ERROR. It is 0 in that
	// of an RP-ACK, which does not have the field.
	FCS Cause

	// PI holds the octets of TP-PI, which tell what of the others is there. Left nil for Append, it
	// follows from them.
	PI  []byte
	PID byte
	DCS DCS
	UD  UserData
}

// MessageType returns TypeDeliverReport (3GPP TS 23.040, 9.2.2.1a).
func (*DeliverReport) MessageType() MessageType { return TypeDeliverReport }

func (r *reader) deliverReport(first byte) *DeliverReport {
	r.warn(first&0xBC != 0, ReservedBits)
	s := &DeliverReport{FCS: r.cause()}
	r.most = maxDeliverReport - s.FCS.size()
	p := r.parameters(first&bitUDHI != 0)
	s.PI, s.PID, s.DCS, s.UD = p.PI, p.PID, p.DCS, p.UD
	r.warn(r.err == nil && first&bitUDHI != 0 && len(p.UD.UDH) == 0, BadUDH)
	r.end()
	return s
}

// Append writes the octets of the report (3GPP TS 23.040, 9.2.2.1a).
func (s *DeliverReport) Append(dst []byte) ([]byte, error) {
	p := parameters{s.PI, s.PID, s.DCS, s.UD}
	dst, pi, err := p.head(dst, 0x00, s.FCS)
	if err != nil {
		return dst, err
	}
	return p.append(dst, pi, maxDeliverReport-s.FCS.size())
}
