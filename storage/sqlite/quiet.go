package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

const quietColumns = `SELECT line, begins, ends, zone, policy, recipient, rev FROM quiet `

func scanQuiet(r scanner) (storage.Quiet, error) {
	var q storage.Quiet
	err := r.Scan(&q.Line, &q.From, &q.To, &q.Zone, &q.Policy, &q.Recipient, &q.Rev)
	return q, err
}

// quietOf are the quiet hours of a line: its own, or those of every line.
func quietOf(rows func(string, []any, func(*sql.Rows) error) error, line string) (found *storage.Quiet, err error) {
	err = rows(quietColumns+`WHERE line IN (?, '') ORDER BY line DESC LIMIT 1`, []any{line}, func(r *sql.Rows) error {
		q, err := scanQuiet(r)
		found = &q
		return err
	})
	return found, err
}

// list is rows as a view has it.
func (t *tx) list(query string, args []any, scan func(*sql.Rows) error) error {
	t.rows(query, args, scan)
	return t.err
}

// SetQuiet sets the quiet hours of a line, or, without Line, of those that have
// none of their own.
func (db *DB) SetQuiet(ctx context.Context, q storage.Quiet) error {
	if err := q.Check(); err != nil {
		return err
	}
	return db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("line", q.Line); err != nil {
			return err
		}
		if err := t.freshQuiet(q.Line); err != nil {
			return err
		}
		q.Rev = t.next()
		t.exec(`INSERT INTO quiet (line, begins, ends, zone, policy, recipient, rev) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (line) DO UPDATE SET begins = excluded.begins, ends = excluded.ends, zone = excluded.zone, policy = excluded.policy,
				recipient = excluded.recipient, rev = excluded.rev`,
			q.Line, q.From, q.To, q.Zone, q.Policy, q.Recipient, q.Rev)
		t.object(q.Line)
		t.event(storage.GuardUpdated, "", "", "guard", storage.GuardChange{Quiet: &q})
		return t.err
	})
}

// DeleteQuiet takes quiet hours away.
func (db *DB) DeleteQuiet(ctx context.Context, line string) error {
	return db.update(ctx, func(t *tx) error {
		t.object(line)
		if err := t.freshQuiet(line); err != nil {
			return err
		}
		if t.exec(`DELETE FROM quiet WHERE line = ?`, line) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "line", "no quiet hours are set for it")
		}
		t.event(storage.GuardUpdated, "", "", "guard", storage.GuardChange{Quiet: &storage.Quiet{Line: line, Rev: t.next()}})
		return t.err
	})
}

// freshQuiet compares what the caller knows of the hours of a line itself; those
// that were never set have rev 0.
func (t *tx) freshQuiet(line string) error {
	now := storage.Quiet{Line: line}
	t.rows(quietColumns+`WHERE line = ?`, []any{line}, func(r *sql.Rows) (err error) {
		now, err = scanQuiet(r)
		return err
	})
	return t.fresh(now.Rev, now)
}

// Quiet lists the quiet hours of all lines.
func (db *DB) Quiet(ctx context.Context) ([]storage.Quiet, error) {
	list := []storage.Quiet{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(quietColumns+`ORDER BY line`, nil, func(r *sql.Rows) error {
			q, err := scanQuiet(r)
			list = append(list, q)
			return err
		})
	})
	return list, err
}
