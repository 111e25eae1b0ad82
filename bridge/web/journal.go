package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var journalMethods = []method{
	{"journal.list", "GET", "/api/v1/journal", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).journal), nil},
}

type journalAnswer struct {
	Notes []storage.Note `json:"notes"`
	Head  storage.Head   `json:"head"`
}

// journal is what the radio bank saw and did, the oldest first.
func (s *Server) journal(ctx context.Context, who storage.Caller, p limitParams) (journalAnswer, error) {
	rows, err := p.rows()
	if err != nil {
		return journalAnswer{}, err
	}
	notes, err := s.c.Store.Journal(ctx, rows)
	notes = slices.DeleteFunc(notes, func(n storage.Note) bool { return !who.Sees(n.Line) })
	return journalAnswer{Notes: list(notes)}, err
}
