package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"smsbridge/storage"
)

// SaveBalanceSchedule keeps the schedule of a line in place of the one before;
// one of 0 hours ends it.
func (db *DB) SaveBalanceSchedule(ctx context.Context, s storage.BalanceSchedule) error {
	if err := s.Check(); err != nil {
		return err
	}
	return db.update(ctx, func(t *tx) error {
		if err := t.hasLine("line", s.Line); err != nil {
			return err
		}
		if s.Every == 0 {
			t.exec(`DELETE FROM balance_schedule WHERE line = ?`, s.Line)
			return t.err
		}
		t.exec(`
			INSERT INTO balance_schedule (line, every_h, most_a_day) VALUES (?, ?, ?)
			ON CONFLICT (line) DO UPDATE SET every_h = excluded.every_h, most_a_day = excluded.most_a_day`, s.Line, s.Every, s.Most)
		return t.err
	})
}

// BalanceSchedules lists the schedules of all lines.
func (db *DB) BalanceSchedules(ctx context.Context) ([]storage.BalanceSchedule, error) {
	return db.schedules(ctx, `1`)
}

// BalancesDue lists the schedules by which the network is to be asked now: the
// last answer is old enough, whoever asked; the last asking by schedule has
// rested; a day's askings are not used up; and no dialogue is open on the line.
func (db *DB) BalancesDue(ctx context.Context, now time.Time) ([]storage.BalanceSchedule, error) {
	by, err := json.Marshal(storage.Scheduler)
	if err != nil {
		return nil, err
	}
	at := now.UnixMilli()
	return db.schedules(ctx, `
		coalesce((SELECT max(t.at) FROM ussd u JOIN ussd_turn t ON t.session = u.id
		          WHERE u.line = s.line AND u.author = ?1 AND t.dir = 'in'), 0) + s.every_h * 3600000 <= ?2
		AND NOT EXISTS (SELECT 1 FROM ussd u WHERE u.line = s.line AND u.author = ?1 AND u.started_at > ?2 - ?3)
		AND NOT EXISTS (SELECT 1 FROM ussd u WHERE u.line = s.line AND u.ended_at = 0)
		AND (SELECT count(*) FROM ussd u WHERE u.line = s.line AND u.author = ?1 AND u.started_at > ?2 - 86400000) < s.most_a_day`,
		string(by), at, storage.ScheduleRetry.Milliseconds())
}

func (db *DB) schedules(ctx context.Context, condition string, args ...any) ([]storage.BalanceSchedule, error) {
	list := []storage.BalanceSchedule{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT s.line, s.every_h, s.most_a_day FROM balance_schedule s WHERE `+condition+` ORDER BY s.line`, args,
			func(r *sql.Rows) error {
				var s storage.BalanceSchedule
				err := r.Scan(&s.Line, &s.Every, &s.Most)
				list = append(list, s)
				return err
			})
	})
	return list, err
}
