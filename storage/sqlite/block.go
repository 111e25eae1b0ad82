package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"

	"smsbridge/storage"
)

const blockColumns = `SELECT id, kind, value, note, by, at, rev FROM block `

func blocks(read reads, condition string, args ...any) ([]storage.Block, error) {
	found := []storage.Block{}
	err := read(blockColumns+condition, args, func(r *sql.Rows) error {
		var b storage.Block
		var by string
		var at int64
		if err := r.Scan(&b.ID, &b.Kind, &b.Value, &b.Note, &by, &at, &b.Rev); err != nil {
			return err
		}
		b.At = storage.FromMilli(at)
		found = append(found, b)
		return json.Unmarshal([]byte(by), &found[len(found)-1].By)
	})
	return found, err
}

// blocked tells whether a number, and a text from it, are not listened to: by
// the card of its contact, or by the block list.
func blocked(read reads, number, text string) (bool, error) {
	all, err := blocks(read, ``)
	if err != nil || slices.ContainsFunc(all, func(b storage.Block) bool { return b.Hits(number, text) }) {
		return err == nil, err
	}
	hit := false
	err = read(`
		SELECT blocked FROM contact JOIN contact_number ON contact_number.contact = contact.id
		WHERE number = ?`, []any{number}, func(r *sql.Rows) error { return r.Scan(&hit) })
	return hit, err
}

// block marks an inbound text that is not listened to, before it is told of, and
// folds its thread. Any other text unfolds it.
func (t *tx) block(thread, id string) bool {
	var peer, text string
	if !t.get(`SELECT peer, text FROM message WHERE id = ?`, []any{id}, &peer, &text) {
		return false
	}
	hit, err := blocked(t.read, peer, text)
	if err != nil {
		return false
	}
	if hit {
		t.exec(`UPDATE message SET blocked = 1 WHERE id = ?`, id)
	}
	t.fold(thread, hit && t.stranger(thread, peer))
	return hit
}

// stranger tells whether a thread may be folded: the number itself is not
// listened to, or nobody has ever written to it.
func (t *tx) stranger(thread, peer string) bool {
	var one int
	if hit, err := blocked(t.read, peer, ""); err != nil || hit {
		return hit
	}
	return !t.get(`SELECT 1 FROM message WHERE thread = ? AND dir = 'out' LIMIT 1`, []any{thread}, &one)
}

// fold sets aside the thread of who is not listened to, or brings it back.
func (t *tx) fold(thread string, aside bool) {
	if t.exec(`UPDATE thread SET blocked = ?, rev = ? WHERE id = ? AND blocked <> ?`, aside, t.next(), thread, aside) == 0 {
		return
	}
	if told, ok := t.thread(thread); ok {
		t.event(storage.ThreadUpdated, thread, told.Line, "thread", told)
	}
}

// AddBlock puts an entry on the block list; one that is there stays.
func (db *DB) AddBlock(ctx context.Context, b storage.Block) (storage.Block, error) {
	if err := b.Tidy(); err != nil {
		return b, err
	}
	err := db.update(ctx, func(t *tx) error {
		if found, err := blocks(t.read, `WHERE kind = ? AND value = ?`, b.Kind, b.Value); err != nil || len(found) > 0 {
			b = append(found, b)[0]
			return err
		}
		b.ID, b.At, b.Rev = t.db.write.ids.next("bl"), t.now, t.next()
		by, _ := json.Marshal(b.By)
		t.exec(`INSERT INTO block (id, kind, value, note, by, at, rev) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			b.ID, b.Kind, b.Value, b.Note, string(by), b.At.Milli(), b.Rev)
		t.object(b.ID)
		t.event(storage.BlockUpdated, "", "", "block", b)
		t.refold(b)
		return t.err
	})
	return b, err
}

// DeleteBlock takes an entry off the block list, by its id or its value.
func (db *DB) DeleteBlock(ctx context.Context, ref string) (b storage.Block, err error) {
	err = db.update(ctx, func(t *tx) error {
		found, err := blocks(t.read, `WHERE id = ?1 OR value = ?1`, ref)
		if err == nil && len(found) == 0 {
			err = storage.Refuse(storage.CodeNotFound, "id", "there is no entry %s on the block list; see `smsbridge block list`", ref)
		}
		if err != nil {
			return err
		}
		b = found[0]
		if err := t.fresh(b.Rev, b); err != nil {
			return err
		}
		b.Rev = t.next()
		t.exec(`DELETE FROM block WHERE id = ?`, b.ID)
		t.object(b.ID)
		t.event(storage.BlockDeleted, "", "", "block", b)
		t.refold(b)
		return t.err
	})
	return b, err
}

// refold folds and unfolds the threads that an entry of numbers is about.
func (t *tx) refold(b storage.Block) {
	if b.Kind == storage.BlockKeyword {
		return
	}
	threads := make(map[string]string)
	t.rows(`SELECT thread, number FROM thread_number WHERE number >= ?1 AND number < ?1 || '~'`, []any{b.Value}, func(r *sql.Rows) error {
		var thread, number string
		err := r.Scan(&thread, &number)
		if b.Hits(number, "") {
			threads[thread] = number
		}
		return err
	})
	for thread, number := range threads {
		hit, _ := blocked(t.read, number, "")
		t.fold(thread, hit)
	}
}

// Blocks lists the block list, the newest first.
func (db *DB) Blocks(ctx context.Context) (found []storage.Block, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		found, err = blocks(v.rows, `ORDER BY id DESC`)
		return err
	})
	return found, head, err
}
