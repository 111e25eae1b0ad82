package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"smsbridge/storage"
)

// Keep writes down PDUs as a modem handed them over, in one commit, before
// anybody reads them. Only after it returns may a modem forget them.
//
// A PDU that is still in the slot where an earlier visit found it, with the
// same octets, is that one again: it comes back Known, and Filed if it was read
// already, so that nothing is left to do but to remove it. swept names the
// memories that found lists in full: what the ledger thinks is still in one of
// them and is not, has been removed.
func (db *DB) Keep(ctx context.Context, line string, swept []string, found []storage.Kept) ([]storage.Kept, error) {
	if len(found) == 0 && len(swept) == 0 {
		return nil, nil
	}
	kept := make([]storage.Kept, len(found))
	err := db.update(ctx, func(t *tx) error {
		for i, k := range found {
			kept[i] = t.keep(line, k)
		}
		for _, memory := range swept {
			t.vacate(line, memory, kept)
		}
		return t.err
	})
	return kept, err
}

func (t *tx) keep(line string, k storage.Kept) storage.Kept {
	if k.Memory != "" {
		var kind string
		k.Known = t.get(`
			SELECT id, kind FROM kept
			WHERE line = ? AND memory = ? AND slot = ? AND removed_at = 0 AND pdu = ?`,
			[]any{line, k.Memory, k.Index, k.PDU}, &k.ID, &kind)
		if k.Known {
			k.Filed = kind != ""
			return k
		}
		// Whatever else was thought to be in this slot is gone.
		t.exec(`UPDATE kept SET removed_at = ? WHERE line = ? AND memory = ? AND slot = ? AND removed_at = 0`,
			t.now.Milli(), line, k.Memory, k.Index)
	}
	removed := int64(0)
	if k.Memory == "" {
		removed = t.now.Milli() // it was never in a memory
	}
	t.get(`
		INSERT INTO kept (line, memory, slot, pdu, kept_at, removed_at) VALUES (?, ?, ?, ?, ?, ?)
		RETURNING id`, []any{line, k.Memory, k.Index, k.PDU, t.now.Milli(), removed}, &k.ID)
	return k
}

// vacate closes the rows of a memory whose slots a full list did not show.
func (t *tx) vacate(line, memory string, listed []storage.Kept) {
	there := make(map[int64]bool, len(listed))
	for _, k := range listed {
		there[k.ID] = true
	}
	var gone []int64
	t.rows(`SELECT id FROM kept WHERE line = ? AND memory = ? AND removed_at = 0`, []any{line, memory}, func(r *sql.Rows) error {
		var id int64
		err := r.Scan(&id)
		if !there[id] {
			gone = append(gone, id)
		}
		return err
	})
	for _, id := range gone {
		t.exec(`UPDATE kept SET removed_at = ? WHERE id = ?`, t.now.Milli(), id)
	}
}

// Removed writes down that the modem has forgotten these.
func (db *DB) Removed(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return db.update(ctx, func(t *tx) error {
		for _, id := range ids {
			t.exec(`UPDATE kept SET removed_at = ? WHERE id = ? AND removed_at = 0`, t.now.Milli(), id)
		}
		return nil
	})
}

// Unread lists what was kept and not read, because the process ended between.
func (db *DB) Unread(ctx context.Context, line string) ([]storage.Kept, error) {
	var found []storage.Kept
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT id, memory, slot, pdu, kept_at FROM kept WHERE line = ? AND kind = '' ORDER BY id`, []any{line},
			func(r *sql.Rows) error {
				k := storage.Kept{Known: true}
				var at int64
				err := r.Scan(&k.ID, &k.Memory, &k.Index, &k.PDU, &at)
				k.Read = storage.FromMilli(at)
				found = append(found, k)
				return err
			})
	})
	return found, err
}

// Receive files what kept PDUs turned out to be, with messages, threads and
// events, in one commit. join makes the text of a set from its PDUs; it is
// called inside the transaction and must only reckon.
func (db *DB) Receive(ctx context.Context, line string, arrivals []storage.Arrival, join Join) error {
	if len(arrivals) == 0 {
		return nil
	}
	return db.update(ctx, func(t *tx) error {
		own := first(t.lines("id = ?", line))
		for _, a := range arrivals {
			var kind string
			if !t.get(`SELECT kind FROM kept WHERE id = ?`, []any{a.Kept.ID}, &kind) || kind != "" {
				continue
			}
			if a.Kind == storage.Report {
				t.report(line, a)
			} else {
				t.receive(own, a, join)
			}
		}
		return t.err
	})
}

// Join makes the text of a concatenated message, and what is odd about it.
type Join = func([]storage.Segment) (text string, warnings []string)

func (t *tx) receive(line storage.Line, a storage.Arrival, join Join) {
	if t.repeated(line.ID, a) {
		return
	}
	kind := "text"
	if a.Kind == storage.Undecodable {
		kind = "undecodable"
	}
	thread := t.threadOf(a.From, line.ID)
	id, seq, event := "", 1, storage.MessageReceived
	if a.Set == nil {
		id = t.inbound(line, thread, a, storage.Received, 1)
	} else {
		seq = a.Set.Seq
		if id = t.openSet(line.ID, a); id == "" {
			id = t.inbound(line, thread, a, storage.Partial, a.Set.Total)
			t.exec(`INSERT INTO concat_set (line, peer, bits, ref, total, message) VALUES (?, ?, ?, ?, ?, ?)`,
				line.ID, a.From, a.Set.Bits, a.Set.Ref, a.Set.Total, id)
		}
	}
	t.exec(`UPDATE kept SET kind = ?, identity = ?, message = ?, seq = ? WHERE id = ?`, kind, a.Identity, id, seq, a.Kept.ID)
	if a.Set != nil && !t.join(id, a, join) {
		event = storage.MessagePart
	}
	t.trace(id, a)
	t.touch(thread, line.ID, id)
	t.updated(event, id)
}

// inbound inserts the row of an inbound message.
func (t *tx) inbound(line storage.Line, thread string, a storage.Arrival, state storage.MessageState, total int) string {
	id := t.db.write.ids.next("ms")
	raw := ""
	if a.Kind == storage.Undecodable {
		raw = a.Kept.PDU
	}
	t.exec(`
		INSERT INTO message (id, thread, line, dir, peer, own, text, state, total, warnings, raw, created_at, sent_at, received_at, rev)
		VALUES (?, ?, ?, 'in', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, thread, line.ID, a.From, line.Number, a.Text, state, total, strings.Join(a.Warnings, ","), raw,
		t.now.Milli(), a.SentAt.Milli(), t.now.Milli(), t.next())
	return id
}

