package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"smsbridge/storage"
)

const lineColumns = `id, number, name, state, reason, operator, registration, signal, port,
	iccid, imsi, imei, manufacturer, model, revision, sms_disabled, rev, balance, alarm, tested_at`

type scanner interface{ Scan(dest ...any) error }

func scanLine(r scanner) (storage.Line, error) {
	var l storage.Line
	var balance string
	var tested int64
	err := r.Scan(&l.ID, &l.Number, &l.Name, &l.State, &l.Reason, &l.Operator, &l.Registration, &l.Signal, &l.Port,
		&l.ICCID, &l.IMSI, &l.IMEI, &l.Manufacturer, &l.Model, &l.Revision, &l.SMSDisabled, &l.Rev, &balance, &l.Alarm, &tested)
	l.TestedAt = storage.FromMilli(tested)
	if err == nil && balance != "" {
		err = json.Unmarshal([]byte(balance), &l.Balance)
	}
	return l, err
}

// lines reads the lines that a condition names, with args for its marks.
func (t *tx) lines(condition string, args ...any) []storage.Line {
	var found []storage.Line
	t.rows(`SELECT `+lineColumns+` FROM line WHERE `+condition+` ORDER BY id`, args, func(r *sql.Rows) error {
		l, err := scanLine(r)
		found = append(found, l)
		return err
	})
	return found
}

// Attach finds the line of the SIM that a port has just told of, or makes it,
// and writes down where it is now. The SIM is known by its ICCID; one that
// tells none, by the modem's IMEI.
func (db *DB) Attach(ctx context.Context, f storage.Facts) (storage.Line, error) {
	var line storage.Line
	err := db.update(ctx, func(t *tx) error {
		var found []storage.Line
		if f.ICCID != "" {
			found = t.lines("iccid = ?", f.ICCID)
		} else if f.IMEI != "" {
			found = t.lines("iccid = '' AND imei = ?", f.IMEI)
		} else {
			return storage.Refuse(storage.CodeInvalid, "modem", "it tells neither ICCID nor IMEI, so its line cannot be known again")
		}
		if len(found) > 0 {
			line = found[0]
		} else {
			line = storage.Line{ID: t.db.write.ids.next("ln"), State: storage.LineAbsent}
			t.exec(`INSERT INTO line (id, state, iccid, imei) VALUES (?, ?, ?, ?)`, line.ID, line.State, f.ICCID, f.IMEI)
		}
		before := line
		line.Port, line.ICCID, line.IMSI, line.IMEI = f.Port, f.ICCID, f.IMSI, f.IMEI
		line.Manufacturer, line.Model, line.Revision = f.Manufacturer, f.Model, f.Revision
		if f.Number != "" {
			line.Number = f.Number
		}
		if line == before {
			return nil
		}
		if line.Number != before.Number || line.IMSI != before.IMSI {
			line.TestedAt = storage.Time{} // nobody has tried this one
			t.exec(`UPDATE line SET tested_at = 0 WHERE id = ?`, line.ID)
		}
		line.Rev = t.next()
		t.exec(`
			UPDATE line
			SET number = ?, port = ?, iccid = ?, imsi = ?, imei = ?, manufacturer = ?, model = ?, revision = ?, rev = ?
			WHERE id = ?`,
			line.Number, line.Port, line.ICCID, line.IMSI, line.IMEI, line.Manufacturer, line.Model, line.Revision, line.Rev, line.ID)
		if before.IMSI != "" && before.IMSI != line.IMSI {
			t.exec(`UPDATE line SET last_ref = -1 WHERE id = ?`, line.ID)
		}
		t.event(storage.LineUpdated, "", line.ID, "line", line)
		return nil
	})
	return line, err
}

