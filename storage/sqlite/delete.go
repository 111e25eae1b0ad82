package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"sort"
	"strings"

	"smsbridge/storage"
)

const scrubMark = "sha256:"

// scrubbed stands in the place of a PDU whose message was deleted: enough to
// know it again while it is still in the SIM, and nothing of what it said.
func scrubbed(pdu string) string {
	sum := sha256.Sum256([]byte(pdu))
	return scrubMark + hex.EncodeToString(sum[:])
}

// DeleteMessage takes one message out of the ledger: its text, its PDUs, its
// words, and what the log said of it. What is still on its way is refused. The
// phone at the other end keeps what it has.
//
// by, if not empty, is the only author whose message it may be.
func (db *DB) DeleteMessage(ctx context.Context, id string, by string) (storage.Gone, error) {
	var gone storage.Gone
	err := db.update(ctx, func(t *tx) error {
		m := t.message(id)
		switch {
		case t.err != nil:
			return t.err
		case m == nil:
			return storage.Refuse(storage.CodeNotFound, "id", "there is no message %s", id)
		case by != "" && (m.Author == nil || m.Author.ID != by):
			return storage.Refuse(storage.CodeDenied, "id", "this is not your own message; a manager can delete it")
		}
		if err := t.deletable(m.Thread, id); err != nil {
			return err
		}
		thread, _ := t.thread(m.Thread)
		t.erase([]string{id})
		t.scrubEvents([]string{id}, m.CreatedAt)
		t.renew(m.Thread)
		gone = storage.Gone{ID: id, Thread: m.Thread, Rev: t.next()}
		t.tell(storage.MessageDeleted, thread, []string{m.Line}, "deleted", gone)
		t.told(m.Thread)
		t.object(id)
		return t.err
	})
	return gone, err
}

// DeleteThread takes a thread out of the ledger with all that was said in it.
// A text that comes later begins a new one.
func (db *DB) DeleteThread(ctx context.Context, id string) (storage.Gone, error) {
	var gone storage.Gone
	err := db.update(ctx, func(t *tx) error {
		thread, ok := t.thread(id)
		if !ok && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "thread", "there is no thread %s", id)
		}
		if err := t.deletable(id, ""); err != nil {
			return err
		}
		lines := t.linesOf(id)
		var from int64
		t.get(`SELECT coalesce(min(created_at), 0) FROM message WHERE thread = ?`, []any{id}, &from)
		messages := t.column(`SELECT id FROM message WHERE thread = ? ORDER BY id`, id)
		t.erase(messages)
		t.scrubEvents(messages, storage.FromMilli(from))
		gone = storage.Gone{ID: id, Thread: id, Rev: t.next()}
		t.tell(storage.ThreadDeleted, thread, lines, "deleted", gone)
		for _, table := range []string{"thread_number", "thread_line", "thread_view", "member"} {
			t.exec(`DELETE FROM `+table+` WHERE thread = ?`, id)
		}
		t.exec(`DELETE FROM thread WHERE id = ?`, id)
		t.object(id)
		return t.err
	})
	return gone, err
}

// deletable refuses what a modem may be sending at this moment, or will.
func (t *tx) deletable(thread, message string) error {
	var moving string
	if t.get(`
		SELECT id FROM message
		WHERE thread = ?1 AND (?2 = '' OR id = ?2) AND state IN ('queued', 'held', 'sending')
		LIMIT 1`, []any{thread, message}, &moving) {
		return storage.Refuse(storage.CodeConflict, "id", "message %s is on its way; wait until it is sent, or cancel it first", moving)
	}
	return t.err
}

// erase deletes messages with all that is kept of them. What other nouns keep
// of a message goes here as well.
func (t *tx) erase(ids []string) {
	t.unspeak(ids)
	for _, id := range ids {
		t.scrubPDUs(id)
		t.exec(`DELETE FROM concat_set WHERE message = ?`, id)
		t.exec(`DELETE FROM part WHERE message = ?`, id)
		t.exec(`DELETE FROM message WHERE id = ?`, id)
	}
}

// scrubPDUs forgets what the PDUs of a message say, and not that they came: one
// that is still in the SIM, or that the network delivers again, is known.
func (t *tx) scrubPDUs(message string) {
	for _, kinds := range []string{`kind = 'text'`, `kind IN ('undecodable', 'repeat')`} {
		pdus := make(map[int64]string)
		t.rows(`SELECT id, pdu FROM kept WHERE message = ? AND `+kinds, []any{message}, func(r *sql.Rows) error {
			var id int64
			var pdu string
			err := r.Scan(&id, &pdu)
			pdus[id] = pdu
			return err
		})
		for id, pdu := range pdus {
			if !strings.HasPrefix(pdu, scrubMark) {
				t.exec(`UPDATE kept SET pdu = ? WHERE id = ?`, scrubbed(pdu), id)
			}
		}
	}
}

// scrubEvents takes the text of messages out of what the log says, from the
// moment that the first was made. The events stay, so that no cursor is lost.
func (t *tx) scrubEvents(messages []string, from storage.Time) {
	first := sort.Search(int(t.db.bell.head()), func(seq int) bool {
		var at int64
		known := t.get(`SELECT at FROM event WHERE seq >= ? ORDER BY seq LIMIT 1`, []any{seq}, &at)
		return !known || at >= from.Milli()
	})
	t.exec(`
		UPDATE event SET data = json_set(json_remove(data, '$.message.raw', '$.message.card', '$.message.passcode', '$.message.links', '$.message.reaction'), '$.message.text', '')
		WHERE seq >= ? AND type LIKE 'message.%' AND data ->> '$.message.id' IN (SELECT value FROM json_each(?))`,
		first, linesJSON(messages))
	t.forget = true
}
