package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// reads is how rows are read: in a change or in a view.
type reads func(query string, args []any, scan func(*sql.Rows) error) error

// read is rows with its error, as reads.
func (t *tx) read(query string, args []any, scan func(*sql.Rows) error) error {
	t.rows(query, args, scan)
	return t.err
}

// desk is how a line reaches people.
func desk(read reads, line string) (storage.Desk, error) {
	d := storage.NewDesk(line)
	err := read(`SELECT cases, strategy, wait_s, after_close, pop, lookup, rev FROM desk WHERE line = ?`, []any{line}, func(r *sql.Rows) error {
		return r.Scan(&d.Cases, &d.Strategy, &d.Wait, &d.AfterClose, &d.Pop, &d.Lookup, &d.Rev)
	})
	if err != nil {
		return d, err
	}
	all, err := candidates(read, line)
	d.Active = d.On(len(all))
	return d, err
}

// candidates are the agents who can take an offer of a line: people who are
// assigned to it and may text.
func candidates(read reads, line string) ([]storage.Candidate, error) {
	var all []storage.Candidate
	err := read(`
		SELECT agent.id, assignment.rung, (SELECT count(*) FROM desk_case WHERE desk_case.owner = agent.id AND desk_case.state = 'open')
		FROM assignment
		JOIN agent ON agent.id = assignment.agent
		WHERE assignment.line = ? AND agent.sms AND NOT agent.disabled AND agent.role IN ('agent', 'manager', 'owner')
		ORDER BY agent.id`, []any{line}, func(r *sql.Rows) error {
		var c storage.Candidate
		err := r.Scan(&c.Agent, &c.Rung, &c.Cases)
		all = append(all, c)
		return err
	})
	return all, err
}

// works tells whether an account may text on a line and so own its cases.
func works(a storage.Agent, line string) bool {
	if a.Disabled || !a.SMS || !a.Role.AtLeast(storage.RoleAgent) {
		return false
	}
	for _, l := range a.Lines {
		if l == line {
			return true
		}
	}
	return a.Role.Everywhere()
}

// worker reads an account that is to work on a line.
func (t *tx) worker(field, ref, line string) (storage.Agent, error) {
	a, err := t.agent(field, ref)
	if err == nil && !works(a, line) {
		err = storage.Refuse(storage.CodeNotAssigned, field, "%s does not text on this line; see who does with `smsbridge agent list`", a.Name)
	}
	return a, err
}

// Desk is how what comes in by a line reaches people.
func (db *DB) Desk(ctx context.Context, line string) (d storage.Desk, err error) {
	err = db.look(ctx, func(v *view) error {
		var known int
		if ok, err := v.get(`SELECT 1 FROM line WHERE id = ?`, []any{line}, &known); err != nil || !ok {
			if err == nil {
				err = noLine("id", line)
			}
			return err
		}
		d, err = desk(v.rows, line)
		return err
	})
	return d, err
}

// SetDesk changes how what comes in by a line reaches people. Offers and cases
// that are open stay as they are.
func (db *DB) SetDesk(ctx context.Context, line string, c storage.DeskChange) (d storage.Desk, err error) {
	err = db.update(ctx, func(t *tx) error {
		if err := t.hasLine("id", line); err != nil {
			return err
		}
		before, err := desk(t.read, line)
		if err != nil {
			return err
		}
		if err := t.fresh(before.Rev, before); err != nil {
			return err
		}
		d = c.Apply(before)
		if err := d.Check(); err != nil || d == before {
			return err
		}
		t.object(line)
		d.Rev = t.next()
		t.exec(`
			INSERT INTO desk (line, cases, strategy, wait_s, after_close, pop, lookup, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (line) DO UPDATE
			SET cases = excluded.cases, strategy = excluded.strategy, wait_s = excluded.wait_s,
			    after_close = excluded.after_close, pop = excluded.pop, lookup = excluded.lookup, rev = excluded.rev`,
			line, d.Cases, d.Strategy, d.Wait, d.AfterClose, d.Pop, d.Lookup, d.Rev)
		all, err := candidates(t.read, line)
		if err != nil {
			return err
		}
		d.Active = d.On(len(all))
		told := d
		told.Lookup = "" // an address may carry a key, and whoever sees the line is told
		t.event(storage.DeskUpdated, "", line, "desk", told)
		return t.err
	})
	return d, err
}
