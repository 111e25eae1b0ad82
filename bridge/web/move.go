package web

import (
	"context"

	"smsbridge/storage"
)

var moveMethods = []method{
	{"line.move", "POST", "/api/v1/lines/{id}/move", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).moveLine), nil},
}

type moveParams struct {
	ID      string `json:"id"`
	To      string `json:"to" need:"true"`
	Preview bool   `json:"preview"`
}

type moveAnswer struct {
	Move storage.Move `json:"move"`
}

// moveLine gives a line another card, or tells what that would do. Who did it
// stands in the log.
func (s *Server) moveLine(ctx context.Context, who storage.Caller, p moveParams) (moveAnswer, error) {
	radio, err := s.radio()
	if err != nil {
		return moveAnswer{}, err
	}
	m, err := radio.Move(ctx, p.ID, p.To, p.Preview)
	if err != nil {
		return moveAnswer{}, err
	}
	if m.Done {
		by := who.Author()
		s.log.Info("a line was given another card", "line", p.ID, "card_of", p.To, "by", by.Kind+" "+by.ID)
	}
	return moveAnswer{m}, nil
}
