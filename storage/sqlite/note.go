package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"smsbridge/storage"
)

// Note writes a sentence into the journal.
func (db *DB) Note(ctx context.Context, n storage.Note) error {
	return db.update(ctx, func(t *tx) error {
		t.note(n)
		return t.err
	})
}

func (t *tx) note(n storage.Note) {
	n.At = t.now
	kind := storage.LineNote
	if n.Line == "" {
		kind = storage.ModemNote
	}
	t.event(kind, "", n.Line, "note", n)
}

// Journal reads the newest notes, at most limit, the oldest of them first. It
// reaches as far back as the log.
func (db *DB) Journal(ctx context.Context, limit int) ([]storage.Note, error) {
	notes := []storage.Note{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(`
			SELECT data FROM event
			WHERE type IN ('line.note', 'modem.note')
			ORDER BY seq DESC
			LIMIT ?`, []any{limit}, func(r *sql.Rows) error {
			var data string
			var e struct{ Note storage.Note }
			if err := r.Scan(&data); err != nil {
				return err
			}
			err := json.Unmarshal([]byte(data), &e)
			notes = append(notes, e.Note)
			return err
		})
	})
	slices.Reverse(notes)
	return notes, err
}
