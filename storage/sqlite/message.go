package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"smsbridge/storage"
)

const messageColumns = `id, thread, line, dir, peer, own, text, state, reason, code, total, copies, warnings, raw,
	author, count, trace, created_at, sent_at, received_at, delivered_at, rev, channel, sender,
	priority, due_at, expires_at, flash, resend_of, resent_as`

func scanMessage(r scanner) (*storage.Message, error) {
	m := &storage.Message{Parts: []storage.Part{}}
	var peer, own, warnings, author, count, trace string
	var created, sent, received, delivered, due, expires int64
	var priority int
	err := r.Scan(&m.ID, &m.Thread, &m.Line, &m.Dir, &peer, &own, &m.Text, &m.State, &m.Reason, &m.Code, &m.Total,
		&m.Copies, &warnings, &m.Raw, &author, &count, &trace, &created, &sent, &received, &delivered, &m.Rev, &m.Channel, &m.Sender,
		&priority, &due, &expires, &m.Flash, &m.ResendOf, &m.ResentAs)
	if err != nil {
		return nil, err
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
	}{{author, &m.Author}, {count, &m.Count}, {trace, &m.Trace}} {
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

func scanPart(r scanner) (storage.Part, error) {
	var p storage.Part
	var ref, report int
	var next int64
	err := r.Scan(&p.N, &p.State, &ref, &p.Attempts, &p.Code, &p.Reason, &report, &next)
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

// Messages lists a thread's messages, the oldest first: the newest ones, or
// those before or after a message.
func (db *DB) Messages(ctx context.Context, thread string, p storage.Page) (storage.MessagePage, error) {
	page := storage.MessagePage{Messages: []storage.Message{}}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		var known int
		query, args := `SELECT 1 FROM thread WHERE id = ? AND channel <> 'chat'`, []any{thread}
		if p.Lines != nil {
			query, args = `SELECT 1 FROM message WHERE thread = ?`+overLines+`LIMIT 1`, []any{thread, false, linesJSON(p.Lines)}
		}
		chat, err := v.isMember(thread, p.Agent)
		if err != nil {
			return err
		}
		if chat {
			query, args, p.Lines = `SELECT 1`, nil, nil
		}
		if ok, err := v.get(query, args, &known); err != nil || !ok {
			if err == nil {
				err = storage.Refuse(storage.CodeNotFound, "thread", "there is no thread %s", thread)
			}
			return err
		}
		found, more, err := v.messages(thread, p)
		if err != nil {
			return err
		}
		for _, m := range found {
			if err := fill(m, v.rows); err != nil {
				return err
			}
			page.Messages = append(page.Messages, *m)
		}
		if len(found) == 0 {
			return nil
		}
		if more || p.After != "" {
			page.Prev = found[0].ID
		}
		if p.Before != "" || p.After != "" && more {
			page.Next = found[len(found)-1].ID
		}
		return nil
	})
	return page, err
}

const (
	overLines      = ` AND (? OR line IN (SELECT value FROM json_each(?))) `
	messagesBefore = `SELECT ` + messageColumns + ` FROM message WHERE thread = ? AND id < ?` + overLines + `ORDER BY id DESC LIMIT ?`
	messagesAfter  = `SELECT ` + messageColumns + ` FROM message WHERE thread = ? AND id > ?` + overLines + `ORDER BY id LIMIT ?`
)

// messages reads one piece of a thread, the oldest first, and whether there is
// more in the direction it was asked for.
func (v *view) messages(thread string, p storage.Page) (found []*storage.Message, more bool, err error) {
	all, over := p.Lines == nil, linesJSON(p.Lines)
	query, from := messagesBefore, p.Before
	if from == "" {
		from = "~"
	}
	if p.After != "" {
		query, from = messagesAfter, p.After
	}
	err = v.rows(query, []any{thread, from, all, over, p.Rows() + 1}, func(r *sql.Rows) error {
		m, err := scanMessage(r)
		found = append(found, m)
		return err
	})
	if more = len(found) > p.Rows(); more {
		found = found[:p.Rows()]
	}
	if p.After == "" {
		slices.Reverse(found)
	}
	return found, more, err
}

// updated writes the event of a changed message; its row must already carry
// next() as rev.
func (t *tx) updated(kind, id string) {
	if m := t.message(id); m != nil {
		t.event(kind, m.Thread, m.Line, "message", m)
	}
}
