package storage

import "context"

// Idem is the key under which a change may be asked for again: who, what, and
// which body. The first change of the ledger that is made under its context
// writes it down, in the same commit.
type Idem struct {
	Author Author
	Method string
	Key    string
	Digest string // of the request's body

	Object  string // what the change was about, as the audit says it
	Answer  []byte // JSON, without secrets; nil: it was done, and its answer was lost
	Written bool
}

type idemKey struct{}

// WithIdem gives a context a key for the ledger to write; nil takes it away.
func WithIdem(ctx context.Context, i *Idem) context.Context {
	return context.WithValue(ctx, idemKey{}, i)
}

// IdemOf is the key that is still to be written; nil when there is none.
func IdemOf(ctx context.Context) *Idem {
	if i, _ := ctx.Value(idemKey{}).(*Idem); i != nil && !i.Written {
		return i
	}
	return nil
}
