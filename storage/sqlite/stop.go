package sqlite

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

// readStop tells whether all sending is stopped.
func readStop(get func(query string, args []any, dest ...any) (bool, error)) (s storage.Stop, err error) {
	var author string
	var at int64
	if s.Stopped, err = get(`SELECT reason, author, at FROM stop`, nil, &s.Reason, &author, &at); !s.Stopped || err != nil {
		return s, err
	}
	s.At = storage.FromMilli(at)
	return s, json.Unmarshal([]byte(author), &s.By)
}

// StopSending lets no text leave any more, or again. When it returns, the next
// part that would have left does not; one that the modem has already goes on.
// It survives every restart.
func (db *DB) StopSending(ctx context.Context, yes bool, reason string, by storage.Author) (s storage.Stop, err error) {
	err = db.update(ctx, func(t *tx) error {
		before, err := readStop(t.find)
		if s = before; err != nil || s.Stopped == yes {
			return err
		}
		t.exec(`DELETE FROM stop`)
		if s = (storage.Stop{}); yes {
			s = storage.Stop{Stopped: true, Reason: reason, By: &by, At: t.now}
			author, _ := json.Marshal(by)
			t.exec(`INSERT INTO stop (one, reason, author, at) VALUES (1, ?, ?, ?)`, reason, string(author), t.now.Milli())
		}
		t.event(storage.SendingUpdated, "", "", "stop", s)
		return t.err
	})
	return s, err
}

// Stop tells whether all sending is stopped.
func (db *DB) Stop(ctx context.Context) (s storage.Stop, err error) {
	err = db.look(ctx, func(v *view) error {
		s, err = readStop(v.get)
		return err
	})
	return s, err
}
