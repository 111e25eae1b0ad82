package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"smsbridge/storage"
)

// CursorAge is how long the cursor of a device that never comes again is kept.
const CursorAge = 90 * 24 * time.Hour

// ownerKey names an author where his rows are kept.
func ownerKey(a storage.Author) string { return a.Kind + " " + a.ID }

// SaveCursor keeps how far a device has come. Within an epoch it goes forward
// only: an older word that comes late changes nothing.
func (db *DB) SaveCursor(ctx context.Context, c storage.Cursor) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`
			INSERT INTO cursor (owner, device, name, client, epoch, seq, at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (owner, device) DO UPDATE
			SET name = excluded.name, client = excluded.client, epoch = excluded.epoch, seq = excluded.seq, at = excluded.at
			WHERE cursor.epoch <> excluded.epoch OR cursor.seq <= excluded.seq`,
			ownerKey(c.Owner), c.Device, c.Owner.Name, c.Client, c.Epoch, c.Seq, t.now.Milli())
		return nil
	})
}

const cursorColumns = `SELECT owner, device, name, client, epoch, seq, at FROM cursor`

func scanCursor(r scanner) (c storage.Cursor, err error) {
	var owner string
	var at int64
	err = r.Scan(&owner, &c.Device, &c.Owner.Name, &c.Client, &c.Epoch, &c.Seq, &at)
	c.Owner.Kind, c.Owner.ID, _ = strings.Cut(owner, " ")
	c.At = storage.FromMilli(at)
	return c, err
}

// Cursor is how far a device has come; false if it never said so.
func (db *DB) Cursor(ctx context.Context, owner storage.Author, device string) (c storage.Cursor, known bool, err error) {
	err = db.look(ctx, func(v *view) error {
		return v.rows(cursorColumns+` WHERE owner = ? AND device = ?`, []any{ownerKey(owner), device}, func(r *sql.Rows) (err error) {
			c, err = scanCursor(r)
			known = true
			return err
		})
	})
	return c, known, err
}

// Cursors lists every device's cursor, the one that is furthest behind first.
func (db *DB) Cursors(ctx context.Context) (all []storage.Cursor, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		return v.rows(cursorColumns+` ORDER BY epoch = ?, seq, owner, device`, []any{head.Epoch}, func(r *sql.Rows) error {
			c, err := scanCursor(r)
			all = append(all, c)
			return err
		})
	})
	return all, head, err
}

// MissedSince is what came after an event: when that was, and at most limit
// received messages after it, the newest, without their data.
func (db *DB) MissedSince(ctx context.Context, after int64, limit int) (since storage.Time, received []storage.Event, err error) {
	err = db.look(ctx, func(v *view) error {
		var at int64
		if _, err := v.get(`SELECT at FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1`, []any{after}, &at); err != nil {
			return err
		}
		since = storage.FromMilli(at)
		return v.rows(`
			SELECT seq, thread, line, audience
			FROM event
			WHERE type = 'message.received' AND seq > ?
			ORDER BY seq DESC
			LIMIT ?`, []any{after, limit}, func(r *sql.Rows) error {
			e := storage.Event{Type: storage.MessageReceived}
			var told string
			if err := r.Scan(&e.Seq, &e.Thread, &e.Line, &told); err != nil {
				return err
			}
			if told != "" {
				if err := json.Unmarshal([]byte(told), &e.For); err != nil {
					return err
				}
			}
			received = append(received, e)
			return nil
		})
	})
	slices.Reverse(received)
	return since, received, err
}
