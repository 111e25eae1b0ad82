package web

import (
	"cmp"
	"context"
	"slices"

	"smsbridge/storage"
)

var sendingMethods = []method{
	{"sending.get", "GET", "/api/v1/sending", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).sending), nil},
	{"sending.stop", "POST", "/api/v1/sending/stop", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).stopSending), nil},
	{"sending.resume", "POST", "/api/v1/sending/resume", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).resumeSending), nil},
	{"policy.list", "GET", "/api/v1/policies", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).policies), nil},
	{"policy.set", "PUT", "/api/v1/policies", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setPolicy), nil},
	{"quiet.list", "GET", "/api/v1/quiet-hours", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).quiet), nil},
	{"quiet.set", "PUT", "/api/v1/quiet-hours", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setQuiet), nil},
	{"quiet.delete", "DELETE", "/api/v1/quiet-hours", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deleteQuiet), nil},
	{"limit.list", "GET", "/api/v1/limits", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).limits), nil},
	{"limit.set", "PUT", "/api/v1/limits", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setLimit), nil},
	{"rule.list", "GET", "/api/v1/rules", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).rules), nil},
	{"rule.set", "POST", "/api/v1/rules", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).setRules), nil},
	{"rule.delete", "DELETE", "/api/v1/rules", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deleteRules), nil},
}

// SendingRules say what may be sent, and how.
type SendingRules interface {
	Stop(ctx context.Context) (storage.Stop, error)
	StopSending(ctx context.Context, yes bool, reason string, by storage.Author) (storage.Stop, error)

	Policies(ctx context.Context) ([]storage.Policy, error)
	SetPolicy(ctx context.Context, p storage.Policy) error
	Quiet(ctx context.Context) ([]storage.Quiet, error)
	SetQuiet(ctx context.Context, q storage.Quiet) error
	DeleteQuiet(ctx context.Context, line string) error

	Limits(ctx context.Context) ([]storage.LimitStatus, error)
	SetLimit(ctx context.Context, l storage.Limit) error
	Rules(ctx context.Context) (storage.Rules, error)
	ChangeRules(ctx context.Context, change func(storage.Rules) storage.Rules) (storage.Rules, error)
}

type stopAnswer struct {
	Stop storage.Stop `json:"stop"`
}

func (s *Server) sending(ctx context.Context, _ storage.Caller, _ none) (stopAnswer, error) {
	stop, err := s.c.Store.Stop(ctx)
	return stopAnswer{stop}, err
}

type stopParams struct {
	Reason string `json:"reason"`
}

// stopSending is the one switch for everything. Whoever may send may also stop
// it, for who sees the harm first should not have to look for somebody.
func (s *Server) stopSending(ctx context.Context, who storage.Caller, p stopParams) (stopAnswer, error) {
	stop, err := s.c.Store.StopSending(ctx, true, p.Reason, who.Author())
	return stopAnswer{stop}, err
}

func (s *Server) resumeSending(ctx context.Context, who storage.Caller, _ none) (stopAnswer, error) {
	stop, err := s.c.Store.StopSending(ctx, false, "", who.Author())
	return stopAnswer{stop}, err
}

type policiesAnswer struct {
	Policies []storage.Policy `json:"policies"`
	Head     storage.Head     `json:"head,omitzero"` // of the list
}

func (s *Server) policies(ctx context.Context, _ storage.Caller, _ none) (policiesAnswer, error) {
	all, err := s.c.Store.Policies(ctx)
	return policiesAnswer{Policies: list(all)}, err
}

type policyParams struct {
	Line          string `json:"line"`           // empty: every line that has no settings of its own
	Pace          int    `json:"pace"`           // parts a minute; 0: as fast as the modem takes them
	Pool          bool   `json:"pool"`           // it takes turns with the others of the pool, for numbers that nobody has texted yet
	MaxParts      int    `json:"max_parts"`      // of one text
	MaxCharacters int    `json:"max_characters"` // of one text, such as the 140 of old
	ifRev
}

func (s *Server) setPolicy(ctx context.Context, who storage.Caller, p policyParams) (policiesAnswer, error) {
	set := storage.Policy{Line: p.Line, Pace: p.Pace, Pool: p.Pool, MaxParts: p.MaxParts, MaxCharacters: p.MaxCharacters}
	if err := s.c.Store.SetPolicy(ctx, set); err != nil {
		return policiesAnswer{}, err
	}
	return s.policies(ctx, who, none{})
}

type quietAnswer struct {
	Quiet []storage.Quiet `json:"quiet"`
	Head  storage.Head    `json:"head,omitzero"` // of the list
}

func (s *Server) quiet(ctx context.Context, _ storage.Caller, _ none) (quietAnswer, error) {
	all, err := s.c.Store.Quiet(ctx)
	return quietAnswer{Quiet: list(all)}, err
}

