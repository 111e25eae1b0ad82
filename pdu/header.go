package pdu

import "encoding/binary"

// IE is an information element of a user data header (3GPP TS 23.040, 9.2.3.24).
type IE struct {
	ID   byte
	Data []byte
}

// Identifiers of elements that this package reads (3GPP TS 23.040, 9.2.3.24). All others are kept
// as they are.
const (
	IEConcat8      = 0x00 // 9.2.3.24.1
	IEWaiting      = 0x01 // 9.2.3.24.2
	IEPorts8       = 0x04 // 9.2.3.24.3
	IEPorts16      = 0x05 // 9.2.3.24.4
	IEConcat16     = 0x08 // 9.2.3.24.8
	IESingleShift  = 0x24 // 9.2.3.24.15
	IELockingShift = 0x25 // 9.2.3.24.16
)

// UDH is a user data header: its elements in their order, known or not (3GPP TS 23.040, 9.2.3.24).
type UDH []IE

// Concat says which part of which message this is (3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8).
type Concat struct {
	Ref   uint16
	Total uint8
	Seq   uint8
	Wide  bool // the reference has 16 bits; 8-bit references are a space of their own
}

// Concat returns the concatenation of the header. Elements of impossible numbers (0 of n, 4 of 3) or
// of a wrong length are to be ignored, and of several the last counts (3GPP TS 23.040, 9.2.3.24.1).
func (h UDH) Concat() (Concat, bool) {
	for i := len(h) - 1; i >= 0; i-- {
		if c, ok := h[i].concat(); ok {
			return c, true
		}
	}
	return Concat{}, false
}

func (e IE) concat() (Concat, bool) {
	var c Concat
	switch {
	case e.ID == IEConcat8 && len(e.Data) == 3:
		c = Concat{Ref: uint16(e.Data[0]), Total: e.Data[1], Seq: e.Data[2]}
	case e.ID == IEConcat16 && len(e.Data) == 4:
		c = Concat{Ref: binary.BigEndian.Uint16(e.Data), Total: e.Data[2], Seq: e.Data[3], Wide: true}
	}
	return c, c.Seq >= 1 && c.Seq <= c.Total
}

// IE returns the element that says it (3GPP TS 23.040, 9.2.3.24.1). Of a reference that is not wide,
// the low eight bits go out.
func (c Concat) IE() IE { return IE{ID: c.id(), Data: c.append(nil)} }

func (c Concat) id() byte {
	if c.Wide {
		return IEConcat16
	}
	return IEConcat8
}

func (c Concat) append(dst []byte) []byte {
	if c.Wide {
		dst = append(dst, byte(c.Ref>>8))
	}
	return append(dst, byte(c.Ref), c.Total, c.Seq)
}

// headerLen returns the octets of the header with its length octet; 0 when there is no header.
func (h UDH) headerLen() int {
	if len(h) == 0 {
		return 0
	}
	n := 1
	for _, e := range h {
		n += 2 + len(e.Data)
	}
	return n
}

// parseUDH reads the elements of a header without its length octet. ok is false when the last one
// has too few octets; the whole header is then to be ignored. The elements go behind dst.
func parseUDH(dst UDH, octets []byte) (h UDH, ok bool) {
	h = dst
	for len(octets) > 0 {
		if len(octets) < 2 || len(octets) < 2+int(octets[1]) {
			return nil, false
		}
		n := 2 + int(octets[1])
		h = append(h, IE{ID: octets[0], Data: octets[2:n:n]})
		octets = octets[n:]
	}
	return h, true
}

func (h UDH) append(dst []byte) ([]byte, error) {
	n := h.headerLen()
	if n == 0 {
		return dst, nil
	}
	if n > maxOctets {
		return dst, unwritable("TP-UDH", ErrTooLong)
	}
	dst = append(dst, byte(n-1))
	for _, e := range h {
		dst = append(dst, e.ID, byte(len(e.Data)))
		dst = append(dst, e.Data...)
	}
	return dst, nil
}
