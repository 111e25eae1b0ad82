package sqlite

import (
	"context"

	"smsbridge/storage"
)

// missedOf are the messages that came for an agent after it had left and up to
// an event: what its lines received, and what colleagues wrote to it. What it
// has read since, and its own words from elsewhere, it did not miss.
const missedOf = `
	FROM event
	WHERE seq > ? AND seq <= ? AND type = 'message.received'
		AND CASE audience
			WHEN '' THEN ? OR line IN (SELECT value FROM json_each(?))
			ELSE EXISTS (SELECT 1 FROM json_each(audience) WHERE value = ?)
				AND json_extract(data, '$.message.sender') IS NOT ?
			END
		AND json_extract(data, '$.message.id') > coalesce(
			(SELECT read_to FROM thread_view WHERE thread_view.agent = ? AND thread_view.thread = event.thread), '')`

// MissedBy counts what came for an agent between leaving its last desk and the
// event numbered to. lines are those that it sees, nil being all. It reaches as
// far back as the log.
func (db *DB) MissedBy(ctx context.Context, agent string, lines []string, to int64) (storage.Missed, error) {
	var m storage.Missed
	err := db.look(ctx, func(v *view) error {
		var seen, at int64
		if ok, err := v.get(`SELECT seen, seen_at FROM agent WHERE id = ?`, []any{agent}, &seen, &at); err != nil || !ok {
			return err
		}
		m.Since = storage.FromMilli(at)
		args := []any{seen, to, lines == nil, linesJSON(lines), agent, agent, agent}
		_, err := v.get(`SELECT count(*), count(DISTINCT event.thread)`+missedOf, args, &m.Messages, &m.Threads)
		if err != nil || m.Messages == 0 {
			return err
		}
		_, err = v.get(`SELECT event.thread`+missedOf+` ORDER BY seq DESC LIMIT 1`, args, &m.Thread)
		return err
	})
	return m, err
}

// Left writes down that an agent has left its last desk, and what it had been
// told until then. It is no event: nobody needs to hear of it.
func (db *DB) Left(ctx context.Context, agent string, seq int64) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`UPDATE agent SET seen = max(seen, ?), seen_at = ? WHERE id = ?`, seq, t.now.Milli(), agent)
		return nil
	})
}
