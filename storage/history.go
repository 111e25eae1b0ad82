package storage

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Imported is one message of another program's history.
type Imported struct {
	Dir         Direction    `json:"dir" need:"true"`
	Peer        string       `json:"peer" need:"true"` // E.164, a short code, or the name of a sender
	Own         string       `json:"own,omitempty"`    // the number at the box's end then; empty: the line's
	Text        string       `json:"text"`
	At          Time         `json:"at" need:"true"` // when it was sent, or came
	DeliveredAt Time         `json:"delivered_at,omitzero"`
	State       MessageState `json:"state,omitempty"` // received, sent, delivered, undelivered, failed, canceled, unconfirmed; default: received or sent
}

// Bounds of what is imported.
const (
	MaxImported = 500       // messages of one request
	maxText     = 64 << 10  // bytes; 255 parts have 39,015 characters
	maxPeer     = 32        // bytes
	longAgo     = 315532800 // 1980, before there were texts
)

// importedStates are those in which nothing is left to do.
var importedStates = map[Direction][]MessageState{
	Inbound:  {Received},
	Outbound: {Sent, Delivered, Undelivered, Failed, Canceled, Unconfirmed, Expired, PartiallySent, PartiallyDelivered},
}

// Tidy fills in what may be left out, and refuses what cannot be kept.
func (m *Imported) Tidy(now Time) error {
	states, ok := importedStates[m.Dir]
	if !ok {
		return Refuse(CodeInvalid, "dir", "dir is %q; it is in or out", m.Dir)
	}
	if m.State == "" {
		m.State = states[0]
	}
	known := false
	for _, s := range states {
		known = known || s == m.State
	}
	switch {
	case !known:
		return Refuse(CodeInvalid, "state", "a message that went %s cannot be imported as %q; give one of %v", m.Dir, m.State, states)
	case m.Peer == "" || len(m.Peer) > maxPeer || strings.ContainsFunc(m.Peer, control) || !utf8.ValidString(m.Peer):
		return Refuse(CodeInvalid, "peer", "%q is neither a number nor the name of a sender", m.Peer)
	case len(m.Own) > maxPeer || strings.ContainsFunc(m.Own, control) || !utf8.ValidString(m.Own):
		return Refuse(CodeInvalid, "own", "%q is no number", m.Own)
	case len(m.Text) > maxText:
		return Refuse(CodeInvalid, "text", "it has %d bytes; %d are the most", len(m.Text), maxText)
	case !utf8.ValidString(m.Text):
		return Refuse(CodeInvalid, "text", "it is not UTF-8")
	case m.At.IsZero() || m.At.Unix() < longAgo:
		return Refuse(CodeInvalid, "at", "the time %s cannot be that of a text", m.At.Format(time.RFC3339))
	case m.At.After(now.Add(24 * time.Hour)):
		return Refuse(CodeInvalid, "at", "the time %s is still to come; is the clock of the box right?", m.At.Format(time.RFC3339))
	}
	return nil
}

func control(r rune) bool { return r < ' ' || r == 0x7F }

// Identity is the same for two records of one message: direction, both ends,
// moment and text.
func (m Imported) Identity() (id [16]byte) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%d\n%s", m.Dir, m.Peer, m.Own, m.At.Milli(), m.Text))
	copy(id[:], sum[:])
	return id
}

// Import is a batch of messages of another program for one line.
type Import struct {
	Line     string
	Source   string // of which program
	Messages []Imported
	Preview  bool // only tell what would be
}

// ImportResult tells what became of a batch, or what would.
type ImportResult struct {
	Added   int    `json:"added"`
	Known   int    `json:"known"`         // were in the ledger already, or stood twice in the batch
	Threads int    `json:"threads"`       // that got messages
	From    Time   `json:"from,omitzero"` // of what was added: the oldest, and the newest
	To      Time   `json:"to,omitzero"`
	Preview bool   `json:"preview,omitempty"`
	Source  string `json:"source,omitempty"`
	Rev     int64  `json:"rev,omitempty"`
}

// AuthorImport is the kind of the author of an outbound message that another
// program sent.
const AuthorImport = "import"
