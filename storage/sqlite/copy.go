package sqlite

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"smsbridge/storage"
)

// copyColumns are a row of a campaign: its number is the one it went to, or the
// one it would go to now.
const copyColumns = `
	SELECT copy.campaign, copy.n, copy.state, copy.vals, copy.skip, copy.reason, copy.message,
		coalesce(message.thread, ''), coalesce(message.state, ''),
		coalesce(nullif(copy.peer, ''), nullif(copy.number, ''),
			(SELECT number FROM contact_number WHERE contact_number.contact = copy.contact ORDER BY n, number LIMIT 1), '') AS peer,
		copy.contact,
		coalesce((SELECT reply.id FROM message AS reply
			WHERE reply.thread = message.thread AND reply.id > message.id AND reply.dir = 'in' ORDER BY reply.id LIMIT 1), '')
	FROM copy
	LEFT JOIN message ON message.id = copy.message `

// copies reads rows of campaigns with their contacts, and what is known against
// those that wait.
func copies(read reads, condition string, args ...any) ([]storage.Copy, error) {
	found, contacts := []storage.Copy{}, []string{}
	err := read(copyColumns+condition, args, func(r *sql.Rows) error {
		var c storage.Copy
		var values, contact string
		err := r.Scan(&c.Campaign, &c.N, &c.State, &values, &c.Skip, &c.Reason, &c.Message, &c.Thread, &c.Sent, &c.Number, &contact, &c.Reply)
		if err == nil {
			err = readValues(values, &c.Values)
		}
		found, contacts = append(found, c), append(contacts, contact)
		return err
	})
	for i := range found {
		if err != nil {
			break
		}
		if found[i].Contact, err = contactOf(read, contacts[i], found[i].Number); err == nil && found[i].State == storage.CopyWaiting {
			err = against(read, &found[i])
		}
	}
	return found, err
}

// contactOf is a contact by its id or its number; nil if there is none.
func contactOf(read reads, id, number string) (found *storage.Contact, err error) {
	err = read(`
		SELECT `+contactColumns+`
		FROM contact
		WHERE id = coalesce(nullif(?, ''), (SELECT contact FROM contact_number WHERE number = ?))`, []any{id, number}, func(r *sql.Rows) error {
		c, _, err := scanContact(r)
		found = &c
		return err
	})
	return found, err
}

// against looks for what speaks against a copy, before it is filled.
func against(read reads, c *storage.Copy) error {
	yes := false
	any := func(query string, args ...any) (bool, error) {
		yes = false
		err := read(query, args, func(r *sql.Rows) error { yes = true; return nil })
		return yes, err
	}
	if c.Number == "" {
		c.Against = storage.SkipNobody
		return nil
	}
	if taken, err := any(`SELECT 1 FROM copy WHERE campaign = ? AND peer = ?`, c.Campaign, c.Number); err != nil || taken {
		c.Against = storage.SkipDuplicate
		return err
	}
	if out, err := any(outOf, c.Number); err != nil || out {
		c.Against = storage.SkipOptedOut
		return err
	}
	if not, err := blocked(read, c.Number, ""); err != nil || not {
		c.Against = storage.SkipBlocked
		return err
	}
	return nil
}

// Copies lists the people of a campaign in their order, with what became of
// them; state may be empty. The cursor is the place of one.
func (db *DB) Copies(ctx context.Context, id string, state storage.CopyState, p storage.Page) (page storage.CopyPage, err error) {
	after, n := 0, p.Rows()
	if p.After != "" {
		if after, err = strconv.Atoi(p.After); err != nil {
			return page, storage.Refuse(storage.CodeInvalid, "after", "%q is no place in a campaign", p.After)
		}
	}
	err = db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		if page.Campaign, err = v.campaign(id); err != nil {
			return err
		}
		page.Copies, err = copies(v.rows, `
			WHERE copy.campaign = ? AND copy.n > ? AND (? = '' OR copy.state = ?)
			ORDER BY copy.n
			LIMIT ?`, id, after, state, state, n+1)
		return err
	})
	if len(page.Copies) > n {
		page.Copies, page.Next = page.Copies[:n], strconv.Itoa(page.Copies[n-1].N)
	}
	return page, err
}

