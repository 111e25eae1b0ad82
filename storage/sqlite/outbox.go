package sqlite

import (
	"cmp"
	"context"
	"database/sql"

	"smsbridge/storage"
)

// Who holds a message.
const (
	holdRule   = "rule"
	holdPerson = "person"
)

// act changes an outbound message as a person wants it, and tells of it as kind.
func (db *DB) act(ctx context.Context, id, kind string, do func(*tx, *storage.Message) error) (storage.Message, error) {
	var m *storage.Message
	err := db.update(ctx, func(t *tx) error {
		t.object(id)
		found, err := t.outbound(id)
		if err != nil {
			return err
		}
		if err := do(t, found); err != nil || t.err != nil {
			return err
		}
		t.deriveAs(id, kind)
		m = t.message(id)
		return t.err
	})
	if err != nil {
		return storage.Message{}, err
	}
	return *m, nil
}

func (t *tx) outbound(id string) (*storage.Message, error) {
	m := t.message(id)
	switch {
	case t.err != nil:
		return nil, t.err
	case m == nil:
		return nil, storage.Refuse(storage.CodeNotFound, "id", "there is no message %s", id)
	case m.Dir != storage.Outbound || m.Channel != "sms":
		return nil, storage.Refuse(storage.CodeConflict, "id", "%s is no text of ours", id)
	}
	return m, nil
}

// calledBack refuses to call back what has begun: somebody may have read it.
func calledBack(m *storage.Message) error {
	for _, p := range m.Parts {
		if p.State != storage.Queued && p.State != storage.Held {
			return storage.Refuse(storage.CodeConflict, "state", "it is %s, and part %d of %d is %s: only what waits as a whole can be called back", m.State, p.N, m.Total, p.State)
		}
	}
	return nil
}

// name is who did something, for the reason that others read.
func name(by storage.Author) string {
	return cmp.Or(by.Name, map[string]string{"admin": "the administrator"}[by.Kind], by.Kind)
}

// Cancel calls a message back of which nothing has begun to leave. When it
// returns, nothing of it will. One that was canceled before stays as it is.
func (db *DB) Cancel(ctx context.Context, id string, by storage.Author) (storage.Message, error) {
	return db.act(ctx, id, storage.MessageUpdated, func(t *tx, m *storage.Message) error {
		if m.State == storage.Canceled {
			return nil
		}
		if err := calledBack(m); err != nil {
			return err
		}
		t.all(id, storage.Canceled, "canceled by "+name(by))
		return nil
	})
}

// Hold makes a message wait that has not begun, until somebody releases it.
func (db *DB) Hold(ctx context.Context, id string, by storage.Author) (storage.Message, error) {
	return db.act(ctx, id, storage.MessageUpdated, func(t *tx, m *storage.Message) error {
		if m.State == storage.Held {
			return nil
		}
		if err := calledBack(m); err != nil {
			return err
		}
		t.all(id, storage.Held, "held by "+name(by))
		t.exec(`UPDATE message SET hold = ? WHERE id = ?`, holdPerson, id)
		return nil
	})
}

// Release lets a held message go its way. What a rule holds takes a manager.
func (db *DB) Release(ctx context.Context, id string, manager bool) (storage.Message, error) {
	return db.act(ctx, id, storage.MessageReleased, func(t *tx, m *storage.Message) error {
		var hold string
		t.get(`SELECT hold FROM message WHERE id = ?`, []any{id}, &hold)
		switch {
		case m.State != storage.Held:
			return storage.Refuse(storage.CodeConflict, "state", "it is %s and not held", m.State)
		case hold == holdRule && !manager:
			return storage.Refuse(storage.CodeDenied, "id", "a rule holds it (%s); a manager can release it", m.Reason)
		}
		t.all(id, storage.Queued, "")
		t.exec(`UPDATE part SET turn = ? WHERE message = ?`, t.turn(m.Line, m.Priority.Rank(), m.To), id)
		t.exec(`UPDATE message SET hold = '' WHERE id = ?`, id)
		return nil
	})
}

// Prioritize moves what of a message has not left among those of another
// priority, behind the others of its recipient.
func (db *DB) Prioritize(ctx context.Context, id string, p storage.Priority) (storage.Message, error) {
	if err := p.Check(); err != nil {
		return storage.Message{}, err
	}
	return db.act(ctx, id, storage.MessageUpdated, func(t *tx, m *storage.Message) error {
		if m.State.Final() {
			return storage.Refuse(storage.CodeConflict, "state", "it is %s: there is nothing left to put before others", m.State)
		}
		t.exec(`UPDATE message SET priority = ? WHERE id = ?`, p.Rank(), id)
		t.exec(`UPDATE part SET priority = ?, turn = ? WHERE message = ?`, p.Rank(), t.turn(m.Line, p.Rank(), m.To), id)
		return nil
	})
}

