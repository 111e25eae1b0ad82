package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

var agentMethods = []method{
	{"agent.list", "GET", "/api/v1/agents", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).agents), nil},
	{"agent.add", "POST", "/api/v1/agents", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).addAgent), nil},
	{"agent.update", "PATCH", "/api/v1/agents/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).changeAgent), nil},
	{"agent.invite", "POST", "/api/v1/agents/{id}/invite", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).invite), nil},
	{"agent.password", "POST", "/api/v1/agents/{id}/password", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).setPassword), nil},
	{"session.list", "GET", "/api/v1/sessions", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).sessions), nil},
	{"session.end", "DELETE", "/api/v1/sessions/{id}", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).endSessionOf), nil},
}

// inviteAge is how long an invitation waits for its person. With five guesses a
// minute at codes of eight letters, the chance that somebody else finds one in
// that time is below one in a million.
const inviteAge = 48 * time.Hour

// me stands for the caller's own account where an id is asked for.
const myself = "me"

type agentAnswer struct {
	Agent storage.Agent `json:"agent"`
}

type agentsAnswer struct {
	Agents []storage.Agent `json:"agents"`
	Head   storage.Head    `json:"head"`
}

func (s *Server) agents(ctx context.Context, _ storage.Caller, _ none) (agentsAnswer, error) {
	agents, err := s.c.Keys.Agents(ctx)
	return agentsAnswer{Agents: list(agents)}, err
}

type agentParams struct {
	Name string       `json:"name" need:"true"`
	Role storage.Role `json:"role" need:"true"`
}

// invitation is an account with the code that signs it in once.
type invitation struct {
	Agent   storage.Agent `json:"agent"`
	Code    string        `json:"code,omitempty"`
	Expires storage.Time  `json:"expires_at,omitzero"`
}

// addAgent makes an account, and the code with which its person comes in.
func (s *Server) addAgent(ctx context.Context, _ storage.Caller, p agentParams) (invitation, error) {
	code := randomCode()
	expires := time.Now().Add(inviteAge)
	a, err := s.c.Keys.AddAgent(ctx, p.Name, p.Role, hashOf(plainCode(code)), expires)
	if err != nil {
		return invitation{}, err
	}
	if a.Role == storage.RoleService {
		return invitation{Agent: a}, nil
	}
	return invitation{a, code, storage.At(expires)}, nil
}

// invite makes a new code for an account: for who has lost the password too.
func (s *Server) invite(ctx context.Context, _ storage.Caller, p idParams) (invitation, error) {
	code := randomCode()
	expires := time.Now().Add(inviteAge)
	a, err := s.c.Keys.Invite(ctx, p.ID, hashOf(plainCode(code)), expires)
	if err != nil {
		return invitation{}, err
	}
	return invitation{a, code, storage.At(expires)}, nil
}

type changeParams struct {
	ID string `json:"id"`
	ifRev
	storage.AgentChange
	storage.Profile
}

// changeAgent changes role and switches. What the account holds open ends.
func (s *Server) changeAgent(ctx context.Context, _ storage.Caller, p changeParams) (agentAnswer, error) {
	rights, profile := p.AgentChange != (storage.AgentChange{}), p.Profile != (storage.Profile{})
	switch {
	case !rights && !profile:
		return agentAnswer{}, invalidParams.say("role", "Say what is to change: role, sms_enabled, disabled, chat_enabled or voice_number.")
	case rights && profile:
		return agentAnswer{}, invalidParams.say("role", "Change what the account may, or how it is reached, but not both in one request.")
	case profile:
		return s.setProfile(ctx, p.ID, p.Profile)
	}
	a, err := s.c.Keys.ChangeAgent(ctx, p.ID, p.AgentChange)
	if err != nil {
		return agentAnswer{}, err
	}
	s.accessChanged(a)
	return agentAnswer{a}, nil
}

