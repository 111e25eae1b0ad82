package mdns

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Kinds of records (RFC 1035, 3.2.2; RFC 2782; RFC 3596).
const (
	kindA    uint16 = 1
	kindPTR  uint16 = 12
	kindTXT  uint16 = 16
	kindAAAA uint16 = 28
	kindSRV  uint16 = 33
	kindAny  uint16 = 255

	classIN  uint16 = 1
	classAny uint16 = 255

	// topBit of a class asks for an answer to the asker alone in a question
	// (RFC 6762, 5.4), and in a record says that it is all there is (10.2).
	topBit uint16 = 1 << 15
)

// most is how many questions and records of a message are looked at.
const most = 64

var errMessage = errors.New("this is no DNS message")

// name is a domain name in labels, which may hold dots.
type name []string

func (n name) same(m name) bool { return slices.EqualFunc(n, m, strings.EqualFold) }

func (n name) String() string { return strings.Join(n, ".") }

// message is a DNS message, as far as this package needs it (RFC 1035, 4).
type message struct {
	id        uint16
	response  bool
	opcode    uint16
	questions []question
	answers   []record
	more      []record // authority and additional ones
}

type question struct {
	name    name
	kind    uint16
	class   uint16
	unicast bool
}

func (q question) asks(r record) bool {
	return (q.class == classIN || q.class == classAny) && (q.kind == r.kind || q.kind == kindAny) && q.name.same(r.name)
}

// record is a resource record. What its kind does not have is empty.
type record struct {
	name    name
	kind    uint16
	flush   bool
	time    time.Duration // that it may be kept; 0 is a goodbye
	target  name          // PTR, SRV
	port    uint16        // SRV
	text    []string      // TXT
	address netip.Addr    // A, AAAA
}

// same tells whether two records say the same, for however long.
func (r record) same(o record) bool {
	return r.kind == o.kind && r.name.same(o.name) && r.target.same(o.target) && r.port == o.port &&
		slices.Equal(r.text, o.text) && r.address == o.address
}

// append adds the message's octets to b. Names are not compressed: a whole
// answer of ours is below 600 octets.
func (m message) append(b []byte) []byte {
	flags := m.opcode << 11
	if m.response {
		flags |= 1<<15 | 1<<10 // RFC 6762, 18.4: authoritative
	}
	for _, n := range []uint16{m.id, flags, uint16(len(m.questions)), uint16(len(m.answers)), 0, uint16(len(m.more))} {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	for _, q := range m.questions {
		b = appendName(b, q.name)
		b = binary.BigEndian.AppendUint16(b, q.kind)
		b = binary.BigEndian.AppendUint16(b, withTop(q.class, q.unicast))
	}
	for _, r := range slices.Concat(m.answers, m.more) {
		b = r.append(b)
	}
	return b
}

func withTop(class uint16, set bool) uint16 {
	if set {
		class |= topBit
	}
	return class
}

func (r record) append(b []byte) []byte {
	b = appendName(b, r.name)
	b = binary.BigEndian.AppendUint16(b, r.kind)
	b = binary.BigEndian.AppendUint16(b, withTop(classIN, r.flush))
	b = binary.BigEndian.AppendUint32(b, uint32(r.time/time.Second))
	length := len(b)
	b = append(b, 0, 0)
	switch r.kind {
	case kindPTR:
		b = appendName(b, r.target)
	case kindSRV:
		b = append(b, 0, 0, 0, 0) // priority, weight
		b = binary.BigEndian.AppendUint16(b, r.port)
		b = appendName(b, r.target)
	case kindTXT:
		for _, s := range r.text {
			s = s[:min(len(s), 255)]
			b = append(append(b, byte(len(s))), s...)
		}
		if len(r.text) == 0 {
			b = append(b, 0) // RFC 6763, 6.1
		}
	case kindA, kindAAAA:
		b = append(b, r.address.AsSlice()...)
	}
	binary.BigEndian.PutUint16(b[length:], uint16(len(b)-length-2))
	return b
}

func appendName(b []byte, n name) []byte {
	for _, label := range n {
		label = label[:min(len(label), 63)]
		b = append(append(b, byte(len(label))), label...)
	}
	return append(b, 0)
}

// parse reads a message. Records of kinds that this package does not know are
// left out.
func parse(b []byte) (m message, err error) {
	p := &parser{whole: b}
	m.id = p.uint16()
	flags := p.uint16()
	m.response, m.opcode = flags&(1<<15) != 0, flags>>11&0xf
	questions, answers := p.uint16(), p.uint16()
	more := int(p.uint16()) + int(p.uint16())
	for range min(int(questions), most) {
		q := question{name: p.name(), kind: p.uint16()}
		class := p.uint16()
		q.class, q.unicast = class&^topBit, class&topBit != 0
		m.questions = append(m.questions, q)
	}
	if int(questions) > most {
		p.bad = true
	}
	m.answers = p.records(int(answers))
	m.more = p.records(more)
	if p.bad {
		return message{}, errMessage
	}
	return m, nil
}

// parser reads on until something is wrong; then all that follows is empty.
type parser struct {
	whole []byte
	at    int
	bad   bool
}

func (p *parser) take(n int) []byte {
	if p.bad || n > len(p.whole)-p.at {
		p.bad = true
		return make([]byte, n)
	}
	p.at += n
	return p.whole[p.at-n : p.at]
}

func (p *parser) uint16() uint16 { return binary.BigEndian.Uint16(p.take(2)) }

// name reads a name. A pointer leads only backwards (RFC 1035, 4.1.4), so that
// there is no circle.
func (p *parser) name() (n name) {
	resume, limit, total := -1, p.at, 0
	for !p.bad {
		length := int(p.take(1)[0])
		switch {
		case length == 0:
			if resume >= 0 {
				p.at = resume
			}
			return n
		case length >= 0xc0:
			to := (length&0x3f)<<8 | int(p.take(1)[0])
			if resume < 0 {
				resume = p.at
			}
			if to >= limit {
				p.bad = true
			}
			p.at, limit = to, to
		case length > 63:
			p.bad = true
		default:
			if total += length + 1; total > 254 {
				p.bad = true
			}
			n = append(n, string(p.take(length)))
		}
	}
	return nil
}

func (p *parser) records(count int) (all []record) {
	if count > most {
		p.bad = true
	}
	for range count {
		if p.bad {
			return nil
		}
		if r, ok := p.record(); ok {
			all = append(all, r)
		}
	}
	return all
}

func (p *parser) record() (record, bool) {
	r := record{name: p.name(), kind: p.uint16()}
	class := p.uint16()
	r.flush = class&topBit != 0
	r.time = time.Duration(binary.BigEndian.Uint32(p.take(4))) * time.Second
	length := int(p.uint16())
	end := p.at + length
	if end > len(p.whole) {
		p.bad = true
		return r, false
	}
	ok := true
	switch r.kind {
	case kindPTR:
		r.target = p.name()
	case kindSRV:
		p.take(4)
		r.port, r.target = p.uint16(), p.name()
	case kindTXT:
		for !p.bad && p.at < end {
			if s := p.take(int(p.take(1)[0])); len(s) > 0 {
				r.text = append(r.text, string(s))
			}
		}
	case kindA, kindAAAA:
		r.address, ok = netip.AddrFromSlice(p.take(length))
		ok = ok && r.address.Is4() == (r.kind == kindA)
	default:
		p.take(length)
		ok = false
	}
	if p.at != end || !ok && (r.kind == kindA || r.kind == kindAAAA) {
		p.bad = true
	}
	return r, ok && class&^topBit == classIN
}
