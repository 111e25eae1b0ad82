package sqlite

import (
	"context"
	"database/sql"
)

// Counts is how many rows each table has, and the version of the schema under
// user_version. No row is read.
func (db *DB) Counts(ctx context.Context) (map[string]int64, error) {
	counts := make(map[string]int64)
	err := db.look(ctx, func(v *view) error {
		var tables []string
		err := v.rows(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`, nil, func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			tables = append(tables, name)
			return err
		})
		for _, name := range tables {
			var n int64
			if err == nil {
				_, err = v.get(`SELECT count(*) FROM "`+name+`"`, nil, &n)
			}
			counts[name] = n
		}
		var version int64
		if err == nil {
			_, err = v.get(`PRAGMA user_version`, nil, &version)
		}
		counts["user_version"] = version
		return err
	})
	return counts, err
}
