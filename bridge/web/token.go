package web

import (
	"context"

	"smsbridge/storage"
)

var tokenMethods = []method{
	{"token.create", "POST", "/api/v1/tokens", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).createToken), nil},
	{"token.list", "GET", "/api/v1/tokens", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).tokens), nil},
	{"token.revoke", "DELETE", "/api/v1/tokens/{id}", storage.ScopeAdmin, storage.RoleOwner, 200, bind((*Server).revokeToken), nil},
	{"setup.code", "POST", "/api/v1/setup/code", storage.ScopeAdmin, storage.RoleOwner, 201, bind((*Server).setupCode), nil},
}

// tokenPrefix makes a leaked token easy to find, for people and for scanners.
const tokenPrefix = "scp_"

type tokenParams struct {
	Label  string   `json:"label" need:"true"`
	Scopes []string `json:"scopes" need:"true"`
	Lines  []string `json:"lines"` // default: every line
	Agent  string   `json:"agent"` // the account whose it is; default: none, the box's own
}

// createToken answers with the secret, which nobody can see again.
func (s *Server) createToken(ctx context.Context, _ storage.Caller, p tokenParams) (madeToken, error) {
	secret := newSecret(tokenPrefix)
	token, err := s.c.Keys.CreateToken(ctx, storage.Token{Label: p.Label, Scopes: p.Scopes, Lines: p.Lines, Agent: p.Agent}, hashOf(secret))
	if err != nil {
		return madeToken{}, err
	}
	return madeToken{token, secret}, nil
}

type madeToken struct {
	Token  storage.Token `json:"token"`
	Secret string        `json:"secret"`
}

type tokensAnswer struct {
	Tokens []storage.Token `json:"tokens"`
	Head   storage.Head    `json:"head"`
}

func (s *Server) tokens(ctx context.Context, _ storage.Caller, _ none) (tokensAnswer, error) {
	tokens, err := s.c.Keys.Tokens(ctx)
	return tokensAnswer{Tokens: list(tokens)}, err
}

type idParams struct {
	ID string `json:"id" need:"true"`
}

type tokenAnswer struct {
	Token storage.Token `json:"token"`
}

// revokeToken ends a token and whatever it holds open.
func (s *Server) revokeToken(ctx context.Context, _ storage.Caller, p idParams) (tokenAnswer, error) {
	token, err := s.c.Keys.RevokeToken(ctx, p.ID)
	if err != nil {
		return tokenAnswer{}, err
	}
	s.visits.end(func(o *proof) bool { return o.byToken(p.ID) }, errRevoked)
	return tokenAnswer{token}, nil
}

type codeAnswer struct {
	Code    string       `json:"code"`
	Expires storage.Time `json:"expires_at"`
}

// setupCode makes a new one-time code for the page.
func (s *Server) setupCode(ctx context.Context, _ storage.Caller, _ none) (codeAnswer, error) {
	code, expires, err := s.newCode(ctx)
	return codeAnswer{code, storage.At(expires)}, err
}

// list makes sure that JSON shows an empty list as one.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
