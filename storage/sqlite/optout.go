package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

const optOutColumns = `SELECT number, line, out, word, by, note, at, rev FROM opt_out `

func optOuts(read reads, condition string, args ...any) ([]storage.OptOut, error) {
	found := []storage.OptOut{}
	err := read(optOutColumns+condition, args, func(r *sql.Rows) error {
		var o storage.OptOut
		var by string
		var at int64
		if err := r.Scan(&o.Number, &o.Line, &o.Out, &o.Word, &by, &o.Note, &at, &o.Rev); err != nil {
			return err
		}
		o.At = storage.FromMilli(at)
		found = append(found, o)
		return json.Unmarshal([]byte(by), &found[len(found)-1].By)
	})
	return found, err
}

// outOf are the lines that a number wants no texts from: ” is every one.
const outOf = `SELECT line FROM opt_out WHERE number = ? AND out = 1`

// wanted refuses a draft to who wants no texts from a line. A campaign's is
// refused if they want none from any: they have told the office, not the SIM.
func (t *tx) wanted(d storage.Draft, line string) error {
	if d.Confirm {
		return nil
	}
	out := false
	t.rows(outOf, []any{d.To}, func(r *sql.Rows) error {
		var from string
		err := r.Scan(&from)
		out = out || from == "" || from == line || d.Campaign != ""
		return err
	})
	if out && t.err == nil {
		return storage.Refuse(storage.CodeOptedOut, "to", "%s does not want texts; if they have agreed again since, record that with `smsbridge optout remove %s --note HOW`", d.To, d.To)
	}
	return t.err
}

// SetOptOut records that somebody wants no texts (Out), or wants them again, on
// the word of a person. What waits to go to them is called back.
func (db *DB) SetOptOut(ctx context.Context, o storage.OptOut) (storage.OptOut, error) {
	err := db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("line", o.Line); err != nil {
			return err
		}
		t.setOptOut(&o)
		if !o.Out && o.Line == "" { // they agree to all there is
			t.exec(`UPDATE opt_out SET out = 0 WHERE number = ?`, o.Number)
		}
		return t.err
	})
	return o, err
}

func (t *tx) setOptOut(o *storage.OptOut) {
	by, _ := json.Marshal(o.By)
	o.At, o.Rev = t.now, t.next()
	t.exec(`
		INSERT INTO opt_out (number, line, out, word, by, note, at, rev) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (number, line) DO UPDATE
		SET out = excluded.out, word = excluded.word, by = excluded.by, note = excluded.note, at = excluded.at, rev = excluded.rev`,
		o.Number, o.Line, o.Out, o.Word, string(by), o.Note, o.At.Milli(), o.Rev)
	var thread string
	t.get(`SELECT thread FROM thread_number WHERE number = ?`, []any{o.Number}, &thread)
	t.object(o.Number)
	t.event(storage.OptOutUpdated, thread, o.Line, "opt_out", o)
	if o.Out {
		t.callBack(*o)
	}
}

// callBack cancels what has not begun to leave, to who wants no texts any more.
func (t *tx) callBack(o storage.OptOut) {
	for _, id := range t.messages(`
		peer = ?1 AND state IN ('queued', 'held')
		AND (?2 = '' OR line = ?2 OR EXISTS (SELECT 1 FROM message WHERE message.id = part.message AND message.campaign <> ''))`, o.Number, o.Line) {
		t.all(id, storage.Canceled, "they do not want texts any more")
		t.derive(id)
	}
}

// optOut reads what a text that came in asks for: to be written to no more, or
// again. Nobody is answered, unless the box was told to.
func (t *tx) optOut(thread, line, id string) (word bool) {
	peer, text, ok := t.said(id)
	if !ok {
		return false
	}
	wish, as := t.wishes().Read(text)
	switch wish {
	case storage.WishStop:
		t.setOptOut(&storage.OptOut{Number: peer, Line: line, Out: true, Word: as, By: storage.RuleAuthor(storage.RuleStop)})
		t.ownReply(thread, line, peer, storage.RuleStop, storage.SettingStopReply, true)
	case storage.WishStart:
		var some int
		if t.get(`SELECT 1 FROM opt_out WHERE number = ? AND out = 1 AND line IN (?, '') LIMIT 1`, []any{peer, line}, &some) {
			for _, from := range []string{line, ""} {
				if t.get(`SELECT 1 FROM opt_out WHERE number = ? AND out = 1 AND line = ?`, []any{peer, from}, &some) {
					t.setOptOut(&storage.OptOut{Number: peer, Line: from, Word: as, By: storage.RuleAuthor(storage.RuleStop)})
				}
			}
		}
	case storage.WishHelp:
		t.ownReply(thread, line, peer, storage.RuleHelp, storage.SettingHelpReply, false)
	}
	return wish != storage.WishNone
}

// said is who wrote a text and what, if it is a text of somebody who can be
// answered.
func (t *tx) said(id string) (peer, text string, ok bool) {
	peer, _, ok = t.texts(id)
	return peer, text, ok && t.get(`SELECT text FROM message WHERE id = ?`, []any{id}, &text)
}

// wishes are the office's own words.
func (t *tx) wishes() (own storage.Wishes) {
	t.setting(storage.SettingStopWords, &own.Stop)
	t.setting(storage.SettingStartWords, &own.Start)
	return own
}

// setting reads one setting of the box inside a change.
func (t *tx) setting(key string, into any) {
	k, err := storage.FindSetting(storage.Settings, key)
	value := k.Usual
	t.get(`SELECT value FROM setting WHERE agent = '' AND key = ?`, []any{key}, &value)
	if err == nil {
		err = json.Unmarshal([]byte(value), into)
	}
	if err != nil && t.err == nil {
		t.err = err
	}
}

// OptOuts lists who wants no texts, over some lines (nil: all), by number. The
// cursor is a number.
func (db *DB) OptOuts(ctx context.Context, p storage.Page) (page storage.OptOutPage, err error) {
	n := p.Rows()
	err = db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		page.OptOuts, err = optOuts(v.rows, `
			WHERE out = 1 AND number > ? AND (? OR line = '' OR line IN (SELECT value FROM json_each(?)))
			ORDER BY number, line
			LIMIT ?`, p.After, p.Lines == nil, linesJSON(p.Lines), n+1)
		return err
	})
	if len(page.OptOuts) > n {
		page.OptOuts = page.OptOuts[:n]
		page.Next = page.OptOuts[n-1].Number
	}
	return page, err
}
