package web

import (
	"context"

	"smsbridge/storage"
)

// journal is what the radio bank saw and did, the oldest first.
func (s *Server) journal(ctx context.Context, _ storage.Caller, p limitParams) (any, error) {
	rows, err := p.rows()
	if err != nil {
		return nil, err
	}
	notes, err := s.c.Store.Journal(ctx, rows)
	return struct {
		Notes []storage.Note `json:"notes"`
	}{list(notes)}, err
}
