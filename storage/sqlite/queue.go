package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// latest is the longest that a try is put off for a reason of ours. What waits
// longer does so because the clock was put back meanwhile, unless its author
// wanted it later than an undo lasts.
const latest = 2 * 60 * 60 * 1000 // milliseconds

// dueNow are the parts of a line that may go out: in the order of priorities,
// recipients by turns, messages and parts.
const dueNow = `
	FROM part
	JOIN message ON message.id = part.message
	WHERE part.line = ?1 AND part.state = 'queued'
		AND (part.next_try <= ?2 OR part.next_try > ?3 AND message.due_at <= message.created_at + 10000)
		AND (part.expires_at = 0 OR part.expires_at > ?2)
		AND part.zone NOT IN (SELECT value FROM json_each(?4))
	ORDER BY part.priority, part.turn, part.message, part.n
	LIMIT 1`

// Next is the part of line that should go out next. If nothing may leave now,
// ok is false, and wait is the moment to ask again; zero, if that is when the
// ledger has changed.
func (db *DB) Next(ctx context.Context, line string) (due storage.Due, wait storage.Time, ok bool, err error) {
	now := storage.Now()
	err = db.look(ctx, func(v *view) error {
		gate, err := gateOf(v.get, v.rows, line, now)
		if err != nil {
			return err
		}
		var shut bool
		if shut, wait = gate.Shut(); shut {
			return nil
		}
		zones, wake, err := asleep(v.rows, line, gate.Hours, now)
		if err != nil {
			return err
		}
		var ref, since, expires, at int64
		ok, err = v.get(`
			SELECT part.message, part.n, message.total, part.peer, message.text, message.concat_ref,
			       part.attempts, part.tries, part.pdu, part.length, message.flash, part.expires_at,
			       max(message.created_at, message.due_at),
			       EXISTS (SELECT 1 FROM part AS other WHERE other.message = part.message AND other.state NOT IN ('queued', 'held'))`+dueNow,
			[]any{line, now.Milli(), now.Milli() + latest, linesJSON(zones)},
			&due.Message, &due.N, &due.Total, &due.To, &due.Text, &ref, &due.Attempts, &due.Tries, &due.PDU, &due.Length,
			&due.Flash, &expires, &since, &due.Begun)
		due.ConcatRef, due.Expires, due.Since = uint16(ref), storage.FromMilli(expires), storage.FromMilli(since)
		if ok || err != nil {
			return err
		}
		_, err = v.get(`SELECT coalesce(min(next_try), 0) FROM part WHERE line = ? AND state = 'queued' AND next_try > ?`,
			[]any{line, now.Milli()}, &at)
		if wait = storage.FromMilli(at); wait.IsZero() || !wake.IsZero() && wake.Before(wait.Time) {
			wait = wake
		}
		return err
	})
	return due, wait, ok, err
}

// asleep are the zones in which it is quiet, among those of the recipients that
// a line has texts for, and the moment when the first of them wakes.
func asleep(rows reads, line string, hours *storage.Quiet, now storage.Time) (zones []string, wake storage.Time, err error) {
	zones = []string{}
	if hours == nil {
		return zones, wake, nil
	}
	err = rows(`SELECT DISTINCT zone FROM part WHERE line = ? AND state = 'queued'`, []any{line}, func(r *sql.Rows) error {
		var zone string
		err := r.Scan(&zone)
		if until, quiet := hours.In(zone).Until(now.Time); quiet {
			if zones = append(zones, zone); wake.IsZero() || until.Before(wake.Time) {
				wake = storage.At(until)
			}
		}
		return err
	})
	return zones, wake, err
}

// gateOf is what keeps a line from sending anything at all.
func gateOf(get func(string, []any, ...any) (bool, error), rows func(string, []any, func(*sql.Rows) error) error, line string, now storage.Time) (g storage.Gate, err error) {
	if g.Stop, err = readStop(get); err != nil {
		return g, err
	}
	var paced int64
	if _, err = get(`SELECT sms_disabled, paced_until, state, reason FROM line WHERE id = ?`, []any{line}, &g.Off, &paced, &g.Line, &g.Trouble); err != nil {
		return g, err
	}
	if paced > now.Milli() && paced <= now.Milli()+minute { // later is a clock that was put back
		g.Paced = storage.FromMilli(paced)
	}
	q, err := quietOf(rows, line)
	if q != nil && q.Recipient {
		g.Hours = q
	} else if q != nil {
		if until, quiet := q.Until(now.Time); quiet {
			g.Quiet = storage.At(until)
		}
	}
	return g, err
}

