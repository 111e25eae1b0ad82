package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"sync"
	"time"

	"smsbridge/storage"
)

// tail is the bell and the newest events. Whoever follows closely reads from
// memory what the writer has just committed; whoever is further behind reads
// the table. Both are the same events: they come here after their commit.
type tail struct {
	sync.Mutex
	seq     int64
	events  []storage.Event // consecutive, the newest last
	changed chan struct{}
}

func (b *tail) load(ctx context.Context, db *DB) error {
	b.changed = make(chan struct{})
	return db.write.conn.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM event`).Scan(&b.seq)
}

// ring makes committed events visible and wakes all who wait.
func (b *tail) ring(events []storage.Event) {
	if len(events) == 0 {
		return
	}
	b.Lock()
	defer b.Unlock()
	b.seq = events[len(events)-1].Seq
	b.events = append(b.events, events...)
	if len(b.events) > 2*recent {
		b.events = append(make([]storage.Event, 0, 2*recent+64), b.events[len(b.events)-recent:]...)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// forget lets everybody read from the table for a while.
func (b *tail) forget() {
	b.Lock()
	defer b.Unlock()
	b.events = nil
}

func (b *tail) head() int64 {
	b.Lock()
	defer b.Unlock()
	return b.seq
}

// after gives at most limit events after seq, if memory reaches back that far.
func (b *tail) after(seq int64, limit int) ([]storage.Event, bool) {
	b.Lock()
	defer b.Unlock()
	if seq >= b.seq {
		return nil, true
	}
	first := b.seq - int64(len(b.events)) + 1
	if seq+1 < first {
		return nil, false
	}
	found := b.events[seq+1-first:]
	return found[:min(limit, len(found)):min(limit, len(found))], true
}

// Changed is closed at the next commit that wrote an event.
func (db *DB) Changed() <-chan struct{} {
	db.bell.Lock()
	defer db.bell.Unlock()
	return db.bell.changed
}

// Events reads at most limit events after seq, in order. The caller must not
// change them.
func (db *DB) Events(ctx context.Context, seq int64, limit int) ([]storage.Event, error) {
	if events, ok := db.bell.after(seq, limit); ok {
		return events, nil
	}
	var events []storage.Event
	err := db.look(ctx, func(v *view) error {
		return v.rows(`
			SELECT seq, at, type, thread, line, data, audience
			FROM event
			WHERE seq > ?
			ORDER BY seq
			LIMIT ?`, []any{seq, limit}, func(r *sql.Rows) error {
			var e storage.Event
			var at int64
			var data, told string
			if err := r.Scan(&e.Seq, &at, &e.Type, &e.Thread, &e.Line, &data, &told); err != nil {
				return err
			}
			if told != "" {
				if err := json.Unmarshal([]byte(told), &e.For); err != nil {
					return err
				}
			}
			e.At, e.Data = storage.FromMilli(at), json.RawMessage(data)
			events = append(events, e)
			return nil
		})
	})
	return events, err
}

// Head is the position of the log.
func (db *DB) Head(ctx context.Context) (storage.Head, error) {
	var h storage.Head
	err := db.look(ctx, func(v *view) (err error) {
		h, err = v.head()
		return err
	})
	return h, err
}

// How long the log and what guards against repeats are kept.
const (
	EventAge    = 30 * 24 * time.Hour
	EventRows   = 500_000
	identityAge = 7 * 24 * time.Hour
)

// Trim forgets what is past its time: old events (never the newest), old
// idempotency keys, used-up codes and sessions.
func (db *DB) Trim(ctx context.Context) error {
	return db.update(ctx, func(t *tx) error {
		now := t.now
		head := db.bell.head()
		t.exec(`DELETE FROM event WHERE seq < ? AND (at < ? OR seq <= ?)`,
			head, now.Add(-EventAge).UnixMilli(), head-EventRows)
		t.exec(`DELETE FROM delivery WHERE state = 'delivered' AND last_try < ?`, now.Add(-storage.DeliveredAge).UnixMilli())
		t.exec(`DELETE FROM delivery WHERE state = 'dead' AND last_try < ?`, now.Add(-storage.DeadAge).UnixMilli())
		t.exec(`DELETE FROM hook_secret WHERE expires > 0 AND expires < ?`, now.Milli())
		t.exec(`DELETE FROM idem WHERE at < ?`, now.Add(-IdemAge).UnixMilli())
		t.exec(`DELETE FROM cursor WHERE at < ?`, now.Add(-CursorAge).UnixMilli())
		t.exec(`DELETE FROM code WHERE expires < ?`, now.Milli())
		t.exec(`DELETE FROM invite WHERE expires < ?`, now.Milli())
		t.exec(`DELETE FROM session WHERE expires < ?`, now.Milli())
		return nil
	})
}
