package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"smsbridge/storage"
)

// A method is something that a desk can ask for, in both of its forms: by name
// over the socket, and by verb and path over REST.
type method struct {
	name   string       // of JSON-RPC
	verb   string       // of its REST twin
	path   string       // of its REST twin, {name} being a parameter
	scope  string       // the gate of tokens; empty is refused to all but the administrator
	least  storage.Role // the gate of people: the least role; empty likewise
	status int          // of its REST twin when it is done
	do     do

	// rest wraps the REST twin where HTTP can do something that the socket has
	// other means for.
	rest func(s *Server, w http.ResponseWriter, r *http.Request, do func() (any, error)) (any, error)
}

// do answers a method's parameters, a JSON object.
type do func(ctx context.Context, s *Server, who storage.Caller, params json.RawMessage) (any, error)

// Scopes and roles beside those of storage.
const (
	anybody = "anybody" // even without a sign of who it is
	known   = "known"   // whoever was let in

	stranger storage.Role = "stranger" // of what is for anybody
)

// methods is every method; router, dispatch and the test of who may what are
// made from it. The rows of a noun stand in its file.
var methods = slices.Concat(
	messageMethods,
	threadMethods,
	lineMethods,
	moveMethods,
	ussdMethods,
	doctorMethods,
	journalMethods,
	callMethods,
	selftestMethods,
	contactMethods,
	tokenMethods,
	hookMethods,
	agentMethods,
	pairMethods,
	ticketMethods,
	auditMethods,
	sessionMethods,
)

// A route is what only HTTP has: cookies and streams.
type route struct {
	verb  string
	path  string
	scope string
	least storage.Role
	serve func(s *Server, w http.ResponseWriter, r *http.Request, p *proof) error
}

var routes = []route{
	{"GET", "/api/v1/health", anybody, stranger, (*Server).health},
	{"GET", "/api/v1/session", anybody, stranger, (*Server).showSession},
	{"POST", "/api/v1/session", anybody, stranger, (*Server).openSession},
	{"DELETE", "/api/v1/session", known, storage.RoleViewer, (*Server).endSession},
	{"POST", "/api/v1/pair", anybody, stranger, (*Server).beginPair},
	{"POST", "/api/v1/pair/token", anybody, stranger, (*Server).endPair},
	{"GET", "/api/v1/events", storage.ScopeRead, storage.RoleViewer, (*Server).streamEvents},
	{"GET", socketPath, anybody, stranger, (*Server).serveSocket}, // asks by itself: the first frame may tell
}

// none is the parameters of a method that has none.
type none struct{}

// bind makes a method of one that takes its parameters as a value.
func bind[P any](call func(s *Server, ctx context.Context, who storage.Caller, p P) (any, error)) do {
	return func(ctx context.Context, s *Server, who storage.Caller, params json.RawMessage) (any, error) {
		var p P
		if len(params) > 0 {
			if err := decode(params, &p); err != nil {
				return nil, err
			}
		}
		return call(s, ctx, who, p)
	}
}

// call runs a method for a caller, if it may, and writes down what it changed.
func (s *Server) call(ctx context.Context, m *method, p *proof, params json.RawMessage) (any, error) {
	if err := may(p, m.scope, m.least); err != nil {
		s.refused(ctx, p, m.name, err)
		return nil, err
	}
	if p == nil {
		return m.do(ctx, s, storage.Caller{}, params)
	}
	if !m.changes() {
		return m.do(withProof(ctx, p), s, p.who, params)
	}
	a := &storage.Audit{AuditEntry: storage.AuditEntry{Author: p.who.Author(), Method: m.name, Object: idIn(params)}}
	result, err := m.do(withProof(storage.WithAudit(ctx, a), p), s, p.who, params)
	s.audited(ctx, a, err)
	return result, err
}

// may refuses a caller that does not pass both gates, and says which one.
func may(p *proof, scope string, least storage.Role) error {
	switch {
	case scope == anybody && least == stranger:
		return nil
	case p == nil:
		return unauthenticated.say("", "%s", howToSignIn)
	case p.who.Admin:
		return nil
	case scope != known && !p.who.InScope(scope):
		return scopeGate(p.who.Token.Label, scope)
	case p.who.Agent != nil && scope == "", !p.who.InRole(least):
		return roleGate(p.who, least)
	}
	return nil
}

func scopeGate(label, scope string) error {
	r := forbidden.say("", "The token %q lacks the scope %s. The owner can make one that has it: `smsbridge token create --label NAME --scope %s`.", label, scope, scope)
	r.Gate = gateScope
	return r
}

func roleGate(who storage.Caller, least storage.Role) error {
	r := forbidden.say("", "This takes the role %s or more. Ask the owner of the box.", least)
	if a := who.Person(); a != nil {
		r.Detail = fmt.Sprintf("Your role is %s, and this takes %s or more. Ask the owner of the box.", a.Role, least)
	}
	r.Gate = gateRole
	return r
}

// socketPath is where sockets are opened.
const socketPath = "/api/v1/ws"

const howToSignIn = "Send a token as `Authorization: Bearer scp_...`; the owner makes one with `smsbridge token create --label NAME --scope SCOPES`. " +
	"People sign in on the page with the code that `smsbridge setup` prints on the box."
