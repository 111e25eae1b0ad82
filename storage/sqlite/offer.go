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

func stringsJSON(s []string) string {
	text, _ := json.Marshal(append([]string{}, s...))
	return string(text)
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
