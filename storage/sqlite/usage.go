package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"smsbridge/storage"
)

// today is the day of a moment in the box's own time.
func today(at storage.Time) string { return at.Local().Format(time.DateOnly) }

// attach makes an outbound text part of the case that it is sent in, or of the
// one that is open with its recipient. It writes no event: the row is new.
func (t *tx) attach(id string, d storage.Draft) error {
	var line string
	t.get(`SELECT line FROM message WHERE id = ?`, []any{id}, &line)
	var c storage.Case
	if d.Case != "" {
		var err error
		if c, err = aCase(t.read, d.Case); err != nil {
			return storage.Refuse(storage.CodeNotFound, "case", "there is no case %s", d.Case)
		}
		if _, ok := c.State.After(storage.CaseJoin); !ok {
			return storage.Refuse(storage.CodeCaseClosed, "case", "the case %s is closed; continue it first, or send without a case", c.Reference)
		}
		var together int
		if c.Number != d.To && !t.get(`
			SELECT 1 FROM thread_number AS a JOIN thread_number AS b ON b.thread = a.thread WHERE a.number = ? AND b.number = ?`,
			[]any{c.Number, d.To}, &together) {
			return storage.Refuse(storage.CodeInvalid, "case", "the case %s is with %s, not with %s", c.Reference, c.Number, d.To)
		}
	} else if found, ok := t.openCase(d.To, line); ok {
		c = found
	} else {
		return t.err
	}
	t.exec(`UPDATE message SET case_id = ? WHERE id = ?`, c.ID, id)
	return t.err
}

// answered ends the wait of a number that we have written to, and counts how
// long it was.
func (t *tx) answered(d storage.Draft, m storage.Message) {
	if d.Author.Kind == "rule" {
		return // a machine's answer is none
	}
	agent := ""
	if d.Author.Kind == "agent" {
		agent = d.Author.ID
	}
	ended := false
	for t.err == nil {
		var line string
		var since int64
		if !t.get(`DELETE FROM waiting WHERE peer = ? AND line = (SELECT min(line) FROM waiting WHERE peer = ?) RETURNING line, since`,
			[]any{d.To, d.To}, &line, &since) {
			break
		}
		ended = true
		bucket := storage.AnswerBucket(time.Duration(t.now.Milli()-since) * time.Millisecond)
		t.exec(`
			INSERT INTO answer_day (day, line, agent, bucket, n) VALUES (?, ?, ?, ?, 1)
			ON CONFLICT DO UPDATE SET n = n + 1`, today(t.now), line, agent, bucket)
	}
	if ended && m.Case != "" {
		t.tellCase(storage.CaseUpdated, m.Case)
	}
}

// statsConditions are those of a filter on a table with day, line and agent.
func statsConditions(f storage.StatsFilter) (string, []any) {
	where, args := "WHERE TRUE", []any{}
	and := func(condition string, value any) {
		where += " AND " + condition
		args = append(args, value)
	}
	if f.From != "" {
		and("day >= ?", f.From)
	}
	if f.To != "" {
		and("day <= ?", f.To)
	}
	if f.Lines != nil {
		and("line IN (SELECT value FROM json_each(?))", linesJSON(f.Lines))
	}
	if f.Agent != "" {
		and("agent = ?", f.Agent)
	}
	return where, args
}

// UsageOf is what the box was used for, told apart by f.By.
func (db *DB) UsageOf(ctx context.Context, f storage.StatsFilter) ([]storage.Usage, error) {
	columns := []string{"''", "''", "''"}
	var groups []string
	for i, name := range []string{"day", "line", "agent"} {
		if slices.Contains(f.By, name) {
			columns[i] = name
			groups = append(groups, name)
		}
	}
	where, args := statsConditions(f)
	query := `SELECT ` + strings.Join(columns, ", ") + `, coalesce(sum(received), 0), coalesce(sum(sent), 0), coalesce(sum(delivered), 0),
		coalesce(sum(undelivered), 0), coalesce(sum(failed), 0), coalesce(sum(unconfirmed), 0), coalesce(sum(parts), 0)
		FROM usage_day ` + where
	if len(groups) > 0 {
		query += " GROUP BY " + strings.Join(groups, ", ") + " ORDER BY " + strings.Join(groups, ", ")
	}
	found := []storage.Usage{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(query, args, func(r *sql.Rows) error {
			var u storage.Usage
			err := r.Scan(&u.Day, &u.Line, &u.Agent, &u.Received, &u.Sent, &u.Delivered, &u.Undelivered, &u.Failed, &u.Unconfirmed, &u.Parts)
			found = append(found, u)
			return err
		})
	})
	return found, err
}

