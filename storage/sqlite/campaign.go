package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

const campaignColumns = `
	SELECT id, name, text, line, start_at, pace, state, reason, author, person, among, made_by, owner,
		created_at, started_at, ended_at, next_at, total, copied, skipped, rev
	FROM campaign `

func campaigns(read reads, condition string, args ...any) ([]storage.Campaign, error) {
	found := []storage.Campaign{}
	err := read(campaignColumns+condition, args, func(r *sql.Rows) error {
		c, err := scanCampaign(r)
		found = append(found, c)
		return err
	})
	return found, err
}

func scanCampaign(r scanner) (c storage.Campaign, err error) {
	var at, created, started, ended, next int64
	var author, among, maker string
	err = r.Scan(&c.ID, &c.Name, &c.Text, &c.Line, &at, &c.Pace, &c.State, &c.Reason, &author, &c.Person, &among, &maker, &c.Owner,
		&created, &started, &ended, &next, &c.People, &c.Copied, &c.Skipped, &c.Rev)
	c.At, c.CreatedAt, c.StartedAt = storage.FromMilli(at), storage.FromMilli(created), storage.FromMilli(started)
	c.EndedAt, c.NextAt = storage.FromMilli(ended), storage.FromMilli(next)
	c.Waiting = c.People - c.Copied - c.Skipped
	for _, f := range []struct {
		text string
		into any
	}{{author, &c.Author}, {among, &c.Among}, {maker, &c.MadeBy}} {
		if f.text != "" && err == nil {
			err = json.Unmarshal([]byte(f.text), f.into)
		}
	}
	return c, err
}

// aCampaign reads a campaign by its id.
func aCampaign(read reads, id string) (storage.Campaign, error) {
	found, err := campaigns(read, `WHERE id = ?`, id)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "there is no campaign %s; see `smsbridge campaign list`", id)
	}
	if err != nil {
		return storage.Campaign{}, err
	}
	return found[0], nil
}

// Campaign reads a campaign, with the states that its copies have now
// and how many were answered.
func (db *DB) Campaign(ctx context.Context, id string) (c storage.Campaign, err error) {
	err = db.look(ctx, func(v *view) error {
		c, err = v.campaign(id)
		return err
	})
	return c, err
}

func (v *view) campaign(id string) (storage.Campaign, error) {
	c, err := aCampaign(v.rows, id)
	if err != nil {
		return c, err
	}
	if _, err := v.get(`
		SELECT count(*) FROM message AS copy
		WHERE campaign = ? AND campaign <> '' AND EXISTS (
			SELECT 1 FROM message AS reply WHERE reply.thread = copy.thread AND reply.id > copy.id AND reply.dir = 'in')`, []any{id}, &c.Replies); err != nil {
		return c, err
	}
	c.States = make(map[storage.MessageState]int)
	return c, v.rows(`SELECT state, count(*) FROM message WHERE campaign = ? AND campaign <> '' GROUP BY state`, []any{id}, func(r *sql.Rows) error {
		var state storage.MessageState
		var n int
		err := r.Scan(&state, &n)
		c.States[state] = n
		return err
	})
}

// Campaigns lists campaigns, the newest first; of one owner, or with an empty one
// of all. The cursor is a campaign's id.
func (db *DB) Campaigns(ctx context.Context, owner string, p storage.Page) (page storage.CampaignPage, err error) {
	n, before := p.Rows(), p.Before
	if before == "" {
		before = "~"
	}
	err = db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		page.Campaigns, err = campaigns(v.rows, `WHERE id < ? AND (? = '' OR owner = ?) ORDER BY id DESC LIMIT ?`, before, owner, owner, n+1)
		return err
	})
	if len(page.Campaigns) > n {
		page.Campaigns, page.Next = page.Campaigns[:n], page.Campaigns[n-1].ID
	}
	return page, err
}