// accessChanged ends what an account holds open.
func (s *Server) accessChanged(a storage.Agent) {
	for _, cause := range []closing{errRevoked, errSignedOut, errAccess} {
		s.visits.end(func(p *proof) bool { return p.of(a.ID) && accessCause(p.who, a.Disabled) == cause }, cause)
	}
}

type passwordParams struct {
	ID       string `json:"id"`
	Old      string `json:"old"`
	Password string `json:"password" need:"true"`
}

// setPassword changes a password: one's own by telling the old one, if there is
// one; another's as owner. Every other session of that account ends.
func (s *Server) setPassword(ctx context.Context, who storage.Caller, p passwordParams) (agentAnswer, error) {
	a, own, err := s.whose(ctx, who, p.ID)
	if err != nil {
		return agentAnswer{}, err
	}
	var keep []byte
	if own {
		if err := s.knowsPassword(ctx, a, p.Old); err != nil {
			return agentAnswer{}, err
		}
		keep = proofOf(ctx).hash
	}
	hash, err := hashPassword(ctx, p.Password)
	if err != nil {
		return agentAnswer{}, err
	}
	if a, err = s.c.Keys.SetPassword(ctx, a.ID, hash, keep); err != nil {
		return agentAnswer{}, err
	}
	s.visits.end(func(p *proof) bool { return p.who.Agent != nil && p.of(a.ID) && !p.bySession(keep) }, errSignedOut)
	return agentAnswer{a}, nil
}

func (s *Server) knowsPassword(ctx context.Context, a storage.Agent, old string) error {
	if !a.Password {
		return nil
	}
	key := "account " + a.ID
	if wait := s.wrong.take(time.Now(), key); wait > 0 {
		return tooManyTries("old", wait)
	}
	same, err := s.checkPassword(ctx, a.ID, old)
	if err != nil {
		return err
	}
	if !same {
		return forbidden.say("old", "This is not your password. The owner can give you a new code with `smsbridge agent invite`.")
	}
	s.wrong.right(key)
	return nil
}

// whose finds the account that a request is about: the caller's own, or, for
// the owner, anybody's.
func (s *Server) whose(ctx context.Context, who storage.Caller, id string) (a storage.Agent, own bool, err error) {
	if who.Agent != nil && (id == myself || id == "" || id == who.Agent.ID) {
		return *who.Agent, true, nil
	}
	if !who.May(storage.ScopeAdmin, storage.RoleOwner) {
		return a, false, roleGate(who, storage.RoleOwner)
	}
	if id == myself || id == "" {
		return a, false, invalidParams.say("agent", "Say whose: the id or the name of an account.")
	}
	a, err = s.c.Keys.Agent(ctx, id)
	return a, false, err
}

type sessionsParams struct {
	Agent string `json:"agent"` // default: the caller
}

type sessionsAnswer struct {
	Sessions []storage.Session `json:"sessions"`
	Head     storage.Head      `json:"head"`
}

// sessions lists where an account is signed in.
func (s *Server) sessions(ctx context.Context, who storage.Caller, p sessionsParams) (sessionsAnswer, error) {
	a, _, err := s.whose(ctx, who, p.Agent)
	if err != nil {
		return sessionsAnswer{}, err
	}
	var current []byte
	if p := proofOf(ctx); p != nil {
		current = p.hash
	}
	found, err := s.c.Keys.Sessions(ctx, a.ID, current)
	return sessionsAnswer{Sessions: list(found)}, err
}

// endSessionOf signs a browser out from elsewhere.
func (s *Server) endSessionOf(ctx context.Context, who storage.Caller, p idParams) (none, error) {
	agent := ""
	switch {
	case who.May(storage.ScopeAdmin, storage.RoleOwner):
	case who.Agent == nil:
		return none{}, roleGate(who, storage.RoleOwner)
	default:
		agent = who.Agent.ID
	}
	hash, err := s.c.Keys.EndSessionOf(ctx, agent, p.ID)
	if err != nil {
		return none{}, err
	}
	s.visits.end(func(p *proof) bool { return p.bySession(hash) }, errSignedOut)
	return none{}, nil
}
