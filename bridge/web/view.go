package web

import (
	"context"

	"smsbridge/storage"
)

var viewMethods = []method{
	{"thread.view", "PATCH", "/api/v1/threads/{thread}/view", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).changeView), nil},
	{"thread.read_all", "POST", "/api/v1/threads/read-all", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).readAll), nil},
	{"thread.read_undo", "POST", "/api/v1/threads/read-all/undo", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).undoReadAll), nil},
	{"me.badges", "GET", "/api/v1/me/badges", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).badges), nil},
}

// viewer is the account whose view of the threads is meant: the caller's own,
// or, for the administrator, the one that is named.
func (s *Server) viewer(ctx context.Context, who storage.Caller, agent string) (string, []string, error) {
	if a := who.Person(); a != nil {
		return a.ID, who.Lines(), nil
	}
	if who.Admin && agent == "" {
		return "", nil, invalidParams.say("agent", "What is read, closed or muted differs by person. Say whose is meant: the id or the name of an account.")
	}
	if !who.Admin {
		return "", nil, forbidden.say("agent", "What is read, closed or muted differs by person, and you ask as nobody. Use a token that belongs to an account: `smsbridge token create --agent NAME`.")
	}
	a, err := s.c.Keys.Agent(ctx, agent)
	return a.ID, storage.Caller{Agent: &a}.Lines(), err
}

type viewParams struct {
	Thread string `json:"thread"`
	Agent  string `json:"agent"` // of the administrator only
	ifRev
	storage.ViewChange
}

type viewAnswer struct {
	View storage.View `json:"view"`
}

func (s *Server) changeView(ctx context.Context, who storage.Caller, p viewParams) (viewAnswer, error) {
	agent, lines, err := s.viewer(ctx, who, p.Agent)
	if err != nil {
		return viewAnswer{}, err
	}
	if p.None() {
		return viewAnswer{}, invalidParams.say("read_to", "Say what is to change: read_to, unread, closed, muted or draft.")
	}
	w, err := s.c.Store.ChangeView(ctx, agent, lines, p.Thread, p.ViewChange)
	if err != nil {
		return viewAnswer{}, err
	}
	return viewAnswer{w}, nil
}

type readParams struct {
	Agent string `json:"agent"` // of the administrator only
	Undo  string `json:"undo"`  // what is taken back, by the word of the answer
}

type readAnswer struct {
	Read storage.ReadAll `json:"read"`
}

func (s *Server) readAll(ctx context.Context, who storage.Caller, p readParams) (readAnswer, error) {
	agent, lines, err := s.viewer(ctx, who, p.Agent)
	if err != nil {
		return readAnswer{}, err
	}
	done, err := s.c.Store.ReadAll(ctx, agent, lines)
	return readAnswer{done}, err
}

func (s *Server) undoReadAll(ctx context.Context, who storage.Caller, p readParams) (readAnswer, error) {
	agent, _, err := s.viewer(ctx, who, p.Agent)
	if err != nil {
		return readAnswer{}, err
	}
	done, err := s.c.Store.UndoReadAll(ctx, agent, p.Undo)
	return readAnswer{done}, err
}

type badgesAnswer struct {
	Badges storage.Badges `json:"badges"`
}

func (s *Server) badges(ctx context.Context, who storage.Caller, p readParams) (badgesAnswer, error) {
	agent, lines, err := s.viewer(ctx, who, p.Agent)
	if err != nil {
		return badgesAnswer{}, err
	}
	b, err := s.c.Store.Badges(ctx, agent, lines)
	return badgesAnswer{b}, err
}

// badgesOf are the badges of who is somebody.
func (s *Server) badgesOf(ctx context.Context, who storage.Caller) (*storage.Badges, error) {
	a := who.Person()
	if a == nil {
		return nil, nil
	}
	b, err := s.c.Store.Badges(ctx, a.ID, who.Lines())
	return &b, err
}
