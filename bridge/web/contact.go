package web

import (
	"context"
	"fmt"

	"smsbridge/storage"
)

var contactMethods = []method{
	{"contact.save", "POST", "/api/v1/contacts", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).saveContact), nil},
}

type contactAnswer struct {
	Contact storage.Contact `json:"contact"`
}

// saveContact keeps a person's name with the numbers that reach them.
func (s *Server) saveContact(ctx context.Context, _ storage.Caller, c storage.Contact) (contactAnswer, error) {
	if len(c.Name) > 200 {
		return contactAnswer{}, invalidParams.say("name", "The name has %d bytes; 200 are the most.", len(c.Name))
	}
	for i, raw := range c.Numbers {
		number, err := storage.ParseNumber(fmt.Sprintf("numbers[%d]", i), raw)
		if err != nil {
			return contactAnswer{}, err
		}
		c.Numbers[i] = number
	}
	c, err := s.c.Store.SaveContact(ctx, c)
	if err != nil {
		return contactAnswer{}, err
	}
	return contactAnswer{c}, nil
}
