package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"smsbridge/storage"
)

// hostNames is the set of names that the box answers to.
func hostNames(more []string) map[string]bool {
	names := map[string]bool{"localhost": true, "127.0.0.1": true, "::1": true}
	for _, h := range more {
		names[hostName(h)] = true
	}
	return names
}

// hostName is a Host header without its port, as names are compared.
func hostName(host string) string {
	if name, port, err := net.SplitHostPort(host); err == nil && digits(port) {
		host = name
	} else if inner, ok := strings.CutPrefix(host, "["); ok && strings.HasSuffix(inner, "]") {
		host = strings.TrimSuffix(inner, "]")
	}
	return strings.TrimSuffix(strings.ToLower(host), ".")
}

// calledByAddress tells whether the box was called by the very address that the
// connection came to. No page of others can be opened so: where a name is pointed
// at this box, the Host is that name.
func calledByAddress(r *http.Request) bool {
	local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok {
		return false
	}
	called, err := netip.ParseAddr(hostName(r.Host))
	return err == nil && called == local.AddrPort().Addr().Unmap().WithZone("")
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// guard lets in only requests to a name of ours and from a page of ours. A
// check of Origin against Host would not do alone: a page whose name was
// pointed at this box (DNS rebinding) passes that one.
func (s *Server) guard(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(s.foreign))
	next = cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hosts[hostName(r.Host)] && !calledByAddress(r) {
			plainHeaders(w.Header())
			s.writeProblem(w, r, misdirected.say("", "This box does not answer to the name %q. Open it by a name that it knows, or start it with `--host` and that name.", r.Host))
			return
		}
		pageHeaders(w.Header(), r)
		frameHeaders(w.Header(), s.embedders(r.Context()))
		if !ownOrigin(r) {
			if r.URL.Path != socketPath || !s.portal(r) {
				s.foreign(w, r)
				return
			}
			r = r.WithContext(context.WithValue(r.Context(), portalKey{}, true))
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) foreign(w http.ResponseWriter, r *http.Request) {
	s.writeProblem(w, r, forbidden.say("", "A page of another origin (%q) may not speak to this box. Programs send no Origin; pages come from the box itself.", r.Header.Get("Origin")))
}

// ownOrigin tells whether the request comes from a page of this very host and
// port, or from no page at all.
func ownOrigin(r *http.Request) bool {
	said := r.Header.Values("Origin")
	if len(said) == 0 {
		return true
	}
	plain, secure := "http://"+r.Host, "https://"+r.Host // a proxy may have ended TLS before us
	return len(said) == 1 && (strings.EqualFold(said[0], secure) || r.TLS == nil && strings.EqualFold(said[0], plain))
}

// plainHeaders go with every answer.
func plainHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
}

// pageHeaders let the page do what it needs and nothing else. Some browsers do
// not count WebSockets in 'self', so the socket's address stands beside it; the
// Host in it has been checked. The one policy of trusted types that may be made
// names the script of the worker; nothing makes HTML.
func pageHeaders(h http.Header, r *http.Request) {
	plainHeaders(h)
	socket := "ws://" + r.Host
	if r.TLS != nil {
		socket = "wss://" + r.Host
	}
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"font-src 'self'; manifest-src 'self'; worker-src 'self'; connect-src 'self' "+socket+"; "+
		"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types worker")
}

// portalKey marks a socket that a portal's page asks for: neither cookie nor
// token lets it in, only a ticket.
type portalKey struct{}

// adminKey marks a request that came by the Unix socket.
type adminKey struct{}

// A proof is how a caller was let in, so that it can be looked at again later.
type proof struct {
	who  storage.Caller
	hash []byte // of the token or of the session; nil for the administrator
}

// key names the caller where his sockets are counted.
func (p *proof) key() string {
	switch {
	case p.who.Token != nil:
		return p.who.Token.ID
	case p.who.Agent != nil:
		return p.who.Agent.ID
	}
	return "admin"
}

// of tells whether the caller is an account, or a token of its.
func (p *proof) of(agent string) bool {
	a := p.who.Person()
	return a != nil && a.ID == agent
}

