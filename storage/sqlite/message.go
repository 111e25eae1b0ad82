package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"smsbridge/storage"
)

const messageColumns = `id, thread, line, dir, peer, own, text, state, reason, code, total, copies, warnings, raw,
	author, count, trace, created_at, sent_at, received_at, delivered_at, rev, channel, sender, case_id,
	priority, due_at, expires_at, flash, resend_of, resent_as, meaning, campaign, blocked`

func scanMessage(r scanner) (*storage.Message, error) {
	m := &storage.Message{Parts: []storage.Part{}}
	var peer, own, warnings, author, count, trace, meaning string
	var created, sent, received, delivered, due, expires int64
	var priority int
	err := r.Scan(&m.ID, &m.Thread, &m.Line, &m.Dir, &peer, &own, &m.Text, &m.State, &m.Reason, &m.Code, &m.Total,
		&m.Copies, &warnings, &m.Raw, &author, &count, &trace, &created, &sent, &received, &delivered, &m.Rev, &m.Channel, &m.Sender, &m.Case,
		&priority, &due, &expires, &m.Flash, &m.ResendOf, &m.ResentAs, &meaning, &m.Campaign, &m.Blocked)
	if err != nil {
		return nil, err
	}
	if m.Sender == imported {
		m.Sender = "" // the author says it
	}
	m.From, m.To = own, peer
	if m.Dir == storage.Inbound {
		m.From, m.To = peer, own
	}
	if m.Copies == 1 {
		m.Copies = 0 // told only when there were more
	}
	if warnings != "" {
		m.Warnings = strings.Split(warnings, ",")
	}
	if m.Dir == storage.Outbound && storage.Priorities[priority] != storage.PriorityNormal {
		m.Priority = storage.Priorities[priority]
	}
	m.DueAt, m.ExpiresAt = storage.FromMilli(due), storage.FromMilli(expires)
	m.CreatedAt, m.SentAt = storage.FromMilli(created), storage.FromMilli(sent)
	m.ReceivedAt, m.DeliveredAt = storage.FromMilli(received), storage.FromMilli(delivered)
	for _, f := range []struct {
		text string
		into any
	}{{author, &m.Author}, {count, &m.Count}, {trace, &m.Trace}, {meaning, &m.Meaning}} {
		if f.text == "" {
			continue
		}
		if err := json.Unmarshal([]byte(f.text), f.into); err != nil {
			return nil, err
		}
	}
	return m, nil
}

const partColumns = `SELECT n, state, ref, attempts, code, reason, report, next_try FROM part WHERE message = ? ORDER BY n`

func scanPart(r scanner, more ...any) (storage.Part, error) {
	var p storage.Part
	var ref, report int
	var next int64
	err := r.Scan(append([]any{&p.N, &p.State, &ref, &p.Attempts, &p.Code, &p.Reason, &report, &next}, more...)...)
	if p.State == storage.Queued {
		p.NextTry = storage.FromMilli(next)
	}
	if ref >= 0 {
		p.Ref = &ref
	}
	if report >= 0 {
		p.Report = &report
	}
	return p, err
}

const keptParts = `SELECT DISTINCT seq FROM kept WHERE message = ? AND kind = 'text' ORDER BY seq`

// fill reads the parts of m by rows, which is a transaction's or a view's.
func fill(m *storage.Message, rows func(string, []any, func(*sql.Rows) error) error) error {
	if m.Dir == storage.Outbound {
		return rows(partColumns, []any{m.ID}, func(r *sql.Rows) error {
			p, err := scanPart(r)
			m.Parts = append(m.Parts, p)
			return err
		})
	}
	return rows(keptParts, []any{m.ID}, func(r *sql.Rows) error {
		p := storage.Part{State: storage.Received}
		err := r.Scan(&p.N)
		p.N = max(p.N, 1)
		m.Parts = append(m.Parts, p)
		return err
	})
}

// message reads one message inside the transaction that changes it.
func (t *tx) message(id string) *storage.Message {
	var m *storage.Message
	t.rows(`SELECT `+messageColumns+` FROM message WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		m, err = scanMessage(r)
		return err
	})
	if m == nil {
		return nil
	}
	if err := fill(m, func(q string, a []any, f func(*sql.Rows) error) error { t.rows(q, a, f); return t.err }); err != nil {
		return nil
	}
	return m
}

// message reads one message; nil if there is none.
func (v *view) message(id string) (*storage.Message, error) {
	var m *storage.Message
	err := v.rows(`SELECT `+messageColumns+` FROM message WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		m, err = scanMessage(r)
		return err
	})
	if m == nil || err != nil {
		return nil, err
	}
	return m, fill(m, v.rows)
}

// Message reads one message.
func (db *DB) Message(ctx context.Context, id string) (storage.Message, error) {
	var m *storage.Message
	err := db.look(ctx, func(v *view) (err error) {
		m, err = v.message(id)
		return err
	})
	if err != nil {
		return storage.Message{}, err
	}
	if m == nil {
		return storage.Message{}, storage.Refuse(storage.CodeNotFound, "id", "there is no message %s", id)
	}
	return *m, nil
}

// Messages lists a thread's messages, the oldest first: the newest ones, those
// before or after a message, those around one, or those from a moment on.
func (db *DB) Messages(ctx context.Context, thread string, p storage.Page) (storage.MessagePage, error) {
	page := storage.MessagePage{Messages: []storage.Message{}}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		if err := v.sees(thread, p); err != nil {
			return err
		}
		if err := v.from(thread, &p); err != nil {
			return err
		}
		found, earlier, later, err := v.messages(thread, p)
		if err != nil || len(found) == 0 {
			return err
		}
		if err := v.fill(found); err != nil {
			return err
		}
		for _, m := range found {
			page.Messages = append(page.Messages, *m)
		}
		if earlier {
			page.Prev = found[0].ID
		}
		if later {
			page.Next = found[len(found)-1].ID
		}
		return nil
	})
	return page, err
}

