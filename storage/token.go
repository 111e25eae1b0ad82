package storage

import "slices"

// Token is a program's key to the box. The secret itself is shown once and
// never kept; the ledger knows its SHA-256 only.
type Token struct {
	ID        string   `json:"id"`
	Label     string   `json:"label"`
	Scopes    []string `json:"scopes"`
	Lines     []string `json:"lines,omitempty"` // it may see and send from; nil: every line
	Agent     string   `json:"agent,omitempty"` // the account whose it is; it may no more than that
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
