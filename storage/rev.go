package storage

import "context"

// A Rev is what the caller of a change knows of the thing that is changed: the
// rev that it had when the caller looked. The first change of the ledger that is
// made under its context compares it, before anything is written, and refuses
// with CodeConflict if the thing has changed since.
type Rev struct {
	Known   int64
	Checked bool // the change was made
}

type revKey struct{}

// WithRev gives a context what its caller knows; 0 knows nothing, and changes
// whatever there is.
func WithRev(ctx context.Context, known int64) context.Context {
	if known == 0 {
		return ctx
	}
	return context.WithValue(ctx, revKey{}, &Rev{Known: known})
}

// RevOf is what is still to be compared; nil when there is nothing.
func RevOf(ctx context.Context) *Rev {
	if r, _ := ctx.Value(revKey{}).(*Rev); r != nil && !r.Checked {
		return r
	}
	return nil
}
