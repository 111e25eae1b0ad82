package sqlite

import (
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// mean writes down what an inbound message turned out to be, before anybody is
// told of it. Its card, if it has one, is there already.
func (t *tx) mean(thread, id string) {
	var text, kept string
	if !t.get(`SELECT text, meaning FROM message WHERE id = ?`, []any{id}, &text, &kept) {
		return
	}
	m := storage.Mean(text)
	if kept != "" {
		var with storage.Meaning
		if err := json.Unmarshal([]byte(kept), &with); err != nil {
			t.err = err
			return
		}
		m.Card = with.Card
	}
	if m.Reaction != nil {
		m.Reaction.Target = t.quoted(thread, id, *m.Reaction)
	}
	t.setMeaning(id, m)
}

func (t *tx) setMeaning(id string, m storage.Meaning) {
	if m.Empty() {
		return
	}
	text, _ := json.Marshal(m)
	t.exec(`UPDATE message SET meaning = ? WHERE id = ?`, string(text), id)
}

// setCard writes down that a message is no text.
func (t *tx) setCard(id string, c *storage.Card) {
	if c != nil {
		t.setMeaning(id, storage.Meaning{Card: c})
	}
}

// quoteDepth is how far back in a thread people put signs to messages.
const quoteDepth = 100

// quoted finds the message that a reaction is about: the newest before it that
// says what is quoted. Most are ours.
func (t *tx) quoted(thread, id string, r storage.Reaction) (target string) {
	if r.Quote == "" {
		return ""
	}
	t.rows(`SELECT id, text FROM message WHERE thread = ? AND id < ? ORDER BY id DESC LIMIT ?`, []any{thread, id, quoteDepth}, func(rows *sql.Rows) error {
		var of, text string
		err := rows.Scan(&of, &text)
		if target == "" && r.Quotes(text) {
			target = of
		}
		return err
	})
	return target
}
