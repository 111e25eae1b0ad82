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

func (*StatusReport) MessageType() MessageType { return TypeStatusReport }

// Bits of TP-PI, 9.2.3.27. Bit 7 says that another such octet follows.
const (
	piPID  = 0x01
	piDCS  = 0x02
	piUD   = 0x04
	piMore = 0x80
)

func (r *reader) statusReport(first byte) *StatusReport {
	r.warn(first&0x90 != 0, ReservedBits)
	s := &StatusReport{
		MMS: first&bitMMS == 0,
		LP:  first&bitLP != 0,
		SRQ: first&bitSRI != 0,
	}
	s.MR = r.octet("TP-MR")
	s.RA = r.address("TP-RA")
	s.SCTS = r.timestamp("TP-SCTS", BadSCTS)
	s.DT = r.timestamp("TP-DT", BadDT)
	s.ST = Status(r.octet("TP-ST"))
	r.optional(s, first&bitUDHI != 0)
	r.end()
	return s
}

// optional reads what may follow TP-ST. What does not hold together there, as FF FF FF, a TP-PI
// without an end, is the filling of a SIM record, and the report is good without it.
func (r *reader) optional(s *StatusReport, udhi bool) {
	if r.err != nil {
		return
	}
	bare, was, marked := *s, *r, r.marked()
	r.parameters(s, udhi)
	if r.err != nil {
		if was.fields != nil {
			*was.fields = (*was.fields)[:marked]
		}
		*s, *r = bare, was
	}
	r.warn(udhi && len(s.UD.UDH) == 0, BadUDH)
}

func (r *reader) parameters(s *StatusReport, udhi bool) {
	start, n := r.at, 1
	for n < len(r.rest()) && r.rest()[n-1]&piMore != 0 {
		n++
	}
	s.PI = r.take("TP-PI", n)
	if r.err == nil && s.PI[n-1]&piMore != 0 {
		r.at = start
		r.fail("TP-PI", ErrShort)
	}
	if r.err != nil {
		return
	}
	if s.PI[0]&piPID != 0 {
		s.PID = r.octet("TP-PID")
	}
	if s.PI[0]&piDCS != 0 {
		s.DCS = r.dcs()
	}
	if s.PI[0]&piUD != 0 {
		s.UD = r.userData(s.DCS, udhi)
	}
}

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
	return s.appendOptional(dst)
}

func (s *StatusReport) appendOptional(dst []byte) ([]byte, error) {
	pi := bit(s.PID != 0, piPID) | bit(s.DCS != 0, piDCS) | bit(s.UD.Octets != nil || len(s.UD.UDH) > 0, piUD)
	switch {
	case s.PI == nil && pi == 0:
		return dst, nil
	case s.PI == nil:
		dst = append(dst, pi)
	default:
		for i, o := range s.PI {
			if more := i < len(s.PI)-1; more != (o&piMore != 0) {
				return dst, unwritable("TP-PI", ErrMismatch)
			}
		}
		if len(s.PI) == 0 || pi&^s.PI[0] != 0 {
			return dst, unwritable("TP-PI", ErrMismatch)
		}
		pi = s.PI[0]
		dst = append(dst, s.PI...)
	}
	if pi&piPID != 0 {
		dst = append(dst, s.PID)
	}
	if pi&piDCS != 0 {
		dst = append(dst, byte(s.DCS))
	}
	if pi&piUD != 0 {
		return s.UD.append(dst, s.DCS)
	}
	return dst, nil
}
