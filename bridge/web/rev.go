package web

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

// ifRev stands in the parameters of every method that changes what people edit:
// with the rev that a desk has seen, a change that somebody else made meanwhile
// is not overwritten. The refusal is conflict, with the object as it stands.
type ifRev struct {
	IfRev int64 `json:"if_rev"` // refuse if it has another rev now; left out, whatever there is is changed
}

// idRev names what is changed, and the rev that is known of it.
type idRev struct {
	ID string `json:"id" need:"true"`
	ifRev
}

// withRev lets the ledger compare what a caller knows, where a method takes it.
func withRev(ctx context.Context, m *method, params json.RawMessage) context.Context {
	if _, takes := m.do.kinds["if_rev"]; !takes {
		return ctx
	}
	var known ifRev
	if json.Unmarshal(params, &known) != nil {
		return ctx // the method says what is wrong with it
	}
	return storage.WithRev(ctx, known.IfRev)
}