// repeated tells whether the network has delivered this very TPDU within the
// last week, and counts it at the message that it became. Nobody is told again.
func (t *tx) repeated(line string, a storage.Arrival) bool {
	var message string
	known := t.get(`
		SELECT message FROM kept
		WHERE line = ? AND identity = ? AND kind IN ('text', 'undecodable') AND kept_at > ?
		ORDER BY id DESC
		LIMIT 1`, []any{line, a.Identity, t.now.Add(-identityAge).UnixMilli()}, &message)
	if !known {
		return false
	}
	t.exec(`UPDATE kept SET kind = 'repeat', identity = ?, message = ? WHERE id = ?`, a.Identity, message, a.Kept.ID)
	t.exec(`UPDATE message SET copies = copies + 1, rev = ? WHERE id = ?`, t.next(), message)
	t.updated(storage.MessageUpdated, message)
	return true
}

// openSet finds the message that a part of a set belongs to: the newest one of
// its key that has no such part yet and began less than a day ago. A reference
// that a sender uses again thus begins a new message, and the old one stays as
// it is, with its gaps.
func (t *tx) openSet(line string, a storage.Arrival) (id string) {
	t.get(`
		SELECT message.id
		FROM concat_set
		JOIN message ON message.id = concat_set.message
		WHERE concat_set.line = ? AND concat_set.peer = ? AND concat_set.bits = ? AND concat_set.ref = ? AND concat_set.total = ?
		  AND message.state = 'partial' AND message.received_at > ?
		  AND NOT EXISTS (SELECT 1 FROM kept WHERE kept.message = message.id AND kept.kind = 'text' AND kept.seq = ?)
		ORDER BY message.id DESC
		LIMIT 1`,
		[]any{line, a.From, a.Set.Bits, a.Set.Ref, a.Set.Total, t.now.AddDate(0, 0, -1).UnixMilli(), a.Set.Seq}, &id)
	return id
}

// join writes the text of a set as far as it is there, and tells whether it is
// whole.
func (t *tx) join(id string, a storage.Arrival, join Join) (whole bool) {
	segments := make([]storage.Segment, a.Set.Total)
	missing := a.Set.Total
	t.rows(`SELECT seq, pdu FROM kept WHERE message = ? AND kind = 'text' ORDER BY seq, id`, []any{id}, func(r *sql.Rows) error {
		var s storage.Segment
		if err := r.Scan(&s.Seq, &s.PDU); err != nil {
			return err
		}
		if s.Seq >= 1 && s.Seq <= len(segments) && segments[s.Seq-1].PDU == "" {
			segments[s.Seq-1] = s
			missing--
		}
		return nil
	})
	text, warnings := join(segments)
	state := storage.Partial
	if missing == 0 {
		state = storage.Received
	}
	t.exec(`UPDATE message SET text = ?, warnings = ?, state = ?, rev = ? WHERE id = ?`,
		text, strings.Join(warnings, ","), state, t.next(), id)
	return missing == 0
}

// trace writes how long the newest PDU of a message took to come this far.
func (t *tx) trace(id string, a storage.Arrival) {
	if a.Kept.Read.IsZero() || a.Kept.Heard.IsZero() {
		return
	}
	t.exec(`UPDATE message SET trace = ? WHERE id = ?`, traceJSON(a.Kept), id)
}
