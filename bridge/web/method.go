package web

import (
	"context"
	"encoding/json"
	"net/http"

	"smsbridge/storage"
)

// A method is something that a desk can ask for, in both of its forms: by name
// over the socket, and by verb and path over REST.
type method struct {
	name   string // of JSON-RPC
	verb   string // of its REST twin
	path   string // of its REST twin, {name} being a parameter
	scope  string // what the caller must be allowed; empty is refused to all but the administrator
	status int    // of its REST twin when it is done
	do     do

	// rest wraps the REST twin where HTTP can do something that the socket has
	// other means for.
	rest func(s *Server, w http.ResponseWriter, r *http.Request, do func() (any, error)) (any, error)
}

// do answers a method's parameters, a JSON object.
type do func(ctx context.Context, s *Server, who storage.Caller, params json.RawMessage) (any, error)

// Scopes beside those of storage.
const (
	anybody = "anybody" // even without a sign of who it is
	known   = "known"   // whoever was let in
)

// methods is every method; router, dispatch and the test of who may what are
// made from it.
var methods = []method{
	{"message.send", "POST", "/api/v1/messages", storage.ScopeSend, 202, bind((*Server).send), (*Server).sendREST},
	{"message.get", "GET", "/api/v1/messages/{id}", storage.ScopeRead, 200, bind((*Server).message), nil},
	{"message.count", "POST", "/api/v1/messages/count", storage.ScopeSend, 200, bind((*Server).count), nil},

	{"thread.list", "GET", "/api/v1/threads", storage.ScopeRead, 200, bind((*Server).threads), nil},
	{"thread.messages", "GET", "/api/v1/threads/{thread}/messages", storage.ScopeRead, 200, bind((*Server).threadMessages), nil},
	{"snapshot.get", "GET", "/api/v1/snapshot", storage.ScopeRead, 200, bind((*Server).snapshot), nil},

	{"line.list", "GET", "/api/v1/lines", storage.ScopeLines, 200, bind((*Server).lines), nil},
	{"line.move", "POST", "/api/v1/lines/{id}/move", storage.ScopeAdmin, 200, bind((*Server).moveLine), nil},
	{"line.balance", "POST", "/api/v1/lines/{line}/balance", storage.ScopeAct, 202, bind((*Server).balance), nil},
	{"modem.list", "GET", "/api/v1/modems", storage.ScopeLines, 200, bind((*Server).modems), nil},
	{"journal.list", "GET", "/api/v1/journal", storage.ScopeLines, 200, bind((*Server).journal), nil},

	{"ussd.send", "POST", "/api/v1/ussd", storage.ScopeAct, 202, bind((*Server).sendUSSD), nil},
	{"ussd.answer", "POST", "/api/v1/ussd/{id}/answer", storage.ScopeAct, 202, bind((*Server).answerUSSD), nil},
	{"ussd.cancel", "POST", "/api/v1/ussd/{id}/cancel", storage.ScopeAct, 200, bind((*Server).cancelUSSD), nil},
	{"ussd.get", "GET", "/api/v1/ussd/{id}", storage.ScopeLines, 200, bind((*Server).ussd), nil},
	{"ussd.list", "GET", "/api/v1/ussd", storage.ScopeLines, 200, bind((*Server).ussdSessions), nil},
	{"balance.rules", "GET", "/api/v1/balance-rules", storage.ScopeLines, 200, bind((*Server).balanceRules), nil},
	{"balance.save", "POST", "/api/v1/balance-rules", storage.ScopeAdmin, 200, bind((*Server).saveBalanceRule), nil},

	{"call.dial", "POST", "/api/v1/lines/{line}/call", storage.ScopeAct, 200, bind((*Server).dial), nil},
	{"call.hangup", "DELETE", "/api/v1/lines/{line}/call", storage.ScopeAct, 200, bind((*Server).hangup), nil},
	{"call.dtmf", "POST", "/api/v1/lines/{line}/call/tones", storage.ScopeAct, 200, bind((*Server).dtmf), nil},

	{"selftest.run", "POST", "/api/v1/self-tests", storage.ScopeAct, 202, bind((*Server).runSelfTest), nil},
	{"selftest.list", "GET", "/api/v1/self-tests", storage.ScopeLines, 200, bind((*Server).selfTests), nil},

	{"contact.save", "POST", "/api/v1/contacts", storage.ScopeContacts, 200, bind((*Server).saveContact), nil},

	{"token.create", "POST", "/api/v1/tokens", storage.ScopeAdmin, 201, bind((*Server).createToken), nil},
	{"token.list", "GET", "/api/v1/tokens", storage.ScopeAdmin, 200, bind((*Server).tokens), nil},
	{"token.revoke", "DELETE", "/api/v1/tokens/{id}", storage.ScopeAdmin, 200, bind((*Server).revokeToken), nil},

	{"hook.list", "GET", "/api/v1/webhooks", storage.ScopeAdmin, 200, bind((*Server).hooks), nil},
	{"hook.create", "POST", "/api/v1/webhooks", storage.ScopeAdmin, 201, bind((*Server).createHook), nil},
	{"hook.update", "PATCH", "/api/v1/webhooks/{id}", storage.ScopeAdmin, 200, bind((*Server).updateHook), nil},
	{"hook.delete", "DELETE", "/api/v1/webhooks/{id}", storage.ScopeAdmin, 200, bind((*Server).deleteHook), nil},
	{"hook.test", "POST", "/api/v1/webhooks/{id}/test", storage.ScopeAdmin, 200, bind((*Server).testHook), nil},
	{"hook.deliveries", "GET", "/api/v1/webhooks/{id}/deliveries", storage.ScopeAdmin, 200, bind((*Server).deliveries), nil},
	{"hook.replay", "POST", "/api/v1/webhooks/{id}/replay", storage.ScopeAdmin, 200, bind((*Server).replayHook), nil},
	{"hook.rotate", "POST", "/api/v1/webhooks/{id}/rotate", storage.ScopeAdmin, 200, bind((*Server).rotateHook), nil},

	{"setup.code", "POST", "/api/v1/setup/code", storage.ScopeAdmin, 201, bind((*Server).setupCode), nil},
	{"me.get", "GET", "/api/v1/me", known, 200, bind((*Server).me), nil},
}

