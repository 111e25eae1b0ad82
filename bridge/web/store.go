package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

// Store is what desks need of the ledger.
type Store interface {
	storage.Log
	Head(ctx context.Context) (storage.Head, error)

	// Compose keeps a message to be sent; replayed tells that an earlier draft
	// with the same key was answered again.
	Compose(ctx context.Context, d storage.Draft) (m storage.Message, replayed bool, err error)
	Message(ctx context.Context, id string) (storage.Message, error)
	Threads(ctx context.Context, p storage.Page) (storage.ThreadPage, error)
	Messages(ctx context.Context, thread string, p storage.Page) (storage.MessagePage, error)
	Lines(ctx context.Context) ([]storage.Line, storage.Head, error)

	// SaveContact keeps a contact: without an ID a new one, or the one that has
	// the number.
	SaveContact(ctx context.Context, c storage.Contact) (storage.Contact, error)

	RadioStore
}

// Keys says who is let in. Secrets reach it as SHA-256 only.
type Keys interface {
	CreateToken(ctx context.Context, label string, scopes []string, hash []byte) (storage.Token, error)
	Tokens(ctx context.Context) ([]storage.Token, error)
	RevokeToken(ctx context.Context, id string) (storage.Token, error)

	// TokenByHash answers CodeNotFound for an unknown token; a revoked one comes
	// back with RevokedAt.
	TokenByHash(ctx context.Context, hash []byte) (storage.Token, error)

	// CreateCode keeps a one-time sign-in code; the one before it ends.
	CreateCode(ctx context.Context, hash []byte, expires time.Time) error

	// Redeem uses up a code and begins a session. The first code ever makes the
	// owner's account, with that name; later ones sign the owner in. A wrong
	// code is CodeDenied.
	Redeem(ctx context.Context, code, session []byte, name string, expires time.Time) (storage.Agent, error)

	// Session is the agent of a session; CodeNotFound when it has ended.
	Session(ctx context.Context, hash []byte) (storage.Agent, error)
	EndSession(ctx context.Context, hash []byte) error

	// Owned tells whether there is an owner's account.
	Owned(ctx context.Context) (bool, error)
}
