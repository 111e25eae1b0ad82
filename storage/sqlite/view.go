package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// incoming are the messages that can be unread for agent ?1, who sees every
// line (?2) or those of ?3: what came in, and what colleagues wrote. What was
// imported came to another program.
const incoming = `(message.dir = 'in' OR message.channel = 'chat') AND message.sender NOT IN (?1, 'import') AND message.blocked = 0
	AND (message.channel = 'chat' OR ?2 OR message.line IN (SELECT value FROM json_each(?3)))`

// viewColumns are a view as agent ?1 has it of the row thread; the same
// parameters as incoming.
const viewColumns = viewKept + unreadCount

// closedViewColumns are the same, of a closed thread. Those that are open are
// counted already: unreadOf.
const closedViewColumns = viewKept + `CASE WHEN coalesce(thread_view.closed_at, 0) = 0 THEN 0 ELSE ` + unreadCount + ` END`

const (
	viewKept = `
	coalesce(thread_view.read_to, ''), coalesce(thread_view.closed_at, 0), coalesce(thread_view.muted, 0),
	coalesce(thread_view.draft, ''), coalesce(thread_view.draft_rev, 0), coalesce(thread_view.rev, 0),
	`
	unreadCount = `CASE ?1 WHEN '' THEN 0 ELSE (
		SELECT count(*) FROM message
		WHERE message.thread = thread.id AND message.id > coalesce(thread_view.read_to, '') AND ` + incoming + `) END`
)

func viewInto(w *storage.View, closed *int64) []any {
	return []any{&w.ReadTo, closed, &w.Muted, &w.Draft, &w.DraftRev, &w.Rev, &w.Unread}
}

// view reads how an agent, who sees these lines, sees a thread; false if it
// does not see it at all.
func (t *tx) view(agent string, lines []string, thread string) (storage.View, bool) {
	w := storage.View{Thread: thread, Agent: agent}
	var closed int64
	ok := t.get(`
		SELECT `+viewColumns+`
		FROM thread
		LEFT JOIN thread_view ON thread_view.agent = ?1 AND thread_view.thread = thread.id
		WHERE thread.id = ?4 AND CASE channel
			WHEN 'chat' THEN EXISTS (SELECT 1 FROM member WHERE member.agent = ?1 AND member.thread = thread.id)
			ELSE ?2 OR EXISTS (
				SELECT 1 FROM thread_line
				WHERE thread_line.thread = thread.id AND thread_line.line IN (SELECT value FROM json_each(?3))) END`,
		[]any{agent, lines == nil, linesJSON(lines), thread}, viewInto(&w, &closed)...)
	w.ClosedAt = storage.FromMilli(closed)
	return w, ok
}

// ChangeView changes how an agent, who sees these lines, sees a thread. What
// was read only grows; c.Unread alone takes it back.
func (db *DB) ChangeView(ctx context.Context, agent string, lines []string, thread string, c storage.ViewChange) (storage.View, error) {
	var w storage.View
	err := db.update(ctx, func(t *tx) error {
		var ok bool
		if w, ok = t.view(agent, lines, thread); !ok {
			if t.err != nil {
				return t.err
			}
			return storage.Refuse(storage.CodeNotFound, "thread", "there is no thread %s", thread)
		}
		if err := t.fresh(w.Rev, w); err != nil {
			return err
		}
		if err := t.change(&w, lines, c); err != nil {
			return err
		}
		both := w.Both
		t.writeView(w)
		w = t.viewed(agent, lines, thread, both)
		t.object(thread)
		return t.err
	})
	return w, err
}

func (t *tx) change(w *storage.View, lines []string, c storage.ViewChange) error {
	if c.ReadTo != nil && *c.ReadTo != "" {
		var known int
		if !t.get(`SELECT 1 FROM message WHERE id = ? AND thread = ?`, []any{*c.ReadTo, w.Thread}, &known) && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "read_to", "there is no message %s in this thread", *c.ReadTo)
		}
		w.ReadTo = max(w.ReadTo, *c.ReadTo)
	}
	switch {
	case c.Unread == nil:
	case *c.Unread:
		var newest string
		t.get(`
			SELECT id FROM message
			WHERE thread = ?4 AND `+incoming+`
			ORDER BY id DESC
			LIMIT 1`, []any{w.Agent, lines == nil, linesJSON(lines), w.Thread}, &newest)
		if newest != "" && w.ReadTo >= newest {
			t.get(`SELECT coalesce(max(id), '') FROM message WHERE thread = ? AND id < ?`, []any{w.Thread, newest}, &w.ReadTo)
		}
	default:
		t.get(`SELECT last FROM thread WHERE id = ?`, []any{w.Thread}, &w.ReadTo)
	}
	if c.Closed != nil && *c.Closed != !w.ClosedAt.IsZero() {
		if w.ClosedAt = (storage.Time{}); *c.Closed {
			w.ClosedAt = t.now
		}
	}
	if c.Muted != nil {
		w.Muted = *c.Muted
	}
	if c.Draft != nil {
		return t.draft(w, *c.Draft, c.DraftRev)
	}
	return t.err
}

// draft puts a draft in the place of the one that it was made from. If another
// was kept meanwhile, both stay.
func (t *tx) draft(w *storage.View, text string, from *int64) error {
	if len(text) > storage.MaxDraft {
		return storage.Refuse(storage.CodeInvalid, "draft", "it has %d bytes; %d are the most", len(text), storage.MaxDraft)
	}
	if from != nil && *from != w.DraftRev {
		text, w.Both = storage.BothDrafts(w.Draft, text)
	}
	w.Draft, w.DraftRev = text, t.next()
	return t.err
}

