package pdu

import "fmt"

// WaitingKind is what lies in a mailbox (3GPP TS 23.038, 4; TS 23.040, 9.2.3.24.2).
type WaitingKind uint8

// The kinds of 3GPP TS 23.040, 9.2.3.24.2.
const (
	Voicemail WaitingKind = iota
	Fax
	Email
	OtherMail
	VideoMail // an extension of OtherMail
)

var waitingKinds = [...]string{"voicemail", "fax", "email", "other", "video"}

// String returns the kind in a word (3GPP TS 23.040, 9.2.3.24.2).
func (k WaitingKind) String() string {
	if int(k) < len(waitingKinds) {
		return waitingKinds[k]
	}
	return "unknown"
}

// Waiting says that something lies in a mailbox, or that nothing does any more: a lamp on the phone
// (3GPP TS 23.038, 4; TS 23.040, 9.2.3.24.2).
type Waiting struct {
	Kind    WaitingKind
	Active  bool
	Count   int  // -1 when it was not told; 255 stands for as many or more
	Store   bool // the message is to be kept, besides the lamp
	Profile byte // of the subscriber, 0 to 3 (element 01 only)
}

// String says it in words (3GPP TS 23.040, 9.2.3.24.2).
func (w Waiting) String() string {
	switch {
	case !w.Active:
		return "no " + w.Kind.String() + " waiting"
	case w.Count > 0:
		return fmt.Sprintf("%d %s waiting", w.Count, w.Kind)
	}
	return w.Kind.String() + " waiting"
}

// Waiting returns what the groups 1100, 1101 and 1110 of 3GPP TS 23.038, 4 say.
func (d DCS) Waiting() (Waiting, bool) {
	if d < 0xC0 || d >= 0xF0 {
		return Waiting{}, false
	}
	return Waiting{Kind: WaitingKind(d & 0x03), Active: d&0x08 != 0, Count: -1, Store: d >= 0xD0}, true
}

// Waiting returns what the elements 01 say, in their order; those of a wrong length are ignored
// (3GPP TS 23.040, 9.2.3.24.2).
func (h UDH) Waiting() []Waiting {
	var all []Waiting
	for _, e := range h {
		if e.ID != IEWaiting || len(e.Data) != 2 {
			continue
		}
		kind, count := e.Data[0], int(e.Data[1])
		w := Waiting{Kind: WaitingKind(kind & 0x03), Active: count > 0, Count: count, Store: kind&0x80 != 0, Profile: kind >> 5 & 0x03}
		if kind&0x1F == 0x07 {
			w.Kind = VideoMail
		}
		all = append(all, w)
	}
	return all
}

// Waiting returns all that the message says about mailboxes: by its coding (3GPP TS 23.038, 4), by
// elements of its header (TS 23.040, 9.2.3.24.2), which come last since they know more, and by a
// sender of the older CPHS specification (phase 2, B.4.2.1).
func (d *Deliver) Waiting() []Waiting {
	var all []Waiting
	if w, ok := d.OA.cphs(); ok {
		all = append(all, w)
	}
	if w, ok := d.DCS.Waiting(); ok {
		all = append(all, w)
	}
	return append(all, d.UD.UDH.Waiting()...)
}

// cphs reads a sender that is no sender but a lamp: a name of two octets, of which the first is 10
// for off and 11 for on.
func (a Address) cphs() (Waiting, bool) {
	if a.TON != TONAlphanumeric || a.NPI != NPIUnknown {
		return Waiting{}, false
	}
	var octets [24]byte
	value, semi := a.appendValue(octets[:0])
	if semi != 4 || value[0]&^0x01 != 0x10 {
		return Waiting{}, false
	}
	return Waiting{Kind: Voicemail, Active: value[0]&0x01 != 0, Count: -1}, true
}
