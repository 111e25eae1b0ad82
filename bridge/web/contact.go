package web

import (
	"context"
	"encoding/json"
	"fmt"

	"smsbridge/storage"
)

var contactMethods = []method{
	{"contact.list", "GET", "/api/v1/contacts", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).contacts), nil},
	{"contact.get", "GET", "/api/v1/contacts/{id}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).contact), nil},
	{"contact.lookup", "GET", "/api/v1/contacts/lookup", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).lookupContact), nil},
	{"contact.save", "POST", "/api/v1/contacts", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).saveContact), nil},
	{"contact.delete", "DELETE", "/api/v1/contacts/{id}", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).deleteContact), nil},
	{"contact.merge", "POST", "/api/v1/contacts/{id}/merge", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).mergeContacts), nil},
	{"contact.unmerge", "POST", "/api/v1/contacts/unmerge", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).unmergeContacts), nil},
}

type contactAnswer struct {
	Contact storage.Contact `json:"contact"`
}

type contactsParams struct {
	Q     string `json:"q"` // part of a name, or of a number
	Limit int    `json:"limit"`
	After string `json:"after"`
}

func (s *Server) contacts(ctx context.Context, who storage.Caller, p contactsParams) (storage.ContactPage, error) {
	page, err := pageParams{Limit: p.Limit, After: p.After}.page(who)
	if err != nil {
		return storage.ContactPage{}, err
	}
	found, err := s.c.Store.Contacts(ctx, p.Q, page)
	found.Contacts = list(found.Contacts)
	return found, err
}

func (s *Server) contact(ctx context.Context, _ storage.Caller, p idParams) (contactAnswer, error) {
	c, err := s.c.Store.Contact(ctx, p.ID)
	return contactAnswer{c}, err
}

type lookupParams struct {
	Number string `json:"number" need:"true"`
}

// lookupContact says whose a number is.
func (s *Server) lookupContact(ctx context.Context, _ storage.Caller, p lookupParams) (contactAnswer, error) {
	number, err := storage.ParseNumber("number", p.Number)
	if err != nil {
		return contactAnswer{}, err
	}
	c, err := s.c.Store.ContactOf(ctx, number)
	return contactAnswer{c}, err
}

// cardParams is a card, or a part of one.
type cardParams struct {
	Numbers *[]string `json:"numbers"` // in any format; the first is the one to use
	ifRev
	storage.Contact
	whole json.RawMessage
	named map[string]json.RawMessage
}

// UnmarshalJSON keeps what was named apart from what was left out: the latter
// stays as it is.
func (p *cardParams) UnmarshalJSON(text []byte) error {
	type plain cardParams
	if err := decode(text, (*plain)(p)); err != nil {
		return err
	}
	p.whole = text
	return json.Unmarshal(text, &p.named)
}

// saveContact keeps a card, or those fields of it that are named.
func (s *Server) saveContact(ctx context.Context, _ storage.Caller, p cardParams) (contactAnswer, error) {
	numbers, read, err := readNumbers(p.Numbers)
	if err != nil {
		return contactAnswer{}, err
	}
	c, err := s.c.Store.EditContact(ctx, storage.ContactEdit{ID: p.ID, Numbers: numbers, Do: func(c *storage.Contact) error {
		kept := *c
		for name, field := range map[string]func(){
			"types": func() { c.Types = nil }, "custom": func() { c.Custom = nil }, "emails": func() { c.Emails = nil },
		} {
			if _, ok := p.named[name]; ok {
				field() // the new value replaces, and does not add
			}
		}
		if err := json.Unmarshal(p.whole, c); err != nil {
			return err
		}
		if c.Numbers = kept.Numbers; p.Numbers != nil {
			c.Numbers = numbers
		}
		if c.Types != nil && p.named["types"] != nil {
			types := make(map[string]string)
			for n, t := range c.Types {
				if as, ok := read[n]; ok {
					n = as
				}
				types[n] = t
			}
			c.Types = types
		}
		if _, ok := p.named["blocked"]; !ok {
			c.Blocked = kept.Blocked
		}
		return nil
	}})
	if err != nil {
		return contactAnswer{}, err
	}
	return contactAnswer{c}, nil
}

// readNumbers reads numbers as they were typed, and says what each became.
func readNumbers(typed *[]string) (numbers []string, read map[string]string, err error) {
	read = make(map[string]string)
	if typed == nil {
		return nil, read, nil
	}
	for i, raw := range *typed {
		number, err := storage.ParseNumber(fmt.Sprintf("numbers[%d]", i), raw)
		if err != nil {
			return nil, nil, err
		}
		numbers, read[raw] = append(numbers, number), number
	}
	return numbers, read, nil
}

func (s *Server) deleteContact(ctx context.Context, _ storage.Caller, p idRev) (none, error) {
	return none{}, s.c.Store.DeleteContact(ctx, p.ID)
}

type mergeParams struct {
	ID   string `json:"id"`
	From string `json:"from" need:"true"` // becomes part of it, and is no more
}

type mergeAnswer struct {
	Merge storage.Merge `json:"merge"`
}

func (s *Server) mergeContacts(ctx context.Context, _ storage.Caller, p mergeParams) (mergeAnswer, error) {
	m, err := s.c.Store.MergeContacts(ctx, p.ID, p.From)
	return mergeAnswer{m}, err
}

type unmergeParams struct {
	ID string `json:"id"` // of the merge, not of a contact
}

type parted struct {
	Contacts []storage.Contact `json:"contacts"` // the one that had stayed, then the one that had gone
}

func (s *Server) unmergeContacts(ctx context.Context, _ storage.Caller, p unmergeParams) (parted, error) {
	stayed, went, err := s.c.Store.UnmergeContacts(ctx, p.ID)
	return parted{[]storage.Contact{stayed, went}}, err
}