type quietParams struct {
	Line      string `json:"line"`             // empty: every line that has no hours of its own
	From      string `json:"from" need:"true"` // 20:00
	To        string `json:"to" need:"true"`   // 08:00
	Zone      string `json:"zone" need:"true"` // Europe/Berlin
	Policy    string `json:"policy"`           // hold or refuse: what becomes of a text then; left out, it is held
	Recipient bool   `json:"recipient"`        // on the clock of the country that a number belongs to, where that has one
	ifRev
}

func (s *Server) setQuiet(ctx context.Context, who storage.Caller, p quietParams) (quietAnswer, error) {
	q := storage.Quiet{Line: p.Line, From: p.From, To: p.To, Zone: p.Zone, Policy: cmp.Or(p.Policy, storage.QuietHold), Recipient: p.Recipient}
	if err := s.c.Store.SetQuiet(ctx, q); err != nil {
		return quietAnswer{}, err
	}
	return s.quiet(ctx, who, none{})
}

type unquietParams struct {
	Line string `json:"line"` // empty: the hours of those that have none of their own
	ifRev
}

func (s *Server) deleteQuiet(ctx context.Context, who storage.Caller, p unquietParams) (quietAnswer, error) {
	if err := s.c.Store.DeleteQuiet(ctx, p.Line); err != nil {
		return quietAnswer{}, err
	}
	return s.quiet(ctx, who, none{})
}

type limitsAnswer struct {
	Limits []storage.LimitStatus `json:"limits"`
	Head   storage.Head          `json:"head,omitzero"` // of the list
}

func (s *Server) limits(ctx context.Context, _ storage.Caller, _ none) (limitsAnswer, error) {
	all, err := s.c.Store.Limits(ctx)
	return limitsAnswer{Limits: list(all)}, err
}

type spendLimitParams struct {
	Subject storage.Subject `json:"subject" need:"true"` // whose parts are counted
	ID      string          `json:"id"`                  // one line, agent or token; empty: each that has no limit of its own
	Window  storage.Window  `json:"window" need:"true"`
	Parts   int             `json:"parts"` // -1: no limit
	ifRev
}

func (s *Server) setLimit(ctx context.Context, who storage.Caller, p spendLimitParams) (limitsAnswer, error) {
	if err := s.c.Store.SetLimit(ctx, storage.Limit{Subject: p.Subject, ID: p.ID, Window: p.Window, Parts: p.Parts}); err != nil {
		return limitsAnswer{}, err
	}
	return s.limits(ctx, who, none{})
}

type rulesAnswer struct {
	Rules storage.Rules `json:"rules"`
	Head  storage.Head  `json:"head,omitzero"` // of the list
}

func (s *Server) rules(ctx context.Context, _ storage.Caller, _ none) (rulesAnswer, error) {
	r, err := s.c.Store.Rules(ctx)
	return rulesAnswer{Rules: r}, err
}

type ruleParams struct {
	Destinations []string `json:"destinations"` // countries such as DE, home for the SIM's own, * for every one
	Blocked      []string `json:"blocked"`      // beginnings of numbers that are refused
	Held         []string `json:"held"`         // beginnings of numbers that wait for a manager
	Costly       string   `json:"costly"`       // hold, refuse or send: what becomes of a text to a premium number
	ifRev
}

func (p ruleParams) rules() storage.Rules {
	return storage.Rules{Destinations: p.Destinations, Blocked: p.Blocked, Held: p.Held, Costly: p.Costly}
}

// setRules adds to the lists, and sets what is one word.
func (s *Server) setRules(ctx context.Context, _ storage.Caller, add ruleParams) (rulesAnswer, error) {
	r, err := s.c.Store.ChangeRules(ctx, func(r storage.Rules) storage.Rules { return r.With(add.rules()) })
	return rulesAnswer{Rules: r}, err
}

// deleteRules takes out of the lists what is named.
func (s *Server) deleteRules(ctx context.Context, _ storage.Caller, out ruleParams) (rulesAnswer, error) {
	r, err := s.c.Store.ChangeRules(ctx, func(r storage.Rules) storage.Rules { return r.Without(out.rules()) })
	return rulesAnswer{Rules: r}, err
}

// home is the country whose numbers may be written as at home: the only one that
// the lines are of from which the caller could send.
func (s *Server) home(ctx context.Context, who storage.Caller, from string) (string, error) {
	lines, _, err := s.linesOf(ctx, who)
	var homes []string
	for _, l := range lines {
		if h := storage.HomeOf("", l); from == "" || from == l.ID {
			homes = append(homes, h)
		}
	}
	slices.Sort(homes)
	if homes = slices.Compact(homes); len(homes) != 1 {
		return "", err
	}
	return homes[0], err
}
