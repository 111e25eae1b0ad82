package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"time"

	"smsbridge/storage"
)

const offerColumns = `
	SELECT offer.id, offer.reference, offer.peer, offer.line, offer.state, offer.first, offer.case_id, offer.last_case, offer.policy,
		offer.strategy, offer.told, offer.tried, offer.wait_s, offer.until_at, offer.created_at, offer.taken_by, coalesce(agent.name, ''),
		offer.taken_at, offer.rev, coalesce(thread_number.thread, ''), coalesce(contact.id, ''), coalesce(contact.name, '')
	FROM offer
	LEFT JOIN agent ON agent.id = offer.taken_by
	LEFT JOIN thread_number ON thread_number.number = offer.peer
	LEFT JOIN contact_number ON contact_number.number = offer.peer
	LEFT JOIN contact ON contact.id = contact_number.contact `

func scanOffer(r scanner) (o storage.Offer, last string, err error) {
	var told, tried string
	var until, created, taken int64
	var contact storage.Contact
	err = r.Scan(&o.ID, &o.Reference, &o.Number, &o.Line, &o.State, &o.Message, &o.Case, &last, &o.Policy,
		&o.Strategy, &told, &tried, &o.Wait, &until, &created, &o.TakenBy, &o.TakenName, &taken, &o.Rev,
		&o.Thread, &contact.ID, &contact.Name)
	if err == nil {
		err = json.Unmarshal([]byte(told), &o.To)
	}
	if err == nil {
		err = json.Unmarshal([]byte(tried), &o.Tried)
	}
	o.Title = storage.OfferTitle
	if contact.ID != "" {
		contact.Numbers = []string{o.Number}
		o.Contact, o.Title = &contact, contact.Name
	}
	o.Until, o.CreatedAt, o.TakenAt = storage.FromMilli(until), storage.FromMilli(created), storage.FromMilli(taken)
	return o, last, err
}

// offers reads the offers that a condition names, with their last cases.
func offers(read reads, condition string, args ...any) ([]storage.Offer, error) {
	found, last := []storage.Offer{}, []string{}
	err := read(offerColumns+condition, args, func(r *sql.Rows) error {
		o, l, err := scanOffer(r)
		found, last = append(found, o), append(last, l)
		return err
	})
	for i, id := range last {
		if err != nil {
			break
		}
		if id != "" {
			var c storage.Case
			c, err = aCase(read, id)
			found[i].LastCase = &c
		}
	}
	return found, err
}

func anOffer(read reads, id string) (storage.Offer, error) {
	found, err := offers(read, `WHERE offer.id = ?`, id)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "there is no offer %s", id)
	}
	if err != nil {
		return storage.Offer{}, err
	}
	return found[0], nil
}

func (t *tx) openOffer(peer, line string) (storage.Offer, bool) {
	found, _ := offers(t.read, `WHERE offer.peer = ? AND offer.line = ? AND offer.state IN ('ringing', 'unanswered')`, peer, line)
	if len(found) == 0 {
		return storage.Offer{}, false
	}
	return found[0], true
}

func stringsJSON(s []string) string {
	text, _ := json.Marshal(append([]string{}, s...))
	return string(text)
}

// moveOffer does act with an offer, if it can be done now, and writes what it
// has become.
func (t *tx) moveOffer(o *storage.Offer, act storage.OfferAct) error {
	next, ok := o.State.After(act)
	if !ok {
		return over(*o)
	}
	before := o.State
	o.State = next
	switch act {
	case storage.OfferPass:
		o.Until = storage.At(t.now.Add(time.Duration(o.Wait) * time.Second))
	case storage.OfferExhaust:
		o.To, o.Until = nil, storage.Time{}
		if o.Policy == storage.SequelAsk {
			o.Policy = storage.SequelNew
		}
	}
	if t.exec(`
		UPDATE offer
		SET state = ?, told = ?, tried = ?, until_at = ?, policy = ?, case_id = ?, taken_by = ?, taken_at = ?
		WHERE id = ? AND state = ?`,
		o.State, stringsJSON(o.To), stringsJSON(o.Tried), o.Until.Milli(), o.Policy, o.Case, o.TakenBy, o.TakenAt.Milli(), o.ID, before) == 0 && t.err == nil {
		return over(*o)
	}
	t.object(o.ID)
	return t.err
}

// over refuses what cannot be done with an offer any more, and says who was
// first.
func over(o storage.Offer) error {
	if o.State != storage.OfferStateTaken {
		return storage.Refuse(storage.CodeConflict, "id", "the offer %s is %s", o.Reference, o.State)
	}
	e := storage.Refuse(storage.CodeClaimed, "id", "%s has taken %s", o.TakenName, o.Reference)
	e.Options = []string{o.TakenBy}
	return e
}

// tellOffer writes an event about an offer for some agents; nil is for all who
// see its line.
func (t *tx) tellOffer(kind string, o storage.Offer, agents []string) {
	t.exec(`UPDATE offer SET rev = ? WHERE id = ?`, t.next(), o.ID)
	o, err := anOffer(t.read, o.ID)
	if err != nil {
		return
	}
	t.eventFor(agents, kind, o.Thread, o.Line, "offer", o)
}

// audience is who was ever told of an offer, for the news of its end; nil when
// all were.
func (t *tx) audience(o storage.Offer) []string {
	if o.State == storage.OfferUnanswered || o.Until.IsZero() {
		return nil
	}
	told := slices.Concat(o.Tried, o.To)
	if o.TakenBy != "" {
		told = append(told, o.TakenBy)
	}
	slices.Sort(told)
	return slices.Compact(told)
}

// Offer reads one offer.
func (db *DB) Offer(ctx context.Context, id string) (o storage.Offer, err error) {
	err = db.look(ctx, func(v *view) error {
		o, err = anOffer(v.rows, id)
		return err
	})
	return o, err
}

// Offers lists the offers that stand open over some lines (nil: all), the
// oldest first: who waits longest comes first.
func (db *DB) Offers(ctx context.Context, lines []string) (found []storage.Offer, head storage.Head, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		if head, err = v.head(); err != nil {
			return err
		}
		found, err = offers(v.rows, `
			WHERE offer.state IN ('ringing', 'unanswered') AND (? OR offer.line IN (SELECT value FROM json_each(?)))
			ORDER BY offer.id`, lines == nil, linesJSON(lines))
		return err
	})
	return found, head, err
}
