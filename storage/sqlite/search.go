package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"smsbridge/storage"
)

// Limits of one search.
const (
	searchPage = 50   // hits, if nobody says
	searchLook = 2000 // messages that are looked at for one page
	searchStep = 100  // messages that are read at a time
	searchWho  = 200  // numbers that from: or number: may stand for
)

// Search finds messages by their words, the newest first, in what p's lines and
// agent see. The cursor is p.Before.
func (db *DB) Search(ctx context.Context, q storage.Query, p storage.Page) (storage.HitPage, error) {
	page := storage.HitPage{Hits: []storage.Hit{}}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		if p.Limit == 0 {
			p.Limit = searchPage
		}
		s := &search{view: v, q: q, p: p}
		if err := s.prepare(); err != nil || s.nothing {
			return err
		}
		page.Hits, page.Next, err = s.run()
		return err
	})
	return page, err
}

// search is one search under way.
type search struct {
	*view
	q       storage.Query
	p       storage.Page
	mark    string            // the newest message in the index
	match   string            // of FTS4
	chats   map[string]bool   // that the agent is in
	threads []string          // only in these; nil: in any
	sender  string            // only what this agent or token wrote
	in      bool              // only what came in
	line    string            // only over this line
	read    map[string]string // thread to what was read of it
	nothing bool              // can be found: a filter names what is not there
}

// prepare finds out what the filters name.
func (s *search) prepare() error {
	if _, err := s.get(`SELECT value FROM meta WHERE key = 'spoken'`, nil, &s.mark); err != nil {
		return err
	}
	var terms []string
	for _, phrase := range s.q.Phrases {
		terms = append(terms, ftsPhrase(phrase))
	}
	s.match = strings.Join(terms, " ")
	chats, err := s.texts(`SELECT thread FROM member WHERE agent = ?`, s.p.Agent)
	if err != nil {
		return err
	}
	s.chats = make(map[string]bool)
	for _, c := range chats {
		s.chats[c] = true
	}
	for _, filter := range []func() error{s.byLine, s.byThread, s.byNumber, s.byAuthor} {
		if err := filter(); err != nil {
			return err
		}
	}
	s.nothing = s.nothing || s.threads != nil && len(s.threads) == 0
	return nil
}

func ftsPhrase(words []string) string {
	last := words[len(words)-1]
	if storage.GoesOn(last) {
		last += "*"
	}
	if len(words) == 1 {
		return last
	}
	return `"` + strings.Join(append(slices.Clone(words[:len(words)-1]), last), " ") + `"`
}

// only leaves out all but some threads. Those of several filters must fit all.
func (s *search) only(some []string, what string) error {
	if len(some) > searchWho {
		return storage.Refuse(storage.CodeInvalid, "q", "%s fits more than %d people; say more of the name or number", what, searchWho)
	}
	some = append([]string{}, some...)
	if s.threads != nil {
		some = slices.DeleteFunc(some, func(id string) bool { return !slices.Contains(s.threads, id) })
	}
	s.threads = some
	return nil
}

func (s *search) byLine() error {
	if s.q.Line == "" {
		return nil
	}
	found, err := s.texts(`SELECT id FROM line WHERE id = ?1 OR name = ?1 COLLATE NOCASE OR number <> '' AND number = ?2 LIMIT 1`,
		s.q.Line, "+"+strings.TrimPrefix(storage.Digits(s.q.Line), "+"))
	if len(found) > 0 {
		s.line = found[0]
	}
	s.nothing = s.nothing || len(found) == 0
	return err
}

func (s *search) byThread() error {
	if s.q.Thread == "" {
		return nil
	}
	return s.only([]string{s.q.Thread}, "in:")
}

