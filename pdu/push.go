package pdu

import (
	"bytes"
	"errors"
)

// ErrPush is wrapped by errors about octets that are no push, or no notification (WAP-230, 8.2).
var ErrPush = errors.New("not a push message")

// Push is a message that a server sends to a program of the phone: what stands in 8-bit data to port
// 2948 (WAP-235; WAP-230, 8.2.4.1).
type Push struct {
	ID          byte   // of the transaction
	ContentType string // "application/vnd.wap.mms-message"; "0x1F" when only its number is known
	Headers     []byte // all of them, content type included
	Body        []byte
}

const (
	pduTypePush      = 0x06 // WAP-230, table 34
	pduTypeConfirmed = 0x07
	typeMMS          = "application/vnd.wap.mms-message"
	mostHeader       = 4096 // of octets; 255 parts have 35,700
	shortIntegerMask = 0x80
	quoteOctet       = 0x7F
	lengthQuote      = 31
)

// contentTypes are the well-known types that servers push (WAP-230, table 40).
var contentTypes = map[byte]string{
	0x23: "application/vnd.wap.multipart.mixed", 0x2E: "application/vnd.wap.sic", 0x30: "application/vnd.wap.slc",
	0x32: "application/vnd.wap.coc", 0x33: "application/vnd.wap.multipart.related", 0x36: "application/vnd.wap.connectivity-wbxml",
	0x3E: typeMMS, 0x03: "text/plain", 0x06: "text/x-vcalendar", 0x07: "text/x-vcard",
	0x42: "application/vnd.syncml.dm+wbxml", 0x44: "application/vnd.syncml.notification", 0x4A: "application/vnd.oma.drm.rights+xml",
	0x4B: "application/vnd.oma.drm.rights+wbxml",
}

// ParsePush reads a push (WAP-230, 8.2.4.1):
//
//	| transaction | type 06 | length of headers | content type, headers ... | body ... |
//
// The error is an *Error that wraps ErrPush. The push keeps hold of octets.
func ParsePush(octets []byte) (Push, error) {
	w := wsp{octets: octets}
	p := Push{ID: w.octet()}
	kind := w.octet()
	n := w.varint()
	p.Headers = w.take(n)
	if w.bad || kind != pduTypePush && kind != pduTypeConfirmed || len(p.Headers) == 0 {
		return Push{}, &Error{Field: "push", Offset: w.at, Err: ErrPush}
	}
	p.Body = w.octets[w.at:]
	h := wsp{octets: p.Headers}
	p.ContentType = h.contentType()
	if h.bad {
		return Push{}, &Error{Field: "push", Offset: w.at - len(p.Headers) + h.at, Err: ErrPush}
	}
	return p, nil
}

// wsp reads the binary headers of WAP-230, 8.4. After what is not there bad is set.
type wsp struct {
	octets []byte
	at     int
	bad    bool
}

func (w *wsp) more() bool { return !w.bad && w.at < len(w.octets) }

func (w *wsp) peek() byte {
	if !w.more() {
		w.bad = true
		return 0
	}
	return w.octets[w.at]
}

func (w *wsp) octet() byte {
	b := w.peek()
	if !w.bad {
		w.at++
	}
	return b
}

func (w *wsp) take(n int) []byte {
	if w.bad || n > len(w.octets)-w.at {
		w.bad = true
		return nil
	}
	w.at += n
	return w.octets[w.at-n : w.at : w.at]
}

// varint reads a uintvar: seven bits an octet, high ones first, bit 7 for more (8.1.2).
func (w *wsp) varint() int {
	n := 0
	for range 5 {
		b := w.octet()
		n = n<<7 | int(b&0x7F)
		if b&0x80 == 0 {
			if n > mostHeader {
				w.bad = true
			}
			return n
		}
	}
	w.bad = true
	return 0
}

// text reads up to a zero octet; a quote before it is no part of it (8.4.2.1). Some servers leave the
// zero out at the very end.
func (w *wsp) text() string {
	if w.more() && (w.peek() == quoteOctet || w.peek() == '"') {
		w.at++
	}
	rest := w.octets[w.at:]
	n := bytes.IndexByte(rest, 0)
	if n < 0 {
		w.at = len(w.octets)
		return string(rest)
	}
	w.at += n + 1
	return string(rest[:n])
}

// integer reads up to eight octets, their number first (8.4.2.1, Long-integer), or seven bits.
func (w *wsp) integer() uint64 {
	if w.peek()&shortIntegerMask != 0 {
		return uint64(w.octet() & 0x7F)
	}
	n := int(w.octet())
	if n > 8 {
		w.bad = true
		return 0
	}
	v := uint64(0)
	for _, b := range w.take(n) {
		v = v<<8 | uint64(b)
	}
	return v
}

// isLength tells whether a length and a value follow, instead of a text or a number (8.4.1.2).
func (w *wsp) isLength() bool { return w.peek() <= lengthQuote }

// value reads a length and returns a reader for the octets it is the length of.
func (w *wsp) value() wsp {
	n := int(w.octet())
	if n == lengthQuote {
		n = w.varint()
	}
	v := wsp{octets: w.take(n)}
	v.bad = w.bad
	return v
}

// skip passes over any value.
func (w *wsp) skip() {
	switch b := w.peek(); {
	case b <= lengthQuote:
		w.value()
	case b&shortIntegerMask != 0:
		w.at++
	default:
		w.text()
	}
}

func (w *wsp) contentType() string {
	if w.isLength() {
		v := w.value()    // with parameters
		if v.isLength() { // within a length, or nothing at all
			w.bad = true
			return ""
		}
		return v.mediaType()
	}
	return w.mediaType()
}

func (w *wsp) mediaType() string {
	if b := w.peek(); b&shortIntegerMask == 0 {
		return w.text()
	}
	n := w.octet() & 0x7F
	if name := contentTypes[n]; name != "" {
		return name
	}
	return "0x" + string([]byte{hexDigits[n>>4], hexDigits[n&0x0F]})
}
