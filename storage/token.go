package storage

import "slices"

// Token is a program's key to the box. The secret itself is shown once and
// never kept; the ledger knows its SHA-256 only.
type Token struct {
	ID        string   `json:"id"`
	Label     string   `json:"label"`
	Scopes    []string `json:"scopes"`
	CreatedAt Time     `json:"created_at"`
	RevokedAt Time     `json:"revoked_at,omitzero"`
}

// Scopes are what a token may be allowed. ScopeAdmin allows everything.
const (
	ScopeSend     = "messages:send"
	ScopeRead     = "messages:read"
	ScopeLines    = "lines:read"
	ScopeAct      = "lines:act" // USSD, calls and self-tests: what costs money or changes a contract
	ScopeContacts = "contacts:write"
	ScopeAdmin    = "admin"
)

// Scopes lists every scope that a token can have.
var Scopes = []string{ScopeSend, ScopeRead, ScopeLines, ScopeAct, ScopeContacts, ScopeAdmin}

// May tells whether the token's scopes allow scope.
func (t Token) May(scope string) bool {
	return slices.Contains(t.Scopes, scope) || slices.Contains(t.Scopes, ScopeAdmin)
}

// Caller is who stands behind a request: an agent with a session, a token, or
// the administrator at the Unix socket. Exactly one of the three.
type Caller struct {
	Agent *Agent
	Token *Token
	Admin bool
}

// Author is the caller as the author of a message.
func (c Caller) Author() Author {
	switch {
	case c.Agent != nil:
		return Author{Kind: "agent", ID: c.Agent.ID, Name: c.Agent.Name}
	case c.Token != nil:
		return Author{Kind: "token", ID: c.Token.ID, Name: c.Token.Label}
	}
	return Author{Kind: "admin"}
}

// May tells whether the caller's rights include scope. The owner and the
// administrator may everything; another agent everything but ScopeAdmin.
func (c Caller) May(scope string) bool {
	switch {
	case c.Admin:
		return true
	case c.Agent != nil:
		return c.Agent.Role == "owner" || scope != ScopeAdmin
	case c.Token != nil:
		return c.Token.May(scope)
	}
	return false
}