func (t *tx) writeView(w storage.View) {
	t.exec(`
		INSERT INTO thread_view (agent, thread, read_to, closed_at, muted, draft, draft_rev, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (agent, thread) DO UPDATE
		SET read_to = excluded.read_to, closed_at = excluded.closed_at, muted = excluded.muted,
		    draft = excluded.draft, draft_rev = excluded.draft_rev, rev = excluded.rev`,
		w.Agent, w.Thread, w.ReadTo, w.ClosedAt.Milli(), w.Muted, w.Draft, w.DraftRev, t.next())
}

// viewed tells an agent's own desks how it sees a thread now.
func (t *tx) viewed(agent string, lines []string, thread string, both bool) storage.View {
	w, ok := t.view(agent, lines, thread)
	w.Both = both
	if ok {
		t.eventFor([]string{agent}, storage.ViewUpdated, thread, "", "view", w)
	}
	return w
}

// reopen opens a thread for everybody who had closed it.
func (t *tx) reopen(thread string) {
	for _, agent := range t.column(`SELECT agent FROM thread_view WHERE thread = ? AND closed_at > 0`, thread) {
		t.exec(`UPDATE thread_view SET closed_at = 0, rev = ? WHERE agent = ? AND thread = ?`, t.next(), agent, thread)
		t.viewed(agent, t.seenBy(agent), thread, false)
	}
}

// seenBy are the lines that an agent sees; nil stands for every one.
func (t *tx) seenBy(agent string) []string {
	a, err := t.agent("agent", agent)
	if err != nil {
		return []string{}
	}
	return storage.Caller{Agent: &a}.Lines()
}

// column reads a query of one text column.
func (t *tx) column(query string, args ...any) []string {
	var all []string
	t.rows(query, args, func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		all = append(all, s)
		return err
	})
	return all
}

// unreadThreads is every thread in which something is unread for agent ?1.
const unreadThreads = `
	FROM thread
	LEFT JOIN thread_view ON thread_view.agent = ?1 AND thread_view.thread = thread.id
	WHERE (channel = 'sms' OR EXISTS (SELECT 1 FROM member WHERE member.agent = ?1 AND member.thread = thread.id))
		AND thread.last > coalesce(thread_view.read_to, '')`

// oneRead is what one press changed of one thread.
type oneRead struct {
	Thread, Was, Now string
}

// ReadAll marks everything as read for an agent who sees these lines.
func (db *DB) ReadAll(ctx context.Context, agent string, lines []string) (storage.ReadAll, error) {
	var done storage.ReadAll
	err := db.update(ctx, func(t *tx) error {
		done = storage.ReadAll{}
		var all []oneRead
		t.rows(`SELECT thread.id, coalesce(thread_view.read_to, ''), thread.last`+unreadThreads+` AND EXISTS (
				SELECT 1 FROM message
				WHERE message.thread = thread.id AND message.id > coalesce(thread_view.read_to, '') AND `+incoming+`)`,
			[]any{agent, lines == nil, linesJSON(lines)}, func(r *sql.Rows) error {
				var one oneRead
				err := r.Scan(&one.Thread, &one.Was, &one.Now)
				all = append(all, one)
				return err
			})
		if done.Threads = len(all); done.Threads == 0 {
			return t.err
		}
		was, _ := json.Marshal(all)
		done.Undo = t.db.write.ids.next("ra")
		t.exec(`DELETE FROM read_all WHERE agent = ?`, agent)
		t.exec(`INSERT INTO read_all (id, agent, was, at) VALUES (?, ?, ?, ?)`, done.Undo, agent, string(was), t.now.Milli())
		for _, one := range all {
			t.readTo(agent, one.Thread, one.Now)
		}
		t.eventFor([]string{agent}, storage.ViewReadAll, "", "", "read", done)
		return t.err
	})
	return done, err
}

func (t *tx) readTo(agent, thread, to string) {
	t.exec(`
		INSERT INTO thread_view (agent, thread, read_to, rev) VALUES (?, ?, ?, ?)
		ON CONFLICT (agent, thread) DO UPDATE SET read_to = excluded.read_to, rev = excluded.rev`, agent, thread, to, t.next())
}

// UndoReadAll takes the last ReadAll of an agent back, but for threads that
// were read on since.
func (db *DB) UndoReadAll(ctx context.Context, agent, id string) (storage.ReadAll, error) {
	var done storage.ReadAll
	err := db.update(ctx, func(t *tx) error {
		done = storage.ReadAll{}
		var was string
		var all []oneRead
		if !t.get(`SELECT was FROM read_all WHERE id = ? AND agent = ?`, []any{id, agent}, &was) {
			if t.err != nil {
				return t.err
			}
			return storage.Refuse(storage.CodeNotFound, "undo", "there is nothing to take back under %s; only the last time can be, and once", id)
		}
		if err := json.Unmarshal([]byte(was), &all); err != nil {
			return err
		}
		for _, one := range all {
			done.Threads += int(t.exec(`UPDATE thread_view SET read_to = ?, rev = ? WHERE agent = ? AND thread = ? AND read_to = ?`,
				one.Was, t.next(), agent, one.Thread, one.Now))
		}
		t.exec(`DELETE FROM read_all WHERE id = ?`, id)
		t.eventFor([]string{agent}, storage.ViewReadAll, "", "", "read", done)
		return t.err
	})
	return done, err
}
