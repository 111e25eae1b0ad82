// Package exchange writes and reads the forms in which threads and contacts
// leave a box and come to it: text, CSV, JSON lines and a page to print for
// threads; vCard and CSV for contacts.
//
// It knows neither the ledger nor the network. Start with NewWriter and
// ReadVCards. What other programs kept of their texts is package history's.
package exchange

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"smsbridge/storage"
)

// Format is a form of a thread.
type Format string

// The forms of a thread.
const (
	Text  Format = "text"
	CSV   Format = "csv"
	JSONL Format = "jsonl"
	HTML  Format = "html"
)

// Formats are all of them.
var Formats = []Format{Text, CSV, JSONL, HTML}

// MediaType is how HTTP names the form, and Suffix how files do.
func (f Format) MediaType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case JSONL:
		return "application/x-ndjson"
	case HTML:
		return "text/html; charset=utf-8"
	}
	return "text/plain; charset=utf-8"
}

// Suffix ends the name of a file.
func (f Format) Suffix() string {
	if f == Text {
		return "txt"
	}
	return string(f)
}

// Writer takes the messages of one thread, the oldest first.
type Writer interface {
	Message(m storage.Message) error
	Close() error // ends the form; the writer below is the caller's
}

// NewWriter begins the form of a thread, with times in a zone.
func NewWriter(f Format, w io.Writer, t storage.Thread, zone *time.Location) (Writer, error) {
	switch f {
	case Text:
		_, err := fmt.Fprintf(w, "%s\n\n", Title(t))
		return &textWriter{w, zone}, err
	case CSV:
		c := &csvWriter{csv.NewWriter(w)}
		return c, c.Write([]string{"at", "dir", "from", "to", "text", "state", "author", "line", "id"})
	case JSONL:
		return jsonlWriter{json.NewEncoder(w)}, nil
	case HTML:
		return newHTML(w, t, zone)
	}
	return nil, fmt.Errorf("%q is no form; %v are", f, Formats)
}

// Title names a thread.
func Title(t storage.Thread) string {
	if t.Contact != nil && t.Contact.Name != "" {
		return fmt.Sprintf("%s (%s)", t.Contact.Name, t.Peer)
	}
	if t.Peer == "" {
		return "Chat"
	}
	return t.Peer
}

// Says is who said a message, for people.
func says(m storage.Message) string {
	if m.Author != nil && m.Author.Name != "" && m.Dir == storage.Outbound {
		return m.Author.Name
	}
	return m.From
}

type textWriter struct {
	w    io.Writer
	zone *time.Location
}

// Message is a line with time and name, then the text, drawn in: no text can
// pretend to be another message.
func (t *textWriter) Message(m storage.Message) error {
	state := ""
	if m.Dir == storage.Outbound {
		state = " (" + string(m.State) + ")"
	}
	_, err := fmt.Fprintf(t.w, "%s  %s%s\n    %s\n\n", m.CreatedAt.In(t.zone).Format("2006-01-02 15:04:05 -07:00"), says(m), state,
		strings.ReplaceAll(lines(shown(m)), "\n", "\n    "))
	return err
}

func (t *textWriter) Close() error { return nil }

// lines makes one sign of every end of a line.
func lines(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n").Replace(text)
}

// shown is the text, or what stands in its place.
func shown(m storage.Message) string {
	if m.Text != "" || m.Card == nil {
		return m.Text
	}
	words := "[" + string(m.Card.Kind)
	for _, w := range []string{m.Card.Subject, m.Card.URL} {
		if w != "" {
			words += " " + w
		}
	}
	return words + "]"
}

type csvWriter struct{ *csv.Writer }

func (c *csvWriter) Message(m storage.Message) error {
	author := ""
	if m.Author != nil {
		author = m.Author.Name
	}
	return c.Write(guarded([]string{stamp(m.CreatedAt), string(m.Dir), m.From, m.To, m.Text, string(m.State), author, m.Line, m.ID}))
}

// stamp writes a moment as our JSON does.
func stamp(at storage.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func (c *csvWriter) Close() error {
	c.Flush()
	return c.Error()
}

type jsonlWriter struct{ *json.Encoder }

func (j jsonlWriter) Message(m storage.Message) error {
	return j.Encode(struct {
		Message storage.Message `json:"message"`
	}{m})
}

func (j jsonlWriter) Close() error { return nil }
