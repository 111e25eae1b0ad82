package pdu

import "unsafe"

// memory is what a frame and its TPDU share, so that reading a message is one allocation and not
// one for each thing in it. It is written while the frame is read, and never again.
type memory struct {
	octets   [200]byte // a service centre of 12 octets and a Deliver of 174, and some more
	text     [44]byte  // the digits of two addresses
	elements [2]IE     // of a header
	used     uint8     // of text
}

// memoryOf is a TPDU with its memory.
type memoryOf[T any] struct {
	tpdu T
	memory
}

// reserve sets memory aside for a line. What the type of its TPDU is can be told from three octets.
func (r *reader) reserve(line string, d Direction) {
	first := hexOctet(line, 0)
	if first < 0 {
		return
	}
	switch mti := hexOctet(line, 1+first); {
	case mti < 0:
	case d == MobileOriginated && mti&0x03 == 0x01:
		m := new(memoryOf[Submit])
		r.into, r.memory = &m.tpdu, &m.memory
	case d == MobileOriginated:
	case mti&0x03 == 0x02:
		m := new(memoryOf[StatusReport])
		r.into, r.memory = &m.tpdu, &m.memory
	case mti&0x03 != 0x01:
		m := new(memoryOf[Deliver])
		r.into, r.memory = &m.tpdu, &m.memory
	}
}

// string returns b as a string, from the memory as long as there is some left. strings.Builder does
// the same: nobody can write to these octets any more.
func (r *reader) string(b []byte) string {
	m := r.memory
	if m == nil || len(b) == 0 || int(m.used)+len(b) > len(m.text) {
		return string(b)
	}
	at := m.used
	m.used += uint8(copy(m.text[at:], b))
	return unsafe.String(&m.text[at], len(b))
}

// elements returns an empty header with room.
func (r *reader) elements() UDH {
	if r.memory == nil {
		return make(UDH, 0, 2)
	}
	return r.memory.elements[:0:2]
}

// hexOctet reads one octet of a line; -1 when it is not there.
func hexOctet(line string, i int) int {
	if 2*i+1 >= len(line) {
		return -1
	}
	hi, lo := hexValues[line[2*i]], hexValues[line[2*i+1]]
	if hi == notHex || lo == notHex {
		return -1
	}
	return int(hi)<<4 | int(lo)
}
