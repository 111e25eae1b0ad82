package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// Retention lists how long texts are kept: for all lines first, then for those
// that have their own.
func (db *DB) Retention(ctx context.Context) ([]storage.Retention, error) {
	all := []storage.Retention{{}}
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT line, days, rev FROM retention ORDER BY line`, nil, func(r *sql.Rows) error {
			var row storage.Retention
			err := r.Scan(&row.Line, &row.Days, &row.Rev)
			if row.Line == "" {
				all[0] = row
			} else {
				all = append(all, row)
			}
			return err
		})
	})
	return all, err
}

// SetRetention sets how long the texts of a line are kept, or of all that have
// no days of their own. own false takes a line's own days away again.
func (db *DB) SetRetention(ctx context.Context, r storage.Retention, own bool) (storage.Retention, error) {
	if err := r.Check(); err != nil {
		return r, err
	}
	err := db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("line", r.Line); err != nil {
			return err
		}
		if err := t.freshRetention(r.Line); err != nil {
			return err
		}
		r.Rev = t.next()
		if own {
			t.exec(`
				INSERT INTO retention (line, days, rev) VALUES (?, ?, ?)
				ON CONFLICT (line) DO UPDATE SET days = excluded.days, rev = excluded.rev`, r.Line, r.Days, r.Rev)
		} else {
			t.exec(`DELETE FROM retention WHERE line = ?`, r.Line)
		}
		t.event(storage.RetentionUpdated, "", "", "retention", r)
		t.object(r.Line)
		return t.err
	})
	return r, err
}

// freshRetention compares what the caller knows of the days of a line; those
// that were never set have rev 0.
func (t *tx) freshRetention(line string) error {
	now := storage.Retention{Line: line}
	t.get(`SELECT days, rev FROM retention WHERE line = ?`, []any{line}, &now.Days, &now.Rev)
	return t.fresh(now.Rev, now)
}

// sweepBatch is how many messages go in one commit: others wait no longer than
// it takes.
const sweepBatch = 200

// stale are the messages of lines whose time is over. What may still move stays:
// ?1 is the moment, in milliseconds.
const stale = `
	FROM (SELECT line.id AS line, coalesce(own.days, usual.days, 0) AS days
	      FROM (SELECT DISTINCT line AS id FROM message WHERE line <> '') AS line
	      LEFT JOIN retention AS own ON own.line = line.id
	      LEFT JOIN retention AS usual ON usual.line = '') AS kept
	CROSS JOIN message ON message.line = kept.line AND message.created_at < ?1 - kept.days * 86400000
	WHERE kept.days > 0 AND message.channel <> 'chat' AND message.state NOT IN ('queued', 'held', 'sending', 'partial')`

// Sweep deletes what has been kept long enough, batch by batch; a preview only
// counts. The audit of who asked is the caller's: there is one row, and not one
// for each batch.
func (db *DB) Sweep(ctx context.Context, preview bool) (storage.Swept, error) {
	ctx = storage.WithAudit(ctx, nil)
	s := storage.Swept{Preview: preview}
	now := storage.Now().Milli()
	if preview {
		err := db.look(ctx, func(v *view) error {
			var before int64
			_, err := v.get(`SELECT count(*), coalesce(max(message.created_at), 0)`+stale, []any{now}, &s.Messages, &before)
			s.Before = storage.FromMilli(before)
			if err == nil {
				_, err = v.get(`
					SELECT count(*) FROM thread
					WHERE id IN (SELECT message.thread`+stale+`)
					  AND NOT EXISTS (SELECT 1 FROM message WHERE message.thread = thread.id AND message.id NOT IN (SELECT message.id`+stale+`))`,
					[]any{now}, &s.Threads)
			}
			return err
		})
		return s, err
	}
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return s, context.Cause(ctx)
		}
		if err := db.update(ctx, func(t *tx) error { more = t.sweep(now, &s); return t.err }); err != nil {
			return s, err
		}
	}
	if s.Messages == 0 {
		return s, nil
	}
	return s, db.checkpoint(ctx)
}

// sweep deletes one batch and tells whether there may be more.
func (t *tx) sweep(now int64, s *storage.Swept) bool {
	var ids []string
	threads := make(map[string]bool)
	oldest := now
	t.rows(`SELECT message.id, message.thread, message.created_at`+stale+` LIMIT ?2`, []any{now, sweepBatch}, func(r *sql.Rows) error {
		var id, thread string
		var at int64
		err := r.Scan(&id, &thread, &at)
		ids, threads[thread], oldest = append(ids, id), true, min(oldest, at)
		if s.Before.Milli() < at {
			s.Before = storage.FromMilli(at)
		}
		return err
	})
	if len(ids) == 0 || t.err != nil {
		return false
	}
	t.erase(ids)
	t.scrubEvents(ids, storage.FromMilli(oldest))
	for id := range threads {
		s.Threads += t.shrink(id)
	}
	s.Messages += len(ids)
	t.event(storage.RetentionSwept, "", "", "swept", storage.Swept{Messages: len(ids), Before: s.Before})
	return len(ids) == sweepBatch
}

// shrink finds again what a thread says of its messages, and takes away one that
// has none.
func (t *tx) shrink(id string) (gone int) {
	var left int
	if t.get(`SELECT 1 FROM message WHERE thread = ? LIMIT 1`, []any{id}, &left) || t.err != nil {
		t.renew(id)
		return 0
	}
	lines := t.linesOf(id)
	thread, _ := t.thread(id)
	t.tell(storage.ThreadDeleted, thread, lines, "deleted", storage.Gone{ID: id, Thread: id, Rev: t.next()})
	for _, table := range []string{"thread_number", "thread_line", "thread_view", "member"} {
		t.exec(`DELETE FROM `+table+` WHERE thread = ?`, id)
	}
	t.exec(`DELETE FROM thread WHERE id = ?`, id)
	return 1
}

// checkpoint takes what was deleted out of the write-ahead log as well. Who is
// reading keeps it a little longer, and the next one does it.
func (db *DB) checkpoint(ctx context.Context) error {
	return db.cut(ctx, shortWait)
}
