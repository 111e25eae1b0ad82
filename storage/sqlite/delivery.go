package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"smsbridge/storage"
)

const deliveryColumns = `
	SELECT hook, seq, prev, state, attempts, first_try, last_try, next_try, status, error, took_ms
	FROM delivery `

func (db *DB) scanDelivery(r *sql.Rows) (storage.Delivery, error) {
	var d storage.Delivery
	var first, last, next int64
	err := r.Scan(&d.Hook, &d.Seq, &d.Prev, &d.State, &d.Attempts, &first, &last, &next, &d.Status, &d.Error, &d.Took)
	d.ID = fmt.Sprintf("%s-%d", db.epoch, d.Seq)
	d.FirstTry, d.LastTry, d.NextTry = storage.FromMilli(first), storage.FromMilli(last), storage.FromMilli(next)
	return d, err
}

// SettleHook writes down what some tries have led to, in one commit. A hook
// that was changed or removed meanwhile is CodeConflict: what was tried for it
// as it was before is not written, and is tried again.
func (db *DB) SettleHook(ctx context.Context, s storage.Settlement) error {
	return db.update(ctx, func(t *tx) error {
		if t.exec(`
			UPDATE hook
			SET cursor = ?, prev = ?, missed = missed + ?, failures = ?, failing_since = ?
			WHERE id = ? AND rev = ?`,
			s.Cursor, s.Prev, s.Missed, s.Failures, s.FailingSince.Milli(), s.Hook, s.Rev) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeConflict, "", "hook %s has changed", s.Hook)
		}
		for _, d := range s.Deliveries {
			t.exec(`
				INSERT INTO delivery (hook, seq, prev, state, attempts, first_try, last_try, next_try, status, error, took_ms)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (hook, seq) DO UPDATE
				SET state = excluded.state, attempts = excluded.attempts, last_try = excluded.last_try,
				    next_try = excluded.next_try, status = excluded.status, error = excluded.error, took_ms = excluded.took_ms`,
				s.Hook, d.Seq, d.Prev, d.State, d.Attempts, d.FirstTry.Milli(), d.LastTry.Milli(), d.NextTry.Milli(),
				d.Status, d.Error, d.Took)
		}
		if s.Disable == "" {
			return nil
		}
		h, err := t.hook(s.Hook)
		if err != nil {
			return err
		}
		h.DisabledAt, h.Reason = t.now, s.Disable
		t.writeHook(h)
		return nil
	})
}

