package sqlite

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"smsbridge/storage"
)

// This file is what an agent leaves to the next: a case, and notes in it.

// TransferCase gives a case to another agent, with a note for them.
func (db *DB) TransferCase(ctx context.Context, id, to, note string, by storage.Caller) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		if err := mine(c, by); err != nil {
			return c, err
		}
		a, err := t.worker("to", to, c.Line)
		if err != nil {
			return c, err
		}
		if _, ok := c.State.After(storage.CaseTransfer); ok {
			if err := t.jot(c, "transfer", by, note, true); err != nil {
				return c, err
			}
		}
		if o, ok := t.openOffer(c.Number, c.Line); ok && o.Case == c.ID {
			if err := t.moveOffer(&o, storage.OfferWithdraw); err != nil {
				return c, err
			}
			t.tellOffer(storage.OfferWithdrawn, o, t.audience(o))
		}
		return t.moveCase(c, storage.CaseTransfer, storage.CaseUpdated, func(c *storage.Case) { c.Owner = a.ID })
	})
}

// ReleaseCase takes a case from its owner: an offer stands for it until
// somebody else takes it on.
func (db *DB) ReleaseCase(ctx context.Context, id, note string, by storage.Caller) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		if err := mine(c, by); err != nil {
			return c, err
		}
		owner := c.Owner
		if owner == "" && c.State == storage.CaseOpen {
			return c, storage.Refuse(storage.CodeConflict, "id", "nobody has the case %s; an offer stands for it", c.Reference)
		}
		if _, ok := c.State.After(storage.CaseRelease); ok && note != "" {
			if err := t.jot(c, "release", by, note, true); err != nil {
				return c, err
			}
		}
		c, err := t.moveCase(c, storage.CaseRelease, storage.CaseUpdated, func(c *storage.Case) { c.Owner = "" })
		if err == nil {
			t.offerCase(c, "", owner)
		}
		return c, err
	})
}

// NoteCase writes a note beside a case, open or closed.
func (db *DB) NoteCase(ctx context.Context, id, text string, by storage.Caller) (storage.Case, error) {
	return db.changeCase(ctx, id, func(t *tx, c storage.Case) (storage.Case, error) {
		if err := t.jot(c, "note", by, text, false); err != nil {
			return c, err
		}
		return t.moveCase(c, storage.CaseWrite, storage.CaseUpdated, func(*storage.Case) {})
	})
}

// jot adds a note; one that goes with something else may be empty.
func (t *tx) jot(c storage.Case, kind string, by storage.Caller, text string, beside bool) error {
	if text = strings.TrimSpace(text); text == "" && !beside {
		return storage.Refuse(storage.CodeInvalid, "note", "there is nothing to note down")
	}
	if err := checkText("note", text, storage.LongestNote); err != nil {
		return err
	}
	if len(c.Notes) >= storage.MostNotes {
		return storage.Refuse(storage.CodeInvalid, "note", "the case has %d notes, which is the most; go on in a new case", len(c.Notes))
	}
	author, _ := json.Marshal(by.Author())
	t.exec(`INSERT INTO case_note (case_id, n, kind, author, text, at) VALUES (?, ?, ?, ?, ?, ?)`,
		c.ID, len(c.Notes)+1, kind, string(author), text, t.now.Milli())
	return t.err
}

func checkText(field, text string, most int) error {
	if n := utf8.RuneCountInString(text); n > most {
		return storage.Refuse(storage.CodeInvalid, field, "it has %d characters; %d are the most", n, most)
	}
	return nil
}
