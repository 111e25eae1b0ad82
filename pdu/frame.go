package pdu

// A Frame is what stands on one AT line in PDU mode: the service centre and a TPDU, in hex
// (3GPP TS 27.005, 3.1).
type Frame struct {
	SMSC     Address
	TPDU     TPDU
	Raw      []byte // every octet of the line, service centre included; nil in a frame one builds
	Warnings Warnings
}

// maxFrame is far above what a PDU can need (12 octets of service centre and 164 of Deliver), and
// leaves room for the filling of any SIM record. It keeps hostile lines small.
const maxFrame = 512

// ParseFrame reads the line that follows +CMT, +CMGR, +CMGL, +CDS and the like, or that is given to
// +CMGS (3GPP TS 27.005, 3.1). White space and CR around it do not matter, nor does the case of the
// digits. It is Reader{}.Frame.
//
// The error is an *Error. The frame then has Raw as far as the line is hex, and SMSC as far as that
// could be read; TPDU is nil.
func ParseFrame(line string, d Direction) (Frame, error) { return Reader{}.Frame(line, d) }

func (r *reader) frame(d Direction) Frame {
	f := Frame{Raw: r.octets}
	f.SMSC = r.serviceCentre()
	if r.err != nil {
		return f
	}
	start := r.at
	before := r.marked()
	r.octets, r.at = r.octets[start:], 0
	f.TPDU = r.tpdu(d)
	r.shift(before, start)
	f.Warnings = r.warnings
	if r.err != nil {
		r.err.Offset += start
		f.TPDU = nil
	}
	return f
}

// Octets returns the octets of the TPDU, that is Raw without the service centre (3GPP TS 27.005,
// 3.1).
func (f Frame) Octets() []byte {
	if len(f.Raw) == 0 || int(f.Raw[0]) >= len(f.Raw) {
		return nil
	}
	return f.Raw[1+int(f.Raw[0]):]
}

// AppendHex writes the line for AT+CMGS behind dst: upper-case hex, service centre first, which is
// "00" (the one kept on the SIM) when SMSC is empty (3GPP TS 27.005, 3.1). It writes the fields, not
// Raw.
func (f Frame) AppendHex(dst []byte) ([]byte, error) {
	start := len(dst)
	out, err := f.SMSC.appendServiceCentre(dst)
	if err != nil {
		return dst, err
	}
	if out, err = f.appendTPDU(out); err != nil {
		return dst, err
	}
	return hexInPlace(out, start), nil
}

// Length returns the n of AT+CMGS=n: the number of octets without the service centre (3GPP TS
// 27.005, 3.5.1).
func (f Frame) Length() (int, error) {
	octets, err := f.appendTPDU(make([]byte, 0, 176))
	return len(octets), err
}

func (f Frame) appendTPDU(dst []byte) ([]byte, error) {
	if f.TPDU == nil {
		return dst, unwritable("TPDU", ErrMismatch)
	}
	return f.TPDU.Append(dst)
}
