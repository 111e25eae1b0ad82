package client

import (
	"context"
	"net/url"
	"strconv"
)

type revKey struct{}

// IfRev gives a context under which a change is made only while the thing that
// it changes has the rev that the caller has seen. If somebody else was faster
// it is refused: the Error has the code conflict and the field if_rev. A rev of
// 0 changes whatever there is, and so does a method that takes no if_rev.
func IfRev(ctx context.Context, rev int64) context.Context {
	return context.WithValue(ctx, revKey{}, rev)
}

// withRev adds what the caller knows to what is asked.
func withRev(ctx context.Context, query url.Values) url.Values {
	rev, _ := ctx.Value(revKey{}).(int64)
	if rev == 0 {
		return query
	}
	with := url.Values{"if_rev": {strconv.FormatInt(rev, 10)}}
	for name, values := range query {
		with[name] = values
	}
	return with
}
