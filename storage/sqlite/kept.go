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
			WHERE line = ? AND memory = ? AND slot = ? AND removed_at = 0 AND pdu IN (?, ?)`,
			[]any{line, k.Memory, k.Index, k.PDU, scrubbed(k.PDU)}, &k.ID, &kind)
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
// events, in one commit. assemble places the parts of concatenated messages; it
// is called inside the transaction.
func (db *DB) Receive(ctx context.Context, line string, arrivals []storage.Arrival, assemble storage.Assemble) error {
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
			switch {
			case a.Kind == storage.Report:
				t.report(line, a)
			case a.Set != nil:
				t.receivePart(own, a, assemble)
			default:
				t.receive(own, a)
			}
		}
		return t.err
	})
}

// receive files what stands alone.
func (t *tx) receive(line storage.Line, a storage.Arrival) {
	if message, known := t.repeated(line.ID, a); known {
		t.repeat(message, a)
		return
	}
	kind := "text"
	if a.Kind == storage.Undecodable {
		kind = "undecodable"
	}
	thread := t.threadOf(a.From, line.ID)
	id := t.inbound(line, thread, a, storage.Received, 1)
	t.file(a, kind, id, 1)
	t.setCard(id, a.Card)
	t.trace(id, a)
	t.arrive(thread, line.ID, id)
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

// repeated looks for the message that this very TPDU became within the last
// week.
func (t *tx) repeated(line string, a storage.Arrival) (message string, known bool) {
	known = t.get(`
		SELECT message FROM kept
		WHERE line = ? AND identity = ? AND kind IN ('text', 'undecodable') AND kept_at > ?
		ORDER BY id DESC
		LIMIT 1`, []any{line, a.Identity, t.now.Add(-identityAge).UnixMilli()}, &message)
	return message, known
}

// repeat counts a TPDU that the network delivered again at the message that it
// became. Nobody is told as if it were new.
func (t *tx) repeat(message string, a storage.Arrival) {
	t.file(a, "repeat", message, 0)
	if t.exec(`UPDATE message SET copies = copies + 1, rev = ? WHERE id = ?`, t.next(), message) == 0 {
		t.scrubPDUs(message) // it was deleted, and stays so
		return
	}
	t.updated(storage.MessageUpdated, message)
}

// file writes down what a kept PDU is.
func (t *tx) file(a storage.Arrival, kind, message string, seq int) {
	t.exec(`UPDATE kept SET kind = ?, identity = ?, message = ?, seq = ? WHERE id = ?`, kind, a.Identity, message, seq, a.Kept.ID)
}

// trace writes how long the newest PDU of a message took to come this far.
func (t *tx) trace(id string, a storage.Arrival) {
	if a.Kept.Read.IsZero() || a.Kept.Heard.IsZero() {
		return
	}
	t.exec(`UPDATE message SET trace = ? WHERE id = ?`, traceJSON(a.Kept), id)
}