func (s *search) byNumber() error {
	if s.q.Number == "" {
		return nil
	}
	d := storage.Digits(s.q.Number)
	found, err := s.texts(`SELECT DISTINCT thread FROM thread_number WHERE ?1 <> '' AND instr(number, ?1) > 0 LIMIT ?2`, d, searchWho+1)
	if err != nil {
		return err
	}
	return s.only(found, "number:")
}

// byAuthor is from: the caller's own texts, a colleague's, or what came from a
// contact or number.
func (s *search) byAuthor() error {
	if s.q.From == "" {
		return nil
	}
	if strings.EqualFold(s.q.From, "me") {
		s.sender, s.nothing = s.p.Agent, s.nothing || s.p.Agent == ""
		return nil
	}
	known, err := s.get(`SELECT id FROM agent WHERE name = ?1 COLLATE NOCASE OR id = ?1`, []any{s.q.From}, &s.sender)
	if known || err != nil {
		return err
	}
	s.in = true
	where, args := named(s.q.From)
	found, err := s.texts(`
		SELECT thread.id FROM contact CROSS JOIN thread ON thread.contact = contact.id AND thread.contact <> '' WHERE `+where+`
		UNION
		SELECT thread FROM thread_number WHERE ?1 <> '' AND instr(number, ?1) > 0 OR lower(number) = ?2
		LIMIT ?3`, append([]any{storage.Digits(s.q.From), strings.ToLower(s.q.From), searchWho + 1}, args...)...)
	if err != nil {
		return err
	}
	return s.only(found, "from:")
}

// texts reads a query of one text column.
func (v *view) texts(query string, args ...any) (all []string, err error) {
	err = v.rows(query, args, func(r *sql.Rows) error {
		var s string
		err := r.Scan(&s)
		all = append(all, s)
		return err
	})
	return all, err
}

// run looks through what waits for the index, then through the index.
func (s *search) run() (hits []storage.Hit, next string, err error) {
	hits = []storage.Hit{}
	before := s.p.Before
	if before == "" {
		before = "~"
	}
	if !s.q.Before.IsZero() {
		before = min(before, idAt("ms", s.db.box, s.q.Before))
	}
	oldest := ""
	if !s.q.After.IsZero() {
		oldest = idAt("ms", s.db.box, s.q.After)
	}
	for looked := 0; looked < searchLook; {
		ids, err := s.next(before, oldest)
		if err != nil || len(ids) == 0 {
			return hits, "", err
		}
		looked += len(ids)
		some, err := s.judge(ids)
		if err != nil {
			return nil, "", err
		}
		if room := s.p.Rows() - len(hits); len(some) >= room {
			return append(hits, some[:room]...), some[room-1].Message.ID, nil
		}
		hits, before = append(hits, some...), ids[len(ids)-1]
	}
	return hits, before, nil
}

// next are the next messages to look at, the newest first: those of the
// threads that are meant, or those that wait for the index, or the index's.
func (s *search) next(before, oldest string) (ids []string, err error) {
	if s.threads != nil {
		return s.texts(`
			SELECT id FROM message
			WHERE thread IN (SELECT value FROM json_each(?)) AND id < ? AND id > ?
			ORDER BY id DESC
			LIMIT ?`, linesJSON(s.threads), before, oldest, searchStep)
	}
	if before > s.mark || s.match == "" {
		least := max(s.mark, oldest)
		if s.match == "" {
			least = oldest
		}
		ids, err = s.texts(`SELECT id FROM message WHERE id < ? AND id > ? ORDER BY id DESC LIMIT ?`, before, least, searchStep)
		if err != nil || len(ids) > 0 || s.mark < oldest || s.match == "" {
			return ids, err
		}
		before = s.mark + "~"
	}
	least, most := int64(numberIn(oldest, "ms", s.db.box)), int64(1)<<62
	if n := numberIn(strings.TrimSuffix(before, "~"), "ms", s.db.box); n > 0 {
		most = int64(n)
		if strings.HasSuffix(before, "~") {
			most++
		}
	}
	err = s.rows(`SELECT docid FROM spoken WHERE spoken MATCH ? AND docid < ? AND docid > ? ORDER BY docid DESC LIMIT ?`,
		[]any{s.match, most, least, searchStep}, func(r *sql.Rows) error {
			var doc int64
			err := r.Scan(&doc)
			ids = append(ids, idOf("ms", s.db.box, uint64(doc)))
			return err
		})
	return ids, err
}