// SetLine writes down what a line does now; nothing is written when nothing
// has changed.
func (db *DB) SetLine(ctx context.Context, id string, s storage.LineStatus) error {
	return db.update(ctx, func(t *tx) error {
		line, err := t.aLine("line", id)
		if err != nil {
			return err
		}
		before := line
		line.State, line.Reason, line.Operator, line.Registration, line.Signal = s.State, s.Reason, s.Operator, s.Registration, s.Signal
		if line == before {
			return nil
		}
		line.Rev = t.next()
		t.exec(`UPDATE line SET state = ?, reason = ?, operator = ?, registration = ?, signal = ?, rev = ? WHERE id = ?`,
			line.State, line.Reason, line.Operator, line.Registration, line.Signal, line.Rev, line.ID)
		t.event(storage.LineUpdated, "", line.ID, "line", line)
		return nil
	})
}

// Lines lists every line that was ever seen, the oldest first.
func (db *DB) Lines(ctx context.Context) ([]storage.Line, storage.Head, error) {
	lines := []storage.Line{}
	var head storage.Head
	err := db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		return v.rows(`SELECT `+lineColumns+` FROM line ORDER BY id`, nil, func(r *sql.Rows) error {
			l, err := scanLine(r)
			lines = append(lines, l)
			return err
		})
	})
	return lines, head, err
}

// aLine reads a line; field is what names it where it is asked for.
func (t *tx) aLine(field, id string) (storage.Line, error) {
	found := t.lines("id = ?", id)
	if len(found) == 0 {
		return storage.Line{}, cmp.Or(t.err, noLine(field, id))
	}
	return found[0], t.err
}

// hasLine refuses a line that there is not.
func (t *tx) hasLine(field, id string) error {
	_, err := t.aLine(field, id)
	return err
}

// lineOrAll is hasLine where no line stands for all of them.
func (t *tx) lineOrAll(field, id string) error {
	if id == "" {
		return nil
	}
	return t.hasLine(field, id)
}

func noLine(field, line string) error {
	return storage.Refuse(storage.CodeNotFound, field, "there is no line %s; ask for the list of lines", line)
}

// lineToChange reads a line that its caller knows as it is.
func (t *tx) lineToChange(id string) (storage.Line, error) {
	line, err := t.aLine("id", id)
	if err == nil {
		err = t.fresh(line.Rev, line)
	}
	t.object(id)
	return line, err
}

// SwitchLine lets texts leave by a line, or no longer.
func (db *DB) SwitchLine(ctx context.Context, id string, on bool) (line storage.Line, err error) {
	err = db.update(ctx, func(t *tx) error {
		if line, err = t.lineToChange(id); err != nil {
			return err
		}
		if line.SMSDisabled == !on {
			return nil
		}
		line.SMSDisabled, line.Rev = !on, t.next()
		t.exec(`UPDATE line SET sms_disabled = ?, rev = ? WHERE id = ?`, line.SMSDisabled, line.Rev, id)
		t.event(storage.LineUpdated, "", id, "line", line)
		return nil
	})
	return line, err
}

// longestLineName is what a line's name may have, in characters.
const longestLineName = 60

// ChangeLine names a line, or says its number where the card does not.
func (db *DB) ChangeLine(ctx context.Context, id string, c storage.LineChange) (line storage.Line, err error) {
	var name, number string
	if c.Name != nil {
		if name = strings.TrimSpace(*c.Name); utf8.RuneCountInString(name) > longestLineName {
			return line, storage.Refuse(storage.CodeInvalid, "name", "a line's name has %d characters at the most", longestLineName)
		}
	}
	if c.Number != nil && *c.Number != "" {
		if number, err = storage.ParseNumber("number", *c.Number); err != nil {
			return line, err
		}
	}
	err = db.update(ctx, func(t *tx) error {
		if line, err = t.lineToChange(id); err != nil {
			return err
		}
		before := line
		if c.Name != nil {
			line.Name = name
		}
		if c.Number != nil && line.Number != number {
			line.Number, line.TestedAt = number, storage.Time{} // nobody has tried this one
		}
		if line == before {
			return nil
		}
		line.Rev = t.next()
		t.exec(`UPDATE line SET name = ?, number = ?, tested_at = ?, rev = ? WHERE id = ?`,
			line.Name, line.Number, line.TestedAt.Milli(), line.Rev, id)
		t.event(storage.LineUpdated, "", id, "line", line)
		return t.err
	})
	return line, err
}
