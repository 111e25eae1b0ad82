package storage

import "slices"

// Message is one text, inbound or outbound, of one or more parts.
type Message struct {
	ID       string       `json:"id"`
	Thread   string       `json:"thread"`
	Line     string       `json:"line"`
	Dir      Direction    `json:"dir"`
	Channel  string       `json:"channel"` // sms, call
	From     string       `json:"from,omitempty"`
	To       string       `json:"to,omitempty"`
	Text     string       `json:"text"`
	State    MessageState `json:"state"`
	Reason   string       `json:"reason,omitempty"` // why it failed or is unconfirmed, for people
	Code     int          `json:"code,omitempty"`   // the +CMS ERROR or TP-ST behind Reason
	Total    int          `json:"total"`            // parts that the whole message has
	Parts    []Part       `json:"parts"`
	Count    *Count       `json:"count,omitempty"`  // outbound: what it costs
	Copies   int          `json:"copies,omitempty"` // inbound: how often the network delivered it, when more than once
	Warnings []string     `json:"warnings,omitempty"`
	Raw      string       `json:"raw,omitempty"` // inbound and undecodable: the PDU as hex
	Author   *Author      `json:"author,omitempty"`

	CreatedAt   Time `json:"created_at"`            // outbound: accepted; inbound: kept
	SentAt      Time `json:"sent_at,omitzero"`      // outbound: the service centre took the last part; inbound: its time stamp (TP-SCTS)
	ReceivedAt  Time `json:"received_at,omitzero"`  // inbound: the first part was kept
	DeliveredAt Time `json:"delivered_at,omitzero"` // outbound: discharge time of the last report

	Trace *Trace `json:"trace_ms,omitempty"`
	Rev   int64  `json:"rev"`
}

// Direction is inbound or outbound, seen from the box.
type Direction string

// The directions.
const (
	Inbound  Direction = "in"
	Outbound Direction = "out"
)

// MessageState is the state of a message or of one part. The state of a
// message follows from its parts; only parts have transitions of their own.
type MessageState string

// The states. Outbound ones as in promises: sent means that the service centre
// took it; undelivered that a report says so; unconfirmed that the line was
// lost in between and nobody but the service centre knows.
const (
	Queued             MessageState = "queued"
	Held               MessageState = "held"
	Sending            MessageState = "sending"
	Sent               MessageState = "sent"
	Delivered          MessageState = "delivered"
	Undelivered        MessageState = "undelivered"
	Unconfirmed        MessageState = "unconfirmed"
	Failed             MessageState = "failed"
	Expired            MessageState = "expired"
	Canceled           MessageState = "canceled"
	PartiallySent      MessageState = "partially_sent"
	PartiallyDelivered MessageState = "partially_delivered"

	Received MessageState = "received" // inbound, whole
	Partial  MessageState = "partial"  // inbound, parts are missing still
)

// Final tells that s can only change by a late report or by a person.
func (s MessageState) Final() bool {
	switch s {
	case Queued, Held, Sending, Partial:
		return false
	}
	return true
}

// Author is who made an outbound message: a person, or a program's token.
type Author struct {
	Kind string `json:"kind"` // agent, token, admin
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// Count is what a text costs: the alphabet it needs, its length in that
// alphabet's units (septets or UTF-16 code units), its parts, and the units
// that are left in the last part.
type Count struct {
	Alphabet string `json:"alphabet"` // gsm7, ucs2
	Units    int    `json:"units"`
	Parts    int    `json:"parts"`
	Left     int    `json:"left_in_part"`
	Breaks   []int  `json:"breaks,omitempty"` // index of the character that begins part 2, 3, ...
}

// Trace tells how long an inbound message was where, in milliseconds.
type Trace struct {
	URCToPDU    float64 `json:"urc_to_pdu"`    // the modem's notice to its PDU read
	PDUToStored float64 `json:"pdu_to_stored"` // read to both commits begun and done
}

// Draft is a message that a desk wants to send.
type Draft struct {
	To     string   // E.164, or a short code
	Line   string   // empty: the thread's last line, or the only one
	Among  []string // the lines that the author may send from; nil: every one
	Text   string
	Count  Count
	Author Author

	Country string // of the box, where it was told; empty: the SIM's own

	// Key makes a repeated request the same message: the same Key of the same
	// author with the same Digest answers with the first message; with another
	// Digest it is refused (CodeIdemMismatch). Empty: no such guard.
	Key    string
	Digest string
}

// Allows tells whether the author may send from a line.
func (d Draft) Allows(line string) bool { return d.Among == nil || slices.Contains(d.Among, line) }

// MessagePage is one answer of a list of messages, oldest first. Prev asks for
// older ones, Next for newer ones; empty at the end.
type MessagePage struct {
	Messages []Message `json:"messages"`
	Prev     string    `json:"prev,omitempty"`
	Next     string    `json:"next,omitempty"`
	Head     Head      `json:"head"`
}
