package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"smsbridge/storage"
)

// Words go into the index in batches: one message at a time would cost more
// than keeping it. What waits is looked through by itself.
const (
	speakAfter = 256  // messages that may wait
	speakMost  = 2000 // in one transaction, when there is much to catch up with
	mergePages = 64   // of the index that each batch may tidy up
)

// spokenOf is a message as the index has it.
type spokenOf struct{ id, words string }

const spokenColumns = `SELECT id, text FROM message `

func scanSpoken(r *sql.Rows) (s spokenOf, err error) {
	var text string
	err = r.Scan(&s.id, &text)
	s.words = strings.Join(storage.Words(text), " ")
	return s, err
}

// spokenTo is the newest message in the index.
func (t *tx) spokenTo() (mark string) {
	t.get(`SELECT value FROM meta WHERE key = 'spoken'`, nil, &mark)
	return mark
}

// hear is for each message that came or has grown: its words will be found.
func (t *tx) hear(id string) {
	if id <= t.spokenTo() {
		t.unspeak([]string{id})
		t.respeak([]string{id})
		return
	}
	if t.db.write.unheard++; t.db.write.unheard >= speakAfter {
		t.speak(speakMost)
	}
}

// speak puts the words of at most so many messages that wait into the index,
// and tells whether more wait.
func (t *tx) speak(most int) (more bool) {
	var all []spokenOf
	t.rows(spokenColumns+`WHERE id > ? ORDER BY id LIMIT ?`, []any{t.spokenTo(), most}, func(r *sql.Rows) error {
		s, err := scanSpoken(r)
		all = append(all, s)
		return err
	})
	if len(all) == 0 {
		return false
	}
	for _, s := range all {
		t.index(s)
	}
	t.exec(`UPDATE meta SET value = ? WHERE key = 'spoken'`, all[len(all)-1].id)
	t.exec(`INSERT INTO spoken (spoken) VALUES (?)`, fmt.Sprintf("merge=%d,8", mergePages))
	t.db.write.unheard = 0
	return len(all) == most
}

func (t *tx) index(s spokenOf) {
	doc := numberIn(s.id, "ms", t.db.box)
	if doc == 0 {
		return // a message of another box; nobody makes those yet
	}
	t.exec(`INSERT INTO spoken (docid, words) VALUES (?, ?)`, int64(doc), s.words)
}

// unspeak takes messages out of the index.
func (t *tx) unspeak(ids []string) {
	for _, id := range ids {
		t.exec(`DELETE FROM spoken WHERE docid = ?`, int64(numberIn(id, "ms", t.db.box)))
	}
}

// respeak puts messages back after their rows have changed.
func (t *tx) respeak(ids []string) {
	mark := t.spokenTo()
	slices.Sort(ids)
	for _, id := range ids {
		if id > mark {
			continue
		}
		if s, ok := t.spokenOf(id); ok {
			t.index(s)
		}
	}
}

func (t *tx) spokenOf(id string) (s spokenOf, ok bool) {
	t.rows(spokenColumns+`WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		s, err = scanSpoken(r)
		ok = true
		return err
	})
	return s, ok
}

// catchUp puts into the index what an older smsbridge kept without one.
func (db *DB) catchUp(ctx context.Context) error {
	for more := true; more; {
		err := db.update(ctx, func(t *tx) error {
			more = false
			waiting := 0
			t.get(`SELECT count(*) FROM (SELECT 1 FROM message WHERE id > ? LIMIT ?)`, []any{t.spokenTo(), speakAfter}, &waiting)
			if t.db.write.unheard = waiting; waiting == speakAfter {
				more = t.speak(speakMost)
			}
			return t.err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
