package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

const threadColumns = `
	thread.id, thread.channel, thread.peer, thread.line, thread.last, thread.rev,
	coalesce(contact.id, ''), coalesce(contact.name, ''), coalesce(contact.rev, 0)
	FROM thread
	LEFT JOIN contact_number ON contact_number.number = thread.peer
	LEFT JOIN contact ON contact.id = contact_number.contact`

// scanThread reads a row of threadColumns. The newest message and the
// contact's numbers are read by whoever wants them.
func scanThread(r scanner) (t storage.Thread, last string, err error) {
	var c storage.Contact
	err = r.Scan(&t.ID, &t.Channel, &t.Peer, &t.Line, &last, &t.Rev, &c.ID, &c.Name, &c.Rev)
	if t.Channel == storage.ChannelChat {
		t.Peer = "" // a key of ours
	}
	if c.ID != "" {
		c.Numbers = []string{t.Peer}
		t.Contact = &c
	}
	return t, last, err
}

func (t *tx) thread(id string) (storage.Thread, bool) {
	var found storage.Thread
	ok := false
	t.rows(`SELECT `+threadColumns+` WHERE thread.id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		found, _, err = scanThread(r)
		ok = true
		return err
	})
	if ok && found.Contact != nil {
		found.Contact.Numbers = t.numbers(found.Contact.ID)
	}
	if found.Channel == storage.ChannelChat {
		found.Members = t.members(id)
	}
	return found, ok && t.err == nil
}

// threadOf finds the thread with peer or begins it.
func (t *tx) threadOf(peer, line string) string {
	var id string
	if t.get(`SELECT thread FROM thread_number WHERE number = ?`, []any{peer}, &id) || t.err != nil {
		return id
	}
	id = t.db.write.ids.next("th")
	t.exec(`INSERT INTO thread (id, channel, peer, line, rev) VALUES (?, 'sms', ?, ?, ?)`, id, peer, line, t.next())
	t.exec(`INSERT INTO thread_number (number, thread) VALUES (?, ?)`, peer, id)
	if thread, ok := t.thread(id); ok {
		t.event(storage.ThreadCreated, id, line, "thread", thread)
	}
	return id
}

// touch makes message the newest of its thread.
func (t *tx) touch(thread, line, message string) {
	t.exec(`UPDATE thread SET line = ?, last = ? WHERE id = ?`, line, message, thread)
}

const newestThreads = `SELECT ` + threadColumns + `
	WHERE thread.last < ? AND thread.last > ? AND (thread.channel <> 'chat' OR ` + ofMember + `)
	ORDER BY thread.last DESC
	LIMIT ?`

// newestThreadsOf are the threads that went over some lines, with the newest
// message that did as their last.
const newestThreadsOf = `
	SELECT mine.id, mine.channel, mine.peer, mine.line, mine.last, mine.rev,
		coalesce(contact.id, ''), coalesce(contact.name, ''), coalesce(contact.rev, 0)
	FROM (
		SELECT thread.id, channel, peer, line, rev, CASE
			WHEN channel <> 'chat' THEN (
				SELECT message.id
				FROM message
				WHERE message.thread = thread.id AND message.line IN (SELECT value FROM json_each(?))
				ORDER BY message.id DESC
				LIMIT 1)
			WHEN ` + ofMember + ` THEN last
			END AS last
		FROM thread) AS mine
	LEFT JOIN contact_number ON contact_number.number = mine.peer
	LEFT JOIN contact ON contact.id = contact_number.contact
	WHERE mine.last < ? AND mine.last > ?
	ORDER BY mine.last DESC
	LIMIT ?`

// linesJSON is a list of lines as a statement takes it.
func linesJSON(lines []string) string {
	text, _ := json.Marshal(append([]string{}, lines...))
	return string(text)
}

// Threads lists threads, the newest activity first. The cursor is the id of a
// thread's newest message. With p.Lines a thread is what went over those, and
// one of which nothing did is not listed.
func (db *DB) Threads(ctx context.Context, p storage.Page) (storage.ThreadPage, error) {
	page := storage.ThreadPage{Threads: []storage.Thread{}}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		before := p.Before
		if before == "" {
			before = "~" // above every id
		}
		var last []string
		query, args := newestThreads, []any{before, p.After, p.Agent, p.Rows() + 1}
		if p.Lines != nil {
			query, args = newestThreadsOf, []any{linesJSON(p.Lines), p.Agent, before, p.After, p.Rows() + 1}
		}
		err = v.rows(query, args, func(r *sql.Rows) error {
			t, newest, err := scanThread(r)
			page.Threads, last = append(page.Threads, t), append(last, newest)
			return err
		})
		if err != nil {
			return err
		}
		if n := p.Rows(); len(page.Threads) > n {
			page.Threads, page.Next = page.Threads[:n], last[n-1]
		}
		for i := range page.Threads {
			if page.Threads[i].Last, err = v.message(last[i]); err != nil {
				return err
			}
			if p.Lines != nil && page.Threads[i].Last != nil {
				page.Threads[i].Line = page.Threads[i].Last.Line
			}
			if page.Threads[i].Channel == storage.ChannelChat {
				if page.Threads[i].Members, err = v.members(page.Threads[i].ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return page, err
}
