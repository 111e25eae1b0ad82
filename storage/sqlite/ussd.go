package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

const ussdColumns = `id, line, state, reason, author, started_at, ended_at, rev`

func scanUSSD(r scanner) (storage.USSDSession, error) {
	s := storage.USSDSession{Turns: []storage.USSDTurn{}}
	var author string
	var started, ended int64
	err := r.Scan(&s.ID, &s.Line, &s.State, &s.Reason, &author, &started, &ended, &s.Rev)
	s.StartedAt, s.EndedAt = storage.FromMilli(started), storage.FromMilli(ended)
	if err == nil && author != "" {
		err = json.Unmarshal([]byte(author), &s.Author)
	}
	return s, err
}

// turns reads what was said; rows is a transaction's or a view's.
func turns(s *storage.USSDSession, rows func(string, []any, func(*sql.Rows) error) error) error {
	return rows(`SELECT dir, text, at FROM ussd_turn WHERE session = ? ORDER BY n`, []any{s.ID}, func(r *sql.Rows) error {
		var t storage.USSDTurn
		var at int64
		err := r.Scan(&t.Dir, &t.Text, &at)
		t.At = storage.FromMilli(at)
		if t.Dir == storage.Inbound {
			t.Choices = storage.ParseMenu(t.Text)
		}
		s.Turns = append(s.Turns, t)
		return err
	})
}

// BeginUSSD keeps a new session with what is to be asked, before it is asked. A
// line has one at a time.
func (db *DB) BeginUSSD(ctx context.Context, line, text string, by storage.Author) (storage.USSDSession, error) {
	var s storage.USSDSession
	err := db.update(ctx, func(t *tx) error {
		var open string
		if t.get(`SELECT id FROM ussd WHERE line = ? AND ended_at = 0`, []any{line}, &open) {
			return storage.Refuse(storage.CodeConflict, "line", "session %s is open on this line; answer it or cancel it first", open)
		}
		who, _ := json.Marshal(by)
		id := t.db.write.ids.next("us")
		t.exec(`INSERT INTO ussd (id, line, state, author, started_at, rev) VALUES (?, ?, ?, ?, ?, ?)`,
			id, line, storage.USSDWaiting, string(who), t.now.Milli(), t.next())
		s = t.stepUSSD(storage.USSDStep{Session: id, To: storage.USSDWaiting, Dir: storage.Outbound, Text: text})
		return t.err
	})
	return s, err
}

// StepUSSD writes the next thing that happened in a session. It answers
// CodeConflict if the session is not in the state that it should come from.
func (db *DB) StepUSSD(ctx context.Context, step storage.USSDStep) (storage.USSDSession, error) {
	var s storage.USSDSession
	err := db.update(ctx, func(t *tx) error {
		var state storage.USSDState
		switch {
		case !t.get(`SELECT state FROM ussd WHERE id = ?`, []any{step.Session}, &state) && t.err == nil:
			return storage.Refuse(storage.CodeNotFound, "id", "there is no USSD session %s", step.Session)
		case state != step.From && t.err == nil:
			return storage.Refuse(storage.CodeConflict, "id", "session %s is %s, not %s", step.Session, state, step.From)
		}
		s = t.stepUSSD(step)
		return t.err
	})
	return s, err
}

func (t *tx) stepUSSD(step storage.USSDStep) storage.USSDSession {
	if step.Dir != "" {
		t.exec(`
			INSERT INTO ussd_turn (session, n, dir, text, at)
			VALUES (?, (SELECT count(*) + 1 FROM ussd_turn WHERE session = ?), ?, ?, ?)`,
			step.Session, step.Session, step.Dir, step.Text, t.now.Milli())
	}
	ended := int64(0)
	if step.To.Over() {
		ended = t.now.Milli()
	}
	t.exec(`UPDATE ussd SET state = ?, reason = ?, ended_at = ?, rev = ? WHERE id = ?`,
		step.To, step.Reason, ended, t.next(), step.Session)
	var s storage.USSDSession
	t.rows(`SELECT `+ussdColumns+` FROM ussd WHERE id = ?`, []any{step.Session}, func(r *sql.Rows) (err error) {
		s, err = scanUSSD(r)
		return err
	})
	turns(&s, func(q string, a []any, f func(*sql.Rows) error) error { t.rows(q, a, f); return t.err })
	t.event(storage.USSDUpdated, "", s.Line, "ussd", s)
	return s
}

// EndUSSD ends every session that an earlier process left open: the network
// has forgotten it.
func (db *DB) EndUSSD(ctx context.Context, reason string) error {
	return db.update(ctx, func(t *tx) error {
		var open []string
		t.rows(`SELECT id FROM ussd WHERE ended_at = 0`, nil, func(r *sql.Rows) error {
			var id string
			err := r.Scan(&id)
			open = append(open, id)
			return err
		})
		for _, id := range open {
			t.stepUSSD(storage.USSDStep{Session: id, To: storage.USSDFailed, Reason: reason})
		}
		return t.err
	})
}

// USSD reads one session.
func (db *DB) USSD(ctx context.Context, id string) (storage.USSDSession, error) {
	found, err := db.ussd(ctx, `id = ?1`, id, 1)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "there is no USSD session %s", id)
	}
	if err != nil {
		return storage.USSDSession{}, err
	}
	return found[0], nil
}

// USSDSessions lists the newest sessions of a line, or of all if it is empty,
// the newest first.
func (db *DB) USSDSessions(ctx context.Context, line string, limit int) ([]storage.USSDSession, error) {
	return db.ussd(ctx, `(?1 = '' OR line = ?1)`, line, limit)
}

func (db *DB) ussd(ctx context.Context, condition, arg string, limit int) ([]storage.USSDSession, error) {
	sessions := []storage.USSDSession{}
	err := db.look(ctx, func(v *view) error {
		err := v.rows(`SELECT `+ussdColumns+` FROM ussd WHERE `+condition+` ORDER BY id DESC LIMIT ?2`, []any{arg, limit},
			func(r *sql.Rows) error {
				s, err := scanUSSD(r)
				sessions = append(sessions, s)
				return err
			})
		for i := range sessions {
			if err == nil {
				err = turns(&sessions[i], v.rows)
			}
		}
		return err
	})
	return sessions, err
}

// USSDForm is the form of requests that a modem was found to take; empty if
// none was learned.
func (db *DB) USSDForm(ctx context.Context, imei string) (form string, err error) {
	err = db.look(ctx, func(v *view) error {
		_, err := v.get(`SELECT ussd_form FROM modem WHERE imei = ?`, []any{imei}, &form)
		return err
	})
	return form, err
}

// LearnUSSDForm keeps that form.
func (db *DB) LearnUSSDForm(ctx context.Context, imei, form string) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`
			INSERT INTO modem (imei, ussd_form) VALUES (?, ?)
			ON CONFLICT (imei) DO UPDATE SET ussd_form = excluded.ussd_form`, imei, form)
		return t.err
	})
}
