package sqlite

import (
	"context"
	"errors"
)

// errProbed undoes a probe.
var errProbed = errors.New("only a probe")

// Probe tells whether the ledger takes changes: one waits for its turn behind the
// others, is made, and is undone, so that no disk wears out by it. A disk that
// refuses a commit shows in Failed.
func (db *DB) Probe(ctx context.Context) error {
	err := db.update(ctx, func(t *tx) error {
		t.exec(`UPDATE meta SET value = value WHERE key = 'box'`)
		return errProbed
	})
	if errors.Is(err, errProbed) {
		return nil
	}
	return err
}
