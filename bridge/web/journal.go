package web

import (
	"context"
	"slices"

	"smsbridge/storage"
)

var journalMethods = []method{
	{"journal.list", "GET", "/api/v1/journal", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).journal), nil},
}

// journal is what the radio bank saw and did, the oldest first.
func (s *Server) journal(ctx context.Context, who storage.Caller, p limitParams) (any, error) {
	rows, err := p.rows()
	if err != nil {
		return nil, err
	}
	notes, err := s.c.Store.Journal(ctx, rows)
	notes = slices.DeleteFunc(notes, func(n storage.Note) bool { return !who.Sees(n.Line) })
	return struct {
		Notes []storage.Note `json:"notes"`
	}{list(notes)}, err
}
