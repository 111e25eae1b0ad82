package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"smsbridge/storage"
)

func autoReplies(read reads, condition string, args ...any) ([]storage.AutoReply, error) {
	found := []storage.AutoReply{}
	err := read(`SELECT id, rule, rev FROM auto_reply `+condition, args, func(r *sql.Rows) error {
		var a storage.AutoReply
		var id, rule string
		var rev int64
		err := r.Scan(&id, &rule, &rev)
		if err == nil {
			err = json.Unmarshal([]byte(rule), &a)
		}
		a.ID, a.Rev = id, rev
		found = append(found, a)
		return err
	})
	return found, err
}

// AutoReplies lists the rules, the oldest first: the first that is about a text
// answers it.
func (db *DB) AutoReplies(ctx context.Context) (found []storage.AutoReply, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		found, err = autoReplies(v.rows, `ORDER BY id`)
		return err
	})
	return found, head, err
}

// SaveAutoReply makes a rule, or with an ID puts it in place of the one before.
func (db *DB) SaveAutoReply(ctx context.Context, a storage.AutoReply) (storage.AutoReply, error) {
	if err := a.Tidy(); err != nil {
		return a, err
	}
	err := db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("line", a.Line); err != nil {
			return err
		}
		if a.ID == "" {
			a.ID = t.db.write.ids.next("ar")
		} else if was, err := t.anAutoReply(a.ID); err != nil {
			return err
		} else if err := t.fresh(was.Rev, was); err != nil {
			return err
		}
		a.Rev = t.next()
		rule, _ := json.Marshal(a)
		t.exec(`INSERT INTO auto_reply (id, rule, rev) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET rule = excluded.rule, rev = excluded.rev`,
			a.ID, string(rule), a.Rev)
		t.object(a.ID)
		t.event(storage.AutoReplyUpdated, "", "", "auto_reply", a)
		return t.err
	})
	return a, err
}

func (t *tx) anAutoReply(id string) (storage.AutoReply, error) {
	found, err := autoReplies(t.read, `WHERE id = ?`, id)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "there is no auto-reply %s; see `smsbridge auto-reply list`", id)
	}
	if err != nil {
		return storage.AutoReply{}, err
	}
	return found[0], nil
}

// AutoReply reads one rule.
func (db *DB) AutoReply(ctx context.Context, id string) (a storage.AutoReply, err error) {
	err = db.look(ctx, func(v *view) error {
		found, err := autoReplies(v.rows, `WHERE id = ?`, id)
		if err == nil && len(found) == 0 {
			err = storage.Refuse(storage.CodeNotFound, "id", "there is no auto-reply %s; see `smsbridge auto-reply list`", id)
		}
		if err == nil {
			a = found[0]
		}
		return err
	})
	return a, err
}

// DeleteAutoReply forgets a rule. What it wanted to answer is not sent any more.
func (db *DB) DeleteAutoReply(ctx context.Context, id string) (a storage.AutoReply, err error) {
	err = db.update(ctx, func(t *tx) error {
		if a, err = t.anAutoReply(id); err != nil {
			return err
		}
		if err := t.fresh(a.Rev, a); err != nil {
			return err
		}
		a.Rev = t.next()
		t.exec(`DELETE FROM auto_reply WHERE id = ?`, id)
		t.exec(`UPDATE reply SET state = 'dropped', reason = 'its rule was deleted' WHERE rule = ? AND state = 'due'`, id)
		t.object(id)
		t.event(storage.AutoReplyDeleted, "", "", "auto_reply", a)
		return t.err
	})
	return a, err
}

// autoReply writes down the answer of the first rule that is about a text. It
// is filled, counted and accepted later, as any text; nothing leaves here.
func (t *tx) autoReply(thread, line, id string) {
	peer, text, ok := t.said(id)
	if !ok {
		return
	}
	rules, err := autoReplies(t.read, `ORDER BY id`)
	if err != nil || len(rules) == 0 {
		return
	}
	var one int
	first := !t.get(`SELECT 1 FROM message WHERE thread = ? AND id < ? LIMIT 1`, []any{thread, id}, &one)
	for _, a := range rules {
		if a.Answers(line, text, first, t.now.Time) {
			if t.mayReply(thread, a.ID, a.Every) {
				t.reply(thread, line, peer, a.ID, a.Name, a.Text, false)
			}
			return
		}
	}
}

