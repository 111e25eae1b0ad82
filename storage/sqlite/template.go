package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

const templateColumns = `SELECT id, name, text, language, owner, rev FROM template `

func templates(read reads, condition string, args ...any) ([]storage.Template, error) {
	found := []storage.Template{}
	err := read(templateColumns+condition, args, func(r *sql.Rows) error {
		var t storage.Template
		err := r.Scan(&t.ID, &t.Name, &t.Text, &t.Language, &t.Owner, &t.Rev)
		if form, bad := storage.ParseForm(t.Text); bad == nil {
			t.Fields = form.Fields()
		}
		found = append(found, t)
		return err
	})
	return found, err
}

// aTemplate reads a template that agent sees: everybody's, or its own. It goes by
// its id, or by its name.
func aTemplate(read reads, ref, agent string) (storage.Template, error) {
	found, err := templates(read, `WHERE (id = ?1 OR name = ?1) AND owner IN ('', ?2) ORDER BY owner DESC, id`, ref, agent)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "template", "there is no template %s; see `smsbridge template list`", ref)
	}
	if err != nil {
		return storage.Template{}, err
	}
	return found[0], nil
}

// Templates lists what agent can use: everybody's and its own.
func (db *DB) Templates(ctx context.Context, agent string) (found []storage.Template, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		found, err = templates(v.rows, `WHERE owner IN ('', ?) ORDER BY name, language, id`, agent)
		return err
	})
	return found, head, err
}

// Template reads one that agent can use, by its id or its name.
func (db *DB) Template(ctx context.Context, ref, agent string) (t storage.Template, err error) {
	err = db.look(ctx, func(v *view) error {
		t, err = aTemplate(v.rows, ref, agent)
		return err
	})
	return t, err
}

// AddTemplate keeps a new one.
func (db *DB) AddTemplate(ctx context.Context, n storage.Template) (storage.Template, error) {
	if err := n.Tidy(); err != nil {
		return n, err
	}
	err := db.update(ctx, func(t *tx) error {
		n.ID = t.db.write.ids.next("tp")
		return t.saveTemplate(&n)
	})
	return n, err
}

// ChangeTemplate changes one.
func (db *DB) ChangeTemplate(ctx context.Context, id string, c storage.TemplateChange) (n storage.Template, err error) {
	err = db.update(ctx, func(t *tx) error {
		if n, err = t.templateToChange(id); err != nil {
			return err
		}
		c.Apply(&n)
		if err := n.Tidy(); err != nil {
			return err
		}
		return t.saveTemplate(&n)
	})
	return n, err
}

// templateToChange reads one that its caller knows as it is.
func (t *tx) templateToChange(id string) (storage.Template, error) {
	found, err := templates(t.read, `WHERE id = ?`, id)
	if err != nil || len(found) == 0 {
		return storage.Template{}, noTemplate(id, err)
	}
	return found[0], t.fresh(found[0].Rev, found[0])
}

func noTemplate(id string, err error) error {
	if err != nil {
		return err
	}
	return storage.Refuse(storage.CodeNotFound, "id", "there is no template %s; see `smsbridge template list`", id)
}

func (t *tx) saveTemplate(n *storage.Template) error {
	var other string
	if t.get(`SELECT id FROM template WHERE owner = ? AND name = ? AND language = ? AND id <> ?`,
		[]any{n.Owner, n.Name, n.Language, n.ID}, &other) {
		return storage.Refuse(storage.CodeConflict, "name", "the template %s has this name and language already; change that one, or choose another name", other)
	}
	n.Rev = t.next()
	t.exec(`
		INSERT INTO template (id, name, text, language, owner, rev) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, text = excluded.text, language = excluded.language, rev = excluded.rev`,
		n.ID, n.Name, n.Text, n.Language, n.Owner, n.Rev)
	t.object(n.ID)
	t.eventFor(owned(n.Owner), storage.TemplateUpdated, "", "", "template", n)
	return t.err
}

// owned is who alone is told of what belongs to somebody; nil for everybody's.
func owned(agent string) []string {
	if agent == "" {
		return nil
	}
	return []string{agent}
}

// DeleteTemplate forgets one.
func (db *DB) DeleteTemplate(ctx context.Context, id string) (n storage.Template, err error) {
	err = db.update(ctx, func(t *tx) error {
		if n, err = t.templateToChange(id); err != nil {
			return err
		}
		n.Rev = t.next()
		t.exec(`DELETE FROM template WHERE id = ?`, id)
		t.object(id)
		t.eventFor(owned(n.Owner), storage.TemplateDeleted, "", "", "template", n)
		return t.err
	})
	return n, err
}
