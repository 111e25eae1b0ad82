package sqlite

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

// outcallText is what a desk shows that knows nothing of calls.
const outcallText = "Call"

// Called files a call that somebody began in the thread with its number.
func (db *DB) Called(ctx context.Context, c storage.Outcall) (m storage.Message, err error) {
	err = db.update(ctx, func(t *tx) error {
		own, err := t.aLine("line", c.Line)
		if err != nil {
			return err
		}
		thread := t.threadOf(c.To, c.Line)
		id := t.db.write.ids.next("ms")
		who, _ := json.Marshal(c.Author)
		t.exec(`
			INSERT INTO message (id, thread, line, dir, channel, peer, own, text, state, total, author, sender, created_at, sent_at, rev)
			VALUES (?, ?, ?, 'out', ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
			id, thread, c.Line, storage.ChannelCall, c.To, own.Number, outcallText, storage.Sent,
			string(who), c.Sender, t.now.Milli(), t.now.Milli(), t.next())
		t.rise(thread, c.Line, id) // a call does not change what a text comes from
		t.object(thread)
		t.updated(storage.MessageUpdated, id)
		if kept := t.message(id); kept != nil {
			m = *kept
		}
		return t.err
	})
	return m, err
}