// ownReply writes down an answer of the box itself, if it was told to give one:
// once a day for each thread.
func (t *tx) ownReply(thread, line, peer, name, setting string, confirm bool) {
	var text string
	var aside bool
	t.setting(setting, &text)
	t.get(`SELECT blocked FROM thread WHERE id = ?`, []any{thread}, &aside)
	if text != "" && !aside && t.mayReply(thread, name, 24) {
		t.reply(thread, line, peer, name, name, text, confirm)
	}
}

// mayReply tells whether a rule has not answered in a thread within its hours,
// nor all rules together as often as they may within a day.
func (t *tx) mayReply(thread, rule string, hours int) bool {
	var own, all int
	t.get(`
		SELECT coalesce(sum(rule = ? AND at > ?), 0), coalesce(sum(at > ?), 0) FROM reply WHERE thread = ?`,
		[]any{rule, t.now.Add(-time.Duration(hours) * time.Hour).UnixMilli(), t.now.Add(-24 * time.Hour).UnixMilli(), thread}, &own, &all)
	return t.err == nil && own == 0 && all < storage.RepliesADay
}

func (t *tx) reply(thread, line, peer, rule, name, text string, confirm bool) {
	t.exec(`
		INSERT INTO reply (id, thread, line, peer, rule, name, text, confirm, state, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'due', ?)`,
		t.db.write.ids.next("re"), thread, line, peer, rule, name, text, confirm, t.now.Milli())
}

// tooLate is after how long an answer that a rule wanted to give is no answer
// any more.
const tooLate = time.Hour

// DueReplies are answers that rules want to give.
func (db *DB) DueReplies(ctx context.Context, most int) ([]storage.Reply, error) {
	var due []storage.Reply
	err := db.look(ctx, func(v *view) error {
		err := v.rows(`
			SELECT reply.id, reply.peer, reply.line, reply.text, reply.name, reply.confirm, coalesce(line.number, '')
			FROM reply
			LEFT JOIN line ON line.id = reply.line
			WHERE reply.state = 'due'
			ORDER BY reply.id
			LIMIT ?`, []any{most}, func(r *sql.Rows) error {
			var a storage.Reply
			err := r.Scan(&a.ID, &a.To, &a.Line, &a.Text, &a.Rule, &a.Confirm, &a.Number)
			due = append(due, a)
			return err
		})
		for i := range due {
			if err == nil {
				due[i].Contact, err = contactOf(v.rows, "", due[i].To)
			}
		}
		return err
	})
	return due, err
}

// GiveReply accepts the answer of a rule as a text by that rule, once. It
// refuses as a text by a person would be refused.
func (db *DB) GiveReply(ctx context.Context, a storage.Reply, text string, count storage.Count) error {
	return db.update(ctx, func(t *tx) error {
		var at int64
		if !t.get(`SELECT at FROM reply WHERE id = ? AND state = 'due'`, []any{a.ID}, &at) {
			return t.err
		}
		if late := t.now.Sub(storage.FromMilli(at).Time); late > tooLate || late < -tooLate {
			return storage.Refuse(storage.CodeConflict, "at", "it is too late for an answer")
		}
		id, err := t.compose(storage.Draft{To: a.To, Line: a.Line, Text: text, Count: count,
			Author: storage.RuleAuthor(a.Rule), Confirm: a.Confirm})
		if err != nil {
			return err
		}
		t.exec(`UPDATE reply SET state = 'given' WHERE id = ?`, a.ID)
		if m := t.message(id); m != nil {
			t.event(storage.MessageQueued, m.Thread, m.Line, "message", *m)
		}
		return t.err
	})
}

// DropReply gives an answer up that cannot be given.
func (db *DB) DropReply(ctx context.Context, id, reason string) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`UPDATE reply SET state = 'dropped', reason = ? WHERE id = ? AND state = 'due'`, reason, id)
		return t.err
	})
}