// CloseUnconfirmed writes down what a person knows of a text of which the box
// does not: that it was sent, or that it was not.
func (db *DB) CloseUnconfirmed(ctx context.Context, id string, as storage.MessageState, by storage.Author) (storage.Message, error) {
	if as != storage.Sent && as != storage.Failed {
		return storage.Message{}, storage.Refuse(storage.CodeInvalid, "as", "as is %q; say sent or failed, whichever is known", as)
	}
	return db.act(ctx, id, storage.MessageUpdated, func(t *tx, m *storage.Message) error {
		reason := name(by) + " says that it was sent"
		if as == storage.Failed {
			reason = name(by) + " says that it was not sent"
		}
		if t.exec(`UPDATE part SET state = ?, reason = ? WHERE message = ? AND state = 'unconfirmed'`, as, reason, id) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeConflict, "state", "it is %s: only what is unconfirmed can be closed", m.State)
		}
		if as == storage.Failed {
			t.all(id, storage.Canceled, "an earlier part failed")
		}
		return nil
	})
}

// Resend sends a message again as a new one, on the word of a person. The old
// one stays what it is; both name each other, and a message is repeated once.
// doubtful tells that it may have arrived: only then an unconfirmed one is
// taken, and the new one says so.
func (db *DB) Resend(ctx context.Context, id string, doubtful bool, d storage.Draft) (m storage.Message, replayed bool, err error) {
	err = db.update(ctx, func(t *tx) error {
		known, again, err := t.seen(composing, d.Author, d.Key, d.Digest)
		if err != nil {
			return err
		}
		if replayed = again; !again {
			if known, err = t.resend(id, doubtful, d); err != nil {
				return err
			}
		}
		t.object(known)
		if found := t.message(known); found != nil {
			m = *found
		}
		if !again {
			t.event(storage.MessageQueued, m.Thread, m.Line, "message", m)
		}
		return t.err
	})
	return m, replayed, err
}

func (t *tx) resend(id string, doubtful bool, d storage.Draft) (string, error) {
	old, err := t.outbound(id)
	if err != nil {
		return "", err
	}
	switch {
	case old.ResentAs != "":
		return "", storage.Refuse(storage.CodeConflict, "id", "it was sent again already, as %s", old.ResentAs)
	case !old.State.Again(doubtful):
		return "", storage.Refuse(storage.CodeConflict, "state", "it is %s: %s", old.State, old.State.WayOut())
	}
	d = d.Repeat(*old, doubtful)
	repeated, err := t.compose(d)
	if err != nil {
		return "", err
	}
	t.exec(`UPDATE message SET resent_as = ?, rev = ? WHERE id = ?`, repeated, t.next(), id)
	t.updated(storage.MessageUpdated, id)
	return repeated, t.err
}

// waits are the parts that say where a message stands in the queue: of each that
// waits, its first part; and of those on the way or held.
const waits = `
	SELECT message, line, min(next_try), min(state)
	FROM part
	WHERE state IN ('queued', 'held', 'sending') AND (? OR line IN (SELECT value FROM json_each(?)))
	GROUP BY line, priority, turn, message
	ORDER BY line, priority, turn, message`

// Queue lists what has not gone out over some lines, nil for all: line by line,
// in the order in which it will leave.
func (db *DB) Queue(ctx context.Context, lines []string, limit int) (storage.Queue, error) {
	q := storage.Queue{Messages: []storage.Waiting{}}
	now := storage.Now()
	err := db.look(ctx, func(v *view) (err error) {
		if q.Head, err = v.head(); err != nil {
			return err
		}
		if q.Stop, err = readStop(v.get); err != nil {
			return err
		}
		type place struct {
			id, line string
			position int
			next     storage.Time
		}
		var places []place
		position := make(map[string]int)
		err = v.rows(waits, []any{lines == nil, linesJSON(lines)}, func(r *sql.Rows) error {
			var p place
			var next int64
			var state storage.MessageState
			if err := r.Scan(&p.id, &p.line, &next, &state); err != nil {
				return err
			}
			if state == storage.Queued { // the least word: none of it is held
				position[p.line]++
				p.position = position[p.line]
			}
			p.next = storage.FromMilli(next)
			if q.Total++; len(places) < limit {
				places = append(places, p)
			}
			return nil
		})
		if err != nil {
			return err
		}
		gates := make(map[string]storage.Gate)
		for _, p := range places {
			g, known := gates[p.line]
			if !known {
				if g, err = gateOf(v.get, v.rows, p.line, now); err != nil {
					return err
				}
				gates[p.line] = g
			}
			m, err := v.message(p.id)
			if err != nil || m == nil {
				return err
			}
			q.Messages = append(q.Messages, g.For(m.To, now).Explain(*m, p.position, p.next, now))
		}
		return nil
	})
	return q, err
}
