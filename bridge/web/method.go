package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

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
// made from it.
var methods = []method{
	{"message.send", "POST", "/api/v1/messages", storage.ScopeSend, storage.RoleAgent, 202, bind((*Server).send), (*Server).sendREST},
	{"message.get", "GET", "/api/v1/messages/{id}", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).message), nil},
	{"message.count", "POST", "/api/v1/messages/count", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).count), nil},

	{"thread.list", "GET", "/api/v1/threads", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threads), nil},
	{"thread.messages", "GET", "/api/v1/threads/{thread}/messages", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).threadMessages), nil},
	{"snapshot.get", "GET", "/api/v1/snapshot", storage.ScopeRead, storage.RoleViewer, 200, bind((*Server).snapshot), nil},

	{"line.list", "GET", "/api/v1/lines", storage.ScopeLines, storage.RoleViewer, 200, bind((*Server).lines), nil},
	{"line.move", "POST", "/api/v1/lines/{id}/move", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).moveLine), nil},
	{"line.balance", "POST", "/api/v1/lines/{line}/balance", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).balance), nil},
	{"modem.list", "GET", "/api/v1/modems", storage.ScopeLines, storage.RoleViewer, 200, bind((*Server).modems), nil},
	{"modem.at", "POST", "/api/v1/modems/at", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).typeLine), nil},
	{"modem.reset", "POST", "/api/v1/modems/reset", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).restartModem), nil},
	{"modem.transcript", "GET", "/api/v1/modems/transcript", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).transcript), nil},
	{"doctor.get", "GET", "/api/v1/doctor", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).diagnose), nil},
	{"journal.list", "GET", "/api/v1/journal", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).journal), nil},

	{"ussd.send", "POST", "/api/v1/ussd", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).sendUSSD), nil},
	{"ussd.answer", "POST", "/api/v1/ussd/{id}/answer", storage.ScopeAct, storage.RoleAgent, 202, bind((*Server).answerUSSD), nil},
	{"ussd.cancel", "POST", "/api/v1/ussd/{id}/cancel", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).cancelUSSD), nil},
	{"ussd.get", "GET", "/api/v1/ussd/{id}", storage.ScopeLines, storage.RoleAgent, 200, bind((*Server).ussd), nil},
	{"ussd.list", "GET", "/api/v1/ussd", storage.ScopeLines, storage.RoleAgent, 200, bind((*Server).ussdSessions), nil},
	{"balance.rules", "GET", "/api/v1/balance-rules", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).balanceRules), nil},
	{"balance.save", "POST", "/api/v1/balance-rules", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).saveBalanceRule), nil},

	{"call.dial", "POST", "/api/v1/lines/{line}/call", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).dial), nil},
	{"call.hangup", "DELETE", "/api/v1/lines/{line}/call", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).hangup), nil},
	{"call.dtmf", "POST", "/api/v1/lines/{line}/call/tones", storage.ScopeAct, storage.RoleAgent, 200, bind((*Server).dtmf), nil},

	{"selftest.run", "POST", "/api/v1/self-tests", storage.ScopeAct, storage.RoleManager, 202, bind((*Server).runSelfTest), nil},
	{"selftest.list", "GET", "/api/v1/self-tests", storage.ScopeLines, storage.RoleManager, 200, bind((*Server).selfTests), nil},

	{"contact.save", "POST", "/api/v1/contacts", storage.ScopeContacts, storage.RoleAgent, 200, bind((*Server).saveContact), nil},

	{"token.create", "POST", "/api/v1/tokens", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).createToken), nil},
	{"token.list", "GET", "/api/v1/tokens", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).tokens), nil},
	{"token.revoke", "DELETE", "/api/v1/tokens/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).revokeToken), nil},

	{"hook.list", "GET", "/api/v1/webhooks", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).hooks), nil},
	{"hook.create", "POST", "/api/v1/webhooks", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).createHook), nil},
	{"hook.update", "PATCH", "/api/v1/webhooks/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).updateHook), nil},
	{"hook.delete", "DELETE", "/api/v1/webhooks/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deleteHook), nil},
	{"hook.test", "POST", "/api/v1/webhooks/{id}/test", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).testHook), nil},
	{"hook.deliveries", "GET", "/api/v1/webhooks/{id}/deliveries", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).deliveries), nil},
	{"hook.replay", "POST", "/api/v1/webhooks/{id}/replay", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).replayHook), nil},
	{"hook.rotate", "POST", "/api/v1/webhooks/{id}/rotate", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).rotateHook), nil},

	{"agent.list", "GET", "/api/v1/agents", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).agents), nil},
	{"agent.add", "POST", "/api/v1/agents", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).addAgent), nil},
	{"agent.update", "PATCH", "/api/v1/agents/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).changeAgent), nil},
	{"agent.invite", "POST", "/api/v1/agents/{id}/invite", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).invite), nil},
	{"agent.password", "POST", "/api/v1/agents/{id}/password", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).setPassword), nil},
	{"session.list", "GET", "/api/v1/sessions", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).sessions), nil},
	{"session.end", "DELETE", "/api/v1/sessions/{id}", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).endSessionOf), nil},

	{"pair.show", "GET", "/api/v1/pair", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).showPair), nil},
	{"pair.approve", "POST", "/api/v1/pair/approve", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).approvePair), nil},
	{"pair.deny", "POST", "/api/v1/pair/deny", storage.ScopeAdmin, storage.RoleViewer, 200, bind((*Server).denyPair), nil},
	{"ticket.create", "POST", "/api/v1/tickets", known, storage.RoleViewer, 201, bind((*Server).createTicket), nil},

	{"line.assign", "POST", "/api/v1/lines/{id}/agents", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).assign), nil},
	{"line.unassign", "DELETE", "/api/v1/lines/{id}/agents/{agent}", storage.ScopeAdmin, storage.RoleManager, 200, bind((*Server).unassign), nil},
	{"line.switch", "PUT", "/api/v1/lines/{id}/sms", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).switchLine), nil},

	{"audit.list", "GET", "/api/v1/audit", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).audit), nil},
	{"audit.verify", "GET", "/api/v1/audit/verify", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).verifyAudit), nil},

	{"setup.code", "POST", "/api/v1/setup/code", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).setupCode), nil},
	{"me.get", "GET", "/api/v1/me", known, storage.RoleViewer, 200, bind((*Server).me), nil},
}

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