// AnswersOf is how long answers took, by agent.
func (db *DB) AnswersOf(ctx context.Context, f storage.StatsFilter) ([]storage.Answers, error) {
	found := []storage.Answers{}
	where, args := statsConditions(f)
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT agent, bucket, sum(n) FROM answer_day `+where+` GROUP BY agent, bucket ORDER BY agent, bucket = 0, bucket`, args,
			func(r *sql.Rows) error {
				var agent string
				var bucket, n int64
				if err := r.Scan(&agent, &bucket, &n); err != nil {
					return err
				}
				if k := len(found); k == 0 || found[k-1].Agent != agent {
					found = append(found, storage.Answers{Agent: agent, Histogram: map[int64]int64{}})
				}
				a := &found[len(found)-1]
				a.Count += n
				a.Histogram[bucket] = n
				return nil
			})
	})
	for i := range found {
		found[i].Within50, found[i].Within90 = within(found[i], 50), within(found[i], 90)
	}
	return found, err
}

// within is the bucket in which so many of a hundred had their answer.
func within(a storage.Answers, percent int64) int64 {
	seen := int64(0)
	for _, b := range storage.AnswerBuckets {
		end := int64(b / time.Second)
		if seen += a.Histogram[end]; seen*100 >= a.Count*percent {
			return end
		}
	}
	return 0
}

// WaitingNow lists at most limit numbers that wait for an answer, the longest
// wait first, and tells how many there are.
func (db *DB) WaitingNow(ctx context.Context, lines []string, limit int) (found []storage.Waits, count int64, err error) {
	found = []storage.Waits{}
	args := []any{lines == nil, linesJSON(lines)}
	err = db.look(ctx, func(v *view) error {
		if _, err := v.get(`SELECT count(*) FROM waiting WHERE (? OR line IN (SELECT value FROM json_each(?)))`, args, &count); err != nil {
			return err
		}
		return v.rows(`
			SELECT waiting.peer, waiting.line, coalesce(thread_number.thread, ''), coalesce(desk_case.id, ''), coalesce(desk_case.owner, ''), since
			FROM waiting
			LEFT JOIN thread_number ON thread_number.number = waiting.peer
			LEFT JOIN desk_case ON desk_case.peer = waiting.peer AND desk_case.line = waiting.line AND desk_case.state = 'open'
			WHERE (? OR waiting.line IN (SELECT value FROM json_each(?)))
			ORDER BY since
			LIMIT ?`, append(args, limit), func(r *sql.Rows) error {
			var w storage.Waits
			var since int64
			err := r.Scan(&w.Number, &w.Line, &w.Thread, &w.Case, &w.Owner, &since)
			w.Since = storage.FromMilli(since)
			found = append(found, w)
			return err
		})
	})
	return found, count, err
}

// traced is over how many of a line's newest messages its latency is told.
const traced = 1000

// LatencyOf is how long the newest inbound messages of lines (nil: all) took
// from the modem's notice to the ledger.
func (db *DB) LatencyOf(ctx context.Context, lines []string) ([]storage.Latency, error) {
	found := []storage.Latency{}
	err := db.look(ctx, func(v *view) error {
		var ids []string
		err := v.rows(`SELECT id FROM line WHERE (? OR id IN (SELECT value FROM json_each(?))) ORDER BY id`, []any{lines == nil, linesJSON(lines)},
			func(r *sql.Rows) error {
				var id string
				err := r.Scan(&id)
				ids = append(ids, id)
				return err
			})
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, err := v.latency(id)
			if err != nil {
				return err
			}
			found = append(found, l)
		}
		return nil
	})
	return found, err
}

func (v *view) latency(line string) (storage.Latency, error) {
	l := storage.Latency{Line: line}
	var took []float64
	err := v.rows(`SELECT trace FROM message WHERE line = ? AND trace <> '' ORDER BY id DESC LIMIT ?`, []any{line, traced}, func(r *sql.Rows) error {
		var text string
		var trace storage.Trace
		if err := r.Scan(&text); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(text), &trace)
		took = append(took, trace.URCToPDU+trace.PDUToStored)
		return err
	})
	if l.Count = len(took); l.Count > 0 {
		slices.Sort(took)
		l.P50, l.P99, l.Worst = took[(l.Count-1)*50/100], took[(l.Count*99+99)/100-1], took[l.Count-1]
	}
	return l, err
}
