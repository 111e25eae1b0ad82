package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"smsbridge/storage"
)

// named is the condition that a row of contact is meant by text: the beginning
// of one of its names' words for each word, or part of one of its numbers. Its
// parameters are numbered from ?4 on.
func named(text string) (where string, args []any) {
	var both []string
	for _, w := range storage.Words(text) {
		args = append(args, " "+w)
		both = append(both, fmt.Sprintf("instr(folded, ?%d) > 0", 3+len(args)))
	}
	where = strings.Join(both, " AND ")
	if d := storage.Digits(text); d != "" {
		args = append(args, d)
		where = fmt.Sprintf("(%s) OR contact.id IN (SELECT contact FROM contact_number WHERE instr(number, ?%d) > 0)", orTrue(where), 3+len(args))
	}
	return orTrue(where), args
}

func orTrue(where string) string {
	if where == "" {
		return "TRUE"
	}
	return where
}

// mostNamed is how many of the threads with a name or number are looked at.
const mostNamed = 500

// threadsNamed finds threads by a name, or by a number in any format.
func (v *view) threadsNamed(text string) (ids []string, err error) {
	where, args := named(text)
	args = append([]any{mostNamed, strings.ToLower(strings.TrimSpace(text)), storage.Digits(text)}, args...)
	err = v.rows(`
		SELECT thread.id FROM contact
		CROSS JOIN thread ON thread.contact = contact.id AND thread.contact <> ''
		WHERE `+where+`
		UNION
		SELECT thread FROM thread_number
		WHERE instr(lower(number), ?2) > 0 OR ?3 <> '' AND instr(number, ?3) > 0
		UNION
		SELECT member.thread FROM member JOIN agent ON agent.id = member.agent
		WHERE instr(lower(' ' || agent.name), ' ' || ?2) > 0
		ORDER BY 1 DESC
		LIMIT ?1`, args, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// Find looks for whom to write to: colleagues, contacts, numbers that were
// written to before, and the number that text itself is. A text that is empty
// finds everybody. p says who asks, and how much.
func (db *DB) Find(ctx context.Context, text string, p storage.Page) ([]storage.Found, error) {
	found := []storage.Found{}
	err := db.look(ctx, func(v *view) error {
		f := finder{view: v, text: text, p: p, n: p.Rows()}
		err := f.agents()
		if err == nil {
			err = f.contacts()
		}
		if err == nil {
			err = f.numbers()
		}
		found = append(found, f.found...)
		return err
	})
	if err != nil {
		return nil, err
	}
	number, wrong := storage.ParseNumber("", text)
	for _, f := range found {
		if f.Number == number {
			return found, nil
		}
	}
	if wrong == nil {
		found = append(found, storage.Found{Kind: storage.FoundNumber, Number: number, Channel: storage.ChannelSMS})
	}
	return found, nil
}

// finder gathers what was found.
type finder struct {
	*view
	text  string
	p     storage.Page
	n     int
	found []storage.Found
}

// agents finds colleagues; there are few.
func (f *finder) agents() error {
	words := storage.Words(f.text)
	return f.rows(`
		SELECT agent.id, agent.name, agent.role, coalesce(direct.thread, ''), coalesce(thread_view.closed_at, 0) > 0
		FROM agent
		LEFT JOIN (
			SELECT other.agent, min(other.thread) AS thread
			FROM member AS mine
			JOIN member AS other ON other.thread = mine.thread AND other.agent <> mine.agent
			WHERE mine.agent = ?1 AND 2 = (SELECT count(*) FROM member WHERE member.thread = mine.thread)
			GROUP BY other.agent) AS direct ON direct.agent = agent.id
		LEFT JOIN thread_view ON thread_view.agent = ?1 AND thread_view.thread = direct.thread
		WHERE agent.id <> ?1 AND agent.role <> 'service' AND NOT agent.disabled
		ORDER BY agent.name COLLATE NOCASE`, []any{f.p.Agent}, func(r *sql.Rows) error {
		a := storage.Found{Kind: storage.FoundAgent, Channel: storage.ChannelChat}
		if err := r.Scan(&a.ID, &a.Name, &a.Role, &a.Thread, &a.Closed); err != nil {
			return err
		}
		if matches(a.Name, words) && len(f.found) < f.n {
			f.found = append(f.found, a)
		}
		return nil
	})
}

// matches tells whether each word begins one of name's.
func matches(name string, words []string) bool {
	folded := " " + strings.Join(storage.Words(name), " ")
	for _, w := range words {
		if !strings.Contains(folded, " "+w) {
			return false
		}
	}
	return true
}

// toThread is where a contact or number was written before, as far as who asks
// may see it: ?1 the agent, ?2 and ?3 the lines.
const toThread = `
	LEFT JOIN thread AS seen ON seen.id = %s AND (?2 OR EXISTS (
		SELECT 1 FROM thread_line WHERE thread_line.thread = seen.id AND thread_line.line IN (SELECT value FROM json_each(?3))))
	LEFT JOIN thread_view ON thread_view.agent = ?1 AND thread_view.thread = seen.id`

// contacts finds a row for each number of a contact that is found by its name,
// and for the numbers themselves that are.
func (f *finder) contacts() error {
	where, args := named(f.text)
	digits := storage.Digits(f.text)
	args = append([]any{f.p.Agent, f.p.Lines == nil, linesJSON(f.p.Lines)}, args...)
	args = append(args, f.n-len(f.found))
	words := storage.Words(f.text)
	return f.rows(fmt.Sprintf(`
		SELECT contact.id, contact.name, contact.blocked, contact_number.number, contact_number.type,
			coalesce(seen.id, ''), coalesce(thread_view.closed_at, 0) > 0, contact.folded
		FROM (SELECT id AS found FROM contact WHERE %s ORDER BY folded, id LIMIT ?%d)
		CROSS JOIN contact ON contact.id = found
		CROSS JOIN contact_number ON contact_number.contact = contact.id`+toThread+`
		ORDER BY contact.folded, contact.id, contact_number.n`, where, len(args), `(SELECT id FROM thread WHERE thread.contact = contact.id AND thread.contact <> '')`),
		args, func(r *sql.Rows) error {
			c := storage.Found{Kind: storage.FoundContact, Channel: storage.ChannelSMS}
			var folded string
			err := r.Scan(&c.ID, &c.Name, &c.Blocked, &c.Number, &c.Type, &c.Thread, &c.Closed, &folded)
			byNumber := digits != "" && strings.Contains(c.Number, digits)
			if len(f.found) < f.n && (byNumber || matches(c.Name, words) || digits == "") {
				f.found = append(f.found, c)
			}
			return err
		})
}

// numbers finds what was written to and nobody saved.
func (f *finder) numbers() error {
	d := storage.Digits(f.text)
	if d == "" {
		return nil
	}
	return f.rows(fmt.Sprintf(`
		SELECT number, seen.id, coalesce(thread_view.closed_at, 0) > 0
		FROM thread_number`+toThread+`
		WHERE instr(number, ?4) > 0 AND seen.contact = '' AND seen.id IS NOT NULL
		LIMIT ?5`, `thread_number.thread`),
		[]any{f.p.Agent, f.p.Lines == nil, linesJSON(f.p.Lines), d, max(f.n-len(f.found), 0)}, func(r *sql.Rows) error {
			n := storage.Found{Kind: storage.FoundNumber, Channel: storage.ChannelSMS}
			err := r.Scan(&n.Number, &n.Thread, &n.Closed)
			f.found = append(f.found, n)
			return err
		})
}

// OpenNumber says where a number is written to.
func (db *DB) OpenNumber(ctx context.Context, number string, p storage.Page) (storage.Opening, error) {
	o := storage.Opening{Channel: storage.ChannelSMS, To: number}
	c, err := db.ContactOf(ctx, number)
	if err == nil {
		o.Contact = &c
	}
	return db.opening(ctx, o, p, `
		SELECT thread FROM thread_number WHERE number = ?1
		UNION
		SELECT thread.id FROM contact_number JOIN thread ON thread.contact = contact_number.contact AND thread.contact <> '' WHERE contact_number.number = ?1`, number)
}

// OpenContact says where a contact is written to.
func (db *DB) OpenContact(ctx context.Context, id string, p storage.Page) (storage.Opening, error) {
	c, err := db.Contact(ctx, id)
	if err != nil {
		return storage.Opening{}, err
	}
	o := storage.Opening{Channel: storage.ChannelSMS, Contact: &c}
	if len(c.Numbers) > 0 {
		o.To = c.Numbers[0]
	}
	return db.opening(ctx, o, p, `SELECT id FROM thread WHERE contact = ? AND contact <> ''`, id)
}

// OpenChat says where a colleague is written to.
func (db *DB) OpenChat(ctx context.Context, agent string, p storage.Page) (storage.Opening, error) {
	a, err := db.Agent(ctx, agent)
	if err != nil {
		return storage.Opening{}, err
	}
	return db.opening(ctx, storage.Opening{Channel: storage.ChannelChat, Agent: a.ID}, p, `
		SELECT mine.thread
		FROM member AS mine
		JOIN member AS other ON other.thread = mine.thread AND other.agent = ?2
		WHERE mine.agent = ?1 AND ?1 <> ?2 AND 2 = (SELECT count(*) FROM member WHERE member.thread = mine.thread)
		ORDER BY 1`, p.Agent, a.ID)
}

// opening adds the thread, if there is one that may be seen.
func (db *DB) opening(ctx context.Context, o storage.Opening, p storage.Page, query string, args ...any) (storage.Opening, error) {
	err := db.look(ctx, func(v *view) error {
		ids, err := v.texts(query, args...)
		if err != nil {
			return err
		}
		ids, last, err := v.among(ids, storage.Page{Agent: p.Agent, Lines: p.Lines}, 1)
		if err != nil || len(ids) == 0 {
			return err
		}
		found, err := v.threads(ids, last, p)
		if err == nil && len(found) > 0 {
			o.Thread = &found[0]
		}
		return err
	})
	return o, err
}
