package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// spend counts the parts of a draft against every limit that they fall under,
// in the transaction that accepts it, or refuses it.
func (t *tx) spend(d storage.Draft, line string) error {
	limits := t.limits()
	now, boot, since, err := spendNow(t.find, t.db.uptime)
	if err != nil || t.err != nil {
		return err
	}
	t.exec(`INSERT INTO spend_clock (one, boot, uptime, now) VALUES (1, ?, ?, ?)
		ON CONFLICT (one) DO UPDATE SET boot = excluded.boot, uptime = excluded.uptime, now = excluded.now`, boot, since, now)
	for _, s := range subjects(d, line) {
		s.Now, s.Wall = now, t.now
		t.spent(&s)
		if refusal := s.Count(limits, d.Count.Parts); refusal != nil {
			return refusal
		}
		for i, w := range storage.Windows {
			t.exec(`INSERT INTO spend (subject, id, span, opened, parts) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (subject, id, span) DO UPDATE SET opened = excluded.opened, parts = excluded.parts`,
				s.Subject, s.ID, w, s.Spent[i].Opened, s.Spent[i].Parts)
		}
	}
	return t.err
}

// subjects are all whose parts a draft's are.
func subjects(d storage.Draft, line string) []storage.Spending {
	list := []storage.Spending{{Subject: storage.OfBox}, {Subject: storage.OfLine, ID: line}}
	if d.Person != "" {
		list = append(list, storage.Spending{Subject: storage.OfAgent, ID: d.Person})
	}
	if d.Author.Kind == string(storage.OfToken) {
		list = append(list, storage.Spending{Subject: storage.OfToken, ID: d.Author.ID})
	}
	return list
}

// find is get as a view has it.
func (t *tx) find(query string, args []any, dest ...any) (bool, error) {
	ok := t.get(query, args, dest...)
	return ok, t.err
}

const spentColumns = `SELECT span, opened, parts FROM spend WHERE subject = ? AND id = ?`

func scanSpent(s *storage.Spending) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var span storage.Window
		var opened, parts int64
		if err := r.Scan(&span, &opened, &parts); err != nil {
			return err
		}
		for i, w := range storage.Windows {
			if w == span {
				s.Spent[i].Opened, s.Spent[i].Parts = opened, parts
			}
		}
		return nil
	}
}

func (t *tx) spent(s *storage.Spending) {
	t.rows(spentColumns, []any{s.Subject, s.ID}, scanSpent(s))
}

const limitColumns = `SELECT subject, id, span, parts, rev FROM spend_limit`

func scanLimit(list *storage.Limits) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var l storage.Limit
		err := r.Scan(&l.Subject, &l.ID, &l.Window, &l.Parts, &l.Rev)
		*list = append(*list, l)
		return err
	}
}

func (t *tx) limits() (list storage.Limits) {
	t.rows(limitColumns, nil, scanLimit(&list))
	return list
}

// SetLimit sets a limit in place of the one before.
func (db *DB) SetLimit(ctx context.Context, l storage.Limit) error {
	if err := l.Check(); err != nil {
		return err
	}
	return db.update(ctx, func(t *tx) error {
		if err := t.freshLimit(l); err != nil {
			return err
		}
		l.Rev = t.next()
		t.exec(`INSERT INTO spend_limit (subject, id, span, parts, rev) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (subject, id, span) DO UPDATE SET parts = excluded.parts, rev = excluded.rev`, l.Subject, l.ID, l.Window, l.Parts, l.Rev)
		t.object(string(l.Subject) + " " + l.ID + " " + string(l.Window))
		t.event(storage.GuardUpdated, "", "", "guard", storage.GuardChange{Limit: &l})
		return t.err
	})
}

// freshLimit compares what the caller knows of the limit that l is to replace;
// one that was never set lets any number of parts pass, and has rev 0.
func (t *tx) freshLimit(l storage.Limit) error {
	now := storage.Limit{Subject: l.Subject, ID: l.ID, Window: l.Window, Parts: storage.Unlimited}
	t.get(`SELECT parts, rev FROM spend_limit WHERE subject = ? AND id = ? AND span = ?`, []any{l.Subject, l.ID, l.Window}, &now.Parts, &now.Rev)
	return t.fresh(now.Rev, now)
}

// Limits tells how every limit stands for whoever has spent under it, and the
// general ones of which nobody has.
func (db *DB) Limits(ctx context.Context) ([]storage.LimitStatus, error) {
	list := []storage.LimitStatus{}
	err := db.look(ctx, func(v *view) error {
		var limits storage.Limits
		if err := v.rows(limitColumns+` ORDER BY subject, id, span`, nil, scanLimit(&limits)); err != nil {
			return err
		}
		now, _, _, err := spendNow(v.get, db.uptime)
		if err != nil {
			return err
		}
		found, err := v.spenders()
		for _, l := range limits {
			list = append(list, storage.LimitStatus{Limit: l, Left: l.Parts})
		}
		for _, s := range found {
			s.Now, s.Wall = now, storage.Now()
			if err := v.rows(spentColumns, []any{s.Subject, s.ID}, scanSpent(&s)); err != nil {
				return err
			}
			list = storage.Stand(list, s.Status(limits))
		}
		return err
	})
	return list, err
}

// spenders are all who have ever spent.
func (v *view) spenders() (list []storage.Spending, err error) {
	err = v.rows(`SELECT DISTINCT subject, id FROM spend ORDER BY subject, id`, nil, func(r *sql.Rows) error {
		var s storage.Spending
		err := r.Scan(&s.Subject, &s.ID)
		list = append(list, s)
		return err
	})
	return list, err
}

// SeedLimits sets what holds from the first start, once: who takes a limit away
// later has taken it away.
func (db *DB) SeedLimits(ctx context.Context) error {
	return db.update(ctx, func(t *tx) error {
		var done string
		if t.get(`SELECT value FROM meta WHERE key = 'limits'`, nil, &done) {
			return nil
		}
		for _, l := range storage.DefaultLimits() {
			t.exec(`INSERT INTO spend_limit (subject, id, span, parts) VALUES (?, ?, ?, ?)`, l.Subject, l.ID, l.Window, l.Parts)
		}
		t.exec(`INSERT INTO meta (key, value) VALUES ('limits', 'seeded')`)
		return t.err
	})
}
