package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"

	"smsbridge/storage"
)

const caseColumns = `
	SELECT desk_case.id, desk_case.reference, desk_case.peer, desk_case.line, desk_case.state, desk_case.owner, coalesce(agent.name, ''),
		desk_case.origin, desk_case.outcome, desk_case.started_at, desk_case.opened_at, desk_case.closed_at, desk_case.closed_by,
		desk_case.lookup, desk_case.rev, coalesce(thread_number.thread, ''),
		coalesce(contact.id, ''), coalesce(contact.name, ''),
		iif(desk_case.state = 'open', coalesce((SELECT min(since) FROM waiting WHERE waiting.peer = desk_case.peer), 0), 0)
	FROM desk_case
	LEFT JOIN agent ON agent.id = desk_case.owner
	LEFT JOIN thread_number ON thread_number.number = desk_case.peer
	LEFT JOIN contact_number ON contact_number.number = desk_case.peer
	LEFT JOIN contact ON contact.id = contact_number.contact `

func scanCase(r scanner) (storage.Case, error) {
	var c storage.Case
	var started, opened, closed, waiting int64
	var lookup string
	var contact storage.Contact
	err := r.Scan(&c.ID, &c.Reference, &c.Number, &c.Line, &c.State, &c.Owner, &c.OwnerName,
		&c.Origin, &c.Outcome, &started, &opened, &closed, &c.ClosedBy,
		&lookup, &c.Rev, &c.Thread, &contact.ID, &contact.Name, &waiting)
	if err == nil && lookup != "" {
		err = json.Unmarshal([]byte(lookup), &c.Lookup)
	}
	if contact.ID != "" {
		contact.Numbers = []string{c.Number}
		c.Contact = &contact
	}
	c.StartedAt, c.OpenedAt = storage.FromMilli(started), storage.FromMilli(opened)
	c.ClosedAt, c.WaitingSince = storage.FromMilli(closed), storage.FromMilli(waiting)
	return c, err
}

// cases reads the cases that a condition names, with their notes.
func cases(read reads, condition string, args ...any) ([]storage.Case, error) {
	found := []storage.Case{}
	err := read(caseColumns+condition, args, func(r *sql.Rows) error {
		c, err := scanCase(r)
		found = append(found, c)
		return err
	})
	for i := range found {
		if err != nil {
			break
		}
		found[i].Notes, err = notes(read, found[i].ID)
	}
	return found, err
}

func notes(read reads, id string) ([]storage.CaseNote, error) {
	var all []storage.CaseNote
	err := read(`SELECT n, kind, author, text, at FROM case_note WHERE case_id = ? ORDER BY n`, []any{id}, func(r *sql.Rows) error {
		var n storage.CaseNote
		var author string
		var at int64
		if err := r.Scan(&n.N, &n.Kind, &author, &n.Text, &at); err != nil {
			return err
		}
		n.At = storage.FromMilli(at)
		all = append(all, n)
		return json.Unmarshal([]byte(author), &all[len(all)-1].Author)
	})
	return all, err
}

// aCase reads one case; it refuses when there is none.
func aCase(read reads, id string) (storage.Case, error) {
	found, err := cases(read, `WHERE desk_case.id = ?`, id)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "there is no case %s", id)
	}
	if err != nil {
		return storage.Case{}, err
	}
	return found[0], nil
}

// openCase is the open case that a text with peer over line belongs to: the one
// of this very number and line, else one of the same thread whose owner sees
// the line, so that nothing is said to who cannot hear it.
func (t *tx) openCase(peer, line string) (storage.Case, bool) {
	found, _ := cases(t.read, `WHERE desk_case.peer = ? AND desk_case.line = ? AND desk_case.state = 'open'`, peer, line)
	if len(found) > 0 {
		return found[0], true
	}
	found, _ = cases(t.read, `
		WHERE desk_case.state = 'open' AND desk_case.owner <> '' AND desk_case.peer IN (
			SELECT other.number FROM thread_number AS own JOIN thread_number AS other ON other.thread = own.thread WHERE own.number = ?)
		ORDER BY desk_case.id DESC`, peer)
	for _, c := range found {
		if a, err := t.agent("", c.Owner); err == nil && works(a, line) {
			return c, true
		}
	}
	return storage.Case{}, false
}

// moveCase does act with a case, if it can be done now: change alters it, and what
// it has become is written and told of as kind.
func (t *tx) moveCase(c storage.Case, act storage.CaseAct, kind string, change func(*storage.Case)) (storage.Case, error) {
	next, ok := c.State.After(act)
	switch {
	case !ok && c.State == storage.CaseEnded:
		return c, storage.Refuse(storage.CodeCaseClosed, "id", "the case %s is closed; continue it first with `smsbridge case continue`, or open a new one", c.Reference)
	case !ok:
		return c, storage.Refuse(storage.CodeConflict, "id", "the case %s is open already", c.Reference)
	}
	before := c.State
	c.State = next
	change(&c)
	if t.exec(`
		UPDATE desk_case
		SET state = ?, owner = ?, outcome = ?, closed_at = ?, closed_by = ?, lookup = ?
		WHERE id = ? AND state = ?`,
		c.State, c.Owner, c.Outcome, c.ClosedAt.Milli(), c.ClosedBy, lookupJSON(c.Lookup), c.ID, before) == 0 && t.err == nil {
		return c, storage.Refuse(storage.CodeConflict, "id", "the case %s has changed meanwhile", c.Reference)
	}
	t.object(c.ID)
	return t.tellCase(kind, c.ID), t.err
}

