package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

const threadColumns = `
	thread.id, thread.channel, thread.peer, thread.line, thread.last, thread.rev, thread.blocked,
	coalesce(contact.id, ''), coalesce(contact.name, ''), coalesce(contact.first, ''), coalesce(contact.last, ''),
	coalesce(contact.organisation, ''), coalesce(contact.blocked, 0), coalesce(contact.rev, 0),
	coalesce((SELECT json_group_array(json_array(number, type) ORDER BY n, number) FROM contact_number WHERE contact_number.contact = contact.id), ''),
	CASE thread.channel WHEN 'chat' THEN (
		SELECT json_group_array(json_object('id', agent.id, 'name', agent.name, 'role', agent.role) ORDER BY agent.id)
		FROM member JOIN agent ON agent.id = member.agent
		WHERE member.thread = thread.id) ELSE '' END`

const threadTables = `thread LEFT JOIN contact ON contact.id = thread.contact`

// scanThread reads a row of threadColumns, and what follows it into more. The
// contact comes with what a list shows of it.
func scanThread(r scanner, more ...any) (t storage.Thread, last string, err error) {
	var c storage.Contact
	var numbers, members string
	err = r.Scan(append([]any{&t.ID, &t.Channel, &t.Peer, &t.Line, &last, &t.Rev, &t.Blocked,
		&c.ID, &c.Name, &c.First, &c.Last, &c.Organisation, &c.Blocked, &c.Rev, &numbers, &members}, more...)...)
	if err != nil {
		return t, last, err
	}
	if t.Channel == storage.ChannelChat {
		t.Peer = "" // a key of ours
	}
	if c.ID != "" {
		t.Contact = &c
		err = readNumbers(&c, numbers)
	}
	if members != "" && err == nil {
		err = json.Unmarshal([]byte(members), &t.Members)
	}
	return t, last, err
}

// readNumbers reads [[number, type], ...] into a contact.
func readNumbers(c *storage.Contact, text string) error {
	var pairs [][2]string
	if text != "" {
		if err := json.Unmarshal([]byte(text), &pairs); err != nil {
			return err
		}
	}
	c.Numbers = []string{}
	for _, p := range pairs {
		c.Numbers = append(c.Numbers, p[0])
		if p[1] == "" {
			continue
		}
		if c.Types == nil {
			c.Types = make(map[string]string)
		}
		c.Types[p[0]] = p[1]
	}
	return nil
}