// visible leaves out, cheaply, most of what may not be seen or is not meant.
func (s *search) visible(ids []string) ([]string, error) {
	return s.texts(`
		SELECT id FROM message
		WHERE id IN (SELECT value FROM json_each(?)) AND (? OR line IN (SELECT value FROM json_each(?)) OR channel = 'chat')
			AND (? = '' OR line = ?) AND (NOT ? OR dir = 'in')
			AND (? = '' OR sender = ? OR author <> '' AND author ->> 'id' = ?)
			AND (NOT ? OR (dir = 'in' OR channel = 'chat') AND sender <> ?)
		ORDER BY id DESC`, linesJSON(ids), s.p.Lines == nil, linesJSON(s.p.Lines), s.line, s.line, s.in, s.sender, s.sender, s.sender, s.q.Unread, s.p.Agent)
}

// judge keeps those of the messages that fit in every way.
func (s *search) judge(ids []string) ([]storage.Hit, error) {
	ids, err := s.visible(ids)
	if err != nil {
		return nil, err
	}
	found, err := s.messagesOf(ids)
	if err != nil {
		return nil, err
	}
	var hits []storage.Hit
	var threads []string
	for _, id := range ids {
		m := found[id]
		if m == nil {
			continue
		}
		ok, err := s.fits(m)
		if err != nil {
			return nil, err
		}
		where, all := s.q.Find(m.Text)
		if !ok || !all {
			continue
		}
		h := storage.Hit{Message: *m}
		h.Snippet, h.Marks = storage.Snip(m.Text, where)
		hits, threads = append(hits, h), append(threads, m.Thread)
	}
	contacts, err := s.contactsOf(threads)
	for i := range hits {
		hits[i].Contact = contacts[hits[i].Message.Thread]
	}
	return hits, err
}

// fits tells whether a message may be seen and passes the filters.
func (s *search) fits(m *storage.Message) (bool, error) {
	other := m.To
	if m.Dir == storage.Inbound {
		other = m.From
	}
	switch {
	case m.Channel == storage.ChannelChat && !s.chats[m.Thread],
		s.q.Number != "" && !strings.Contains(other, storage.Digits(s.q.Number)),
		!s.q.Before.IsZero() && !m.CreatedAt.Before(s.q.Before.Time),
		!s.q.After.IsZero() && m.CreatedAt.Before(s.q.After.Time):
		return false, nil
	}
	if !s.q.Unread {
		return true, nil
	}
	if s.read == nil {
		s.read = make(map[string]string)
	}
	to, known := s.read[m.Thread]
	if !known {
		if _, err := s.get(`SELECT read_to FROM thread_view WHERE agent = ? AND thread = ?`, []any{s.p.Agent, m.Thread}, &to); err != nil {
			return false, err
		}
		s.read[m.Thread] = to
	}
	return m.ID > to, nil
}

// contactsOf are the contacts of threads.
func (v *view) contactsOf(threads []string) (map[string]*storage.Contact, error) {
	all := make(map[string]*storage.Contact)
	if len(threads) == 0 {
		return all, nil
	}
	err := v.rows(`
		SELECT DISTINCT `+threadColumns+`
		FROM json_each(?) AS wanted
		CROSS JOIN thread ON thread.id = wanted.value
		LEFT JOIN contact ON contact.id = thread.contact`, []any{linesJSON(threads)}, func(r *sql.Rows) error {
		t, _, err := scanThread(r)
		all[t.ID] = t.Contact
		return err
	})
	return all, err
}
