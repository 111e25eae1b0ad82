package sqlite

import (
	"context"
	"errors"
	"fmt"

	"smsbridge/storage"
)

// errPreview undoes a move that was only to be looked at.
var errPreview = errors.New("this was a preview")

// Move joins a card to a line that had another: line from goes on with the card
// that is line to, in one commit, and line to ends. Neither may be open at a
// port meanwhile. A preview tells all that and changes nothing.
func (db *DB) Move(ctx context.Context, from, to string, preview bool) (storage.Move, error) {
	var m storage.Move
	err := db.update(ctx, func(t *tx) error {
		if err := t.joinCard(&m, from, to); err != nil || t.err != nil {
			return err
		}
		if preview {
			return errPreview
		}
		m.Done = true
		t.event(storage.LineMoved, "", from, "move", m)
		t.event(storage.LineUpdated, "", from, "line", m.Line)
		t.note(storage.Note{Line: from, Step: "move", Level: storage.Info, Words: fmt.Sprintf(
			"the line goes on with card %s in place of %s: %d threads stay, %d messages joined, %d parts wait",
			m.New.ICCID, m.Old.ICCID, m.Threads, m.Messages, m.Queued)})
		return t.err
	})
	if errors.Is(err, errPreview) {
		err = nil
	}
	return m, err
}

func (t *tx) joinCard(m *storage.Move, from, to string) error {
	old, new := t.lines("id = ?", from), t.lines("id = ?", to)
	switch {
	case len(old) == 0:
		return storage.Refuse(storage.CodeNotFound, "old", "there is no line %s", from)
	case len(new) == 0:
		return storage.Refuse(storage.CodeNotFound, "new", "there is no line %s", to)
	case from == to:
		return storage.Refuse(storage.CodeInvalid, "new", "this is the same line; name the one that the new card shows as")
	case new[0].ICCID == "":
		return storage.Refuse(storage.CodeConflict, "new", "the modem of %s does not tell the card's number (ICCID), so the card could not be known again", to)
	}
	m.Old, m.New = old[0], new[0]
	t.get(`SELECT count(*) FROM thread WHERE line = ?`, []any{from}, &m.Threads)
	t.get(`SELECT count(*) FROM message WHERE line = ?`, []any{to}, &m.Messages)
	t.get(`SELECT count(*) FROM part WHERE line = ? AND state = 'queued'`, []any{from}, &m.Queued)
	t.rejoin(from, to)
	t.exec(`DELETE FROM line WHERE id = ?`, to)
	if m.Old.ICCID != "" {
		t.exec(`INSERT INTO card (iccid, line, until_at) VALUES (?, ?, ?)`, m.Old.ICCID, from, t.now.Milli())
	}
	m.Line = takeCard(m.Old, m.New)
	m.Line.Rev = t.next() + 1 // of the second event
	t.exec(`
		UPDATE line
		SET number = ?, state = ?, reason = ?, operator = ?, registration = ?, signal = ?, port = ?, iccid = ?, imsi = ?,
		    imei = ?, manufacturer = ?, model = ?, revision = ?, balance = '', last_ref = -1, rev = ?
		WHERE id = ?`,
		m.Line.Number, m.Line.State, m.Line.Reason, m.Line.Operator, m.Line.Registration, m.Line.Signal, m.Line.Port,
		m.Line.ICCID, m.Line.IMSI, m.Line.IMEI, m.Line.Manufacturer, m.Line.Model, m.Line.Revision, m.Line.Rev, from)
	t.exec(`UPDATE line SET tested_at = ? WHERE id = ?`, m.Line.TestedAt.Milli(), from)
	m.Words = moveWords(*m)
	return nil
}

// rejoin gives what belongs to line to over to line from.
func (t *tx) rejoin(from, to string) {
	for _, table := range []string{"thread", "message", "part", "kept", "concat_set"} {
		t.exec(`UPDATE `+table+` SET line = ? WHERE line = ?`, from, to)
	}
	t.joinLines(from, to)
	t.exec(`UPDATE ussd SET line = ? WHERE line = ? AND ended_at > 0`, from, to)
	t.exec(`DELETE FROM ussd_turn WHERE session IN (SELECT id FROM ussd WHERE line = ?)`, to)
	t.exec(`DELETE FROM ussd WHERE line = ?`, to)
	for _, table := range []string{"policy", "quiet", "turn"} { // those of line from hold
		t.exec(`DELETE FROM `+table+` WHERE line = ?`, to)
	}
	t.exec(`UPDATE selftest SET source = ? WHERE source = ?`, from, to)
	t.exec(`UPDATE selftest SET target = ? WHERE target = ?`, from, to)
}

// takeCard is the old line with what the new one's card and modem are.
func takeCard(old, new storage.Line) storage.Line {
	l := new
	l.ID, l.Name, l.Balance, l.Alarm = old.ID, old.Name, nil, old.Alarm
	if l.Number == "" {
		l.Number = old.Number
	}
	return l
}

func moveWords(m storage.Move) []string {
	words := []string{
		fmt.Sprintf("%s goes on with the card %s, at %s.", lineWords(m.Old), m.New.ICCID, orUnknown(m.New.Port)),
		fmt.Sprintf("Its %d threads stay as they are; answers to them go out by the new card.", m.Threads),
	}
	if m.Messages > 0 {
		words = append(words, fmt.Sprintf("%d messages that the new card has had by itself join its threads.", m.Messages))
	}
	if m.Queued > 0 {
		words = append(words, fmt.Sprintf("%d parts that wait will go out by the new card.", m.Queued))
	}
	if m.Old.Number != "" && m.New.Number != "" && m.Old.Number != m.New.Number {
		words = append(words, fmt.Sprintf("Customers will see another number: the new card says %s, the old one said %s.", m.New.Number, m.Old.Number))
	}
	if m.Old.ICCID != "" {
		words = append(words, fmt.Sprintf("The old card %s is a stranger from then on: put in again, it makes a new line.", m.Old.ICCID))
	}
	return words
}

func lineWords(l storage.Line) string {
	if l.Number != "" {
		return "The line " + l.ID + " (" + l.Number + ")"
	}
	return "The line " + l.ID
}

func orUnknown(port string) string {
	if port == "" {
		return "a port that is not known"
	}
	return port
}
