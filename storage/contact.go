package storage

import (
	"cmp"
	"slices"
	"strings"
)

// Contact is a person or firm outside the box, with all that reaches them.
type Contact struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"` // as it is shown; made from the next three when it is left out
	First        string            `json:"first_name,omitempty"`
	Last         string            `json:"last_name,omitempty"`
	Organisation string            `json:"organisation,omitempty"`
	Numbers      []string          `json:"numbers"`           // E.164; the first is the one to use
	Types        map[string]string `json:"types,omitempty"`   // of numbers: mobile, work, home, other
	Emails       []Email           `json:"emails,omitempty"`  // the first is the one to use
	Address      string            `json:"address,omitempty"` // postal
	Notes        string            `json:"notes,omitempty"`
	Custom       map[string]string `json:"custom,omitempty"`   // fields of the office's own, by name
	Language     string            `json:"language,omitempty"` // BCP 47, such as pt-BR
	Blocked      bool              `json:"blocked,omitempty"`
	Rev          int64             `json:"rev,omitempty"`
}

// Email is one address of a contact.
type Email struct {
	Address string `json:"address"`
	Type    string `json:"type,omitempty"` // work, home, other
}

// Types of numbers.
const (
	NumberMobile = "mobile"
	NumberWork   = "work"
	NumberHome   = "home"
	NumberOther  = "other"
)

// NumberTypes are those that a number of a contact can have; none is one too.
var NumberTypes = []string{NumberMobile, NumberWork, NumberHome, NumberOther}

// Limits of a card.
const (
	maxNumbers = 50
	maxField   = 200
	maxLong    = 4000
	maxCustom  = 50
)

// Tidy takes off blanks, makes a name from what there is, and refuses a card
// that cannot be kept. Numbers must have been read by ParseNumber already.
func (c *Contact) Tidy() error {
	for _, s := range []*string{&c.Name, &c.First, &c.Last, &c.Organisation, &c.Address, &c.Notes, &c.Language} {
		*s = strings.TrimSpace(*s)
	}
	c.Name = cmp.Or(c.Name, strings.TrimSpace(c.First+" "+c.Last), c.Organisation)
	if c.Name == "" {
		return Refuse(CodeInvalid, "name", "a contact needs a name, or an organisation")
	}
	for _, f := range []struct {
		field, text string
		most        int
	}{
		{"name", c.Name, maxField}, {"first_name", c.First, maxField}, {"last_name", c.Last, maxField},
		{"organisation", c.Organisation, maxField}, {"language", c.Language, 35},
		{"address", c.Address, maxLong}, {"notes", c.Notes, maxLong},
	} {
		if len(f.text) > f.most {
			return Refuse(CodeInvalid, f.field, "it has %d bytes; %d are the most", len(f.text), f.most)
		}
	}
	if err := c.tidyNumbers(); err != nil {
		return err
	}
	if err := c.tidyEmails(); err != nil {
		return err
	}
	return c.tidyCustom()
}

func (c *Contact) tidyNumbers() error {
	seen := make(map[string]bool)
	c.Numbers = slices.DeleteFunc(slices.Clone(c.Numbers), func(n string) bool {
		again := seen[n]
		seen[n] = true
		return again
	})
	if len(c.Numbers) > maxNumbers {
		return Refuse(CodeInvalid, "numbers", "there are %d; %d are the most", len(c.Numbers), maxNumbers)
	}
	types := make(map[string]string)
	for n, t := range c.Types {
		if t != "" && !slices.Contains(NumberTypes, t) {
			return Refuse(CodeInvalid, "types", "%q is none of %s", t, strings.Join(NumberTypes, ", "))
		}
		if seen[n] && t != "" {
			types[n] = t
		}
	}
	if c.Types = types; len(types) == 0 {
		c.Types = nil
	}
	return nil
}

func (c *Contact) tidyEmails() error {
	if len(c.Emails) > maxNumbers {
		return Refuse(CodeInvalid, "emails", "there are %d; %d are the most", len(c.Emails), maxNumbers)
	}
	for i := range c.Emails {
		e := &c.Emails[i]
		e.Address, e.Type = strings.TrimSpace(e.Address), strings.TrimSpace(e.Type)
		user, host, ok := strings.Cut(e.Address, "@")
		if !ok || user == "" || host == "" || strings.ContainsAny(e.Address, " \t\r\n<>,;") || len(e.Address) > maxField || len(e.Type) > maxField {
			return Refuse(CodeInvalid, "emails", "%q is no e-mail address; write it as ana@example.org", e.Address)
		}
	}
	return nil
}