// Addressed are the copies that a campaign to the people of a list (empty: to
// nobody) and to rows would have, numbered after first, with what is known
// against each. Nothing is kept.
func (db *DB) Addressed(ctx context.Context, list string, rows []storage.Row, first int) (found []storage.Copy, err error) {
	err = db.look(ctx, func(v *view) error {
		if list != "" {
			l, err := aList(v.rows, "list", list)
			if err != nil {
				return err
			}
			listed, err := v.listed(l.ID)
			if err != nil {
				return err
			}
			rows = append(listed, rows...)
		}
		for i, r := range rows {
			c := storage.Copy{N: first + i + 1, Number: r.Number, Values: r.Values, State: storage.CopyWaiting}
			if c.Contact, err = contactOf(v.rows, r.Contact, r.Number); err != nil {
				return err
			}
			if c.Number == "" && c.Contact != nil && len(c.Contact.Numbers) > 0 {
				c.Number = c.Contact.Numbers[0]
			}
			if err := against(v.rows, &c); err != nil {
				return err
			}
			found = append(found, c)
		}
		return nil
	})
	return found, err
}

// listed are the rows of a list, in the order in which a campaign takes them.
func (v *view) listed(list string) (rows []storage.Row, err error) {
	err = v.rows(`SELECT contact, number, vals FROM people_row WHERE list = ? ORDER BY who`, []any{list}, func(r *sql.Rows) error {
		var row storage.Row
		var values string
		err := r.Scan(&row.Contact, &row.Number, &values)
		if err == nil {
			err = readValues(values, &row.Values)
		}
		rows = append(rows, row)
		return err
	})
	return rows, err
}

// ahead is how many copies of a campaign wait for the modem at most: what
// is made late can still be paused, and what the recipient says meanwhile counts.
const ahead = 20

// soon is when a campaign is looked at again whose copies wait for the modem.
const soon = 2 * time.Second

// DueCopies are some copies that running campaigns should make now, with their
// campaigns by id; and when there will be more, zero if no campaign runs.
func (db *DB) DueCopies(ctx context.Context, most int) (due []storage.Copy, of map[string]storage.Campaign, next storage.Time, err error) {
	now := storage.Now()
	of = make(map[string]storage.Campaign)
	err = db.look(ctx, func(v *view) error {
		running, err := campaigns(v.rows, `WHERE state = 'running' ORDER BY next_at, id`)
		for _, c := range running {
			at := c.NextAt
			if err == nil && !at.After(now.Time) && len(due) < most {
				waiting := 0
				if _, err = v.get(`SELECT count(*) FROM message WHERE campaign = ? AND campaign <> '' AND state IN ('queued', 'sending')`, []any{c.ID}, &waiting); err != nil {
					return err
				}
				n := min(most-len(due), ahead-waiting)
				if c.Pace > 0 {
					n = min(n, 1)
				}
				var some []storage.Copy
				if n > 0 {
					some, err = copies(v.rows, `WHERE copy.campaign = ? AND copy.state = 'waiting' ORDER BY copy.n LIMIT ?`, c.ID, n)
				}
				due, of[c.ID] = append(due, some...), c
				at = storage.At(now.Add(soon))
			}
			if err != nil {
				return err
			}
			if next.IsZero() || at.Before(next.Time) {
				next = at
			}
		}
		return err
	})
	return due, of, next, err
}

// MakeCopy accepts one copy of a campaign as a text of its own, once: the text,
// and that this person was served, are one commit. It refuses as a single text
// would be refused, and with CodeConflict if there is nothing to do any more.
func (db *DB) MakeCopy(ctx context.Context, to storage.Copy, text string, count storage.Count) (m storage.Message, err error) {
	err = db.update(ctx, func(t *tx) error {
		c, err := t.serving(to)
		if err != nil {
			return err
		}
		if taken, err := copies(t.read, `WHERE copy.campaign = ? AND copy.peer = ?`, c.ID, to.Number); err != nil || len(taken) > 0 {
			return t.skipCopy(c, to, storage.SkipDuplicate, storage.SkipDuplicate.Words())
		}
		d, err := t.draftOf(c)
		if err != nil {
			return err
		}
		d.To, d.Text, d.Count = to.Number, text, count
		id, err := t.compose(d)
		if err != nil {
			return err
		}
		t.exec(`UPDATE copy SET state = 'copied', peer = ?, message = ? WHERE campaign = ? AND n = ?`, to.Number, id, c.ID, to.N)
		if c.Pace > 0 {
			t.exec(`UPDATE campaign SET next_at = ? WHERE id = ?`, t.now.Milli()+int64(minute/c.Pace), c.ID)
		}
		if found := t.message(id); found != nil {
			m = *found
		}
		t.object(id)
		t.event(storage.MessageQueued, m.Thread, m.Line, "message", m)
		return t.served(c)
	})
	return m, err
}

