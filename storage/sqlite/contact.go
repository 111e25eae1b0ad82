package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"smsbridge/storage"
)

// SaveContact keeps a contact: a new one, the one with c.ID, or the one that
// has one of the numbers already. Its threads carry the new name from now on.
func (db *DB) SaveContact(ctx context.Context, c storage.Contact) (storage.Contact, error) {
	c.Name = strings.TrimSpace(c.Name)
	if c.Name == "" {
		return c, storage.Refuse(storage.CodeInvalid, "name", "a contact needs a name")
	}
	if len(c.Numbers) == 0 {
		return c, storage.Refuse(storage.CodeInvalid, "numbers", "a contact needs at least one number")
	}
	err := db.update(ctx, func(t *tx) error {
		if err := t.place(&c); err != nil {
			return err
		}
		for _, number := range c.Numbers {
			t.exec(`
				INSERT INTO contact_number (number, contact) VALUES (?, ?)
				ON CONFLICT (number) DO NOTHING`, number, c.ID)
		}
		c.Numbers = t.numbers(c.ID)
		c.Rev = t.next()
		t.exec(`UPDATE contact SET name = ?, rev = ? WHERE id = ?`, c.Name, c.Rev, c.ID)
		t.event(storage.ContactSaved, "", "", "contact", c)
		for _, number := range c.Numbers {
			t.retitle(number)
		}
		return nil
	})
	return c, err
}

// place finds the contact's row or makes it.
//
// A contact that is named by its id gets exactly these numbers; one that is
// found by a number keeps the numbers it had.
func (t *tx) place(c *storage.Contact) error {
	named := c.ID != ""
	for _, number := range c.Numbers {
		var owner string
		if t.get(`SELECT contact FROM contact_number WHERE number = ?`, []any{number}, &owner) {
			if c.ID != "" && c.ID != owner {
				return storage.Refuse(storage.CodeConflict, "numbers", "%s belongs to contact %s already; take it away there first", number, owner)
			}
			c.ID = owner
		}
	}
	var known int
	switch {
	case c.ID == "":
		c.ID = t.db.write.ids.next("ct")
		t.exec(`INSERT INTO contact (id, name) VALUES (?, ?)`, c.ID, c.Name)
	case !t.get(`SELECT 1 FROM contact WHERE id = ?`, []any{c.ID}, &known) && t.err == nil:
		return storage.Refuse(storage.CodeNotFound, "id", "there is no contact %s", c.ID)
	case named:
		t.exec(`DELETE FROM contact_number WHERE contact = ?`, c.ID)
	}
	return t.err
}

func (t *tx) numbers(contact string) []string {
	var numbers []string
	t.rows(`SELECT number FROM contact_number WHERE contact = ? ORDER BY number`, []any{contact}, func(r *sql.Rows) error {
		var n string
		err := r.Scan(&n)
		numbers = append(numbers, n)
		return err
	})
	return numbers
}

// retitle tells desks that the thread of number has a contact now.
func (t *tx) retitle(number string) {
	var id string
	if !t.get(`SELECT thread FROM thread_number WHERE number = ?`, []any{number}, &id) {
		return
	}
	t.exec(`UPDATE thread SET rev = ? WHERE id = ?`, t.next(), id)
	if thread, ok := t.thread(id); ok {
		t.event(storage.ThreadUpdated, id, thread.Line, "thread", thread)
	}
}
