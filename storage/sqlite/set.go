package sqlite

import (
	"database/sql"
	"strings"

	"smsbridge/storage"
)

// receivePart files one part of a concatenated message. A message shows from
// its first part on, as partial, and fills in; it is told as received once,
// when it is whole.
func (t *tx) receivePart(line storage.Line, a storage.Arrival, assemble storage.Assemble) {
	if message, known := t.repeated(line.ID, a); known {
		t.repeat(message, a)
		return
	}
	r, err := assemble(&sets{t: t, line: line.ID}, a)
	if err != nil || t.err != nil {
		if t.err == nil {
			t.err = err
		}
		return
	}
	if r.Repeated {
		t.repeat(r.Message, a)
		return
	}
	thread := t.threadOf(a.From, line.ID)
	id := r.Message
	if id == "" {
		id = t.inbound(line, thread, a, storage.Partial, a.Set.Total)
		t.exec(`INSERT INTO concat_set (line, peer, bits, ref, total, message) VALUES (?, ?, ?, ?, ?, ?)`,
			line.ID, a.From, a.Set.Bits, a.Set.Ref, a.Set.Total, id)
	}
	state := storage.Partial
	if r.Whole {
		state = storage.Received
		t.exec(`DELETE FROM concat_set WHERE line = ? AND message = ?`, line.ID, id)
	}
	t.file(a, "text", id, a.Set.Seq)
	t.exec(`UPDATE message SET text = ?, warnings = ?, state = ?, rev = ? WHERE id = ?`,
		r.Text, strings.Join(r.Warnings, ","), state, t.next(), id)
	t.setCard(id, r.Card)
	t.trace(id, a)
	if r.Whole {
		t.arrive(thread, line.ID, id)
		return
	}
	t.touch(thread, line.ID, id)
	t.updated(storage.MessagePart, id)
}

// sets is what reassembly sees of the ledger: the open sets of one line, inside
// the transaction.
type sets struct {
	t    *tx
	line string
}

// Like is that of storage.Sets.
func (s *sets) Like(a storage.Arrival) ([]storage.OpenSet, error) {
	var open []storage.OpenSet
	s.t.rows(`
		SELECT concat_set.message, kept.seq, kept.pdu, kept.kept_at
		FROM concat_set
		JOIN kept ON kept.message = concat_set.message AND kept.kind = 'text'
		WHERE concat_set.line = ? AND concat_set.peer = ? AND concat_set.bits = ? AND concat_set.ref = ? AND concat_set.total = ?
		ORDER BY concat_set.message, kept.seq`,
		[]any{s.line, a.From, a.Set.Bits, a.Set.Ref, a.Set.Total}, func(r *sql.Rows) error {
			var message string
			var part storage.Segment
			var at int64
			if err := r.Scan(&message, &part.Seq, &part.PDU, &at); err != nil {
				return err
			}
			part.Read = storage.FromMilli(at)
			if n := len(open); n == 0 || open[n-1].Message != message {
				open = append(open, storage.OpenSet{Message: message})
			}
			last := &open[len(open)-1]
			last.Parts = append(last.Parts, part)
			return nil
		})
	return open, s.t.err
}

// Oldest is that of storage.Sets.
func (s *sets) Oldest() (oldest storage.OpenSet, count, octets int, err error) {
	var at int64
	s.t.get(`
		SELECT count(DISTINCT concat_set.message), coalesce(sum(length(kept.pdu) / 2), 0)
		FROM concat_set
		JOIN kept ON kept.message = concat_set.message AND kept.kind = 'text'
		WHERE concat_set.line = ?`, []any{s.line}, &count, &octets)
	known := s.t.get(`
		SELECT concat_set.message, max(kept.kept_at) AS grown
		FROM concat_set
		JOIN kept ON kept.message = concat_set.message AND kept.kind = 'text'
		WHERE concat_set.line = ?
		GROUP BY concat_set.message
		ORDER BY grown, concat_set.message
		LIMIT 1`, []any{s.line}, &oldest.Message, &at)
	if known {
		oldest.Parts = []storage.Segment{{Read: storage.FromMilli(at)}}
	}
	return oldest, count, octets, s.t.err
}

// End is that of storage.Sets.
func (s *sets) End(message string) error {
	s.t.exec(`DELETE FROM concat_set WHERE line = ? AND message = ?`, s.line, message)
	return s.t.err
}
