package pdu

// SubmitReport is what the service centre answers to a Submit or a Command, and what modems give
// behind +CMGS as ackpdu (3GPP TS 23.040, 9.2.2.2a).
type SubmitReport struct {
	// FCS says why the service centre did not take the message, in the report of an RP-ERROR. It is
	// 0 in that of an RP-ACK, which does not have the field.
	FCS Cause

	// PI holds the octets of TP-PI, which tell what of the last three is there. Left nil for Append,
	// it follows from them.
	PI   []byte
	SCTS Timestamp
	PID  byte
	DCS  DCS
	UD   UserData
}

// MessageType returns TypeSubmitReport (3GPP TS 23.040, 9.2.2.2a).
func (*SubmitReport) MessageType() MessageType { return TypeSubmitReport }

// User data of reports may be longer than those of messages: 9.2.2.1a, 9.2.2.2a.
const (
	maxSubmitReport  = 152 // one less when there is a cause
	maxDeliverReport = 159
)

func (r *reader) submitReport(first byte) *SubmitReport {
	r.warn(first&0xBC != 0, ReservedBits)
	s := &SubmitReport{FCS: r.cause(), PI: r.indicator()}
	r.most = maxSubmitReport - s.FCS.size()
	s.SCTS = r.timestamp("TP-SCTS", BadSCTS)
	p := r.following(parameters{PI: s.PI}, first&bitUDHI != 0)
	s.PID, s.DCS, s.UD = p.PID, p.DCS, p.UD
	r.warn(r.err == nil && first&bitUDHI != 0 && len(p.UD.UDH) == 0, BadUDH)
	r.end()
	return s
}

// Append writes the octets of the report (3GPP TS 23.040, 9.2.2.2a).
func (s *SubmitReport) Append(dst []byte) ([]byte, error) {
	p := parameters{s.PI, s.PID, s.DCS, s.UD}
	dst, pi, err := p.head(dst, 0x01, s.FCS)
	if err != nil {
		return dst, err
	}
	dst = append(dst, s.SCTS[:]...)
	return p.append(dst, pi, maxSubmitReport-s.FCS.size())
}

// head writes what the two reports begin with: the first octet, TP-FCS and TP-PI.
func (p *parameters) head(dst []byte, mti byte, c Cause) (octets, pi []byte, err error) {
	if c != 0 && c < causeFirst {
		return dst, nil, unwritable("TP-FCS", ErrMismatch)
	}
	if pi, err = p.indicator(); err != nil {
		return dst, nil, err
	}
	if pi == nil {
		pi = []byte{0}
	}
	if c == 0 && Cause(pi[0]) >= causeFirst {
		return dst, nil, unwritable("TP-PI", ErrMismatch) // it would be read as a cause
	}
	dst = append(dst, mti|bit(len(p.UD.UDH) > 0, bitUDHI))
	if c != 0 {
		dst = append(dst, byte(c))
	}
	return append(dst, pi...), pi, nil
}
