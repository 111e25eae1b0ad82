package web

import (
	"context"
	"sync"
	"time"

	"smsbridge/storage"
)

var presenceMethods = []method{
	{"presence.list", "GET", "/api/v1/presence", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).presences), nil},
	{"presence.phone", "POST", "/api/v1/presence/phone", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).setPhone), nil},
	{"agent.directory", "GET", "/api/v1/directory", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).directory), nil},
}

// presence is who is there now: kept in memory, since after a start nobody is.
type presence struct {
	mu   sync.Mutex // guards what follows
	here map[string]*stay
	tel  map[string]phone

	// publish tells of somebody whose presence may be another now. It is called
	// without mu, and must not wait.
	publish func(agent string)
}

// A stay lasts from an agent's first socket to its last.
type stay struct {
	sockets int
	from    int64 // the end of the log when it began
}

// A phone is what a telephone system said of somebody's phone, until it is too
// old to be believed.
type phone struct {
	state storage.PhoneState
	until time.Time
}

func (s *stay) there() bool { return s != nil && s.sockets > 0 }

// come counts a socket of an agent in.
func (p *presence) come(agent string, head int64) {
	p.mu.Lock()
	s := p.here[agent]
	if s == nil {
		if p.here == nil {
			p.here = make(map[string]*stay)
		}
		s = &stay{from: head}
		p.here[agent] = s
	}
	s.sockets++
	first := s.sockets == 1
	p.mu.Unlock()
	if first {
		p.tell(agent)
	}
}

// leave counts a socket out, and tells whether it was the agent's last. Then
// the stay is remembered until forget, so that who reloads a page meanwhile is
// not told of the same things as missed once more.
func (p *presence) leave(agent string) (last bool) {
	p.mu.Lock()
	if s := p.here[agent]; s != nil {
		s.sockets--
		last = s.sockets == 0
	}
	p.mu.Unlock()
	if last {
		p.tell(agent)
	}
	return last
}

func (p *presence) forget(agent string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.here[agent]; s != nil && s.sockets == 0 {
		delete(p.here, agent)
	}
}

func (p *presence) tell(agent string) {
	if p.publish != nil {
		p.publish(agent)
	}
}

// since is where the log ended when an agent's stay began.
func (p *presence) since(agent string) (head int64, here bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.here[agent]; s != nil {
		return s.from, true
	}
	return 0, false
}

// of is an account's presence as others are shown it.
func (p *presence) of(a storage.Agent, now time.Time) storage.Presence {
	p.mu.Lock()
	defer p.mu.Unlock()
	shown := storage.Presence{Agent: a.ID, Here: a.Chat && p.here[a.ID].there()}
	if t := p.tel[a.ID]; now.Before(t.until) {
		shown.Phone = t.state
	}
	return shown
}

// setPhone keeps what was said of a phone; an empty state forgets it.
func (p *presence) setPhone(agent string, state storage.PhoneState, until time.Time) {
	p.mu.Lock()
	if p.tel == nil {
		p.tel = make(map[string]phone)
	}
	p.tel[agent] = phone{state, until}
	if state == "" {
		delete(p.tel, agent)
	}
	p.mu.Unlock()
	p.tell(agent)
}

type presenceList struct {
	Presence []storage.Presence `json:"presence"`
	Head     storage.Head       `json:"head"`
}

func (s *Server) presences(ctx context.Context, _ storage.Caller, _ none) (presenceList, error) {
	all, err := s.colleagues(ctx)
	found := []storage.Presence{}
	for _, c := range all {
		found = append(found, c.Presence)
	}
	return presenceList{Presence: found}, err
}

type colleagueList struct {
	Colleagues []storage.Colleague `json:"colleagues"`
}

// directory is whom one can write to within the box, for anybody who works
// here: names, and not what they may.
func (s *Server) directory(ctx context.Context, _ storage.Caller, _ none) (colleagueList, error) {
	all, err := s.colleagues(ctx)
	return colleagueList{all}, err
}

func (s *Server) colleagues(ctx context.Context) ([]storage.Colleague, error) {
	agents, err := s.c.Keys.Agents(ctx)
	all, now := []storage.Colleague{}, time.Now()
	for _, a := range agents {
		if !a.Disabled {
			all = append(all, storage.Colleague{ID: a.ID, Name: a.Name, Role: a.Role, Presence: s.presence.of(a, now)})
		}
	}
	return all, err
}

// How long a telephone system's word on a phone is believed.
const (
	phoneUsual = 10 * time.Minute
	phoneMost  = 24 * time.Hour
)

type phoneParams struct {
	Agent string             `json:"agent"` // default: the caller
	State storage.PhoneState `json:"state"` // empty: not known
	For   int                `json:"for_s"` // default 600
}

type presenceAnswer struct {
	Presence storage.Presence `json:"presence"`
}

// setPhone is for telephone systems, which know whose phone is busy. A person
// may say it of the own phone.
func (s *Server) setPhone(ctx context.Context, who storage.Caller, p phoneParams) (presenceAnswer, error) {
	switch p.State {
	case "", storage.PhoneIdle, storage.PhoneRinging, storage.PhoneBusy, storage.PhoneAway:
	default:
		return presenceAnswer{}, invalidParams.say("state", "state is %q; it takes idle, ringing, busy or away, and nothing if it is not known.", p.State)
	}
	wait := time.Duration(p.For) * time.Second
	if wait == 0 {
		wait = phoneUsual
	}
	if p.For < 0 || wait > phoneMost {
		return presenceAnswer{}, invalidParams.say("for_s", "for_s is %d; it goes from 1 to %d seconds.", p.For, int(phoneMost/time.Second))
	}
	a, err := s.phoneOf(ctx, who, p.Agent)
	if err != nil {
		return presenceAnswer{}, err
	}
	now := time.Now()
	s.presence.setPhone(a.ID, p.State, now.Add(wait))
	return presenceAnswer{s.presence.of(a, now)}, nil
}

// phoneOf is the account whose phone is meant: one's own, or, for programs and
// who looks after the box, anybody's.
func (s *Server) phoneOf(ctx context.Context, who storage.Caller, ref string) (storage.Agent, error) {
	me := who.Person()
	if me != nil && (ref == "" || ref == myself || ref == me.ID) {
		return *me, nil
	}
	if me != nil && !me.Role.Everywhere() && me.Role != storage.RoleService {
		return storage.Agent{}, roleGate(who, storage.RoleManager)
	}
	if ref == "" {
		return storage.Agent{}, invalidParams.say("agent", "Say whose phone: the id or the name of an account.")
	}
	return s.c.Keys.Agent(ctx, ref)
}
