package sqlite

import (
	"context"
	"database/sql"
)

// Queued is how many parts wait to be sent, by line; a line for which none does
// is left out.
func (db *DB) Queued(ctx context.Context) (map[string]int, error) {
	waiting := make(map[string]int)
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT line, count(*) FROM part WHERE state = 'queued' GROUP BY line`, nil, func(r *sql.Rows) error {
			var line string
			var n int
			err := r.Scan(&line, &n)
			waiting[line] = n
			return err
		})
	})
	return waiting, err
}
