package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"smsbridge/storage"
)

const contactColumns = `
	contact.id, contact.name, contact.first, contact.last, contact.organisation, contact.emails, contact.address,
	contact.notes, contact.custom, contact.language, contact.blocked, contact.rev, contact.folded,
	(SELECT json_group_array(json_array(number, type) ORDER BY n, number) FROM contact_number WHERE contact_number.contact = contact.id)`

func scanContact(r scanner) (c storage.Contact, folded string, err error) {
	var emails, custom, numbers string
	err = r.Scan(&c.ID, &c.Name, &c.First, &c.Last, &c.Organisation, &emails, &c.Address,
		&c.Notes, &custom, &c.Language, &c.Blocked, &c.Rev, &folded, &numbers)
	if err != nil {
		return c, folded, err
	}
	if emails != "" {
		err = json.Unmarshal([]byte(emails), &c.Emails)
	}
	if custom != "" && err == nil {
		err = json.Unmarshal([]byte(custom), &c.Custom)
	}
	if err == nil {
		err = readNumbers(&c, numbers)
	}
	return c, folded, err
}

func (t *tx) contact(id string) (c storage.Contact, ok bool) {
	t.rows(`SELECT `+contactColumns+` FROM contact WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		c, _, err = scanContact(r)
		ok = true
		return err
	})
	return c, ok && t.err == nil
}

func noContact(id string) error {
	return storage.Refuse(storage.CodeNotFound, "id", "there is no contact %s", id)
}

// SaveContact keeps a contact whole: a new one, the one with c.ID, or the one
// that has one of the numbers already. What was said with its numbers is one
// thread from then on.
func (db *DB) SaveContact(ctx context.Context, c storage.Contact) (storage.Contact, error) {
	return db.EditContact(ctx, storage.ContactEdit{ID: c.ID, Numbers: c.Numbers, Do: func(kept *storage.Contact) error {
		*kept = c
		return nil
	}})
}

// EditContact changes a contact, or makes it. What was said with a number that
// is taken away leaves the thread again.
func (db *DB) EditContact(ctx context.Context, e storage.ContactEdit) (storage.Contact, error) {
	var c storage.Contact
	err := db.update(ctx, func(t *tx) (err error) {
		c, err = t.edit(e)
		t.object(c.ID)
		return err
	})
	return c, err
}

func (t *tx) edit(e storage.ContactEdit) (storage.Contact, error) {
	id := e.ID
	for _, number := range e.Numbers {
		if id == "" {
			t.get(`SELECT contact FROM contact_number WHERE number = ?`, []any{number}, &id)
		}
	}
	was, known := t.contact(id)
	switch {
	case t.err != nil:
		return was, t.err
	case id != "" && !known:
		return was, noContact(id)
	}
	if err := t.fresh(was.Rev, was); err != nil {
		return was, err
	}
	c := was
	c.Numbers = slices.Clone(was.Numbers)
	if err := e.Do(&c); err != nil {
		return c, err
	}
	if c.ID = id; e.ID == "" && known {
		c.Numbers = append(slices.Clone(was.Numbers), c.Numbers...)
		c.Types = was.Joined(storage.Contact{Types: c.Types}).Types
	}
	if err := c.Tidy(); err != nil {
		return c, err
	}
	return c, t.saveContact(&c, was)
}

// saveContact writes a contact that was another way before, and lets the
// threads of its numbers follow.
func (t *tx) saveContact(c *storage.Contact, was storage.Contact) error {
	if len(c.Numbers)+len(c.Emails) == 0 {
		return storage.Refuse(storage.CodeInvalid, "numbers", "a contact needs a number or an e-mail address, or nobody can write to it")
	}
	for _, number := range c.Numbers {
		var owner string
		if t.get(`SELECT contact FROM contact_number WHERE number = ?`, []any{number}, &owner) && owner != c.ID {
			return storage.Refuse(storage.CodeConflict, "numbers", "%s belongs to contact %s already; take it away there first, or make the two one", number, owner)
		}
	}
	if c.ID == "" {
		c.ID = t.db.write.ids.next("ct")
	}
	c.Rev = t.next()
	t.writeContact(*c)
	t.event(storage.ContactSaved, "", "", "contact", c)
	gone := slices.DeleteFunc(slices.Clone(was.Numbers), func(n string) bool { return slices.Contains(c.Numbers, n) })
	t.part(c.ID, gone)
	t.unite(c.ID)
	return t.err
}

func (t *tx) writeContact(c storage.Contact) {
	t.exec(`
		INSERT INTO contact (id, name, first, last, organisation, emails, address, notes, custom, language, blocked, folded, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE
		SET name = excluded.name, first = excluded.first, last = excluded.last, organisation = excluded.organisation,
		    emails = excluded.emails, address = excluded.address, notes = excluded.notes, custom = excluded.custom,
		    language = excluded.language, blocked = excluded.blocked, folded = excluded.folded, rev = excluded.rev`,
		c.ID, c.Name, c.First, c.Last, c.Organisation, jsonOrNone(c.Emails, len(c.Emails)), c.Address, c.Notes,
		jsonOrNone(c.Custom, len(c.Custom)), c.Language, c.Blocked, c.Words(), c.Rev)
	t.exec(`DELETE FROM contact_number WHERE contact = ?`, c.ID)
	for i, number := range c.Numbers {
		t.exec(`INSERT INTO contact_number (number, contact, type, n) VALUES (?, ?, ?, ?)`, number, c.ID, c.Types[number], i)
	}
}

func jsonOrNone(v any, n int) string {
	if n == 0 {
		return ""
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// DeleteContact forgets a contact. What was said with it stays, as threads of
// its numbers.
func (db *DB) DeleteContact(ctx context.Context, id string) error {
	return db.update(ctx, func(t *tx) error {
		c, ok := t.contact(id)
		switch {
		case t.err != nil:
			return t.err
		case !ok:
			return noContact(id)
		}
		if err := t.fresh(c.Rev, c); err != nil {
			return err
		}
		t.dropContact(id)
		t.exec(`DELETE FROM contact_merge WHERE contact = ?`, id)
		t.event(storage.ContactDeleted, "", "", "contact", struct {
			ID  string `json:"id"`
			Rev int64  `json:"rev"`
		}{id, t.next()})
		t.part(id, c.Numbers)
		t.object(id)
		return t.err
	})
}

func (t *tx) dropContact(id string) {
	t.exec(`DELETE FROM contact_number WHERE contact = ?`, id)
	t.exec(`DELETE FROM contact WHERE id = ?`, id)
}

// MergeContacts makes one of two contacts that are the same person. The first
// stays, and so do its own values; the second gives it what it lacks. It can be
// undone by the Merge's id.
func (db *DB) MergeContacts(ctx context.Context, id, from string) (storage.Merge, error) {
	var m storage.Merge
	err := db.update(ctx, func(t *tx) error {
		stays, ok := t.contact(id)
		if !ok && t.err == nil {
			return noContact(id)
		}
		goes, ok := t.contact(from)
		switch {
		case t.err != nil:
			return t.err
		case !ok:
			return storage.Refuse(storage.CodeNotFound, "from", "there is no contact %s", from)
		case id == from:
			return storage.Refuse(storage.CodeInvalid, "from", "this is the same contact; name the one that is to become part of it")
		}
		both := stays.Joined(goes)
		if err := both.Tidy(); err != nil {
			return err
		}
		t.dropContact(from)
		t.exec(`UPDATE thread SET contact = '' WHERE contact = ? AND contact <> ''`, from)
		both.Rev = t.next()
		t.writeContact(both)
		m = storage.Merge{ID: t.db.write.ids.next("cm"), Contact: both, From: from}
		t.exec(`INSERT INTO contact_merge (id, contact, stayed, went, rev, at) VALUES (?, ?, ?, ?, ?, ?)`,
			m.ID, id, jsonOrNone(stays, 1), jsonOrNone(goes, 1), both.Rev, t.now.Milli())
		t.event(storage.ContactMerged, "", "", "merge", m)
		t.unite(id)
		t.object(id)
		return t.err
	})
	return m, err
}

// UnmergeContacts makes two of what MergeContacts made one. The contact that
// went is as it was; the one that stayed too, if nobody changed it since, or
// else without the other's numbers and addresses.
func (db *DB) UnmergeContacts(ctx context.Context, merge string) (stayed, went storage.Contact, err error) {
	err = db.update(ctx, func(t *tx) error {
		var id, before, other string
		var rev, undone int64
		known := t.get(`SELECT contact, stayed, went, rev, undone_at FROM contact_merge WHERE id = ?`, []any{merge}, &id, &before, &other, &rev, &undone)
		if !known && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "id", "there is no merge %s", merge)
		}
		if undone != 0 {
			return storage.Refuse(storage.CodeConflict, "id", "the merge %s was undone already", merge)
		}
		now, ok := t.contact(id)
		if t.err != nil {
			return t.err
		}
		if !ok {
			return storage.Refuse(storage.CodeConflict, "id", "contact %s is no more, so there is nothing to take apart", id)
		}
		stayed, went = storage.Contact{}, storage.Contact{}
		for text, into := range map[string]*storage.Contact{before: &stayed, other: &went} {
			if err := json.Unmarshal([]byte(text), into); err != nil {
				return err
			}
		}
		if now.Rev != rev {
			stayed = without(now, stayed, went)
		}
		went.Numbers = slices.DeleteFunc(went.Numbers, func(n string) bool {
			var owner string // who has got it since
			return t.get(`SELECT contact FROM contact_number WHERE number = ?`, []any{n}, &owner) && owner != id
		})
		if err := t.saveContact(&stayed, now); err != nil {
			return err
		}
		if err := t.saveContact(&went, storage.Contact{}); err != nil {
			return err
		}
		t.exec(`UPDATE contact_merge SET undone_at = ? WHERE id = ?`, t.now.Milli(), merge)
		t.object(id)
		return t.err
	})
	return stayed, went, err
}

// without is now without what only went had.
func without(now, stayed, went storage.Contact) storage.Contact {
	now.Numbers = slices.DeleteFunc(now.Numbers, func(n string) bool {
		return slices.Contains(went.Numbers, n) && !slices.Contains(stayed.Numbers, n)
	})
	now.Emails = slices.DeleteFunc(now.Emails, func(e storage.Email) bool {
		return slices.Contains(went.Emails, e) && !slices.Contains(stayed.Emails, e)
	})
	return now
}

// Contact reads one contact.
func (db *DB) Contact(ctx context.Context, id string) (storage.Contact, error) {
	return db.oneContact(ctx, noContact(id), `id = ?`, id)
}

// ContactOf reads the contact that has a number.
func (db *DB) ContactOf(ctx context.Context, number string) (storage.Contact, error) {
	return db.oneContact(ctx, storage.Refuse(storage.CodeNotFound, "number", "nobody is saved under %s", number),
		`id = (SELECT contact FROM contact_number WHERE number = ?)`, number)
}

func (db *DB) oneContact(ctx context.Context, none error, where string, arg any) (c storage.Contact, err error) {
	err = db.look(ctx, func(v *view) error {
		found := none
		err := v.rows(`SELECT `+contactColumns+` FROM contact WHERE `+where, []any{arg}, func(r *sql.Rows) (err error) {
			c, _, err = scanContact(r)
			found = nil
			return err
		})
		if err == nil {
			err = found
		}
		return err
	})
	return c, err
}

// Contacts lists contacts in the order of their names. text, part of a name or
// of a number, leaves out the others; the cursor is p.After.
func (db *DB) Contacts(ctx context.Context, text string, p storage.Page) (storage.ContactPage, error) {
	page := storage.ContactPage{Contacts: []storage.Contact{}}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		name, id, _ := strings.Cut(p.After, "\n")
		where, args := named(text)
		args = append([]any{name, id, p.Rows() + 1}, args...)
		var last string
		err = v.rows(`
			SELECT `+contactColumns+`
			FROM (SELECT id AS found FROM contact WHERE (folded, id) > (?1, ?2) AND (`+where+`) ORDER BY folded, id LIMIT ?3)
			CROSS JOIN contact ON contact.id = found
			ORDER BY folded, id`, args, func(r *sql.Rows) error {
			c, folded, err := scanContact(r)
			if len(page.Contacts) == p.Rows() {
				page.Next = last
				return err
			}
			page.Contacts, last = append(page.Contacts, c), folded+"\n"+c.ID
			return err
		})
		return err
	})
	return page, err
}