// tellCase writes the event of a changed case, with its number as rev.
func (t *tx) tellCase(kind, id string) storage.Case {
	t.exec(`UPDATE desk_case SET rev = ? WHERE id = ?`, t.next(), id)
	c, err := aCase(t.read, id)
	if err != nil && t.err == nil {
		t.err = err
	}
	t.event(kind, c.Thread, c.Line, "case", c)
	return c
}

func lookupJSON(l *storage.Lookup) string {
	if l == nil {
		return ""
	}
	text, _ := json.Marshal(l)
	return string(text)
}

// newCase begins a case for owner.
func (t *tx) newCase(peer, line, owner string, n int, origin storage.Direction, started storage.Time) storage.Case {
	id := t.db.write.ids.next("cs")
	t.exec(`
		INSERT INTO desk_case (id, peer, line, n, reference, state, owner, origin, started_at, opened_at, rev)
		VALUES (?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, 0)`,
		id, peer, line, n, storage.Reference(peer, n), owner, origin, started.Milli(), t.now.Milli())
	t.object(id)
	return storage.Case{ID: id, Number: peer, Line: line}
}

// interaction is the number of the next one with peer.
func (t *tx) interaction(peer string) int {
	n := 0
	t.get(`
		SELECT max(coalesce((SELECT max(n) FROM desk_case WHERE peer = ?1), 0), coalesce((SELECT max(n) FROM offer WHERE peer = ?1), 0))`,
		[]any{peer}, &n)
	return n + 1
}

// gather makes the texts with a case's number that came since one of them its
// own.
func (t *tx) gather(c storage.Case, since string) {
	var ids []string
	t.rows(`
		SELECT id FROM message
		WHERE thread = (SELECT thread FROM thread_number WHERE number = ?1) AND id >= ?2 AND peer = ?1 AND line = ?3 AND channel = 'sms' AND case_id = ''`,
		[]any{c.Number, since, c.Line}, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			ids = append(ids, id)
			return err
		})
	for _, id := range ids {
		t.exec(`UPDATE message SET case_id = ?, rev = ? WHERE id = ?`, c.ID, t.next(), id)
		t.updated(storage.MessageUpdated, id)
	}
}

// Case reads one case.
func (db *DB) Case(ctx context.Context, id string) (c storage.Case, err error) {
	err = db.look(ctx, func(v *view) error {
		c, err = aCase(v.rows, id)
		return err
	})
	return c, err
}

// Cases lists cases, the newest first. The cursor is a case's id.
func (db *DB) Cases(ctx context.Context, f storage.CaseFilter, p storage.Page) (storage.CasePage, error) {
	page := storage.CasePage{}
	where, args := caseConditions(f, p)
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		page.Cases, err = cases(v.rows, where, args...)
		return err
	})
	if n := p.Rows(); len(page.Cases) > n {
		page.Cases, page.Next = page.Cases[:n], page.Cases[n-1].ID
	}
	return page, err
}

func caseConditions(f storage.CaseFilter, p storage.Page) (string, []any) {
	before := p.Before
	if before == "" {
		before = "~"
	}
	where, args := "WHERE desk_case.id < ?", []any{before}
	and := func(condition string, values ...any) {
		where += " AND " + condition
		args = append(args, values...)
	}
	if p.Lines != nil {
		and("desk_case.line IN (SELECT value FROM json_each(?))", linesJSON(p.Lines))
	}
	if f.State != "" {
		and("desk_case.state = ?", f.State)
	}
	if f.Owner != "" {
		and("desk_case.owner = ?", f.Owner)
	}
	if f.Waiting {
		and("desk_case.state = 'open' AND EXISTS (SELECT 1 FROM waiting WHERE waiting.peer = desk_case.peer)")
	}
	if f.Thread != "" {
		and("desk_case.peer IN (SELECT number FROM thread_number WHERE thread = ?)", f.Thread)
	}
	if q := strings.ToUpper(strings.TrimSpace(f.Search)); strings.HasPrefix(q, "SMS") {
		and("desk_case.reference >= ? AND desk_case.reference < ?", q, q+"~")
	} else if q != "" {
		and("instr(desk_case.reference, ?) > 0", q)
	}
	return where + " ORDER BY desk_case.id DESC LIMIT ?", append(args, p.Rows()+1)
}