// CreateCampaign keeps a new campaign, to whoever is in a list (empty: nobody
// yet). Nothing is sent.
func (db *DB) CreateCampaign(ctx context.Context, c storage.Campaign, list string, rows []storage.Row) (storage.Campaign, error) {
	if err := c.Tidy(); err != nil {
		return c, err
	}
	err := db.update(ctx, func(t *tx) error {
		if err := t.lineOrAll("from", c.Line); err != nil {
			return err
		}
		c.ID = t.db.write.ids.next("cg")
		maker, _ := json.Marshal(c.MadeBy)
		t.exec(`
			INSERT INTO campaign (id, name, text, line, start_at, pace, state, made_by, owner, created_at, rev)
			VALUES (?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, 0)`,
			c.ID, c.Name, c.Text, c.Line, c.At.Milli(), c.Pace, string(maker), c.Owner, t.now.Milli())
		if list != "" {
			l, err := aList(t.read, "list", list)
			if err != nil {
				return err
			}
			t.exec(`
				INSERT INTO copy (campaign, n, contact, number, vals)
				SELECT ?, row_number() OVER (ORDER BY who), contact, number, vals FROM people_row WHERE list = ?`, c.ID, l.ID)
		}
		if err := t.addCopies(c.ID, rows); err != nil {
			return err
		}
		c = t.tellCampaign(c.ID)
		return t.err
	})
	return c, err
}

// AddToCampaign adds people to a campaign that was not started.
func (db *DB) AddToCampaign(ctx context.Context, id string, rows []storage.Row) (storage.Campaign, error) {
	return db.moveCampaign(ctx, id, storage.CampaignAdd, func(t *tx, _ *storage.Campaign) error {
		return t.addCopies(id, rows)
	})
}

func (t *tx) addCopies(id string, rows []storage.Row) error {
	n := 0
	t.get(`SELECT coalesce(max(n), 0) FROM copy WHERE campaign = ?`, []any{id}, &n)
	for i, r := range rows {
		if err := t.checkRow(r); err != nil {
			return err
		}
		t.exec(`INSERT INTO copy (campaign, n, contact, number, vals) VALUES (?, ?, ?, ?, ?)`,
			id, n+1+i, r.Contact, r.Number, jsonOrNone(r.Values, len(r.Values)))
	}
	t.exec(`UPDATE campaign SET total = (SELECT count(*) FROM copy WHERE campaign = ?1) WHERE id = ?1`, id)
	return t.err
}

// moveCampaign does act with a campaign, if it can be done now, and tells what
// it has become. do changes what else there is to change, and may refuse.
func (db *DB) moveCampaign(ctx context.Context, id string, act storage.CampaignAct, do func(*tx, *storage.Campaign) error) (c storage.Campaign, err error) {
	err = db.update(ctx, func(t *tx) error {
		if c, err = aCampaign(t.read, id); err != nil {
			return err
		}
		if err := t.fresh(c.Rev, c); err != nil {
			return err
		}
		next, ok := c.State.After(act)
		if !ok {
			return storage.Refuse(storage.CodeConflict, "id", "the campaign is %s: there is nothing to %s", c.State, act)
		}
		c.State, c.Reason = next, ""
		if err := do(t, &c); err != nil {
			return err
		}
		t.writeCampaign(c)
		c = t.tellCampaign(id)
		return t.err
	})
	return c, err
}

func (t *tx) writeCampaign(c storage.Campaign) {
	author, among := "", ""
	if c.Author != nil {
		text, _ := json.Marshal(c.Author)
		author = string(text)
	}
	if c.Among != nil {
		among = linesJSON(c.Among)
	}
	t.exec(`
		UPDATE campaign SET state = ?, reason = ?, author = ?, person = ?, among = ?, started_at = ?, ended_at = ?, next_at = ? WHERE id = ?`,
		c.State, c.Reason, author, c.Person, among, c.StartedAt.Milli(), c.EndedAt.Milli(), c.NextAt.Milli(), c.ID)
}

// tellCampaign writes the event of a campaign as it is now.
func (t *tx) tellCampaign(id string) storage.Campaign {
	t.exec(`UPDATE campaign SET rev = ?, told_at = ? WHERE id = ?`, t.next(), t.now.Milli(), id)
	c, err := aCampaign(t.read, id)
	if err != nil && t.err == nil {
		t.err = err
	}
	t.object(id)
	t.event(storage.CampaignProgress, "", c.Line, "campaign", c)
	return c
}

