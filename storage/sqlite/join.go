package sqlite

import (
	"smsbridge/storage"
)

// unite makes one thread of all that was said with a contact's numbers. The
// oldest thread stays.
func (t *tx) unite(contact string) {
	all := t.column(`
		SELECT thread_number.thread
		FROM contact_number
		JOIN thread_number ON thread_number.number = contact_number.number
		WHERE contact_number.contact = ?1
		UNION
		SELECT id FROM thread WHERE contact = ?1 AND contact <> ''
		ORDER BY 1`, contact)
	if len(all) == 0 {
		return
	}
	for _, other := range all[1:] {
		t.joinThreads(all[0], other)
	}
	t.exec(`UPDATE thread SET contact = ? WHERE id = ?`, contact, all[0])
	t.told(all[0])
}

// joinThreads puts all that is in thread other into thread kept. What other nouns keep
// of a thread goes along here.
func (t *tx) joinThreads(kept, other string) {
	lines := t.linesOf(other)
	gone, _ := t.thread(other)
	t.joinViews(kept, other, func() {
		t.exec(`UPDATE message SET thread = ? WHERE thread = ?`, kept, other)
		t.exec(`UPDATE thread_number SET thread = ? WHERE thread = ?`, kept, other)
		t.exec(`DELETE FROM thread_line WHERE thread = ?`, other)
		t.exec(`DELETE FROM thread_view WHERE thread = ?`, other)
		t.exec(`DELETE FROM thread WHERE id = ?`, other)
		t.renew(kept)
	})
	t.tell(storage.ThreadMerged, gone, lines, "merged", storage.Joint{Thread: kept, From: other})
}

// joinViews makes one view of two for each agent, around the joining itself.
// Nothing that was unread counts as read, so something that was read after it
// may be unread again; a thread that one of the two was open or loud in stays so.
func (t *tx) joinViews(kept, other string, join func()) {
	type pair struct {
		a, b  storage.View
		first string // the oldest message that is unread in either
	}
	var pairs []pair
	for _, agent := range t.column(`SELECT DISTINCT agent FROM thread_view WHERE thread IN (?, ?) ORDER BY agent`, kept, other) {
		var p pair
		p.a, _ = t.view(agent, nil, kept)
		p.b, _ = t.view(agent, nil, other)
		t.get(`
			SELECT coalesce(min(id), '') FROM message
			WHERE (thread = ?4 AND id > ?5 OR thread = ?6 AND id > ?7) AND `+incoming,
			[]any{agent, true, "[]", kept, p.a.ReadTo, other, p.b.ReadTo}, &p.first)
		pairs = append(pairs, p)
	}
	join()
	for _, p := range pairs {
		w := p.a
		w.ReadTo = max(p.a.ReadTo, p.b.ReadTo)
		if p.first != "" {
			t.get(`SELECT coalesce(max(id), '') FROM message WHERE thread = ? AND id < ?`, []any{kept, p.first}, &w.ReadTo)
		}
		if p.b.ClosedAt.IsZero() {
			w.ClosedAt = p.b.ClosedAt
		}
		w.Muted = p.a.Muted && p.b.Muted
		w.Draft, _ = storage.BothDrafts(p.a.Draft, p.b.Draft)
		w.DraftRev = max(p.a.DraftRev, p.b.DraftRev)
		t.writeView(w)
		t.viewed(w.Agent, t.seenBy(w.Agent), kept, false)
	}
}

// part takes numbers out of the thread of a contact, each into a thread of its
// own; message.peer says which messages go.
func (t *tx) part(contact string, numbers []string) {
	var thread string
	if len(numbers) == 0 || !t.get(`SELECT id FROM thread WHERE contact = ? AND contact <> ''`, []any{contact}, &thread) {
		return
	}
	var known int
	if !t.get(`SELECT 1 FROM contact WHERE id = ?`, []any{contact}, &known) {
		t.exec(`UPDATE thread SET contact = '' WHERE id = ?`, thread)
	}
	moved := false
	for _, number := range numbers {
		moved = t.leave(thread, number) || moved
	}
	if !moved {
		t.told(thread)
		return
	}
	t.renew(thread)
	t.told(thread)
}

// leave moves what was said with one number out of a thread, and tells whether
// something moved. A thread in which nothing else was said becomes the number's.
func (t *tx) leave(thread, number string) bool {
	var his, others bool
	t.get(`
		SELECT EXISTS (SELECT 1 FROM message WHERE thread = ?1 AND peer = ?2),
		       EXISTS (SELECT 1 FROM message WHERE thread = ?1 AND peer <> ?2)`, []any{thread, number}, &his, &others)
	if !his {
		t.exec(`DELETE FROM thread_number WHERE number = ? AND thread = ?`, number, thread)
		t.exec(`
			UPDATE thread SET peer = coalesce((SELECT min(number) FROM thread_number WHERE thread_number.thread = thread.id), peer)
			WHERE id = ? AND peer = ?`, thread, number)
		return false
	}
	if !others {
		t.exec(`DELETE FROM thread_number WHERE thread = ? AND number <> ?`, thread, number)
		t.exec(`UPDATE thread SET contact = '', peer = ? WHERE id = ?`, number, thread)
		return false
	}
	t.exec(`DELETE FROM thread_number WHERE number = ?`, number)
	id := t.begin(number, "", "")
	t.exec(`UPDATE message SET thread = ? WHERE thread = ? AND peer = ?`, id, thread, number)
	t.exec(`
		INSERT INTO thread_view (agent, thread, read_to, closed_at, muted, rev)
		SELECT agent, ?, read_to, closed_at, muted, ? FROM thread_view WHERE thread = ?`, id, t.next(), thread)
	t.renew(id)
	if made, ok := t.thread(id); ok {
		t.tell(storage.ThreadCreated, made, t.linesOf(id), "thread", made)
	}
	return true
}

// renew finds again what a thread says of its messages: the newest, with its
// line and number, and the newest over each line.
func (t *tx) renew(thread string) {
	t.exec(`DELETE FROM thread_line WHERE thread = ?`, thread)
	t.exec(`
		INSERT INTO thread_line (thread, line, last)
		SELECT thread, line, max(id) FROM message WHERE thread = ? AND channel <> 'chat' GROUP BY line`, thread)
	t.exec(`UPDATE thread SET last = coalesce((SELECT max(id) FROM message WHERE message.thread = thread.id), '') WHERE id = ?`, thread)
	t.exec(`
		UPDATE thread SET line = message.line, peer = message.peer
		FROM message
		WHERE message.id = thread.last AND thread.id = ? AND thread.channel = 'sms'`, thread)
}

// joinLines puts what went over one line to another, after the messages did.
func (t *tx) joinLines(to, from string) {
	t.exec(`
		INSERT INTO thread_line (thread, line, last)
		SELECT thread, ?1, last FROM thread_line WHERE line = ?2
		ON CONFLICT (thread, line) DO UPDATE SET last = max(last, excluded.last)`, to, from)
	t.exec(`DELETE FROM thread_line WHERE line = ?`, from)
}
