package web

import (
	"context"

	"smsbridge/storage"
)

var profileMethods = []method{
	{"me.update", "PATCH", "/api/v1/me", known, storage.RoleViewer, 200, bind((*Server).setMine), nil},
}

type meChange struct {
	ifRev
	storage.Profile
}

// setMine changes how the caller is reached.
func (s *Server) setMine(ctx context.Context, who storage.Caller, p meChange) (agentAnswer, error) {
	a := who.Person()
	if a == nil {
		return agentAnswer{}, noAccount("A profile is a person's.")
	}
	if p.Profile == (storage.Profile{}) {
		return agentAnswer{}, invalidParams.say("voice_number", "Say what is to change: voice_number or chat_enabled.")
	}
	return s.setProfile(ctx, a.ID, p.Profile)
}

func (s *Server) setProfile(ctx context.Context, ref string, p storage.Profile) (agentAnswer, error) {
	a, err := s.c.Keys.SetProfile(ctx, ref, p)
	if err != nil {
		return agentAnswer{}, err
	}
	s.presence.tell(a.ID)
	return agentAnswer{a}, nil
}
