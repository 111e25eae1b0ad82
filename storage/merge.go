package storage

import (
	"maps"
	"slices"
	"strings"
)

// Form is a text with places for values, such as
//
//	Dear {{first_name}}, your {{custom.car}} is ready.
//
// A place is two braces, a name, two braces; blanks around the name do not
// count. A name is letters, digits and _, and behind a dot anything but braces
// and line ends, since an office names its own fields. \{{ is two braces that
// are meant. A value is put in as it is, and never looked at for places.
type Form struct {
	pieces []mergePiece // text and field by turns
}

// A mergePiece is text, or a place if it has a field.
type mergePiece struct{ text, field string }

// Names of values that are not on a card.
const (
	MergeAgent = "agent_name"  // who writes
	MergeLine  = "line_number" // our number that the text comes from
)

// customPrefix stands before the name of an office's own field.
const customPrefix = "custom."

// ParseForm reads a text. Braces that open no place, or one that nothing
// closes, are refused: nobody wants them to reach a customer.
func ParseForm(text string) (Form, error) {
	var m Form
	var plain strings.Builder
	for rest := text; ; {
		before, after, open := strings.Cut(rest, "{{")
		if !open {
			plain.WriteString(rest)
			break
		}
		if literal, ok := strings.CutSuffix(before, `\`); ok {
			plain.WriteString(literal + "{{")
			rest = after
			continue
		}
		plain.WriteString(before)
		name, behind, closed := strings.Cut(after, "}}")
		name = strings.TrimSpace(name)
		if !closed || !mergeName(name) {
			at := len([]rune(text[:len(text)-len(after)-len("{{")]))
			return Form{}, Refuse(CodeInvalid, "text", "the braces at character %d open no field; write it as {{first_name}}, or \\{{ for braces that are meant", at+1)
		}
		m.pieces = append(m.pieces, mergePiece{text: plain.String()}, mergePiece{field: name})
		plain.Reset()
		rest = behind
	}
	m.pieces = append(m.pieces, mergePiece{text: plain.String()})
	return m, nil
}

// mergeName tells whether a place can have this name.
func mergeName(name string) bool {
	head, tail, dotted := strings.Cut(name, ".")
	word := func(r rune) bool {
		return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if head == "" || len(name) > maxField || strings.ContainsFunc(head, func(r rune) bool { return !word(r) }) {
		return false
	}
	return !dotted || tail != "" && strings.TrimSpace(tail) == tail && !strings.ContainsAny(tail, "{}\r\n")
}

// Fields are the names of the places, each once, as they come.
func (m Form) Fields() []string {
	fields := []string{}
	for _, p := range m.pieces {
		if p.field != "" && !slices.Contains(fields, p.field) {
			fields = append(fields, p.field)
		}
	}
	return fields
}

// Fill puts values in. A place without one stays as it was, and its name is
// missing; a value of nothing but blanks is none.
func (m Form) Fill(value func(field string) string) (text string, missing []string) {
	var b strings.Builder
	for _, p := range m.pieces {
		v := p.text
		if p.field != "" {
			if v = value(p.field); strings.TrimSpace(v) == "" {
				v = "{{" + p.field + "}}"
				if !slices.Contains(missing, p.field) {
					missing = append(missing, p.field)
				}
			}
		}
		b.WriteString(v)
	}
	return b.String(), missing
}

// String is the text again; reading it gives the same Form.
func (m Form) String() string {
	var b strings.Builder
	for _, p := range m.pieces {
		if p.field != "" {
			b.WriteString("{{" + p.field + "}}")
		} else {
			b.WriteString(strings.ReplaceAll(p.text, "{{", `\{{`))
		}
	}
	return b.String()
}

// Filling is where the values of one text come from.
type Filling struct {
	Contact *Contact          // who is written to; nil: nobody has saved the number
	Values  map[string]string // given with the text; they go before the card's
	Agent   string            // the name of who writes
	Line    string            // our number
}

// Value is the value of a field; empty if there is none.
func (f Filling) Value(field string) string {
	switch v, given := f.Values[field]; {
	case given:
		return v
	case field == MergeAgent:
		return f.Agent
	case field == MergeLine:
		return f.Line
	case f.Contact == nil:
		return ""
	}
	if own, ok := strings.CutPrefix(field, customPrefix); ok {
		return f.Contact.Custom[own]
	}
	return f.Contact.Field(field)
}

// Text fills a text. A missing value refuses it and names the field.
func (f Filling) Text(source string) (string, error) {
	m, err := ParseForm(source)
	if err != nil {
		return "", err
	}
	text, missing := m.Fill(f.Value)
	if len(missing) == 0 {
		return text, nil
	}
	return "", f.missing(missing)
}

func (f Filling) missing(fields []string) error {
	e := Refuse(CodeMissing, fields[0], "the text asks for {{%s}}, and this contact has no such value; fill it in, or write the text without it", fields[0])
	if f.Contact == nil {
		e.Detail = "the text asks for {{" + fields[0] + "}}, and this number is not saved as a contact; save it first, or write the text without it"
		if len(f.Values) > 0 {
			e.Detail += "; values were given for " + strings.Join(slices.Sorted(maps.Keys(f.Values)), ", ")
		}
	}
	e.Options = fields
	return e
}

// Merges tells whether a text has braces that ParseForm would look at.
func Merges(text string) bool { return strings.Contains(text, "{{") }
