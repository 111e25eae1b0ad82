package sqlite

import (
	"context"
	"slices"
	"time"

	"smsbridge/storage"
)

// This file is what agents do with an offer.

// answer gives an offer to an agent, with the case that comes of it. The first
// one wins: the offer's row moves once.
func (t *tx) answer(o storage.Offer, a storage.Agent, choice storage.Sequel, asked bool) (storage.Offer, storage.Case, error) {
	if o.TakenBy == a.ID {
		c, err := aCase(t.read, o.Case) // the answer to an answer that was lost
		return o, c, err
	}
	if !o.State.Open() {
		return o, storage.Case{}, over(o)
	}
	if !asked && o.State == storage.OfferRinging && !slices.Contains(o.To, a.ID) && !a.Role.Everywhere() {
		return o, storage.Case{}, storage.Refuse(storage.CodeDenied, "id", "this offer rings for others until %s; if they do not come, it is for everybody", o.Until.Format("15:04:05 MST"))
	}
	choice, err := o.Choice(choice)
	if err != nil {
		return o, storage.Case{}, err
	}
	c, kind, err := t.caseOf(o, a, choice)
	if err != nil {
		return o, c, err
	}
	o.Case, o.TakenBy, o.TakenAt = c.ID, a.ID, t.now
	told := t.audience(o)
	if err := t.moveOffer(&o, storage.OfferAnswer); err != nil {
		return o, c, err
	}
	t.tellOffer(storage.OfferTaken, o, told)
	c = t.tellCase(kind, c.ID)
	if o.Message != "" {
		t.gather(c, o.Message)
	}
	t.object(o.ID)
	o, err = anOffer(t.read, o.ID)
	return o, c, err
}

// caseOf is the case that an answered offer becomes, and the event that is to
// tell of it.
func (t *tx) caseOf(o storage.Offer, a storage.Agent, choice storage.Sequel) (storage.Case, string, error) {
	switch {
	case o.Case != "":
		c, err := aCase(t.read, o.Case)
		if err != nil {
			return c, "", err
		}
		if _, ok := c.State.After(storage.CaseTake); !ok {
			return c, "", storage.Refuse(storage.CodeCaseClosed, "id", "the case %s is closed", c.Reference)
		}
		t.exec(`UPDATE desk_case SET owner = ? WHERE id = ?`, a.ID, c.ID)
		return c, storage.CaseUpdated, t.err
	case choice == storage.SequelContinue:
		if _, ok := o.LastCase.State.After(storage.CaseContinue); !ok {
			return *o.LastCase, "", claimed(*o.LastCase, a)
		}
		t.exec(`UPDATE desk_case SET state = 'open', owner = ?, closed_at = 0, closed_by = '' WHERE id = ?`, a.ID, o.LastCase.ID)
		return *o.LastCase, storage.CaseOpened, t.err
	}
	var n int
	var started int64
	t.get(`SELECT offer.n, coalesce(message.created_at, offer.created_at) FROM offer LEFT JOIN message ON message.id = offer.first WHERE offer.id = ?`,
		[]any{o.ID}, &n, &started)
	c := t.newCase(o.Number, o.Line, a.ID, n, storage.Inbound, storage.FromMilli(started))
	return c, storage.CaseOpened, t.err
}

// AnswerOffer gives an offer to an agent, once: whoever comes second is told
// who was first. The same agent again gets the same case.
func (db *DB) AnswerOffer(ctx context.Context, id, agent string, choice storage.Sequel) (o storage.Offer, c storage.Case, err error) {
	err = db.update(ctx, func(t *tx) error {
		if o, err = anOffer(t.read, id); err != nil {
			return err
		}
		a, err := t.worker("agent", agent, o.Line)
		if err != nil {
			return err
		}
		o, c, err = t.answer(o, a, choice, false)
		return err
	})
	return o, c, err
}

// DeclineOffer lets an offer ring for an agent no longer; when it was the last
// one, it is passed on at once.
func (db *DB) DeclineOffer(ctx context.Context, id, agent string) (o storage.Offer, err error) {
	err = db.update(ctx, func(t *tx) error {
		if o, err = anOffer(t.read, id); err != nil {
			return err
		}
		a, err := t.agent("agent", agent)
		if err != nil {
			return err
		}
		if _, ok := o.State.After(storage.OfferDecline); !ok {
			return over(o)
		}
		if !slices.Contains(o.To, a.ID) {
			return storage.Refuse(storage.CodeConflict, "id", "this offer does not ring for %s", a.Name)
		}
		if len(o.To) == 1 {
			t.pass(o)
			t.object(o.ID)
		} else {
			rang := slices.Clone(o.To)
			o.To = slices.DeleteFunc(o.To, func(id string) bool { return id == a.ID })
			o.Tried = append(o.Tried, a.ID)
			if err := t.moveOffer(&o, storage.OfferDecline); err != nil {
				return err
			}
			t.tellOffer(storage.OfferUpdated, o, rang)
		}
		if t.err == nil {
			o, err = anOffer(t.read, id)
		}
		return err
	})
	return o, err
}

// ExtendOffer lets an offer ring for longer, from now on.
func (db *DB) ExtendOffer(ctx context.Context, id, agent string, longer time.Duration) (o storage.Offer, err error) {
	if longer < storage.ShortestWait*time.Second || longer > storage.LongestWait*time.Second {
		return o, storage.Refuse(storage.CodeInvalid, "seconds", "an offer rings for %d to %d seconds more", storage.ShortestWait, storage.LongestWait)
	}
	err = db.update(ctx, func(t *tx) error {
		if o, err = anOffer(t.read, id); err != nil {
			return err
		}
		if _, err := t.worker("agent", agent, o.Line); err != nil {
			return err
		}
		o.Until = storage.At(t.now.Add(longer))
		if err := t.moveOffer(&o, storage.OfferExtend); err != nil {
			return err
		}
		t.tellOffer(storage.OfferUpdated, o, o.To)
		o, err = anOffer(t.read, id)
		return err
	})
	return o, err
}
