package pdu

// StatusReport tells what became of a Submit (3GPP TS 23.040, 9.2.2.3).
type StatusReport struct {
	MMS  bool // more messages are waiting (on the air the bit says the opposite)
	LP   bool
	SRQ  bool // the report answers a Command, not a Submit
	MR   uint8
	RA   Address
	SCTS Timestamp // when the service centre took the Submit
	DT   Timestamp // discharge time: when it reached the recipient, or was last tried
	ST   Status

	// The rest is optional. PI holds the octets of TP-PI, which tell what of it is there; it is nil
	// in a report that ends with ST. Left nil for Append, it follows from the other three.
	PI  []byte
	PID byte
	DCS DCS
	UD  UserData
}

// MessageType returns TypeStatusReport (3GPP TS 23.040, 9.2.2.3).
func (*StatusReport) MessageType() MessageType { return TypeStatusReport }

func (r *reader) statusReport(first byte) *StatusReport {
	r.warn(first&0x90 != 0, ReservedBits)
	s := newIn[StatusReport](r)
	*s = StatusReport{
		MMS: first&bitMMS == 0,
		LP:  first&bitLP != 0,
		SRQ: first&bitSRI != 0,
	}
	s.MR = r.octet("TP-MR")
	s.RA = r.address("TP-RA")
	s.SCTS = r.timestamp("TP-SCTS", BadSCTS)
	s.DT = r.timestamp("TP-DT", BadDT)
	s.ST = Status(r.octet("TP-ST"))
	p := r.optional(first&bitUDHI != 0)
	s.PI, s.PID, s.DCS, s.UD = p.PI, p.PID, p.DCS, p.UD
	r.end()
	return s
}

// optional reads what may follow TP-ST. What does not hold together there is the filling of a SIM
// record, and the report is good without it.
func (r *reader) optional(udhi bool) parameters {
	if r.err != nil {
		return parameters{}
	}
	was, marked := *r, r.marked()
	p := r.parameters(udhi)
	if r.err != nil {
		r.unmark(marked)
		*r, p = was, parameters{}
	}
	r.warn(udhi && len(p.UD.UDH) == 0, BadUDH)
	return p
}

// Append writes the octets of the report (3GPP TS 23.040, 9.2.2.3).
func (s *StatusReport) Append(dst []byte) ([]byte, error) {
	first := 0x02 | bit(!s.MMS, bitMMS) | bit(s.LP, bitLP) | bit(s.SRQ, bitSRI) |
		bit(len(s.UD.UDH) > 0, bitUDHI)
	dst = append(dst, first, s.MR)
	dst, err := s.RA.append(dst, "TP-RA")
	if err != nil {
		return dst, err
	}
	dst = append(dst, s.SCTS[:]...)
	dst = append(dst, s.DT[:]...)
	dst = append(dst, byte(s.ST))
	p := parameters{s.PI, s.PID, s.DCS, s.UD}
	pi, err := p.indicator()
	if err != nil {
		return dst, err
	}
	return p.append(append(dst, pi...), pi, maxOctets)
}