// A route is what only HTTP has: cookies and streams.
type route struct {
	verb  string
	path  string
	scope string
	serve func(s *Server, w http.ResponseWriter, r *http.Request, p *proof) error
}

var routes = []route{
	{"GET", "/api/v1/health", anybody, (*Server).health},
	{"GET", "/api/v1/session", anybody, (*Server).showSession},
	{"POST", "/api/v1/session", anybody, (*Server).openSession},
	{"DELETE", "/api/v1/session", known, (*Server).endSession},
	{"GET", "/api/v1/events", storage.ScopeRead, (*Server).streamEvents},
	{"GET", "/api/v1/ws", anybody, (*Server).serveSocket}, // asks by itself: the first frame may tell
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

// call runs a method for a caller, if it may.
func (s *Server) call(ctx context.Context, m *method, p *proof, params json.RawMessage) (any, error) {
	if err := may(p, m.scope); err != nil {
		return nil, err
	}
	var who storage.Caller
	if p != nil {
		who = p.who
	}
	return m.do(ctx, s, who, params)
}

// may refuses a caller without scope.
func may(p *proof, scope string) error {
	switch {
	case scope == anybody:
		return nil
	case p == nil:
		return unauthenticated.say("", "%s", howToSignIn)
	case scope == known, scope != "" && p.who.May(scope), p.who.Admin:
		return nil
	case p.who.Token != nil:
		return forbidden.say("", "The token %q lacks the scope %s. The owner can make one that has it: `smsbridge token create --label NAME --scope %s`.", p.who.Token.Label, scope, scope)
	}
	return forbidden.say("", "Your account lacks the scope %s. Ask the owner of the box.", scope)
}

const howToSignIn = "Send a token as `Authorization: Bearer scp_...`; the owner makes one with `smsbridge token create --label NAME --scope SCOPES`. " +
	"People sign in on the page with the code that `smsbridge setup` prints on the box."