func (t *tx) thread(id string) (storage.Thread, bool) {
	var found storage.Thread
	ok := false
	t.rows(`SELECT `+threadColumns+` FROM `+threadTables+` WHERE thread.id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		found, _, err = scanThread(r)
		ok = true
		return err
	})
	return found, ok && t.err == nil
}

// threadOf finds the thread with peer or begins it, and tells of that.
func (t *tx) threadOf(peer, line string) string {
	id, fresh := t.threadWith(peer, line)
	if !fresh {
		return id
	}
	if thread, ok := t.thread(id); ok {
		t.event(storage.ThreadCreated, id, line, "thread", thread)
	}
	return id
}

// threadWith finds the thread with peer or begins it: the contact's that has
// the number, or the number's own.
func (t *tx) threadWith(peer, line string) (id string, fresh bool) {
	var contact string
	if t.get(`SELECT thread FROM thread_number WHERE number = ?`, []any{peer}, &id) || t.err != nil {
		return id, false
	}
	if t.get(`SELECT contact FROM contact_number WHERE number = ?`, []any{peer}, &contact) &&
		t.get(`SELECT id FROM thread WHERE contact = ? AND contact <> ''`, []any{contact}, &id) {
		t.exec(`INSERT INTO thread_number (number, thread) VALUES (?, ?)`, peer, id)
		return id, false
	}
	return t.begin(peer, line, contact), true
}

// begin makes a thread without messages.
func (t *tx) begin(peer, line, contact string) string {
	id := t.db.write.ids.next("th")
	t.exec(`INSERT INTO thread (id, channel, peer, line, contact, rev) VALUES (?, 'sms', ?, ?, ?, ?)`, id, peer, line, contact, t.next())
	t.exec(`INSERT INTO thread_number (number, thread) VALUES (?, ?)`, peer, id)
	return id
}

// touch is for each text that came into a thread or has grown there: what is
// written next goes out by its line, to its number.
func (t *tx) touch(thread, line, message string) {
	if line != "" {
		t.exec(`UPDATE thread SET line = ? WHERE id = ?`, line, thread)
		t.exec(`
			UPDATE thread SET peer = message.peer
			FROM message
			WHERE message.id = ? AND thread.id = ? AND thread.peer <> message.peer`, message, thread)
	}
	t.rise(thread, line, message)
}

// rise puts a thread to the top for something that happened in it, and opens it
// where it was closed.
func (t *tx) rise(thread, line, message string) {
	t.exec(`UPDATE thread SET last = max(last, ?) WHERE id = ?`, message, thread)
	if line != "" {
		t.exec(`
			INSERT INTO thread_line (thread, line, last) VALUES (?, ?, ?)
			ON CONFLICT (thread, line) DO UPDATE SET last = max(last, excluded.last)`, thread, line, message)
	}
	t.reopen(thread)
	t.hear(message)
}

// linesOf are the lines that a thread went over.
func (t *tx) linesOf(thread string) []string {
	var lines []string
	t.rows(`SELECT line FROM thread_line WHERE thread = ? ORDER BY line`, []any{thread}, func(r *sql.Rows) error {
		var line string
		err := r.Scan(&line)
		lines = append(lines, line)
		return err
	})
	return lines
}

// tell writes an event about a thread for everybody who sees something of it:
// one for each line that it went over, or one for the members of a chat.
func (t *tx) tell(kind string, thread storage.Thread, lines []string, name string, object any) {
	if thread.Channel == storage.ChannelChat {
		t.eventFor(t.memberIDs(thread.ID), kind, thread.ID, "", name, object)
		return
	}
	if len(lines) == 0 {
		lines = []string{thread.Line}
	}
	for _, line := range lines {
		t.event(kind, thread.ID, line, name, object)
	}
}

// told writes down that a thread has changed, and tells.
func (t *tx) told(id string) {
	lines := t.linesOf(id)
	t.exec(`UPDATE thread SET rev = ? WHERE id = ?`, t.next()+int64(max(len(lines), 1))-1, id)
	if thread, ok := t.thread(id); ok {
		t.tell(storage.ThreadUpdated, thread, lines, "thread", thread)
	}
}

// Thread reads one thread as p.Agent sees it; CodeNotFound for what p.Lines
// leaves nothing of, and for chats of others.
func (db *DB) Thread(ctx context.Context, id string, p storage.Page) (storage.Thread, error) {
	var found []storage.Thread
	err := db.look(ctx, func(v *view) (err error) {
		ids, last, err := v.among([]string{id}, p, 1)
		if err == nil {
			found, err = v.threads(ids, last, p)
		}
		return err
	})
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "thread", "there is no thread %s", id)
	}
	if err != nil {
		return storage.Thread{}, err
	}
	return found[0], nil
}

// threads reads the rows of a list: each thread with its newest message, which
// last names, and its view.
func (v *view) threads(ids, last []string, p storage.Page) ([]storage.Thread, error) {
	messages, err := v.messagesOf(last)
	if err != nil {
		return nil, err
	}
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	found := make([]storage.Thread, len(ids))
	query := `SELECT ` + threadColumns + `, ` + closedViewColumns + `
		FROM json_each(?4) AS wanted
		CROSS JOIN thread ON thread.id = wanted.value
		LEFT JOIN contact ON contact.id = thread.contact
		LEFT JOIN thread_view ON thread_view.agent = ?1 AND thread_view.thread = thread.id`
	err = v.rows(query, []any{p.Agent, p.Lines == nil, linesJSON(p.Lines), linesJSON(ids)}, func(r *sql.Rows) error {
		var w storage.View
		var closed int64
		t, _, err := scanThread(r, viewInto(&w, &closed)...)
		if err != nil {
			return err
		}
		i := place[t.ID]
		if m := messages[last[i]]; m != nil {
			t.Last, t.Line = m, m.Line
		}
		if p.Agent != "" {
			w.Thread, w.Agent, w.ClosedAt = t.ID, p.Agent, storage.FromMilli(closed)
			t.View = &w
		}
		found[i] = t
		return nil
	})
	if err != nil || p.Agent == "" {
		return found, err
	}
	return found, v.unreadOf(p.Agent, p.Lines, func(unread map[string]int) {
		for _, t := range found {
			if n := unread[t.ID]; n > 0 {
				t.View.Unread = n
			}
		}
	})
}

// linesJSON is a list of lines, or of ids, as a statement takes it.
func linesJSON(lines []string) string {
	text, _ := json.Marshal(append([]string{}, lines...))
	return string(text)
}