func (c *Contact) tidyCustom() error {
	if len(c.Custom) > maxCustom {
		return Refuse(CodeInvalid, "custom", "there are %d fields; %d are the most", len(c.Custom), maxCustom)
	}
	for name, text := range c.Custom {
		if strings.TrimSpace(name) == "" || len(name) > maxField || len(text) > maxLong {
			return Refuse(CodeInvalid, "custom", "the field %q cannot be kept: a name has 1 to %d bytes, and a value at most %d", name, maxField, maxLong)
		}
	}
	return nil
}

// Type is what kind of number this is, as the card says; empty if it does not.
func (c Contact) Type(number string) string { return c.Types[number] }

// Field is a value of the card under the name that texts merge it by:
// first_name, last_name, name, organisation, address, language, number, email,
// or a field of the office's own; empty if there is none.
func (c Contact) Field(name string) string {
	switch name {
	case "name":
		return c.Name
	case "first_name":
		return c.First
	case "last_name":
		return c.Last
	case "organisation":
		return c.Organisation
	case "address":
		return c.Address
	case "language":
		return c.Language
	case "number":
		if len(c.Numbers) > 0 {
			return c.Numbers[0]
		}
		return ""
	case "email":
		if len(c.Emails) > 0 {
			return c.Emails[0].Address
		}
		return ""
	}
	return c.Custom[name]
}

// Words are the folded words of the names on the card, each after a blank, so
// that " an" finds Ana and not Susan.
func (c Contact) Words() string {
	seen := make(map[string]bool)
	var b strings.Builder
	for _, w := range Words(c.Name + " " + c.First + " " + c.Last + " " + c.Organisation) {
		if !seen[w] {
			seen[w] = true
			b.WriteString(" " + w)
		}
	}
	return b.String()
}

// Joined is a card made of two people who are one: c's own values where it has
// them, gone's where it has not, and the numbers and addresses of both.
func (c Contact) Joined(gone Contact) Contact {
	c.First, c.Last = cmp.Or(c.First, gone.First), cmp.Or(c.Last, gone.Last)
	c.Organisation = cmp.Or(c.Organisation, gone.Organisation)
	c.Address, c.Language = cmp.Or(c.Address, gone.Address), cmp.Or(c.Language, gone.Language)
	c.Notes = strings.TrimSpace(c.Notes + "\n\n" + gone.Notes)
	c.Numbers = append(slices.Clone(c.Numbers), gone.Numbers...)
	c.Emails = slices.Clone(c.Emails)
	for _, e := range gone.Emails {
		if !slices.ContainsFunc(c.Emails, func(o Email) bool { return strings.EqualFold(o.Address, e.Address) }) {
			c.Emails = append(c.Emails, e)
		}
	}
	c.Types, c.Custom = joined(c.Types, gone.Types), joined(c.Custom, gone.Custom)
	c.Blocked = c.Blocked || gone.Blocked
	return c
}

// joined has the entries of both; where both have one, that of first.
func joined(first, second map[string]string) map[string]string {
	both := make(map[string]string)
	for _, m := range []map[string]string{second, first} {
		for k, v := range m {
			both[k] = v
		}
	}
	if len(both) == 0 {
		return nil
	}
	return both
}

// Merge tells of two contacts that were made one.
type Merge struct {
	ID      string  `json:"id"` // to undo it by
	Contact Contact `json:"contact"`
	From    string  `json:"from"` // the contact that is no more
}

// ContactPage is one answer of a list of contacts, in the order of their
// folded names. Next asks for those after.
type ContactPage struct {
	Contacts []Contact `json:"contacts"`
	Next     string    `json:"next,omitempty"`
	Head     Head      `json:"head"`
}

// ContactEdit changes one contact, or makes it. It is found by ID, or by one of
// Numbers; then those that it had stay. Do is called inside the change with the
// contact as it is, and with an empty one if there is none yet.
type ContactEdit struct {
	ID      string
	Numbers []string
	Do      func(c *Contact) error
}
