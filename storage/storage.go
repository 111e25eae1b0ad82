// Package storage says what smsbridge keeps and which change may follow which.
//
// It holds the words of the ledger (Line, Thread, Message, Part, Contact,
// Agent, Token, Event), the rules of their states, and how to follow the log
// of events. It knows no SQL (storage/sqlite keeps the words in one file), no
// PDU (bridge/gateway reads those) and no HTTP (bridge/web shows the words).
// The JSON names of the types are the names of the public protocol: what is
// kept, what is pushed and what is answered are the same objects.
//
// Start with Message, then Event and Follow.
package storage

import "time"

// Time is a moment as the protocol writes it: RFC 3339 in UTC with
// milliseconds. The zero Time is left out of JSON by omitzero.
type Time struct{ time.Time }

const timeLayout = `"2006-01-02T15:04:05.000Z"`

// Now is the present moment, cut to the millisecond that is kept.
func Now() Time { return At(time.Now()) }

// At cuts t to the precision that is kept.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// FromMilli is the moment ms milliseconds after the epoch; 0 is the zero Time.
func FromMilli(ms int64) Time {
	if ms == 0 {
		return Time{}
	}
	return Time{time.UnixMilli(ms).UTC()}
}

// Milli is the inverse of FromMilli.
func (t Time) Milli() int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// MarshalJSON writes the moment in UTC with milliseconds.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(nil, timeLayout), nil
}

// UnmarshalJSON reads any RFC 3339 moment.
func (t *Time) UnmarshalJSON(b []byte) error {
	parsed, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(b))
	if err != nil {
		return err
	}
	*t = At(parsed)
	return nil
}

// Head is a position of the log: the epoch of this ledger file, the number of
// the newest event and the number of the oldest one that is still kept.
type Head struct {
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"`
	Oldest int64  `json:"oldest"`
}

// Page asks for a piece of a list by keyset cursor: at most Limit rows (the
// default and the most is MaxPage) older than Before or newer than After, both
// opaque cursors of an earlier answer.
type Page struct {
	Limit  int
	Before string
	After  string
	Lines  []string // only what went over these; nil: over any
	Agent  string   // who asks: whose views and chats are shown; empty: nobody's
	Filter ThreadFilter
	Around string // messages: this one in the middle
	At     Time   // messages: from this moment on
}

// MaxPage is the most rows that one list answer holds.
const MaxPage = 200

// Rows is the limit that holds for p.
func (p Page) Rows() int {
	if p.Limit <= 0 || p.Limit > MaxPage {
		return MaxPage
	}
	return p.Limit
}
