package sqlite

import (
	"context"

	"smsbridge/storage"
)

// This file is how a text that comes in reaches somebody, and who an offer rings
// for next.

// join makes an inbound text part of the case that is open with its sender.
// The row must not have been told of yet. fresh tells that the sender begins to
// wait with it.
func (t *tx) join(id string) (c storage.Case, fresh bool) {
	peer, line, ok := t.texts(id)
	if !ok {
		return c, false
	}
	fresh = t.exec(`INSERT INTO waiting (peer, line, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, peer, line, t.now.Milli()) > 0
	if c, ok = t.openCase(peer, line); ok {
		t.exec(`UPDATE message SET case_id = ? WHERE id = ?`, c.ID, id)
	}
	return c, fresh
}

// texts tells whether a message is a text of a person outside the box.
func (t *tx) texts(id string) (peer, line string, ok bool) {
	var channel string
	var own int
	t.get(`SELECT peer, line, channel, EXISTS (SELECT 1 FROM line WHERE line.number = message.peer) FROM message WHERE id = ?`,
		[]any{id}, &peer, &line, &channel, &own)
	return peer, line, channel == "sms" && own == 0 && storage.IsPerson(peer)
}

// offer sees to it that an inbound text reaches somebody: by the owner of the
// case that it has joined, or by an offer. Where a line makes no offers the
// thread itself is all there is.
func (t *tx) offer(c storage.Case, fresh bool, id string) {
	peer, line, ok := t.texts(id)
	if !ok || t.err != nil {
		return
	}
	if c.ID != "" {
		if a, err := t.agent("", c.Owner); c.Owner == "" || err != nil || !works(a, c.Line) {
			t.orphan(c)
		} else if fresh {
			t.tellCase(storage.CaseUpdated, c.ID) // its clock has begun
		}
		return
	}
	if _, ok := t.openOffer(peer, line); ok {
		return
	}
	d, err := desk(t.read, line)
	if err != nil || !d.Active {
		return
	}
	o := storage.Offer{Number: peer, Line: line, Message: id, Policy: storage.SequelNew, Strategy: d.Strategy, Wait: d.Wait}
	o.Reference = storage.Reference(peer, t.interaction(peer))
	if last, _ := cases(t.read, `WHERE desk_case.peer = ? AND desk_case.line = ? AND desk_case.state = 'closed' ORDER BY desk_case.n DESC LIMIT 1`, peer, line); len(last) > 0 {
		o.LastCase, o.Policy = &last[0], d.AfterClose
	}
	t.newOffer(o, nil)
}

// orphan offers a case whose owner does not work on its line any more.
func (t *tx) orphan(c storage.Case) {
	if c.Owner != "" {
		var err error
		c, err = t.moveCase(c, storage.CaseRelease, storage.CaseUpdated, func(c *storage.Case) { c.Owner = "" })
		if err != nil {
			t.err = err
			return
		}
	}
	t.offerCase(c, "", "")
}

// offerCase makes an offer that stands for a released case, unless there is
// one. It does not ring for besides first of all.
func (t *tx) offerCase(c storage.Case, message, besides string) {
	if _, ok := t.openOffer(c.Number, c.Line); ok || t.err != nil {
		return
	}
	d, err := desk(t.read, c.Line)
	if err != nil {
		t.err = err
		return
	}
	var tried []string
	if besides != "" {
		tried = []string{besides}
	}
	t.newOffer(storage.Offer{Number: c.Number, Line: c.Line, Message: message, Case: c.ID, Reference: c.Reference,
		Policy: storage.SequelContinue, Strategy: d.Strategy, Wait: d.Wait}, tried)
}

func (t *tx) newOffer(o storage.Offer, tried []string) {
	o.ID = t.db.write.ids.next("of")
	n := t.interaction(o.Number)
	last := ""
	if o.LastCase != nil {
		last = o.LastCase.ID
	}
	t.exec(`
		INSERT INTO offer (id, peer, line, n, reference, state, first, case_id, last_case, policy, strategy, tried, wait_s, created_at, rev)
		VALUES (?, ?, ?, ?, ?, 'ringing', ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
		o.ID, o.Number, o.Line, n, o.Reference, o.Message, o.Case, last, o.Policy, o.Strategy, stringsJSON(tried), o.Wait, t.now.Milli())
	o.State, o.Tried = storage.OfferRinging, tried
	t.pass(o)
}

// pass lets an offer ring for the next agents; when nobody is left it stands
// for all who see the line, and its text will begin a new case.
func (t *tx) pass(o storage.Offer) {
	rang := o.To
	o.Tried = append(o.Tried, rang...)
	all, err := candidates(t.read, o.Line)
	if err != nil {
		return
	}
	last := ""
	if o.LastCase != nil {
		last = o.LastCase.Owner
	}
	act := storage.OfferPass
	if o.To = o.Strategy.Next(all, o.Tried, last); len(o.To) == 0 {
		act = storage.OfferExhaust
	}
	if err := t.moveOffer(&o, act); err != nil {
		t.err = err
		return
	}
	if act == storage.OfferExhaust {
		t.tellOffer(storage.OfferExpired, o, nil)
		return
	}
	if len(rang) > 0 {
		t.tellOffer(storage.OfferExpired, o, rang)
	}
	if len(o.To) == 1 {
		t.exec(`UPDATE assignment SET rung = ? WHERE agent = ? AND line = ?`, t.next(), o.To[0], o.Line)
	}
	t.tellOffer(storage.OfferCreated, o, o.To)
}

// due is the condition of offers whose time is over. A deadline further away
// than any can be is one of a clock that was put back since.
const due = `state = 'ringing' AND (until_at <= ?1 OR until_at > ?1 + ?2)`

const longestWait = 1000 * (storage.LongestWait + 60)

// PassOffers passes on every offer whose time is over, and tells when the next
// one's will be; zero if none rings.
func (db *DB) PassOffers(ctx context.Context) (next storage.Time, err error) {
	late := 0
	look := func(v *view) error {
		var at int64
		_, err := v.get(`SELECT coalesce(min(until_at), 0), coalesce(sum(until_at <= ?1 OR until_at > ?1 + ?2), 0) FROM offer WHERE state = 'ringing'`,
			[]any{storage.Now().Milli(), longestWait}, &at, &late)
		next = storage.FromMilli(at)
		return err
	}
	if err := db.look(ctx, look); err != nil || late == 0 {
		return next, err
	}
	err = db.update(ctx, func(t *tx) error {
		found, err := offers(t.read, `WHERE offer.`+due+` ORDER BY offer.id`, t.now.Milli(), longestWait)
		for _, o := range found {
			t.pass(o)
		}
		return err
	})
	if err != nil {
		return next, err
	}
	err = db.look(ctx, look)
	return next, err
}
