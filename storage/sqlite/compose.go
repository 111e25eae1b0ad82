package sqlite

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"smsbridge/storage"
)

// Compose keeps a draft as a queued message with its parts, its event and its
// idempotency key, in one commit: when it returns, the message survives a power
// cut. A repeated key answers with the first message and replayed.
func (db *DB) Compose(ctx context.Context, d storage.Draft) (m storage.Message, replayed bool, err error) {
	err = db.update(ctx, func(t *tx) error {
		id, known, err := t.seen(composing, d.Author, d.Key, d.Digest)
		if err != nil {
			return err
		}
		if replayed = known; !known {
			if id, err = t.compose(d); err != nil {
				return err
			}
		}
		found := t.message(id)
		if found == nil && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "idem", "the message of this key was deleted; it is not sent again")
		}
		if found != nil {
			m = *found
		}
		t.object(id)
		if !known {
			t.event(storage.MessageQueued, m.Thread, m.Line, "message", m)
			t.answered(d, m)
		}
		return t.err
	})
	return m, replayed, err
}

// composing is the method that the keys of drafts belong to.
const composing = "message.send"

// seen looks for what the author made with the same key and method before.
func (t *tx) seen(method string, author storage.Author, key, digest string) (id string, known bool, err error) {
	if key == "" {
		return "", false, nil
	}
	var was, answer string
	known = t.get(idemRow, idemArgs(&storage.Idem{Author: author, Method: method, Key: key}, t.now), &was, &id, &answer)
	if known && was != digest {
		return "", false, mismatch()
	}
	return id, known, t.err
}

// compose keeps a draft that passes every rule; the rules and the limits are
// asked in the transaction that keeps it, so that two drafts never share the
// last part of a limit.
func (t *tx) compose(d storage.Draft) (string, error) {
	line, err := t.chooseLine(d)
	if err != nil {
		return "", err
	}
	verdict, err := t.admit(d, line)
	if err != nil {
		return "", err
	}
	m := storage.Message{ID: t.db.write.ids.next("ms"), Line: line.ID, Warnings: t.warnings(d, line, verdict)}
	m.Thread = t.threadOf(d.To, line.ID)
	t.insert(&m, d, line, verdict)
	if d.Key != "" {
		t.idem(&storage.Idem{Author: d.Author, Method: composing, Key: d.Key, Digest: d.Digest, Object: m.ID})
	}
	t.touch(m.Thread, line.ID, m.ID)
	return m.ID, t.attach(m.ID, d)
}

// insert writes the message with its parts.
func (t *tx) insert(m *storage.Message, d storage.Draft, line storage.Line, v storage.Verdict) {
	ref := 0
	if d.Count.Parts > 1 {
		ref = t.reference(d.To)
	}
	who, _ := json.Marshal(d.Author)
	count, _ := json.Marshal(d.Count.Kept())
	due, expires := d.Due(t.now), d.Ends(t.now)
	state, hold := storage.Queued, ""
	if v.Hold != "" {
		state, hold = storage.Held, holdRule
	}
	t.exec(`
		INSERT INTO message (id, thread, line, dir, peer, own, text, state, reason, total, warnings, author, count, concat_ref,
			created_at, rev, priority, due_at, expires_at, flash, hold, resend_of, campaign)
		VALUES (?, ?, ?, 'out', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		m.ID, m.Thread, line.ID, d.To, line.Number, d.Text, state, v.Hold, d.Count.Parts, strings.Join(m.Warnings, ","),
		string(who), string(count), ref, t.now.Milli(), t.next(),
		d.Priority.Rank(), due.Milli(), expires.Milli(), d.Flash, hold, d.ResendOf, d.Campaign)
	turn, zone := t.turn(line.ID, d.Priority.Rank(), d.To), storage.ZoneOf(d.To)
	for n := 1; n <= d.Count.Parts; n++ {
		t.exec(`
			INSERT INTO part (message, n, line, peer, state, reason, next_try, priority, turn, expires_at, zone)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			m.ID, n, line.ID, d.To, state, v.Hold, due.Milli(), d.Priority.Rank(), turn, expires.Milli(), zone)
	}
}

// admit asks everything that may refuse a draft, or hold it.
func (t *tx) admit(d storage.Draft, line storage.Line) (storage.Verdict, error) {
	if err := t.wanted(d, line.ID); err != nil {
		return storage.Verdict{}, err
	}
	rules, err := readRules(t.find)
	if err != nil {
		return storage.Verdict{}, err
	}
	verdict, err := rules.Judge(d.To, storage.HomeOf(d.Country, line))
	if err != nil {
		return verdict, err
	}
	policy, err := policyOf(t.list, line.ID)
	if err == nil {
		err = policy.Admit(d.Text, d.Count.Parts)
	}
	if err == nil {
		err = t.awake(line.ID, d.To)
	}
	if err == nil {
		err = t.spend(d, line.ID)
	}
	return verdict, err
}

// awake refuses while a line is quiet, or it is where a text goes, if that is to
// be refused.
func (t *tx) awake(line, to string) error {
	q, err := quietOf(t.list, line)
	if q == nil || err != nil || q.Policy != storage.QuietRefuse {
		return err
	}
	hours := q.In(storage.ZoneOf(to))
	until, quiet := hours.Until(t.now.Time)
	if !quiet {
		return nil
	}
	e := storage.Refuse(storage.CodeQuiet, "from", "this line is quiet from %s to %s (%s) and takes no text; it may be sent after %s",
		hours.From, hours.To, hours.Zone, until.Format("2006-01-02 15:04"))
	e.After = until.Sub(t.now.Time)
	return e
}