// sees refuses a thread of which the page's lines or agent see nothing.
func (v *view) sees(thread string, p storage.Page) error {
	ids, _, err := v.among([]string{thread}, storage.Page{Lines: p.Lines, Agent: p.Agent}, 1)
	if err == nil && len(ids) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "thread", "there is no thread %s", thread)
	}
	return err
}

// from turns a moment into the message that the page begins after.
func (v *view) from(thread string, p *storage.Page) error {
	if p.At.IsZero() {
		return nil
	}
	p.Before, p.After, p.Around = "", idAt("ms", v.db.box, p.At), ""
	_, err := v.get(`
		SELECT coalesce(max(id), ?3) FROM message
		WHERE thread = ?1 AND id < coalesce((
			SELECT id FROM message WHERE thread = ?1 AND id > ?3 AND created_at >= ?2 ORDER BY id LIMIT 1), '~')`,
		[]any{thread, p.At.Milli(), p.After}, &p.After)
	return err
}

const (
	overLines      = ` AND (? OR line IN (SELECT value FROM json_each(?)) OR channel = 'chat') `
	messagesBefore = `SELECT ` + messageColumns + ` FROM message WHERE thread = ? AND id < ?` + overLines + `ORDER BY id DESC LIMIT ?`
	messagesAfter  = `SELECT ` + messageColumns + ` FROM message WHERE thread = ? AND id > ?` + overLines + `ORDER BY id LIMIT ?`
)

// messages reads one piece of a thread, the oldest first, and whether there is
// more on either side of it.
func (v *view) messages(thread string, p storage.Page) (found []*storage.Message, earlier, later bool, err error) {
	n := p.Rows()
	switch {
	case p.Around != "":
		var after []*storage.Message
		found, earlier, err = v.piece(messagesBefore, thread, p.Around, p.Lines, n/2)
		if err == nil {
			after, later, err = v.piece(messagesAfter, thread, before(p.Around), p.Lines, n-n/2)
		}
		slices.Reverse(found)
		return append(found, after...), earlier, later, err
	case p.After != "":
		found, later, err = v.piece(messagesAfter, thread, p.After, p.Lines, n)
		return found, true, later, err
	}
	found, earlier, err = v.piece(messagesBefore, thread, cmp.Or(p.Before, "~"), p.Lines, n)
	slices.Reverse(found)
	return found, earlier, p.Before != "", err
}

// before is a text that comes just before an id.
func before(id string) string {
	if id == "" {
		return ""
	}
	return id[:len(id)-1] + string(id[len(id)-1]-1) + "~"
}

func (v *view) piece(query, thread, from string, lines []string, n int) (found []*storage.Message, more bool, err error) {
	err = v.rows(query, []any{thread, from, lines == nil, linesJSON(lines), n + 1}, func(r *sql.Rows) error {
		m, err := scanMessage(r)
		found = append(found, m)
		return err
	})
	if more = len(found) > n; more {
		found = found[:n]
	}
	return found, more, err
}

// messagesOf reads messages by their ids.
func (v *view) messagesOf(ids []string) (map[string]*storage.Message, error) {
	found := make([]*storage.Message, 0, len(ids))
	err := v.rows(`SELECT `+messageColumns+` FROM message WHERE id IN (SELECT value FROM json_each(?))`,
		[]any{linesJSON(ids)}, func(r *sql.Rows) error {
			m, err := scanMessage(r)
			found = append(found, m)
			return err
		})
	if err == nil {
		err = v.fill(found)
	}
	all := make(map[string]*storage.Message, len(found))
	for _, m := range found {
		if m != nil {
			all[m.ID] = m
		}
	}
	return all, err
}

const (
	partsOf = `
		SELECT n, state, ref, attempts, code, reason, report, next_try, message
		FROM json_each(?) AS wanted
		CROSS JOIN part ON part.message = wanted.value
		ORDER BY message, n`
	keptPartsOf = `
		SELECT DISTINCT seq, message
		FROM json_each(?) AS wanted
		CROSS JOIN kept ON kept.message = wanted.value AND kind = 'text'
		ORDER BY message, seq`
)

// fill reads the parts of many messages at once.
func (v *view) fill(messages []*storage.Message) error {
	byID := make(map[string]*storage.Message, len(messages))
	var in, out []string
	for _, m := range messages {
		byID[m.ID] = m
		if m.Dir == storage.Outbound {
			out = append(out, m.ID)
		} else {
			in = append(in, m.ID)
		}
	}
	var id string
	err := v.rows(partsOf, []any{linesJSON(out)}, func(r *sql.Rows) error {
		p, err := scanPart(r, &id)
		if m := byID[id]; m != nil {
			m.Parts = append(m.Parts, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.rows(keptPartsOf, []any{linesJSON(in)}, func(r *sql.Rows) error {
		p := storage.Part{State: storage.Received}
		err := r.Scan(&p.N, &id)
		p.N = max(p.N, 1)
		if m := byID[id]; m != nil {
			m.Parts = append(m.Parts, p)
		}
		return err
	})
}

// updated writes the event of a changed message; its row must already carry
// next() as rev.
func (t *tx) updated(kind, id string) {
	if m := t.message(id); m != nil {
		t.event(kind, m.Thread, m.Line, "message", m)
	}
}