const minute = 60_000

// release asks once more, in the transaction that lets a part out, whether it
// may leave: what was looked at when it was chosen may have changed since.
func (t *tx) release(c *storage.Change) error {
	var expires int64
	var to string
	if !t.get(`SELECT line, expires_at, peer FROM part WHERE message = ? AND n = ?`, []any{c.Message, c.N}, &c.Line, &expires, &to) {
		return t.err
	}
	g, err := gateOf(t.find, t.list, c.Line, t.now)
	if err != nil {
		return err
	}
	switch g = g.For(to, t.now); {
	case g.Stop.Stopped:
		return storage.Refuse(storage.CodeConflict, "state", "all sending is stopped")
	case g.Off:
		return storage.Refuse(storage.CodeConflict, "state", "the line is switched off for texts")
	case !g.Quiet.IsZero():
		return storage.Refuse(storage.CodeConflict, "state", "it is quiet until %s", g.Quiet.Format("15:04 MST"))
	case expires > 0 && expires <= t.now.Milli():
		return storage.Refuse(storage.CodeConflict, "state", "the text has expired")
	}
	return t.err
}

// released counts a part that goes out against the pace of its line, and moves
// the turns of its recipients on.
func (t *tx) released(c storage.Change) {
	if p, err := policyOf(t.list, c.Line); err == nil && p.Pace > 0 {
		t.exec(`UPDATE line SET paced_until = ? WHERE id = ?`, t.now.Milli()+int64(minute/p.Pace), c.Line)
	}
	var priority int
	var turn, at int64
	t.get(`SELECT priority, turn FROM part WHERE message = ? AND n = ?`, []any{c.Message, c.N}, &priority, &turn)
	if t.get(`SELECT at FROM turn WHERE line = ? AND priority = ?`, []any{c.Line, priority}, &at); turn > at {
		t.exec(`INSERT INTO turn (line, priority, at) VALUES (?, ?, ?)
			ON CONFLICT (line, priority) DO UPDATE SET at = excluded.at`, c.Line, priority, turn)
	}
}

// Expire ends what waits past its time, and tells when there is to be another
// look: never, at the next one's time, or at once after some were ended.
func (db *DB) Expire(ctx context.Context) (next storage.Time, err error) {
	var first int64
	err = db.look(ctx, func(v *view) error {
		_, err := v.get(`SELECT coalesce(min(expires_at), 0) FROM part WHERE state IN ('queued', 'held') AND expires_at > 0`, nil, &first)
		return err
	})
	next = storage.FromMilli(first)
	if err != nil || first == 0 || next.After(storage.Now().Time) {
		return next, err
	}
	return next, db.update(ctx, func(t *tx) error {
		for _, id := range t.messages(`state IN ('queued', 'held') AND expires_at > 0 AND expires_at <= ?`, t.now.Milli()) {
			t.all(id, storage.Expired, "its time was over before it could be sent")
			t.derive(id)
		}
		return t.err
	})
}

// messages are the ids of those with a part that a condition names.
func (t *tx) messages(condition string, args ...any) (ids []string) {
	t.rows(`SELECT DISTINCT message FROM part WHERE `+condition, args, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids
}

// all moves every part of a message that may follow to a state, and tells how
// many did. It leaves Queued and Held only.
func (t *tx) all(id string, to storage.MessageState, reason string) (moved int64) {
	for _, from := range []storage.MessageState{storage.Queued, storage.Held} {
		if from != to && storage.MayFollow(from, to) {
			moved += t.exec(`UPDATE part SET state = ?, reason = ? WHERE message = ? AND state = ?`, to, reason, id, from)
		}
	}
	return moved
}

// Queued is how many parts wait to be sent, by line; a line for which none does
// is left out.
func (db *DB) Queued(ctx context.Context) (map[string]int, error) {
	waiting := make(map[string]int)
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT line, count(*) FROM part WHERE state = 'queued' GROUP BY line`, nil, func(r *sql.Rows) error {
			var line string
			var n int
			err := r.Scan(&line, &n)
			waiting[line] = n
			return err
		})
	})
	return waiting, err
}
