package pdu

// parameters are what reports may have at their end: TP-PI tells which of the others are there
// (3GPP TS 23.040, 9.2.3.27). PI is nil when it is not there itself.
type parameters struct {
	PI  []byte
	PID byte
	DCS DCS
	UD  UserData
}

// Bits of TP-PI. Bit 7 says that another such octet follows.
const (
	piPID  = 0x01
	piDCS  = 0x02
	piUD   = 0x04
	piMore = 0x80
)

// indicator reads TP-PI. One without an end, as the filling FF FF FF of a SIM record is, is none.
func (r *reader) indicator() []byte {
	start, n := r.at, 1
	for n < len(r.rest()) && r.rest()[n-1]&piMore != 0 {
		n++
	}
	if marked := r.marked(); n <= len(r.rest()) {
		if pi := r.take("TP-PI", n); pi[n-1]&piMore == 0 {
			return pi
		}
		r.unmark(marked)
		r.at = start
	}
	r.fail("TP-PI", ErrShort)
	return nil
}

func (r *reader) parameters(udhi bool) parameters {
	p := parameters{PI: r.indicator()}
	return r.following(p, udhi)
}

// following reads what TP-PI announces, once that was read.
func (r *reader) following(p parameters, udhi bool) parameters {
	if r.err != nil {
		return p
	}
	if p.PI[0]&piPID != 0 {
		p.PID = r.octet("TP-PID")
	}
	if p.PI[0]&piDCS != 0 {
		p.DCS = r.dcs()
	}
	if p.PI[0]&piUD != 0 {
		p.UD = r.userData(p.DCS, udhi)
	}
	return p
}

// indicator returns TP-PI as it is to be written: what there is of it, or else what follows from the
// other fields. It is empty when it need not be written.
func (p *parameters) indicator() ([]byte, error) {
	pi := bit(p.PID != 0, piPID) | bit(p.DCS != 0, piDCS) | bit(p.UD.Octets != nil || len(p.UD.UDH) > 0, piUD)
	if p.PI == nil {
		if pi == 0 {
			return nil, nil
		}
		return []byte{pi}, nil
	}
	for i, o := range p.PI {
		if more := i < len(p.PI)-1; more != (o&piMore != 0) {
			return nil, unwritable("TP-PI", ErrMismatch)
		}
	}
	if len(p.PI) == 0 || pi&^p.PI[0] != 0 {
		return nil, unwritable("TP-PI", ErrMismatch)
	}
	return p.PI, nil
}

// append writes what TP-PI announces, but not that itself.
func (p *parameters) append(dst, pi []byte, most int) ([]byte, error) {
	if len(pi) == 0 {
		return dst, nil
	}
	if pi[0]&piPID != 0 {
		dst = append(dst, p.PID)
	}
	if pi[0]&piDCS != 0 {
		dst = append(dst, byte(p.DCS))
	}
	if pi[0]&piUD != 0 {
		return p.UD.append(dst, p.DCS, most)
	}
	return dst, nil
}
