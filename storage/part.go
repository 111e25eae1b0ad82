package storage

import "slices"

// Part is one PDU of a message.
type Part struct {
	N        int          `json:"n"` // from 1
	State    MessageState `json:"state"`
	Ref      *int         `json:"ref,omitempty"` // TP-MR that the modem gave (3GPP TS 23.040, 9.2.3.6)
	Attempts int          `json:"attempts,omitempty"`
	Code     int          `json:"code,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Report   *int         `json:"report,omitempty"`  // TP-ST of the last status report
	NextTry  Time         `json:"next_try,omitzero"` // queued: not before
}

// A part leaves Held by a person only, and Unconfirmed by a report, a late
// answer of the modem, or a person who knows. Nothing leads from a part that may
// have gone out back to one that goes out: to send such a text again is to make
// a new message.

// MayFollow tells whether a part in state old may become next. Everything that
// it refuses is a bug, and the ledger refuses it too, by a conditional update.
func MayFollow(old, next MessageState) bool { return slices.Contains(follow[old], next) }

var follow = map[MessageState][]MessageState{
	Queued:      {Queued, Sending, Held, Failed, Canceled, Expired},
	Held:        {Queued, Canceled, Expired},
	Sending:     {Queued, Sent, Failed, Unconfirmed},
	Unconfirmed: {Sent, Delivered, Undelivered, Failed},
	Sent:        {Delivered, Undelivered},
}

// Derive is the state of an outbound message whose parts have these states.
// Doubt goes first, then what still moves, then what is mixed.
func Derive(parts []Part) MessageState {
	seen := make(map[MessageState]int, len(parts))
	for _, p := range parts {
		seen[p.State]++
	}
	for _, s := range []MessageState{Unconfirmed, Sending} {
		if seen[s] > 0 {
			return s
		}
	}
	if len(seen) == 1 {
		return parts[0].State
	}
	out := seen[Sent] + seen[Delivered] + seen[Undelivered]
	switch {
	case seen[Queued]+seen[Held] > 0 && out > 0:
		return Sending
	case seen[Queued] > 0:
		return Queued
	case out == len(parts) && seen[Sent] > 0 && seen[Undelivered] == 0:
		return Sent
	case out == len(parts) && seen[Delivered] > 0:
		return PartiallyDelivered
	case out == len(parts):
		return Undelivered
	case out > 0:
		return PartiallySent
	case seen[Failed] > 0:
		return Failed
	case seen[Expired] > 0:
		return Expired
	}
	return Canceled
}

// Due is a part that may go out now, with what its PDU is made from. The PDUs
// of one message follow from Text, To, ConcatRef, Flash and Expires, so all its
// parts can be made from any of them.
type Due struct {
	Message   string
	N, Total  int
	To        string
	Text      string
	ConcatRef uint16 // reference of the concatenated message, from the ledger, rising per destination
	Attempts  int    // that reached the prompt
	Tries     int    // that ended before it
	Begun     bool   // another part of the message has left, or may have
	Since     Time   // the first moment that it could leave
	Flash     bool
	Expires   Time   // zero: never
	PDU       string // as hex when an earlier attempt fixed it: the same octets go out again
	Length    int
}

// Change is one transition of an outbound part. It happens only if the part is
// in state From; otherwise the ledger answers CodeConflict and nothing moves.
type Change struct {
	Line    string
	Message string
	N       int
	From    MessageState
	To      MessageState

	PDU     string // to Sending: what is about to go out, kept before its first octet does
	Length  int
	Ref     int // to Sent: TP-MR, -1 if the modem told none
	Code    int
	Reason  string
	NextTry Time // to Queued: not before
}

// Kept is a PDU that a modem handed over, kept before anybody tried to read
// it. Memory and Index are its place on the SIM or modem; a PDU that came
// inside the indication (+CDS, +CMT) has no place: Memory is empty.
type Kept struct {
	ID     int64
	Memory string
	Index  int
	PDU    string // as hex, service centre included
	Known  bool   // the ledger had it from an earlier, unfinished visit: it needs no Receive if Filed
	Filed  bool
	Heard  Time // when the modem's notice was read; zero if a sweep found it
	Read   Time // when the PDU was read
}

// Arrival is what a kept PDU turned out to be.
type Arrival struct {
	Kept     Kept
	Kind     ArrivalKind
	Identity string // octets that make a repeat by the network the same TPDU, as hex
	From     string
	Text     string
	SentAt   Time // TP-SCTS
	Warnings []string
	Card     *Card // what is no text

	// Set is the concatenated message that the PDU is a part of; nil for one
	// that stands alone.
	Set *Set

	// Of a status report.
	Ref         int // TP-MR
	Report      int // TP-ST
	Outcome     MessageState
	DeliveredAt Time // TP-DT
}

// ArrivalKind says how the ledger files an arrival.
type ArrivalKind int

// The kinds of arrival.
const (
	Text        ArrivalKind = iota // a text, or one part of one
	Report                         // a status report
	Undecodable                    // kept and shown as it is
)

// Set is the place of one part in a concatenated message (3GPP TS 23.040,
// 9.2.3.24.1): reference, its width in bits, how many parts, which one.
type Set struct {
	Ref, Bits, Total, Seq int
}

// Segment is a part of a set as the ledger keeps it: its PDU as hex, and when
// it was read.
type Segment struct {
	Seq  int
	PDU  string
	Read Time
}

// OpenSet is an inbound message that misses parts.
type OpenSet struct {
	Message string
	Parts   []Segment
}

// Sets is what reassembly may ask of the ledger, inside the transaction that
// files an arrival. Its state is the ledger's alone, so it outlives a restart.
type Sets interface {
	// Like lists the open sets with the key of a: line, sender, reference, its
	// width, and total.
	Like(a Arrival) ([]OpenSet, error)
	// Oldest is the open set that grew least recently, without the PDUs of its
	// parts, and how many sets and octets are open altogether. Message is empty
	// when there is none.
	Oldest() (s OpenSet, sets, octets int, err error)
	// End gives a set up. Its message stays as it is, with its gaps.
	End(message string) error
}

// Assembled is what reassembly makes of a part.
type Assembled struct {
	Message  string // the open set that it belongs to; empty: it begins a new one
	Repeated bool   // Message has this very part already
	Whole    bool   // nothing is missing any more
	Text     string // as far as it is there
	Card     *Card  // Whole, and no text
	Warnings []string
}

// Assemble decides where a part of a concatenated message belongs, and makes
// the text. It must only reckon, and ask sets.
type Assemble = func(sets Sets, a Arrival) (Assembled, error)