// HookTaken are the events after the hook's cursor that have a delivery
// already: several are under way at a time, and a later one may end first.
func (db *DB) HookTaken(ctx context.Context, id string, cursor int64) ([]int64, error) {
	var taken []int64
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT seq FROM delivery WHERE hook = ? AND seq > ? ORDER BY seq`, []any{id, cursor}, func(r *sql.Rows) error {
			var seq int64
			err := r.Scan(&seq)
			taken = append(taken, seq)
			return err
		})
	})
	return taken, err
}

// HookBacklog is what waits at a hook. A delivery is due when its time has come;
// also when that is after latest, since then the clock was put back.
//
// In strict order only the delivery of the oldest event counts.
func (db *DB) HookBacklog(ctx context.Context, h storage.Hook, latest storage.Time, limit int) (storage.Backlog, error) {
	var b storage.Backlog
	now := storage.Now()
	due, next := `WHERE hook = ? AND state = 'waiting' AND (next_try <= ? OR next_try > ?) ORDER BY seq LIMIT ?`,
		`SELECT coalesce(min(next_try), 0) FROM delivery WHERE hook = ? AND state = 'waiting' AND next_try > ?`
	if h.Order == storage.HookStrict {
		first := `(SELECT min(seq) FROM delivery WHERE hook = ?1 AND state = 'waiting')`
		due = `WHERE hook = ?1 AND seq = ` + first + ` AND (next_try <= ?2 OR next_try > ?3) LIMIT ?4`
		next = `SELECT coalesce(min(next_try), 0) FROM delivery WHERE hook = ?1 AND seq = ` + first + ` AND next_try > ?2`
	}
	err := db.look(ctx, func(v *view) error {
		if _, err := v.get(`SELECT count(*) FROM delivery WHERE hook = ? AND state = 'waiting'`, []any{h.ID}, &b.Waiting); err != nil || b.Waiting == 0 {
			return err
		}
		err := v.rows(deliveryColumns+due, []any{h.ID, now.Milli(), latest.Milli(), limit}, func(r *sql.Rows) error {
			d, err := db.scanDelivery(r)
			b.Due = append(b.Due, d)
			return err
		})
		if err != nil {
			return err
		}
		var at int64
		_, err = v.get(next, []any{h.ID, now.Milli()}, &at)
		b.Next = storage.FromMilli(at)
		return err
	})
	return b, err
}

// Deliveries lists what became of events at a hook, the newest event first; with
// state, only those in it. The cursor is the number of an event.
func (db *DB) Deliveries(ctx context.Context, hook, state string, p storage.Page) (storage.DeliveryPage, error) {
	page := storage.DeliveryPage{Deliveries: []storage.Delivery{}}
	before := int64(1<<63 - 1)
	if p.Before != "" {
		var err error
		if before, err = strconv.ParseInt(p.Before, 10, 64); err != nil {
			return page, storage.Refuse(storage.CodeInvalid, "before", "%q is no cursor of an earlier answer", p.Before)
		}
	}
	switch state {
	case "", storage.DeliveryWaiting, storage.DeliveryDelivered, storage.DeliveryDead:
	default:
		return page, storage.Refuse(storage.CodeInvalid, "state", "there is no state %q; choose waiting, delivered or dead", state)
	}
	err := db.look(ctx, func(v *view) error {
		var known int
		if ok, err := v.get(`SELECT 1 FROM hook WHERE id = ?`, []any{hook}, &known); err != nil || !ok {
			if err == nil {
				err = storage.Refuse(storage.CodeNotFound, "id", "there is no hook %s", hook)
			}
			return err
		}
		return v.rows(deliveryColumns+`
			WHERE hook = ? AND seq < ? AND (state = ? OR ? = '')
			ORDER BY seq DESC
			LIMIT ?`, []any{hook, before, state, state, p.Rows() + 1}, func(r *sql.Rows) error {
			d, err := db.scanDelivery(r)
			page.Deliveries = append(page.Deliveries, d)
			return err
		})
	})
	if n := p.Rows(); len(page.Deliveries) > n {
		page.Deliveries = page.Deliveries[:n]
		page.Next = strconv.FormatInt(page.Deliveries[n-1].Seq, 10)
	}
	return page, err
}

// ReplayDelivery begins one delivery anew, whatever became of it.
func (db *DB) ReplayDelivery(ctx context.Context, hook string, seq int64) (h storage.Hook, err error) {
	err = db.update(ctx, func(t *tx) error {
		if h, err = t.replayable(hook); err != nil {
			return err
		}
		var known int
		if !t.get(`SELECT 1 FROM event WHERE seq = ?`, []any{seq}, &known) && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "seq", "the log has no event %d any more", seq)
		}
		if t.exec(`
			UPDATE delivery
			SET state = 'waiting', attempts = 0, first_try = ?, next_try = ?, status = 0, error = ''
			WHERE hook = ? AND seq = ?`, t.now.Milli(), t.now.Milli(), hook, seq) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "seq", "hook %s has no delivery of event %d; its filter did not want it, or it is not yet due", hook, seq)
		}
		h = t.writeHook(h)
		return nil
	})
	return h, err
}

// ReplaySince puts a hook back in the log: it is told of every event after seq
// again, under the same ids, so that an endpoint knows those it has seen.
func (db *DB) ReplaySince(ctx context.Context, hook string, seq int64) (h storage.Hook, err error) {
	err = db.update(ctx, func(t *tx) error {
		if h, err = t.replayable(hook); err != nil {
			return err
		}
		var oldest int64
		t.get(`SELECT coalesce(min(seq), 1) FROM event`, nil, &oldest)
		if seq < 0 || seq > h.Cursor {
			return storage.Refuse(storage.CodeInvalid, "since", "the hook is at event %d; it can be put back to one before it", h.Cursor)
		}
		if seq > 0 && seq < oldest-1 {
			return storage.Refuse(storage.CodeInvalid, "since", "the log begins with event %d; replay since %d or later", oldest, oldest-1)
		}
		seq = max(seq, oldest-1)
		t.exec(`DELETE FROM delivery WHERE hook = ? AND seq > ?`, hook, seq)
		t.exec(`UPDATE hook SET cursor = ?, prev = ? WHERE id = ?`, seq, seq, hook)
		h.Cursor, h.Prev = seq, seq
		h = t.writeHook(h)
		return nil
	})
	return h, err
}

func (t *tx) replayable(hook string) (storage.Hook, error) {
	h, err := t.hook(hook)
	if err == nil && !h.DisabledAt.IsZero() {
		err = storage.Refuse(storage.CodeConflict, "id", "hook %s is disabled (%s); enable it first", hook, h.Reason)
	}
	return h, err
}
