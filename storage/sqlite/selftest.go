package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"smsbridge/storage"
)

const selfTestColumns = `id, source, target, message, state, reason, parts, started_at, due_at, arrived_at`

func scanSelfTest(r scanner) (storage.SelfTest, error) {
	var s storage.SelfTest
	var started, due, arrived int64
	err := r.Scan(&s.ID, &s.Source, &s.Target, &s.Message, &s.State, &s.Reason, &s.Cost, &started, &due, &arrived)
	s.StartedAt, s.DueAt, s.ArrivedAt = storage.FromMilli(started), storage.FromMilli(due), storage.FromMilli(arrived)
	if arrived > 0 {
		s.Latency = arrived - started
	}
	return s, err
}

// BeginSelfTest composes the text of a self-test and keeps both in one commit.
// It refuses when the tests of the last 24 hours have cost most already.
func (db *DB) BeginSelfTest(ctx context.Context, target string, d storage.Draft, within time.Duration, most int) (storage.SelfTest, error) {
	var s storage.SelfTest
	err := db.update(ctx, func(t *tx) error {
		var spent int
		t.get(`SELECT coalesce(sum(parts), 0) FROM selftest WHERE started_at > ?`, []any{t.now.Add(-24 * time.Hour).UnixMilli()}, &spent)
		if spent+d.Count.Parts > most {
			return storage.Refuse(storage.CodeConflict, "cost", "self-tests have cost %d texts within 24 hours, and %d are the most; raise --self-test-most, or wait", spent, most)
		}
		message, err := t.compose(d)
		if err != nil {
			return err
		}
		if m := t.message(message); m != nil {
			t.event(storage.MessageQueued, m.Thread, m.Line, "message", m)
		}
		s.ID = t.db.write.ids.next("st")
		t.exec(`
			INSERT INTO selftest (id, source, target, message, text, parts, state, started_at, due_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, s.ID, d.Line, target, message, d.Text, d.Count.Parts, storage.SelfTestRunning,
			t.now.Milli(), t.now.Add(within).UnixMilli())
		s = t.selfTest(s.ID)
		return t.err
	})
	return s, err
}

// selfTest reads a test and tells of it.
func (t *tx) selfTest(id string) storage.SelfTest {
	var s storage.SelfTest
	t.rows(`SELECT `+selfTestColumns+` FROM selftest WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		s, err = scanSelfTest(r)
		return err
	})
	t.event(storage.SelfTestUpdated, "", s.Target, "self_test", s)
	return s
}

// ArriveSelfTest ends the test whose text this is, be it late, and
// the alarm of the line that received it.
func (db *DB) ArriveSelfTest(ctx context.Context, line, text string) (ok bool, err error) {
	err = db.update(ctx, func(t *tx) error {
		var id string
		ok = t.get(`SELECT id FROM selftest WHERE state <> 'arrived' AND text = ? AND target = ?`, []any{text, line}, &id)
		if !ok {
			return t.err
		}
		t.exec(`UPDATE selftest SET state = 'arrived', arrived_at = ? WHERE id = ?`, t.now.Milli(), id)
		t.selfTest(id)
		t.alarm(line, "")
		t.tested(line)
		return t.err
	})
	return ok && err == nil, err
}

// LoseSelfTests ends the running tests that are past their time, and raises the
// alarm of the lines that should have received them. A text that never left
// says nothing about reception.
func (db *DB) LoseSelfTests(ctx context.Context) error {
	return db.update(ctx, func(t *tx) error {
		type test struct {
			id, target string
			state      storage.MessageState
			started    int64
		}
		var late []test
		t.rows(`
			SELECT selftest.id, selftest.target, message.state, selftest.started_at
			FROM selftest
			JOIN message ON message.id = selftest.message
			WHERE selftest.state = 'running' AND selftest.due_at <= ?`, []any{t.now.Milli()}, func(r *sql.Rows) error {
			var l test
			err := r.Scan(&l.id, &l.target, &l.state, &l.started)
			late = append(late, l)
			return err
		})
		for _, l := range late {
			reason := "it did not arrive though it was sent"
			left := l.state == storage.Sent || l.state == storage.Delivered || l.state == storage.Unconfirmed
			if !left {
				reason = "it did not leave: it is " + string(l.state)
			}
			t.exec(`UPDATE selftest SET state = 'lost', reason = ? WHERE id = ?`, reason, l.id)
			t.selfTest(l.id)
			if left {
				t.alarm(l.target, fmt.Sprintf("the self-test of %s did not arrive: this line may receive nothing, though it is registered",
					storage.FromMilli(l.started).Format("15:04 MST")))
			}
		}
		return t.err
	})
}

// tested marks the number of a line as one that texts arrive at.
func (t *tx) tested(line string) {
	for _, l := range t.lines("id = ?", line) {
		l.TestedAt, l.Rev = t.now, t.next()
		t.exec(`UPDATE line SET tested_at = ?, rev = ? WHERE id = ?`, l.TestedAt.Milli(), l.Rev, l.ID)
		t.event(storage.LineUpdated, "", l.ID, "line", l)
	}
}

// alarm sets or ends the alarm of a line.
func (t *tx) alarm(line, words string) {
	found := t.lines("id = ?", line)
	if len(found) == 0 || found[0].Alarm == words {
		return
	}
	l := found[0]
	l.Alarm, l.Rev = words, t.next()
	t.exec(`UPDATE line SET alarm = ?, rev = ? WHERE id = ?`, words, l.Rev, line)
	t.event(storage.LineUpdated, "", line, "line", l)
	n := storage.Note{Port: l.Port, Line: line, Step: "self_test", Words: words, Level: storage.Alarm}
	if words == "" {
		n.Words, n.Level = "a self-test has arrived: the line receives again", storage.Info
	}
	t.note(n)
}

// SelfTests lists the newest tests, the newest first, and what those of the last
// 24 hours have cost.
func (db *DB) SelfTests(ctx context.Context, limit int) (tests []storage.SelfTest, spent int, err error) {
	tests = []storage.SelfTest{}
	err = db.look(ctx, func(v *view) error {
		_, err := v.get(`SELECT coalesce(sum(parts), 0) FROM selftest WHERE started_at > ?`,
			[]any{storage.Now().Add(-24 * time.Hour).UnixMilli()}, &spent)
		if err != nil {
			return err
		}
		return v.rows(`SELECT `+selfTestColumns+` FROM selftest ORDER BY id DESC LIMIT ?`, []any{limit}, func(r *sql.Rows) error {
			s, err := scanSelfTest(r)
			tests = append(tests, s)
			return err
		})
	})
	return tests, spent, err
}
