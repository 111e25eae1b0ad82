package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// Lists of people to write to stand in the table people.
const listColumns = `
	SELECT id, name, rev, (SELECT count(*) FROM people_row WHERE people_row.list = people.id) FROM people `

func peopleLists(read reads, condition string, args ...any) ([]storage.List, error) {
	found := []storage.List{}
	err := read(listColumns+condition, args, func(r *sql.Rows) error {
		var l storage.List
		err := r.Scan(&l.ID, &l.Name, &l.Rev, &l.People)
		found = append(found, l)
		return err
	})
	return found, err
}

// aList reads a list by its id or its name.
func aList(read reads, field, ref string) (storage.List, error) {
	found, err := peopleLists(read, `WHERE id = ?1 OR name = ?1`, ref)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, field, "there is no list %s; see `smsbridge list list`", ref)
	}
	if err != nil {
		return storage.List{}, err
	}
	return found[0], nil
}

// PeopleLists lists the lists by name.
func (db *DB) PeopleLists(ctx context.Context) (found []storage.List, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		found, err = peopleLists(v.rows, `ORDER BY name`)
		return err
	})
	return found, head, err
}

// SaveList makes a list, or, with an ID, gives it another name.
func (db *DB) SaveList(ctx context.Context, l storage.List) (storage.List, error) {
	if err := l.Tidy(); err != nil {
		return l, err
	}
	err := db.update(ctx, func(t *tx) error {
		if l.ID != "" {
			known, err := aList(t.read, "id", l.ID)
			if err != nil {
				return err
			}
			if err := t.fresh(known.Rev, known); err != nil {
				return err
			}
			l.ID = known.ID
		} else {
			l.ID = t.db.write.ids.next("li")
		}
		var other string
		if t.get(`SELECT id FROM people WHERE name = ? AND id <> ?`, []any{l.Name, l.ID}, &other) {
			return storage.Refuse(storage.CodeConflict, "name", "the list %s has this name already; choose another one", other)
		}
		t.exec(`INSERT INTO people (id, name, rev) VALUES (?, ?, 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name`, l.ID, l.Name)
		l = t.tellList(l.ID)
		return t.err
	})
	return l, err
}

// tellList writes the event of a changed list.
func (t *tx) tellList(id string) storage.List {
	t.exec(`UPDATE people SET rev = ? WHERE id = ?`, t.next(), id)
	l, err := aList(t.read, "id", id)
	if err != nil && t.err == nil {
		t.err = err
	}
	t.object(id)
	t.event(storage.ListUpdated, "", "", "list", l)
	return l
}

// DeleteList forgets a list; its contacts stay, and so do campaigns that were
// made from it.
func (db *DB) DeleteList(ctx context.Context, ref string) (l storage.List, err error) {
	err = db.update(ctx, func(t *tx) error {
		if l, err = aList(t.read, "id", ref); err != nil {
			return err
		}
		if err := t.fresh(l.Rev, l); err != nil {
			return err
		}
		l.Rev = t.next()
		t.exec(`DELETE FROM people_row WHERE list = ?`, l.ID)
		t.exec(`DELETE FROM people WHERE id = ?`, l.ID)
		t.object(l.ID)
		t.event(storage.ListDeleted, "", "", "list", l)
		return t.err
	})
	return l, err
}

// AddToList puts people into a list. Who is in it already has the new values.
func (db *DB) AddToList(ctx context.Context, ref string, rows []storage.Row) (l storage.List, err error) {
	err = db.update(ctx, func(t *tx) error {
		if l, err = aList(t.read, "id", ref); err != nil {
			return err
		}
		if err := t.fresh(l.Rev, l); err != nil {
			return err
		}
		for _, r := range rows {
			if err := t.checkRow(r); err != nil {
				return err
			}
			t.exec(`
				INSERT INTO people_row (list, who, contact, number, vals) VALUES (?, ?, ?, ?, ?)
				ON CONFLICT (list, who) DO UPDATE SET vals = excluded.vals`,
				l.ID, r.Contact+r.Number, r.Contact, r.Number, jsonOrNone(r.Values, len(r.Values)))
		}
		l = t.tellList(l.ID)
		return t.err
	})
	return l, err
}

// checkRow refuses a row of nobody.
func (t *tx) checkRow(r storage.Row) error {
	if err := r.Check(); err != nil {
		return err
	}
	if r.Contact != "" {
		if _, ok := t.contact(r.Contact); !ok && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "rows", "there is no contact %s", r.Contact)
		}
	}
	return t.err
}

// RemoveFromList takes people out of a list, by contact or number.
func (db *DB) RemoveFromList(ctx context.Context, ref string, who []string) (l storage.List, err error) {
	err = db.update(ctx, func(t *tx) error {
		if l, err = aList(t.read, "id", ref); err != nil {
			return err
		}
		if err := t.fresh(l.Rev, l); err != nil {
			return err
		}
		for _, w := range who {
			t.exec(`DELETE FROM people_row WHERE list = ? AND who = ?`, l.ID, w)
		}
		l = t.tellList(l.ID)
		return t.err
	})
	return l, err
}

// ListRows lists who is in a list. The cursor is the contact or the number.
func (db *DB) ListRows(ctx context.Context, ref string, p storage.Page) (page storage.RowPage, err error) {
	page.Rows = []storage.Row{}
	n := p.Rows()
	err = db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		if page.List, err = aList(v.rows, "id", ref); err != nil {
			return err
		}
		return v.rows(`
			SELECT contact, number, vals, coalesce((SELECT name FROM contact WHERE id = people_row.contact), '')
			FROM people_row
			WHERE list = ? AND who > ?
			ORDER BY who
			LIMIT ?`,
			[]any{page.List.ID, p.After, n + 1}, func(r *sql.Rows) error {
				var row storage.Row
				var values string
				err := r.Scan(&row.Contact, &row.Number, &values, &row.Name)
				if err == nil {
					err = readValues(values, &row.Values)
				}
				page.Rows = append(page.Rows, row)
				return err
			})
	})
	if len(page.Rows) > n {
		page.Rows = page.Rows[:n]
		page.Next = page.Rows[n-1].Contact + page.Rows[n-1].Number
	}
	return page, err
}

func readValues(text string, into *map[string]string) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), into)
}