// serving is the campaign of a copy that still is to be made.
func (t *tx) serving(to storage.Copy) (storage.Campaign, error) {
	c, err := aCampaign(t.read, to.Campaign)
	if err != nil {
		return c, err
	}
	if _, ok := c.State.After(storage.CampaignCopy); !ok {
		return c, storage.Refuse(storage.CodeConflict, "id", "the campaign is %s", c.State)
	}
	var state storage.CopyState
	if t.get(`SELECT state FROM copy WHERE campaign = ? AND n = ?`, []any{to.Campaign, to.N}, &state); state != storage.CopyWaiting && t.err == nil {
		return c, storage.Refuse(storage.CodeConflict, "n", "this copy is %s already", state)
	}
	return c, t.err
}

// draftOf is a text by who started a campaign, as far as that account may text
// now.
func (t *tx) draftOf(c storage.Campaign) (storage.Draft, error) {
	d := storage.Draft{Line: c.Line, Author: *c.Author, Person: c.Person, Among: c.Among, Priority: storage.PriorityLow, Campaign: c.ID}
	if c.Person == "" {
		return d, t.err
	}
	a, err := t.agent("author", c.Person)
	switch {
	case err != nil:
		return d, err
	case a.Disabled || !a.SMS || !a.Role.AtLeast(storage.RoleAgent):
		return d, storage.Refuse(storage.CodeDenied, "author", "%s, who started it, may not text any more", a.Name)
	case !a.Role.Everywhere() && d.Among == nil:
		d.Among = append([]string{}, a.Lines...)
	case !a.Role.Everywhere():
		d.Among = both(d.Among, a.Lines)
	}
	return d, nil
}

// both are the lines that stand in two lists.
func both(a, b []string) []string {
	in := make(map[string]bool)
	for _, l := range b {
		in[l] = true
	}
	some := []string{}
	for _, l := range a {
		if in[l] {
			some = append(some, l)
		}
	}
	return some
}

// SkipCopy writes down why somebody of a campaign gets no copy.
func (db *DB) SkipCopy(ctx context.Context, to storage.Copy, why storage.SkipReason, words string) error {
	return db.update(ctx, func(t *tx) error {
		c, err := t.serving(to)
		if err != nil {
			return err
		}
		return t.skipCopy(c, to, why, words)
	})
}

func (t *tx) skipCopy(c storage.Campaign, to storage.Copy, why storage.SkipReason, words string) error {
	t.exec(`UPDATE copy SET state = 'skipped', skip = ?, reason = ? WHERE campaign = ? AND n = ?`, why, words, c.ID, to.N)
	return t.served(c)
}

// toldEvery is how often the progress of a campaign is told at most, in
// milliseconds. Its end always is.
const toldEvery = 1000

// served counts who was served, ends the campaign with the last one, and tells
// how far it is.
func (t *tx) served(c storage.Campaign) error {
	var copied, skipped int
	t.exec(`
		UPDATE campaign
		SET reason = '',
		    copied = (SELECT count(*) FROM copy WHERE campaign = ?1 AND state = 'copied'),
		    skipped = (SELECT count(*) FROM copy WHERE campaign = ?1 AND state = 'skipped')
		WHERE id = ?1`, c.ID)
	var told int64
	t.get(`SELECT copied, skipped, told_at FROM campaign WHERE id = ?`, []any{c.ID}, &copied, &skipped, &told)
	done := copied+skipped == c.People
	if done {
		t.exec(`UPDATE campaign SET state = ?, ended_at = ? WHERE id = ?`, storage.CampaignDone, t.now.Milli(), c.ID)
	}
	if since := t.now.Milli() - told; done || since < 0 || since >= toldEvery {
		t.tellCampaign(c.ID)
	}
	return t.err
}

// DelayCampaign lets a campaign wait until a moment, and says why.
func (db *DB) DelayCampaign(ctx context.Context, id string, until storage.Time, reason string) error {
	return db.update(ctx, func(t *tx) error {
		c, err := aCampaign(t.read, id)
		if err != nil || c.State != storage.CampaignRunning {
			return err
		}
		t.exec(`UPDATE campaign SET next_at = ?, reason = ? WHERE id = ?`, until.Milli(), reason, id)
		if c.Reason != reason {
			t.tellCampaign(id)
		}
		return t.err
	})
}

// StopCampaign pauses a campaign whose author may not go on with it.
func (db *DB) StopCampaign(ctx context.Context, id, reason string) error {
	_, err := db.moveCampaign(ctx, id, storage.CampaignPause, func(t *tx, c *storage.Campaign) error {
		c.Reason = reason
		return nil
	})
	return err
}
