package web

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"smsbridge/bridge/exchange"
	"smsbridge/storage"
)

// ContactRule says what becomes of a contact that is known by a number already.
type ContactRule string

// The rules of contact.import.
const (
	ContactFill    ContactRule = "fill"    // what is on the card stays, what it lacks is added
	ContactReplace ContactRule = "replace" // what the file says goes before what is on the card
	ContactSkip    ContactRule = "skip"    // it stays as it is
)

type contactsImport struct {
	Text     string            `json:"text"`     // vCards, or a table of contacts as CSV
	Contacts []storage.Contact `json:"contacts"` // or contacts as they are
	Country  string            `json:"country"`  // calling code of numbers without one, such as 49
	Rule     ContactRule       `json:"rule"`     // default: fill
	Preview  bool              `json:"preview"`  // only tell what would be
}

type contactsImported struct {
	Added     int               `json:"added"`
	Changed   int               `json:"changed"`
	Unchanged int               `json:"unchanged"`
	Faults    []string          `json:"faults,omitempty"` // of those that were left out, the first
	Left      int               `json:"left_out"`
	Preview   bool              `json:"preview,omitempty"`
	Contacts  []storage.Contact `json:"contacts"` // as they are, or would be: the first
}

type contactsAnswer struct {
	Import contactsImported `json:"import"`
}

// Bounds of one contact.import.
const (
	importContacts = 500
	importShown    = 20
)

// importContacts keeps contacts of a file, one after the other: one that cannot
// be kept holds up no other.
func (s *Server) importContacts(ctx context.Context, _ storage.Caller, p contactsImport) (contactsAnswer, error) {
	if p.Rule == "" {
		p.Rule = ContactFill
	}
	if !slices.Contains([]ContactRule{ContactFill, ContactReplace, ContactSkip}, p.Rule) {
		return contactsAnswer{}, invalidParams.say("rule", "rule is %q; it is fill, replace or skip", p.Rule)
	}
	if strings.Trim(p.Country, "0123456789") != "" || len(p.Country) > 3 {
		return contactsAnswer{}, invalidParams.say("country", "country is %q; it takes a calling code such as 49", p.Country)
	}
	i := importing{s: s, p: p, was: make(map[string]storage.Contact)}
	i.r.Preview, i.r.Contacts = p.Preview, []storage.Contact{}
	read := func(yield func(storage.Contact, error) bool) {
		for _, c := range p.Contacts {
			if !yield(c, nil) {
				return
			}
		}
		if p.Text == "" {
			return
		}
		cards := exchange.ReadContacts
		if strings.Contains(strings.ToUpper(p.Text), "BEGIN:VCARD") {
			cards = exchange.ReadVCards
		}
		cards(strings.NewReader(p.Text))(yield)
	}
	n := 0
	for c, err := range read {
		if n++; n > importContacts {
			return contactsAnswer{}, tooLarge.say("", "There are more than %d contacts. Send less at a time.", importContacts)
		}
		if err == nil {
			err = i.one(ctx, c)
		}
		if refusal, ok := errors.AsType[*storage.Error](err); ok {
			err = fmt.Errorf("%s: %w", c.Name, refusal)
		} else if errors.Is(err, errLedger) {
			return contactsAnswer{}, err
		}
		if err != nil {
			i.leave(err)
		}
	}
	return contactsAnswer{i.r}, nil
}

// errLedger is wrapped by what is not the contact's fault.
var errLedger = errors.New("the ledger")

// importing is one contact.import under way.
type importing struct {
	s   *Server
	p   contactsImport
	r   contactsImported
	was map[string]storage.Contact // in a preview: as they would be by now, by number
}

func (i *importing) leave(err error) {
	if i.r.Left++; len(i.r.Faults) < importShown {
		i.r.Faults = append(i.r.Faults, err.Error())
	}
}

func (i *importing) one(ctx context.Context, c storage.Contact) error {
	c.ID, c.Rev = "", 0
	if err := i.numbers(&c); err != nil {
		return err
	}
	if err := c.Tidy(); err != nil {
		return err
	}
	known, found, err := i.known(ctx, c)
	if err != nil {
		return err
	}
	made := c
	if found {
		made = i.merged(known, c)
	}
	if err := made.Tidy(); err != nil {
		return err
	}
	switch {
	case found && sameContact(made, known):
		i.r.Unchanged++
		return nil
	case !i.p.Preview:
		kept, err := i.s.c.Store.EditContact(storage.WithRev(ctx, known.Rev), storage.ContactEdit{ID: known.ID, Do: func(into *storage.Contact) error {
			*into = made
			return nil
		}})
		if err != nil {
			return err
		}
		made = kept
	case len(made.Numbers)+len(made.Emails) == 0:
		return storage.Refuse(storage.CodeInvalid, "numbers", "a contact needs a number or an e-mail address")
	}
	for _, n := range made.Numbers {
		i.was[n] = made
	}
	if found {
		i.r.Changed++
	} else {
		i.r.Added++
	}
	if len(i.r.Contacts) < importShown {
		i.r.Contacts = append(i.r.Contacts, made)
	}
	return nil
}

// numbers reads the numbers of a card as they were written.
func (i *importing) numbers(c *storage.Contact) error {
	types := make(map[string]string)
	for n, raw := range c.Numbers {
		number, err := exchange.Number(raw, i.p.Country)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		c.Numbers[n] = number
		if kind := c.Types[raw]; kind != "" {
			types[number] = kind
		}
	}
	c.Types = types
	return nil
}

// known finds the contact that has one of the numbers. Two would be one person
// by this file, which somebody should say.
func (i *importing) known(ctx context.Context, c storage.Contact) (known storage.Contact, found bool, err error) {
	for _, n := range c.Numbers {
		k, ok := i.was[n]
		if !ok {
			k, err = i.s.c.Store.ContactOf(ctx, n)
			if e, refused := errors.AsType[*storage.Error](err); refused && e.Code == storage.CodeNotFound {
				continue
			}
			if err != nil {
				return known, false, fmt.Errorf("%w: %w", errLedger, err)
			}
		}
		if found && k.ID != known.ID {
			return known, false, storage.Refuse(storage.CodeConflict, "numbers", "its numbers belong to %s and to %s; make the two one first", known.Name, k.Name)
		}
		known, found = k, true
	}
	return known, found, nil
}

func (i *importing) merged(known, c storage.Contact) storage.Contact {
	var made storage.Contact
	switch i.p.Rule {
	case ContactSkip:
		return known
	case ContactReplace:
		made = c.Joined(known)
		made.Notes = c.Notes
		if c.Notes == "" {
			made.Notes = known.Notes
		}
	default:
		made = known.Joined(c)
		if strings.Contains(known.Notes, c.Notes) {
			made.Notes = known.Notes
		}
	}
	made.ID, made.Rev, made.Blocked = known.ID, known.Rev, known.Blocked
	return made
}

// sameContact tells that nothing would change.
func sameContact(a, b storage.Contact) bool {
	for _, c := range []*storage.Contact{&a, &b} {
		if len(c.Types) == 0 {
			c.Types = nil
		}
		if len(c.Custom) == 0 {
			c.Custom = nil
		}
		c.Emails = slices.Clip(c.Emails)
		if len(c.Emails) == 0 {
			c.Emails = nil
		}
	}
	return reflect.DeepEqual(a, b)
}
