package pdu

import (
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// MMS is the notice that a multimedia message waits at a server: M-Notification.ind (OMA MMS
// encapsulation, 6.2). What it does not tell is empty.
type MMS struct {
	Transaction string
	From        string // a number or an address, without "/TYPE=PLMN"
	Subject     string
	Class       string // "personal", "advertisement", "informational", "auto"
	Size        uint64 // octets
	URL         string // where the message is

	Expiry   time.Time     // until when it is there; zero when it is given by ValidFor
	ValidFor time.Duration // for how long from now it is there
}

// Fields of MMS headers (OMA MMS encapsulation, 7.3).
const (
	mmsLocation    = 0x83
	mmsExpiry      = 0x88
	mmsFrom        = 0x89
	mmsClass       = 0x8A
	mmsType        = 0x8C
	mmsSize        = 0x8E
	mmsSubject     = 0x96
	mmsTransaction = 0x98

	mmsNotification = 0x82 // the type
)

// MMS returns the notice that is in the push; the error wraps ErrPush when it is another one (OMA MMS
// encapsulation, 6.2).
func (p Push) MMS() (MMS, error) {
	if p.ContentType != typeMMS {
		return MMS{}, &Error{Field: "push", Offset: 0, Err: ErrPush}
	}
	w := wsp{octets: p.Body}
	var m MMS
	notice := false
	for w.more() {
		switch field := w.octet(); field {
		case mmsType:
			notice = w.octet() == mmsNotification
		case mmsTransaction:
			m.Transaction = w.text()
		case mmsLocation:
			m.URL = w.text()
		case mmsFrom:
			m.From = w.from()
		case mmsSubject:
			m.Subject = w.encoded()
		case mmsClass:
			m.Class = w.class()
		case mmsSize:
			m.Size = w.integer()
		case mmsExpiry:
			m.Expiry, m.ValidFor = w.expiry()
		default:
			if field < shortIntegerMask { // a header by its name
				w.at--
				w.text()
			}
			w.skip()
		}
	}
	if !notice {
		return MMS{}, &Error{Field: "push", Offset: w.at, Err: ErrPush}
	}
	return m, nil
}

// from reads a sender; one of 81 is "insert it", that is none (7.3.11).
func (w *wsp) from() string {
	v := w.value()
	if !v.more() || v.octet() != 0x80 {
		return ""
	}
	name, _, _ := strings.Cut(v.encoded(), "/TYPE=")
	return name
}

// class reads a message class, by number or by name (7.3.27).
func (w *wsp) class() string {
	if w.peek()&shortIntegerMask == 0 {
		return w.text()
	}
	names := [...]string{"personal", "advertisement", "informational", "auto"}
	if n := int(w.octet() & 0x7F); n < len(names) {
		return names[n]
	}
	return ""
}

// mostExpiry is far away enough, and keeps a time.Duration whole.
const mostExpiry = 100 * 365 * day / time.Second

// expiry reads a time, absolute (80) or from now on (81) (7.3.20).
func (w *wsp) expiry() (time.Time, time.Duration) {
	v := w.value()
	relative := v.octet() == 0x81
	n := v.integer()
	switch {
	case v.bad:
		return time.Time{}, 0
	case relative:
		return time.Time{}, time.Duration(min(n, uint64(mostExpiry))) * time.Second
	}
	return time.Unix(int64(min(n, 1<<40)), 0).UTC(), 0
}

// Character sets by their numbers (IANA MIBenum).
const (
	charsetLatin1 = 4
	charsetUTF8   = 106
	charsetUCS2   = 1000
	charsetUTF16  = 1015
)

// encoded reads a text, or a character set and a text (7.3.30).
func (w *wsp) encoded() string {
	if !w.isLength() {
		return utf8Of([]byte(w.text()), charsetUTF8)
	}
	v := w.value()
	set := v.integer()
	if v.bad {
		return ""
	}
	octets := v.octets[v.at:]
	if set == charsetUCS2 || set == charsetUTF16 {
		return utf16Of(octets)
	}
	return utf8Of([]byte(v.text()), set)
}

func utf8Of(octets []byte, set uint64) string {
	if set != charsetLatin1 && utf8.Valid(octets) {
		return string(octets)
	}
	text := make([]rune, len(octets))
	for i, b := range octets {
		text[i] = rune(b)
	}
	return string(text)
}

func utf16Of(octets []byte) string {
	units := make([]uint16, 0, len(octets)/2)
	for ; len(octets) >= 2; octets = octets[2:] {
		units = append(units, uint16(octets[0])<<8|uint16(octets[1]))
	}
	if len(units) > 0 && units[0] == 0xFFFE { // the other octet first
		for i, u := range units {
			units[i] = u<<8 | u>>8
		}
	}
	text := strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
	return strings.TrimSuffix(text, "\x00")
}
