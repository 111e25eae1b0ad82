package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

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
	do     deed

	// rest wraps the REST twin where HTTP can do something that the socket has
	// other means for.
	rest func(s *Server, w http.ResponseWriter, r *http.Request, do func() (any, error)) (any, error)
}

// A deed is what a method does: it answers parameters, a JSON object. Its types
// are what the documents, and the test of every answer, are made from.
type deed struct {
	do func(ctx context.Context, s *Server, who storage.Caller, params json.RawMessage) (any, error)
	types
}

// types are the Go types of what is taken and what is answered.
type types struct {
	in, out reflect.Type
	kinds   map[string]reflect.Kind // of the fields of in, by their JSON names
}

// takes gives the types by name, for a route.
func takes[P, R any]() types {
	t := types{reflect.TypeFor[P](), reflect.TypeFor[R](), make(map[string]reflect.Kind)}
	t.fields(t.in)
	return t
}

func (t types) fields(in reflect.Type) {
	for i := range in.NumField() {
		f := in.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		of := f.Type
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if f.Anonymous && name == "" {
			t.fields(of)
		} else if t.kinds[name] == reflect.Invalid {
			t.kinds[name] = of.Kind()
		}
	}
}

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
	manyMethods,
	queueMethods,
	sendingMethods,
	threadMethods,
	viewMethods,
	searchMethods,
	findMethods,
	chatMethods,
	settingMethods,
	fromMethods,
	lineMethods,
	moveMethods,
	ussdMethods,
	scheduleMethods,
	doctorMethods,
	journalMethods,
	callMethods,
	selftestMethods,
	contactMethods,
	tokenMethods,
	hookMethods,
	agentMethods,
	profileMethods,
	presenceMethods,
	pairMethods,
	ticketMethods,
	auditMethods,
	sessionMethods,
	hintMethods,
	cursorMethods,
	backupMethods,
	deskMethods,
	offerMethods,
	caseMethods,
	statsMethods,
	templateMethods,
	listMethods,
	campaignMethods,
	optOutMethods,
	blockMethods,
	autoReplyMethods,
	historyMethods,
	retentionMethods,
)

// A route is what only HTTP has: cookies and streams.
type route struct {
	verb  string
	path  string
	scope string
	least storage.Role
	serve func(s *Server, w http.ResponseWriter, r *http.Request, p *proof) error
	types
}

var routes = []route{
	{"GET", "/api/v1/health", anybody, stranger, (*Server).health, takes[none, healthAnswer]()},
	{"GET", "/api/v1/session", anybody, stranger, (*Server).showSession, takes[none, sessionView]()},
	{"POST", "/api/v1/session", anybody, stranger, (*Server).openSession, takes[signIn, sessionView]()},
	{"DELETE", "/api/v1/session", known, storage.RoleViewer, (*Server).endSession, takes[none, sessionView]()},
	{"POST", "/api/v1/pair", anybody, stranger, (*Server).beginPair, takes[pairBegin, pairBegun]()},
	{"POST", "/api/v1/pair/token", anybody, stranger, (*Server).endPair, takes[pairAsk, madeToken]()},
	{"GET", "/api/v1/events", storage.ScopeRead, storage.RoleViewer, (*Server).streamEvents, takes[eventsParams, eventLine]()},
	{"GET", "/api/v1/support-bundle", storage.ScopeAdmin, storage.RoleOwner, (*Server).supportBundle, takes[bundleParams, none]()},
	{"GET", "/api/v1/openapi.json", anybody, stranger, (*Server).showPaper, takes[none, document]()},
	{"GET", "/api/v1/asyncapi.json", anybody, stranger, (*Server).showPaper, takes[none, document]()},
	{"GET", "/api/v1/reference", anybody, stranger, (*Server).showPaper, takes[none, none]()},
	{"GET", "/api/v1/stats/usage.csv", storage.ScopeRead, storage.RoleAgent, (*Server).usageCSV, takes[statsParams, none]()},
	{"GET", "/api/v1/export/thread", storage.ScopeRead, storage.RoleViewer, (*Server).exportThread, takes[exportParams, none]()},
	{"GET", "/api/v1/export/contacts", storage.ScopeRead, storage.RoleAgent, (*Server).exportContacts, takes[contactFile, none]()},
	{"GET", "/api/v1/export", storage.ScopeAdmin, storage.RoleManager, (*Server).exportAll, takes[none, none]()},
	{"GET", metricsPath, storage.ScopeAdmin, storage.RoleOwner, (*Server).metrics, takes[none, none]()},
	{"GET", socketPath, anybody, stranger, (*Server).serveSocket, takes[none, none]()}, // asks by itself: the first frame may tell
}

// none is the parameters of a method that has none, and the answer of one that
// has nothing to tell.
type none struct{}

// bind makes a deed of a function that takes its parameters as a value P and
// answers a value R. Both should be named types: the documents call them by
// their names, and tell what stands in the comments of their fields. A field
// tagged need:"true" must be given; the rest may be left out.
func bind[P, R any](call func(s *Server, ctx context.Context, who storage.Caller, p P) (R, error)) deed {
	return deed{func(ctx context.Context, s *Server, who storage.Caller, params json.RawMessage) (any, error) {
		var p P
		if len(params) > 0 {
			if err := decode(params, &p); err != nil {
				return nil, err
			}
		}
		return call(s, ctx, who, p)
	}, takes[P, R]()}
}

// call runs a method for a caller, if it may, and writes down what it changed.
func (s *Server) call(ctx context.Context, m *method, p *proof, params json.RawMessage) (any, error) {
	if err := may(p, m.scope, m.least); err != nil {
		s.refused(ctx, p, m.name, err)
		return nil, err
	}
	if p == nil {
		return m.do.do(ctx, s, storage.Caller{}, params)
	}
	ctx = storage.WithReader(ctx, m.name)
	if !m.changes() {
		return s.headed(ctx, m, func() (any, error) { return m.do.do(withProof(ctx, p), s, p.who, params) })
	}
	return s.idempotent(ctx, m, p, params, func(ctx context.Context) (any, error) {
		return s.change(ctx, m, p, params)
	})
}

// change runs a method that changes something.
func (s *Server) change(ctx context.Context, m *method, p *proof, params json.RawMessage) (any, error) {
	a := &storage.Audit{AuditEntry: storage.AuditEntry{Author: p.who.Author(), Method: m.name, Object: idIn(params)}}
	result, err := m.do.do(withProof(storage.WithAudit(withRev(ctx, m, params), a), p), s, p.who, params)
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
