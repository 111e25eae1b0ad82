package storage

import (
	"slices"
	"time"
)

// Message is one text, inbound or outbound, of one or more parts.
type Message struct {
	ID       string       `json:"id"`
	Thread   string       `json:"thread"`
	Line     string       `json:"line"`
	Dir      Direction    `json:"dir"`
	Channel  string       `json:"channel"` // sms, call, chat
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
	Case     string       `json:"case,omitempty"`      // the case that it belongs to
	Priority Priority     `json:"priority,omitempty"`  // outbound; empty: normal
	Flash    bool         `json:"flash,omitempty"`     // outbound: shown at once and not kept (class 0; 3GPP TS 23.038, 4)
	ResendOf string       `json:"resend_of,omitempty"` // outbound: the message that this one repeats
	ResentAs string       `json:"resent_as,omitempty"` // outbound: the message that repeats this one
	Sender   string       `json:"sender,omitempty"`    // chat: the account that wrote it
	Campaign string       `json:"campaign,omitempty"`  // outbound: the campaign that it is a copy of
	Blocked  bool         `json:"blocked,omitempty"`   // inbound: by the block list; nobody is called

	CreatedAt   Time `json:"created_at"`            // outbound: accepted; inbound: kept
	DueAt       Time `json:"due_at,omitzero"`       // outbound: not to be sent before
	ExpiresAt   Time `json:"expires_at,omitzero"`   // outbound: not to be sent after
	SentAt      Time `json:"sent_at,omitzero"`      // outbound: the service centre took the last part; inbound: its time stamp (TP-SCTS)
	ReceivedAt  Time `json:"received_at,omitzero"`  // inbound: the first part was kept
	DeliveredAt Time `json:"delivered_at,omitzero"` // outbound: discharge time of the last report

	Meaning // inbound: what the text turned out to be

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

// Again tells whether a person may send such a message again. doubtful says that
// it is known that the first may have arrived.
func (s MessageState) Again(doubtful bool) bool {
	if doubtful {
		return s == Unconfirmed
	}
	switch s {
	case Failed, Undelivered, Expired, Canceled, PartiallySent:
		return true
	}
	return false
}

// WayOut says what can be done about a message that may not be sent again so.
func (s MessageState) WayOut() string {
	switch s {
	case Unconfirmed:
		return "it may have arrived, so whoever sends it again says so (message.resend)"
	case Failed, Undelivered, Expired, Canceled, PartiallySent:
		return "it is known that it did not arrive, so it can be tried again (message.retry)"
	case Queued, Held, Sending:
		return "it is still on its way"
	}
	return "it was sent; write a new one"
}

// Author is who made an outbound message: a person, or a program's token.
type Author struct {
	Kind string `json:"kind"` // agent, token, admin; rule: one that a person has switched on, by its name
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

	// Only where a text is counted before it is sent; not kept with a message.
	Costly  []Costly `json:"costly,omitempty"`
	Instead *Instead `json:"instead,omitempty"`
}

// Costly is a character that a text pays for: it forces the longer alphabet, or
// takes two units.
type Costly struct {
	Char   string `json:"char"`
	At     int    `json:"at"`    // where it stands first, in characters
	Count  int    `json:"count"` // how often
	Units  int    `json:"units"` // that each takes
	Forces bool   `json:"forces,omitempty"`
}

// Instead is the same text with plain quotes, dashes and spaces, if that is
// enough for the shorter alphabet. Nothing is replaced unasked.
type Instead struct {
	Text  string `json:"text"`
	Parts int    `json:"parts"`
	Units int    `json:"units"`
}

// Kept is what is kept of a count with its message.
func (c Count) Kept() Count {
	c.Costly, c.Instead = nil, nil
	return c
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
	Case   string // that it belongs to; empty: the one that is open with To, if any

	Campaign string // that it is a copy of
	Confirm  bool   // it says that an opt-out was kept: the one text that still may reach who opted out

	Person  string // the account behind the author; empty: there is none
	Country string // of the box, where it was told; empty: the SIM's own

	Priority Priority
	Flash    bool          // class 0
	At       Time          // not before; zero: now
	Undo     time.Duration // its author may take it back for so long
	Expires  time.Duration // after it was due; zero: never
	ResendOf string        // the message that it repeats
	Warnings []string

	// Key makes a repeated request the same message: the same Key of the same
	// author with the same Digest answers with the first message; with another
	// Digest it is refused (CodeIdemMismatch). Empty: no such guard.
	Key    string
	Digest string
}

// MostSent is how many texts one request takes; what is larger is a campaign,
// which has a pace, a preview and a report.
const MostSent = 100

// Allows tells whether the author may send from a line.
func (d Draft) Allows(line string) bool { return d.Among == nil || slices.Contains(d.Among, line) }

// Due is when a draft that is accepted now may go out; zero: at once.
func (d Draft) Due(now Time) Time {
	due := d.At
	if d.Undo > 0 {
		if back := At(now.Add(min(d.Undo, UndoMost))); back.After(due.Time) {
			due = back
		}
	}
	return due
}

// Ends is when it may no longer go out; zero: never.
func (d Draft) Ends(now Time) Time {
	if d.Expires <= 0 {
		return Time{}
	}
	if due := d.Due(now); due.After(now.Time) {
		now = due
	}
	return At(now.Add(d.Expires))
}

// Repeat makes a draft of who sends m again: the same text to the same number,
// by the line that d names or by the same.
func (d Draft) Repeat(m Message, doubtful bool) Draft {
	d.To, d.Text, d.ResendOf = m.To, m.Text, m.ID
	d.Priority, d.Flash = m.Priority, m.Flash
	if d.Line == "" {
		d.Line = m.Line
	}
	if m.Count != nil {
		d.Count = *m.Count
	}
	if due := m.CreatedAt; !m.ExpiresAt.IsZero() {
		if m.DueAt.After(due.Time) {
			due = m.DueAt
		}
		d.Expires = m.ExpiresAt.Sub(due.Time)
	}
	if doubtful {
		d.Warnings = append(d.Warnings, MaybeDuplicate)
	}
	return d
}

// MessagePage is one answer of a list of messages, oldest first. Prev asks for
// older ones, Next for newer ones; empty at the end.
type MessagePage struct {
	Messages []Message `json:"messages"`
	Prev     string    `json:"prev,omitempty"`
	Next     string    `json:"next,omitempty"`
	Head     Head      `json:"head"`
}
