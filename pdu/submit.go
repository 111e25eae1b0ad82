package pdu

// Submit is a message that goes out (3GPP TS 23.040, 9.2.2.2). TP-UDHI and TP-VPF are not kept: they
// follow from UD and VP.
type Submit struct {
	RD  bool  // the service centre is to reject a duplicate
	RP  bool  // a reply path is asked for
	SRR bool  // a status report is asked for
	MR  uint8 // most modems put their own in its place
	DA  Address
	PID byte
	DCS DCS
	VP  Validity
	UD  UserData
}

// MessageType returns TypeSubmit (3GPP TS 23.040, 9.2.2.2).
func (*Submit) MessageType() MessageType { return TypeSubmit }

func (r *reader) submit(first byte) *Submit {
	s := newIn[Submit](r)
	*s = Submit{
		RD:  first&bitRD != 0,
		RP:  first&bitRP != 0,
		SRR: first&bitSRI != 0,
	}
	s.MR = r.octet("TP-MR")
	s.DA = r.address("TP-DA")
	s.PID = r.octet("TP-PID")
	s.DCS = r.dcs()
	s.VP = r.validity(ValidityFormat(first >> 3 & 0x03))
	s.UD = r.userData(s.DCS, first&bitUDHI != 0)
	r.end()
	return s
}

// Append writes the octets of the message (3GPP TS 23.040, 9.2.2.2).
func (s *Submit) Append(dst []byte) ([]byte, error) {
	first := 0x01 | bit(s.RD, bitRD) | byte(s.VP.Format&0x03)<<3 | bit(s.SRR, bitSRI) |
		bit(len(s.UD.UDH) > 0, bitUDHI) | bit(s.RP, bitRP)
	dst = append(dst, first, s.MR)
	dst, err := s.DA.append(dst, "TP-DA")
	if err != nil {
		return dst, err
	}
	dst = append(dst, s.PID, byte(s.DCS))
	if dst, err = s.VP.append(dst); err != nil {
		return dst, err
	}
	return s.UD.append(dst, s.DCS, maxOctets)
}