// warnings are what a desk should know of a draft that is taken.
func (t *tx) warnings(d storage.Draft, line storage.Line, v storage.Verdict) (list []string) {
	if v.Warning != "" {
		list = append(list, v.Warning)
	}
	var last string
	if t.get(lastLine, []any{d.To}, &last) && last != "" && last != line.ID {
		list = append(list, storage.WarnFrom)
	}
	return append(list, d.Warnings...)
}

// turn is the place of a new message among the recipients of its priority: one
// behind those of the same recipient that wait, and not before what the line is
// at now. So who has a hundred texts waiting and who has one take turns.
func (t *tx) turn(line string, priority int, peer string) int64 {
	var at, last int64
	t.get(`SELECT at FROM turn WHERE line = ? AND priority = ?`, []any{line, priority}, &at)
	if t.get(`SELECT coalesce(max(turn), -1) FROM part WHERE line = ? AND peer = ? AND state = 'queued'`, []any{line, peer}, &last) {
		return max(at, last+1)
	}
	return at
}

// chooseLine is the line that the draft names, or the one that the thread used
// last, or the only one there is, or the next of the pool, of those that the
// author may send from and that are switched on.
func (t *tx) chooseLine(d storage.Draft) (storage.Line, error) {
	if !t.smsOn() {
		return storage.Line{}, storage.Refuse(storage.CodeSMSOff, "", "texts are switched off on this box; the owner switches them on with `smsbridge setting set %s true`", storage.SettingSMS).Because(string(storage.BoxOff), storage.RoleOwner)
	}
	if d.Line != "" {
		return t.namedLine(d)
	}
	if found := t.lines("id = (SELECT line FROM thread JOIN thread_number ON thread.id = thread_number.thread WHERE thread_number.number = ?)", d.To); len(found) == 1 && usable(found[0], d) {
		return found[0], nil
	}
	all := t.lines("TRUE")
	mine := slices.DeleteFunc(slices.Clone(all), func(l storage.Line) bool { return !d.Allows(l.ID) })
	on := slices.DeleteFunc(slices.Clone(mine), func(l storage.Line) bool { return l.SMSDisabled })
	switch {
	case t.err != nil:
		return storage.Line{}, t.err
	case len(all) == 0:
		return storage.Line{}, storage.Refuse(storage.CodeNoLine, "from", "this box has no line yet: plug in a modem with a SIM, and see `smsbridge modem list` for what is wrong with it").Because(string(storage.NoModem), storage.RoleOwner)
	case len(mine) == 0:
		return storage.Line{}, storage.Refuse(storage.CodeNotAssigned, "from", "no line is assigned to you; whoever looks after the box can do it with `smsbridge line assign`").Because(string(storage.NotAssigned), storage.RoleManager)
	case len(on) == 0:
		return storage.Line{}, lineOff("your line")
	case len(on) > 1:
		if pool := t.pool(on); len(pool) > 0 {
			return t.turnOf(pool), t.err
		}
		e := storage.Refuse(storage.CodeFromRequired, "from", "you have %d lines and this number was never written to; choose the line to send from", len(on))
		for _, l := range on {
			e.Options = append(e.Options, l.ID)
		}
		return storage.Line{}, e
	}
	return on[0], nil
}

func (t *tx) namedLine(d storage.Draft) (storage.Line, error) {
	found := t.lines("id = ?", d.Line)
	switch {
	case t.err != nil:
		return storage.Line{}, t.err
	case !d.Allows(d.Line): // whether there is such a line or not
		return storage.Line{}, storage.Refuse(storage.CodeNotAssigned, "from", "the line %s is not assigned to you; whoever looks after the box can do it with `smsbridge line assign`", d.Line).Because(string(storage.NotAssigned), storage.RoleManager)
	case len(found) == 0:
		return storage.Line{}, storage.Refuse(storage.CodeNotFound, "from", "there is no line %s; ask for the list of lines", d.Line)
	case found[0].SMSDisabled:
		return storage.Line{}, lineOff("the line " + d.Line)
	}
	return found[0], nil
}

func usable(l storage.Line, d storage.Draft) bool { return d.Allows(l.ID) && !l.SMSDisabled }

func lineOff(which string) error {
	return storage.Refuse(storage.CodeLineOff, "from", "%s is switched off for texts; the owner switches it on with `smsbridge line enable`", which).Because(string(storage.SwitchedOff), storage.RoleOwner)
}

func first(lines []storage.Line) storage.Line {
	if len(lines) == 0 {
		return storage.Line{}
	}
	return lines[0]
}

// reference is the next concatenation reference for peer.
func (t *tx) reference(peer string) int {
	ref := 1
	t.get(`SELECT next FROM reference WHERE peer = ?`, []any{peer}, &ref)
	t.exec(`
		INSERT INTO reference (peer, next) VALUES (?, ?)
		ON CONFLICT (peer) DO UPDATE SET next = excluded.next`, peer, (ref+1)%256)
	return ref
}
