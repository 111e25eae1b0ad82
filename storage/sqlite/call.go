package sqlite

import (
	"context"

	"smsbridge/storage"
)

// missedText is what a desk shows that knows nothing of calls.
const missedText = "Missed call"

// Missed files a call that nobody took as a message of the thread with its
// number, told and unread like a text.
func (db *DB) Missed(ctx context.Context, line string, c storage.Call) (storage.Message, error) {
	var m storage.Message
	err := db.update(ctx, func(t *tx) error {
		own, err := t.aLine("line", line)
		if err != nil {
			return err
		}
		peer := storage.Withheld
		if c.From != "" {
			peer = c.From
		}
		thread := t.threadOf(peer, line)
		id := t.db.write.ids.next("ms")
		t.exec(`
			INSERT INTO message (id, thread, line, dir, channel, peer, own, text, state, total, created_at, sent_at, received_at, rev)
			VALUES (?, ?, ?, 'in', ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
			id, thread, line, storage.ChannelCall, peer, own.Number, missedText, storage.Received,
			t.now.Milli(), c.At.Milli(), t.now.Milli(), t.next())
		t.arrive(thread, line, id)
		if kept := t.message(id); kept != nil {
			m = *kept
		}
		return t.err
	})
	return m, err
}
