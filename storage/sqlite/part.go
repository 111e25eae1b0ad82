package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

// Mark moves one part from one state to another, and its message with it, in
// one commit with the event. It answers CodeConflict if the part is not in the
// state that it should come from, and if it should go out and no longer may.
func (db *DB) Mark(ctx context.Context, c storage.Change) error {
	if !storage.MayFollow(c.From, c.To) {
		return storage.Refuse(storage.CodeConflict, "state", "a part cannot go from %s to %s", c.From, c.To)
	}
	return db.update(ctx, func(t *tx) error {
		if c.To == storage.Sending {
			if err := t.release(&c); err != nil {
				return err
			}
		}
		if t.move(c) != 1 {
			if t.err != nil {
				return t.err
			}
			return storage.Refuse(storage.CodeConflict, "state", "part %d of message %s is not %s", c.N, c.Message, c.From)
		}
		if c.To == storage.Sending {
			t.released(c)
		}
		if c.To == storage.Failed {
			t.exec(`UPDATE part SET state = 'canceled', reason = 'an earlier part failed' WHERE message = ? AND state = 'queued'`, c.Message)
		}
		if c.To == storage.Sent && c.Ref >= 0 {
			t.rematch(c.Line, c.Ref)
		}
		t.derive(c.Message)
		return t.err
	})
}

// move is the conditional update of each transition.
func (t *tx) move(c storage.Change) int64 {
	switch c.To {
	case storage.Sending:
		return t.exec(`
			UPDATE part
			SET state = 'sending', pdu = ?, length = ?, attempts = attempts + 1, sent_at = ?, code = 0, reason = '',
			    expect_ref = (SELECT CASE last_ref WHEN -1 THEN -1 ELSE (last_ref + 1) % 256 END FROM line WHERE id = part.line)
			WHERE message = ? AND n = ? AND state = ?`, c.PDU, c.Length, t.now.Milli(), c.Message, c.N, c.From)
	case storage.Sent:
		t.exec(`UPDATE line SET last_ref = ? WHERE id = ?`, c.Ref, c.Line)
		return t.exec(`
			UPDATE part
			SET state = 'sent', ref = ?, sent_at = ?, code = 0, reason = ''
			WHERE message = ? AND n = ? AND state = ?`, c.Ref, t.now.Milli(), c.Message, c.N, c.From)
	case storage.Unconfirmed:
		t.exec(`UPDATE line SET last_ref = -1 WHERE id = ?`, c.Line)
	}
	return t.exec(`
		UPDATE part
		SET state = ?, code = ?, reason = ?, next_try = ?, tries = tries + (state = 'queued' AND ? = 'queued')
		WHERE message = ? AND n = ? AND state = ?`, c.To, c.Code, c.Reason, c.NextTry.Milli(), c.To, c.Message, c.N, c.From)
}

// derive writes the state that follows from a message's parts, and its event.
func (t *tx) derive(id string) { t.deriveAs(id, storage.MessageUpdated) }

func (t *tx) deriveAs(id, kind string) {
	m := t.message(id)
	if m == nil {
		return
	}
	state := storage.Derive(m.Parts)
	reason, code := worst(m.Parts, state)
	sent := m.SentAt.Milli()
	if state == storage.Sent && sent == 0 {
		sent = t.now.Milli()
	}
	rev := t.next()
	t.exec(`UPDATE message SET state = ?, reason = ?, code = ?, sent_at = ?, rev = ? WHERE id = ?`,
		state, reason, code, sent, rev, id)
	m.State, m.Reason, m.Code, m.SentAt, m.Rev = state, reason, code, storage.FromMilli(sent), rev
	t.event(kind, m.Thread, m.Line, "message", m)
}

// worst is the reason of the part that gave the message its state.
func worst(parts []storage.Part, state storage.MessageState) (reason string, code int) {
	for _, p := range parts {
		if p.Reason != "" && (p.State == state || reason == "") {
			reason, code = p.Reason, p.Code
		}
	}
	return reason, code
}

// Doubt makes every part that is found sending unconfirmed: nobody is left who
// could still hear its final result. It is the first act after a start, before
// any port is opened.
func (db *DB) Doubt(ctx context.Context, reason string) (parts int, err error) {
	err = db.update(ctx, func(t *tx) error {
		var found []storage.Change
		t.rows(`SELECT message, n, line FROM part WHERE state = 'sending'`, nil, func(r *sql.Rows) error {
			c := storage.Change{From: storage.Sending, To: storage.Unconfirmed, Reason: reason}
			err := r.Scan(&c.Message, &c.N, &c.Line)
			found = append(found, c)
			return err
		})
		for _, c := range found {
			t.move(c)
			t.derive(c.Message)
		}
		parts = len(found)
		return t.err
	})
	return parts, err
}
