package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"smsbridge/storage"
)

// imported is the sender of what another program sent or got: an account's id
// never looks so. Such a message is never unread, and no figure counts it.
const imported = "import"

// Import keeps messages of another program, at the times that they had, without
// what follows when a message comes: nobody is offered them, nobody is told of
// each. One event tells of them all. What the ledger has already is left out,
// so that a history that is imported twice is there once.
//
// A preview does all of it, and takes it back.
func (db *DB) Import(ctx context.Context, i storage.Import) (storage.ImportResult, error) {
	var r storage.ImportResult
	if len(i.Messages) > storage.MaxImported {
		return r, storage.Refuse(storage.CodeInvalid, "messages", "there are %d; send %d at the most, then the next", len(i.Messages), storage.MaxImported)
	}
	err := db.update(ctx, func(t *tx) error {
		line, err := t.aLine("line", i.Line)
		if err != nil {
			return err
		}
		r = storage.ImportResult{Source: i.Source, Preview: i.Preview}
		if err := t.importAll(line, i, &r); err != nil || t.err != nil {
			return err
		}
		if i.Preview {
			return errPreview
		}
		if r.Added > 0 {
			r.Rev = t.next()
			t.event(storage.HistoryImported, "", "", "import", r)
		}
		t.object(i.Line)
		return t.err
	})
	if errors.Is(err, errPreview) { // as in move.go
		err = nil
	}
	return r, err
}

func (t *tx) importAll(line storage.Line, i storage.Import, r *storage.ImportResult) error {
	author, _ := json.Marshal(storage.Author{Kind: storage.AuthorImport, Name: i.Source})
	threads := make(map[string]bool)
	for n, m := range i.Messages {
		if err := m.Tidy(t.now); err != nil {
			if e, ok := errors.AsType[*storage.Error](err); ok {
				e.Field = fmt.Sprintf("messages[%d].%s", n, e.Field)
			}
			return err
		}
		if m.Own == "" {
			m.Own = line.Number
		}
		thread, fresh := t.threadWith(m.Peer, line.ID)
		if !fresh && t.has(thread, line.ID, m) {
			r.Known++
			continue
		}
		id := t.idAround(m.At)
		t.insertImported(id, thread, line.ID, m, string(author))
		t.place(thread, line.ID, id, i.Preview)
		threads[thread] = true
		r.Added++
		if r.From.IsZero() || m.At.Before(r.From.Time) {
			r.From = m.At
		}
		if m.At.After(r.To.Time) {
			r.To = m.At
		}
	}
	r.Threads = len(threads)
	return t.err
}

func (t *tx) insertImported(id, thread, line string, m storage.Imported, author string) {
	sent, received := m.At.Milli(), int64(0)
	if m.Dir == storage.Inbound {
		received = sent
	}
	if m.State == storage.Failed || m.State == storage.Canceled {
		sent = 0
	}
	t.exec(`
		INSERT INTO message (id, thread, line, dir, peer, own, text, state, total, author, sender, meaning,
			created_at, sent_at, received_at, delivered_at, rev)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)`,
		id, thread, line, m.Dir, m.Peer, m.Own, m.Text, m.State, author, imported, "",
		m.At.Milli(), sent, received, m.DeliveredAt.Milli(), t.next())
}

// lateness is how long after its service centre's time stamp a message may have come
// to be found again: as long as networks keep one (3GPP TS 23.040, 9.2.3.12.1,
// knows 63 weeks; three days are usual).
const lateness = 3 * 24 * time.Hour

// has looks for a message: the same direction, ends and text, at the same
// moment, be it that when it was sent or when it was kept. Moments of which one
// is of whole seconds are compared in seconds, as most programs keep them.
func (t *tx) has(thread, line string, m storage.Imported) bool {
	var known int
	at := m.At.Milli()
	return t.get(`
		SELECT 1 FROM message
		WHERE thread = ?1 AND id > ?2 AND id < ?3 AND dir = ?4 AND peer = ?5 AND text = ?6
		  AND (own = ?7 OR own = '' OR ?7 = '')
		  AND (created_at = ?8 OR sent_at = ?8 OR received_at = ?8
		       OR (?8 % 1000 = 0 AND (created_at / 1000 = ?8 / 1000 OR sent_at / 1000 = ?8 / 1000 OR received_at / 1000 = ?8 / 1000))
		       OR (created_at % 1000 = 0 AND created_at / 1000 = ?8 / 1000)
		       OR (sent_at % 1000 = 0 AND sent_at > 0 AND sent_at / 1000 = ?8 / 1000))
		LIMIT 1`, []any{thread, idAt("ms", t.db.box, storage.At(m.At.Add(-time.Minute))), idAt("ms", t.db.box, storage.At(m.At.Add(lateness))),
		m.Dir, m.Peer, m.Text, m.Own, at}, &known)
}

// idAround is an id that stands where a message of that moment belongs, behind
// those that are there. What is of just now, or has no room, gets the next.
func (t *tx) idAround(at storage.Time) string {
	n := uint64(at.Milli()) << 12
	if at.After(t.now.Add(-time.Minute)) {
		return t.db.write.ids.next("ms")
	}
	for ; ; n += 1 << 12 { // 4096 find room in one millisecond
		var newest string
		t.get(`SELECT coalesce(max(id), '') FROM message WHERE id >= ? AND id < ?`,
			[]any{idOf("ms", t.db.box, n), idOf("ms", t.db.box, n+1<<12)}, &newest)
		if newest == "" {
			return idOf("ms", t.db.box, n)
		}
		if free := numberIn(newest, "ms", t.db.box) + 1; free < n+1<<12 {
			return idOf("ms", t.db.box, free)
		}
	}
}

// place puts an imported message where it belongs in the list of threads and
// in the index of words. A thread that somebody closed stays closed.
func (t *tx) place(thread, line, id string, preview bool) {
	t.exec(`
		UPDATE thread
		SET line = CASE WHEN last < ?1 THEN ?2 ELSE line END,
		    peer = CASE WHEN last < ?1 THEN (SELECT peer FROM message WHERE id = ?1) ELSE peer END,
		    last = max(last, ?1)
		WHERE id = ?3`, id, line, thread)
	t.exec(`
		INSERT INTO thread_line (thread, line, last) VALUES (?, ?, ?)
		ON CONFLICT (thread, line) DO UPDATE SET last = max(last, excluded.last)`, thread, line, id)
	switch {
	case preview:
	case id <= t.spokenTo():
		t.respeak([]string{id})
	default:
		t.hear(id)
	}
}