type proofKey struct{}

func withProof(ctx context.Context, p *proof) context.Context {
	return context.WithValue(ctx, proofKey{}, p)
}

// proofOf is how the caller of a method was let in.
func proofOf(ctx context.Context) *proof {
	p, _ := ctx.Value(proofKey{}).(*proof)
	return p
}

func (p *proof) byToken(id string) bool { return p.who.Token != nil && p.who.Token.ID == id }

func (p *proof) bySession(hash []byte) bool {
	return p.who.Agent != nil && bytes.Equal(p.hash, hash)
}

// prove finds out who stands behind a request: a token if it carries one, else
// a session.
func (s *Server) prove(r *http.Request) (*proof, error) {
	if r.Context().Value(adminKey{}) != nil {
		peer, _ := r.Context().Value(peerKey{}).(string)
		return &proof{who: storage.Caller{Admin: true, Peer: peer}}, nil
	}
	if said := r.Header.Get("Authorization"); said != "" {
		scheme, secret, _ := strings.Cut(said, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, unauthenticated.say("", "The box takes no %q. %s", scheme, howToSignIn)
		}
		return s.proveToken(r.Context(), strings.TrimSpace(secret))
	}
	if c, err := r.Cookie(s.cookieName()); err == nil {
		if !fromPage(r) {
			return nil, forbidden.say("", "A session may change things only from the page, which sends its Origin. Programs use a token.")
		}
		return s.proveSession(r.Context(), hashOf(c.Value))
	}
	return nil, unauthenticated.say("", "%s", howToSignIn)
}

// fromPage tells whether a request that carries a cookie was made by a page, as
// far as that matters: every browser sends Origin or Sec-Fetch-Site with what
// may change something, and the guard has judged those.
func fromPage(r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return true
	}
	return r.Header.Get("Origin") != "" || r.Header.Get("Sec-Fetch-Site") != ""
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// proveToken looks a token up by its hash, so that no comparison takes longer
// the more of a guess is right.
func (s *Server) proveToken(ctx context.Context, secret string) (*proof, error) {
	return s.proveHash(ctx, hashOf(secret))
}

func (s *Server) proveHash(ctx context.Context, hash []byte) (*proof, error) {
	token, err := s.c.Keys.TokenByHash(ctx, hash)
	if isNotFound(err) {
		return nil, unauthenticated.say("", "The box does not know this token. %s", howToSignIn)
	}
	if err != nil {
		return nil, err
	}
	if !token.RevokedAt.IsZero() {
		return nil, tokenExpired.say("", "The token %q was revoked. The owner makes a new one with `smsbridge token create`.", token.Label)
	}
	p := &proof{who: storage.Caller{Token: &token}, hash: hash}
	if token.Agent == "" {
		return p, nil
	}
	account, err := s.c.Keys.Agent(ctx, token.Agent)
	if err != nil {
		return nil, err
	}
	if account.Disabled {
		return nil, tokenExpired.say("", "The account %q, whose token this is, is switched off. The owner switches it on with `smsbridge agent enable`.", account.Name)
	}
	p.who.Account = &account
	return p, nil
}

func (s *Server) proveSession(ctx context.Context, hash []byte) (*proof, error) {
	agent, err := s.c.Keys.Session(ctx, hash)
	if isNotFound(err) {
		return nil, unauthenticated.say("", "This session has ended. %s", howToSignIn)
	}
	if err != nil {
		return nil, err
	}
	return &proof{who: storage.Caller{Agent: &agent}, hash: hash}, nil
}

// again looks whether a proof still holds, and answers with what the caller may
// now. What no longer holds is a closing.
func (s *Server) again(ctx context.Context, p *proof) (now *proof, err error) {
	ended := errSignedOut
	switch {
	case p.who.Token != nil:
		now, err = s.proveHash(ctx, p.hash)
		ended = errRevoked
	case p.who.Agent != nil:
		now, err = s.proveSession(ctx, p.hash)
	default:
		return p, nil
	}
	if _, refused := errors.AsType[*refusal](err); refused {
		return nil, ended
	}
	return now, err
}
