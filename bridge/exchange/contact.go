package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"smsbridge/storage"
)

// contactHeads are the columns of a table of contacts. Several numbers or
// addresses stand in one field, each on a line of its own; a number's type
// stands behind it.
var contactHeads = []string{"name", "first_name", "last_name", "organisation", "numbers", "emails", "address", "notes", "language"}

// contactWords are what other programs call them.
var contactWords = map[string]string{
	"full name": "name", "display name": "name", "first name": "first_name", "given name": "first_name", "last name": "last_name",
	"family name": "last_name", "surname": "last_name", "company": "organisation", "organization": "organisation", "organization name": "organisation",
	"organisation name": "organisation", "phone": "numbers", "number": "numbers", "mobile": "numbers", "mobile phone": "numbers", "phone number": "numbers",
	"phone 1 - value": "numbers", "phone 2 - value": "numbers", "home phone": "numbers", "business phone": "numbers", "email": "emails", "e-mail": "emails",
	"e-mail address": "emails", "email address": "emails", "e-mail 1 - value": "emails", "note": "notes",
}

// ContactWriter writes contacts as a table.
type ContactWriter struct{ c *csv.Writer }

// NewContactWriter writes the row of heads.
func NewContactWriter(w io.Writer) *ContactWriter {
	c := csv.NewWriter(w)
	c.Write(contactHeads)
	return &ContactWriter{c}
}

// Contact writes one row.
func (w *ContactWriter) Contact(c storage.Contact) error {
	var numbers, emails []string
	for _, n := range c.Numbers {
		numbers = append(numbers, strings.TrimSpace(n+" "+c.Type(n)))
	}
	for _, e := range c.Emails {
		emails = append(emails, strings.TrimSpace(e.Address+" "+e.Type))
	}
	return w.c.Write(guarded([]string{c.Name, c.First, c.Last, c.Organisation, strings.Join(numbers, "\n"), strings.Join(emails, "\n"), c.Address, c.Notes, c.Language}))
}

// Close writes what is left.
func (w *ContactWriter) Close() error {
	w.c.Flush()
	return w.c.Error()
}

// ReadContacts reads a table of contacts with a row of heads: ours, or one of
// those that address books write. What has no place on a card becomes a field
// of its own.
func ReadContacts(r io.Reader) Cards {
	return func(yield func(c storage.Contact, err error) bool) {
		in := bufio.NewReader(io.LimitReader(r, 64<<20))
		head, _ := in.Peek(4096)
		if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
			in.Discard(3)
		}
		first, _, _ := bytes.Cut(head, []byte("\n"))
		table := csv.NewReader(in)
		table.FieldsPerRecord, table.LazyQuotes = -1, true
		for _, mark := range []rune{';', '\t'} {
			if bytes.Count(first, []byte(string(mark))) > bytes.Count(first, []byte(string(table.Comma))) {
				table.Comma = mark
			}
		}
		heads, err := table.Read()
		if err != nil || !slices.ContainsFunc(heads, func(h string) bool { return headOf(h) == "numbers" || headOf(h) == "emails" }) {
			yield(storage.Contact{}, errors.New("the first row must name the columns, and one of them must be numbers, phone, emails or the like"))
			return
		}
		for n := 2; ; n++ {
			row, err := table.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var c storage.Contact
			if err == nil {
				c, err = contactRow(heads, row)
			}
			if err != nil {
				err = fmt.Errorf("row %d: %w", n, err)
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func headOf(h string) string {
	h = strings.ToLower(strings.TrimSpace(h))
	if known, ok := contactWords[h]; ok {
		return known
	}
	return h
}

// plainFields are the columns that are one text of a card.
var plainFields = map[string]func(*storage.Contact) *string{
	"name":         func(c *storage.Contact) *string { return &c.Name },
	"first_name":   func(c *storage.Contact) *string { return &c.First },
	"last_name":    func(c *storage.Contact) *string { return &c.Last },
	"organisation": func(c *storage.Contact) *string { return &c.Organisation },
	"address":      func(c *storage.Contact) *string { return &c.Address },
	"notes":        func(c *storage.Contact) *string { return &c.Notes },
	"language":     func(c *storage.Contact) *string { return &c.Language },
}

func contactRow(heads, row []string) (c storage.Contact, err error) {
	c.Numbers = []string{}
	size := 0
	for i, text := range row[:min(len(row), len(heads))] {
		size += len(text)
		if text = strings.TrimSpace(strings.ToValidUTF8(Unguard(text), "\uFFFD")); text != "" {
			fill(&c, heads[i], text)
		}
	}
	if size > maxCard {
		return c, fmt.Errorf("it has %d bytes", size)
	}
	return c, nil
}

// fill puts a text where its column belongs.
func fill(c *storage.Contact, head, text string) {
	known := headOf(head)
	field, plain := plainFields[known]
	switch {
	case plain:
		*field(c) = text
	case known == "numbers":
		numbersIn(c, text)
	case known == "emails":
		emailsIn(c, text)
	default:
		if c.Custom == nil {
			c.Custom = make(map[string]string)
		}
		c.Custom[strings.TrimSpace(head)] = text
	}
}

// emailsIn reads addresses, one on a line, each with its type behind it or not.
func emailsIn(c *storage.Contact, text string) {
	for line := range strings.Lines(text) {
		address, kind, _ := strings.Cut(strings.TrimSpace(line), " ")
		c.Emails = append(c.Emails, storage.Email{Address: address, Type: kind})
	}
}

// numbersIn reads numbers, one on a line, each with its type behind it or not.
func numbersIn(c *storage.Contact, text string) {
	for line := range strings.Lines(strings.ReplaceAll(text, ":::", "\n")) {
		number := strings.TrimSpace(line)
		for _, kind := range storage.NumberTypes {
			if bare, ok := strings.CutSuffix(number, " "+kind); ok {
				number = strings.TrimSpace(bare)
				if c.Types == nil {
					c.Types = make(map[string]string)
				}
				c.Types[number] = kind
			}
		}
		if number != "" {
			c.Numbers = append(c.Numbers, number)
		}
	}
}
