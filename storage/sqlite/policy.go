package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

const policyColumns = `SELECT line, pace, pool, max_parts, max_characters, rev FROM policy `

func scanPolicy(r scanner) (storage.Policy, error) {
	var p storage.Policy
	err := r.Scan(&p.Line, &p.Pace, &p.Pool, &p.MaxParts, &p.MaxCharacters, &p.Rev)
	return p, err
}

// policyOf is how texts leave by a line: its own settings, or those of every
// line that has none.
func policyOf(rows func(string, []any, func(*sql.Rows) error) error, line string) (p storage.Policy, err error) {
	err = rows(policyColumns+`WHERE line IN (?, '') ORDER BY line DESC LIMIT 1`, []any{line}, func(r *sql.Rows) error {
		p, err = scanPolicy(r)
		return err
	})
	return p, err
}

// SetPolicy sets how texts leave by a line, or, without Line, by every line that
// has no settings of its own.
func (db *DB) SetPolicy(ctx context.Context, p storage.Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	return db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("line", p.Line); err != nil {
			return err
		}
		if err := t.freshPolicy(p.Line); err != nil {
			return err
		}
		p.Rev = t.next()
		t.exec(`INSERT INTO policy (line, pace, pool, max_parts, max_characters, rev) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (line) DO UPDATE SET pace = excluded.pace, pool = excluded.pool,
			max_parts = excluded.max_parts, max_characters = excluded.max_characters, rev = excluded.rev`,
			p.Line, p.Pace, p.Pool, p.MaxParts, p.MaxCharacters, p.Rev)
		t.exec(`UPDATE line SET paced_until = 0 WHERE id = ? OR ? = ''`, p.Line, p.Line)
		t.object(p.Line)
		t.event(storage.GuardUpdated, "", "", "guard", storage.GuardChange{Policy: &p})
		return t.err
	})
}

// freshPolicy compares what the caller knows of the settings of a line itself;
// those that were never set have rev 0.
func (t *tx) freshPolicy(line string) error {
	now := storage.Policy{Line: line}
	t.rows(policyColumns+`WHERE line = ?`, []any{line}, func(r *sql.Rows) (err error) {
		now, err = scanPolicy(r)
		return err
	})
	return t.fresh(now.Rev, now)
}

// Policies lists the settings of all lines that have any.
func (db *DB) Policies(ctx context.Context) ([]storage.Policy, error) {
	list := []storage.Policy{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(policyColumns+`ORDER BY line`, nil, func(r *sql.Rows) error {
			p, err := scanPolicy(r)
			list = append(list, p)
			return err
		})
	})
	return list, err
}

// pool are those of lines that take turns for new recipients; empty when there
// is no pool among them.
func (t *tx) pool(lines []storage.Line) (pool []storage.Line) {
	for _, l := range lines {
		if p, _ := policyOf(t.list, l.ID); p.Pool {
			pool = append(pool, l)
		}
	}
	return pool
}

// turnOf gives the next turn of a pool to the line that has had none for
// longest.
func (t *tx) turnOf(pool []storage.Line) storage.Line {
	best, least, most := pool[0], int64(1)<<62, int64(0)
	t.get(`SELECT max(pooled) FROM line`, nil, &most)
	for _, l := range pool {
		var at int64
		if t.get(`SELECT pooled FROM line WHERE id = ?`, []any{l.ID}, &at); at < least {
			best, least = l, at
		}
	}
	t.exec(`UPDATE line SET pooled = ? WHERE id = ?`, most+1, best.ID)
	return best
}