// StartCampaign lets a campaign begin, on the word of whoever d says: its
// copies will name that author, and leave by lines which that author may use.
func (db *DB) StartCampaign(ctx context.Context, id string, d storage.Draft) (storage.Campaign, error) {
	return db.moveCampaign(ctx, id, storage.CampaignStart, func(t *tx, c *storage.Campaign) error {
		if c.People == 0 {
			return storage.Refuse(storage.CodeInvalid, "id", "the campaign has no people yet; add some with `smsbridge campaign add`")
		}
		d.Line = c.Line
		if c.Line != "" || !t.pooled(d) {
			if _, err := t.chooseLine(d); err != nil {
				return err
			}
		}
		c.Author, c.Person, c.Among = &d.Author, d.Person, d.Among
		c.StartedAt, c.NextAt = t.now, t.now
		if c.At.After(t.now.Time) {
			c.NextAt = c.At
		}
		return t.err
	})
}

// pooled tells whether new recipients of an author are shared among lines.
func (t *tx) pooled(d storage.Draft) bool {
	var mine []storage.Line
	for _, l := range t.lines("TRUE") {
		if usable(l, d) {
			mine = append(mine, l)
		}
	}
	return len(t.pool(mine)) > 0
}

// PauseCampaign makes no more copies, and holds those that have not begun to
// leave.
func (db *DB) PauseCampaign(ctx context.Context, id string, by storage.Author) (storage.Campaign, error) {
	return db.moveCampaign(ctx, id, storage.CampaignPause, func(t *tx, c *storage.Campaign) error {
		c.Reason = "paused by " + name(by)
		t.holdCopies(id)
		return t.err
	})
}

// holdCopies holds the copies of which nothing has left.
func (t *tx) holdCopies(id string) {
	for _, m := range t.copiesThat(id, storage.Queued) {
		t.all(m, storage.Held, "its campaign is paused")
		t.exec(`UPDATE message SET hold = ? WHERE id = ?`, holdCampaign, m)
		t.derive(m)
	}
}

// holdCampaign is who holds the copies of a paused campaign.
const holdCampaign = "campaign"

// ResumeCampaign goes on with a paused campaign.
func (db *DB) ResumeCampaign(ctx context.Context, id string) (storage.Campaign, error) {
	return db.moveCampaign(ctx, id, storage.CampaignResume, func(t *tx, c *storage.Campaign) error {
		for _, m := range t.copiesThat(id, storage.Held) {
			var hold string
			if t.get(`SELECT hold FROM message WHERE id = ?`, []any{m}, &hold); hold != holdCampaign {
				continue
			}
			t.all(m, storage.Queued, "")
			t.exec(`UPDATE message SET hold = '' WHERE id = ?`, m)
			t.derive(m)
		}
		if c.NextAt = t.now; c.At.After(t.now.Time) {
			c.NextAt = c.At
		}
		return t.err
	})
}

// CancelCampaign ends a campaign: no more copies are made, and those that have
// not begun to leave are called back.
func (db *DB) CancelCampaign(ctx context.Context, id string, by storage.Author) (storage.Campaign, error) {
	return db.moveCampaign(ctx, id, storage.CampaignCancel, func(t *tx, c *storage.Campaign) error {
		c.Reason, c.EndedAt = "canceled by "+name(by), t.now
		for _, state := range []storage.MessageState{storage.Queued, storage.Held} {
			for _, m := range t.copiesThat(id, state) {
				t.all(m, storage.Canceled, "its campaign was canceled by "+name(by))
				t.derive(m)
			}
		}
		return t.err
	})
}

// copiesThat are the messages of a campaign that are in a state.
func (t *tx) copiesThat(id string, state storage.MessageState) (found []string) {
	t.rows(`SELECT id FROM message WHERE campaign = ? AND campaign <> '' AND state = ? ORDER BY id`, []any{id, state}, func(r *sql.Rows) error {
		var m string
		err := r.Scan(&m)
		found = append(found, m)
		return err
	})
	return found
}