// OpenCase begins a case with a number that somebody wants to write to first.
// One that is open and the agent's own is that one again; an offer that stands
// for the number is taken with it.
func (db *DB) OpenCase(ctx context.Context, to, agent string, d storage.Draft) (c storage.Case, err error) {
	err = db.update(ctx, func(t *tx) error {
		d.To = to
		line, err := t.chooseLine(d)
		if err != nil {
			return err
		}
		a, err := t.worker("agent", agent, line.ID)
		if err != nil {
			return err
		}
		if open, ok := t.openCase(to, line.ID); ok && open.Owner != "" {
			c = open
			return claimed(open, a)
		} else if ok {
			return storage.Refuse(storage.CodeConflict, "to", "the case %s with this number was released; answer its offer", open.Reference)
		}
		if o, ok := t.openOffer(to, line.ID); ok {
			_, c, err = t.answer(o, a, storage.SequelNew, true)
			return err
		}
		t.threadOf(to, line.ID)
		c = t.newCase(to, line.ID, a.ID, t.interaction(to), storage.Outbound, t.now)
		c = t.tellCase(storage.CaseOpened, c.ID)
		return t.err
	})
	return c, err
}

// claimed refuses a case that is somebody else's.
func claimed(c storage.Case, a storage.Agent) error {
	if c.Owner == a.ID {
		return nil
	}
	e := storage.Refuse(storage.CodeClaimed, "id", "%s has the case %s; ask for it to be transferred or released", c.OwnerName, c.Reference)
	e.Options = []string{c.Owner}
	return e
}

// mine refuses to change a case that is somebody else's, but to managers and
// to the administrator.
func mine(c storage.Case, by storage.Caller) error {
	a := by.Person()
	if by.Admin || by.InRole(storage.RoleManager) || a != nil && c.Owner == a.ID || c.Owner == "" {
		return nil
	}
	e := storage.Refuse(storage.CodeClaimed, "id", "%s has the case %s; ask for it to be transferred, or ask a manager", c.OwnerName, c.Reference)
	e.Options = []string{c.Owner}
	return e
}

// changeCase reads a case, and lets do change it.
func (db *DB) changeCase(ctx context.Context, id string, do func(*tx, storage.Case) (storage.Case, error)) (c storage.Case, err error) {
	err = db.update(ctx, func(t *tx) error {
		if c, err = aCase(t.read, id); err != nil {
			return err
		}
		if err := t.fresh(c.Rev, c); err != nil {
			return err
		}
		c, err = do(t, c)
		return err
	})
	return c, err
}

// CloseCase ends a case. Nothing is said to the person; the thread stays.
func (db *DB) CloseCase(ctx context.Context, id string, by storage.Caller, outcome string) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		if err := mine(c, by); err != nil {
			return c, err
		}
		if err := checkText("outcome", outcome, storage.LongestOutcome); err != nil {
			return c, err
		}
		c, err := t.moveCase(c, storage.CaseClose, storage.CaseClosed, func(c *storage.Case) {
			c.ClosedAt, c.ClosedBy = t.now, by.Author().ID
			if outcome != "" {
				c.Outcome = outcome
			}
		})
		if err != nil {
			return c, err
		}
		t.exec(`DELETE FROM waiting WHERE peer = ? AND line = ?`, c.Number, c.Line)
		if o, ok := t.openOffer(c.Number, c.Line); ok {
			err = t.moveOffer(&o, storage.OfferWithdraw)
			t.tellOffer(storage.OfferWithdrawn, o, t.audience(o))
		}
		return c, err
	})
}

// ContinueCase opens a closed case again, for agent.
func (db *DB) ContinueCase(ctx context.Context, id, agent string, by storage.Caller) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		a, err := t.worker("agent", agent, c.Line)
		if err != nil {
			return c, err
		}
		if c.State == storage.CaseOpen {
			return c, claimed(c, a)
		}
		if other, ok := t.openCase(c.Number, c.Line); ok {
			return c, storage.Refuse(storage.CodeConflict, "id", "the case %s with this number is open; close that one first", other.Reference)
		}
		if o, ok := t.openOffer(c.Number, c.Line); ok {
			o.LastCase = &c
			_, c, err = t.answer(o, a, storage.SequelContinue, true)
			return c, err
		}
		return t.moveCase(c, storage.CaseContinue, storage.CaseOpened, reopened(a.ID))
	})
}

func reopened(owner string) func(*storage.Case) {
	return func(c *storage.Case) {
		c.Owner, c.ClosedAt, c.ClosedBy = owner, storage.Time{}, ""
	}
}

// CaseOutcome writes down what came of a case, open or closed.
func (db *DB) CaseOutcome(ctx context.Context, id, outcome string, by storage.Caller) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		if err := checkText("outcome", outcome, storage.LongestOutcome); err != nil {
			return c, err
		}
		if err := mine(c, by); err != nil {
			return c, err
		}
		return t.moveCase(c, storage.CaseWrite, storage.CaseUpdated, func(c *storage.Case) { c.Outcome = strings.TrimSpace(outcome) })
	})
}

// SetLookup keeps who a case's number was found to be.
func (db *DB) SetLookup(ctx context.Context, id string, l storage.Lookup) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		return t.moveCase(c, storage.CaseWrite, storage.CaseUpdated, func(c *storage.Case) { c.Lookup = &l })
	})
}
