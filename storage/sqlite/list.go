package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"

	"smsbridge/storage"
)

// Threads lists threads, the newest activity first. The cursor is the id of a
// thread's newest message. With p.Lines a thread is what went over those, and
// one of which nothing did is not listed. Chats are listed to their members.
func (db *DB) Threads(ctx context.Context, p storage.Page) (storage.ThreadPage, error) {
	page := storage.ThreadPage{Threads: []storage.Thread{}}
	if p.Filter.State != "" && p.Agent == "" {
		return page, storage.Refuse(storage.CodeInvalid, "state", "what is open or unread differs by person; ask with an account, or without state")
	}
	err := db.look(ctx, func(v *view) (err error) {
		if page.Head, err = v.head(); err != nil {
			return err
		}
		n := p.Rows()
		ids, last, err := v.newest(p, n+1)
		if err != nil {
			return err
		}
		if len(ids) > n {
			ids, last, page.Next = ids[:n], last[:n], last[n-1]
		}
		page.Threads, err = v.threads(ids, last, p)
		return err
	})
	return page, err
}

// newest finds at most limit threads with their newest messages. What is rare
// is taken from its own index, what is common by walking down the list.
func (v *view) newest(p storage.Page, limit int) (ids, last []string, err error) {
	if p.Filter.Text != "" {
		some, err := v.threadsNamed(p.Filter.Text)
		if err != nil {
			return nil, nil, err
		}
		return v.among(some, p, limit)
	}
	if some, rare, err := v.aside(p); err != nil || rare {
		if err != nil {
			return nil, nil, err
		}
		p.Filter.State = "" // they were chosen by it
		return v.among(some, p, limit)
	}
	return v.walk(p, limit)
}

// fewAside is how many threads that an agent has closed or muted are sorted
// rather than looked for in the whole list.
const fewAside = 500

// aside are the threads that an agent has closed, muted or not read, if the
// filter asks for them and they are few.
func (v *view) aside(p storage.Page) (some []string, rare bool, err error) {
	if p.Filter.State == storage.ThreadsUnread {
		err := v.unreadOf(p.Agent, p.Lines, func(threads map[string]int) {
			if rare = len(threads) < fewAside; rare {
				some = slices.Collect(maps.Keys(threads))
			}
		})
		return some, rare, err
	}
	which := map[string]string{storage.ThreadsClosed: `closed_at > 0`, storage.ThreadsMuted: `muted = 1`}[p.Filter.State]
	if which == "" {
		return nil, false, nil
	}
	err = v.rows(`
		SELECT thread FROM thread_view
		WHERE agent = ? AND (closed_at > 0 OR muted = 1) AND `+which+`
		LIMIT ?`, []any{p.Agent, fewAside}, func(r *sql.Rows) error {
		var id string
		err := r.Scan(&id)
		some = append(some, id)
		return err
	})
	return some, len(some) < fewAside, err
}

// The parameters of all statements below: ?1 the agent, ?2 whether every line
// is seen, ?3 those that are, ?4 and ?5 between which messages, ?6 how many.
const (
	seenLine = `(?2 OR line IN (SELECT value FROM json_each(?3)))`
	isMember = `EXISTS (SELECT 1 FROM member WHERE member.agent = ?1 AND member.thread = listed.thread)`

	listedAll  = `SELECT id AS thread, last FROM thread WHERE channel = 'sms' AND last < ?4 AND last > ?5`
	listedLine = `
		SELECT thread, last FROM thread_line
		WHERE line = ?7 AND last < ?4 AND last > ?5 AND NOT EXISTS (
			SELECT 1 FROM thread_line AS newer
			WHERE newer.thread = thread_line.thread AND newer.last > thread_line.last AND (?2 OR newer.line IN (SELECT value FROM json_each(?3))))`
	listedChat = `
		SELECT thread.id AS thread, last FROM member
		CROSS JOIN thread ON thread.id = member.thread
		WHERE member.agent = ?1 AND channel = 'chat' AND last < ?4 AND last > ?5`
	listedSome = `
		SELECT thread, last FROM (
			SELECT thread.id AS thread, channel,
				CASE WHEN channel = 'chat' OR ?2 AND ?7 = '' THEN thread.last ELSE (
					SELECT max(thread_line.last) FROM thread_line
					WHERE thread_line.thread = thread.id AND ` + seenLine + ` AND (?7 = '' OR line = ?7)) END AS last
			FROM json_each(?8) AS wanted
			CROSS JOIN thread ON thread.id = wanted.value) AS listed
		WHERE last < ?4 AND last > ?5 AND (channel = 'sms' AND ?9 <> 'chat' OR channel = 'chat' AND ?9 <> 'sms' AND ?7 = '' AND ` + isMember + `)`
)

// stateIs is the condition of each state on a row of listed.
var stateIs = map[string]string{
	"":                     ``,
	storage.ThreadsOpen:    ` AND NOT ` + viewHas + `closed_at > 0) AND NOT ` + folded,
	storage.ThreadsBlocked: ` AND ` + folded,
	storage.ThreadsClosed:  ` AND ` + viewHas + `closed_at > 0)`,
	storage.ThreadsMuted:   ` AND ` + viewHas + `muted = 1)`,
	storage.ThreadsUnread: ` AND NOT ` + viewHas + `(closed_at > 0 OR read_to >= listed.last)) AND EXISTS (
		SELECT 1 FROM message
		WHERE message.thread = listed.thread AND message.id > coalesce((
			SELECT read_to FROM thread_view WHERE agent = ?1 AND thread_view.thread = listed.thread), '')
			AND ` + incoming + `)`,
}

const folded = `EXISTS (SELECT 1 FROM thread AS aside WHERE aside.id = listed.thread AND aside.blocked = 1)`

const viewHas = `EXISTS (SELECT 1 FROM thread_view WHERE agent = ?1 AND thread_view.thread = listed.thread AND `

func listing(source string, p storage.Page) string {
	return `SELECT thread, last FROM (` + source + `) AS listed WHERE TRUE` + stateIs[p.Filter.State] + ` ORDER BY last DESC LIMIT ?6`
}

func (p pageArgs) args(limit int, more ...any) []any {
	before := cmp.Or(p.Before, "~") // above every id
	return append([]any{p.Agent, p.Lines == nil, linesJSON(p.Lines), before, p.After, limit}, more...)
}

type pageArgs storage.Page

// among lists those of some threads that the page asks for.
func (v *view) among(some []string, p storage.Page, limit int) (ids, last []string, err error) {
	err = v.rows(listing(listedSome, p), pageArgs(p).args(limit, p.Filter.Line, linesJSON(some), p.Filter.Channel), listed(&ids, &last))
	return ids, last, err
}

// walk goes down the list of each line that is seen, and of the chats, and
// takes the newest of all. In each list it goes down only as far as what it has
// already begins.
func (v *view) walk(p storage.Page, limit int) (ids, last []string, err error) {
	type row struct{ id, last string }
	var rows []row
	take := func(source string, more ...any) {
		var some, newest []string
		if err == nil {
			err = v.rows(listing(source, p), pageArgs(p).args(limit, more...), listed(&some, &newest))
		}
		for i := range some {
			rows = append(rows, row{some[i], newest[i]})
		}
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(b.last, a.last) })
		if len(rows) >= limit {
			rows = rows[:limit]
			p.After = rows[limit-1].last
		}
	}
	if p.Filter.Channel != storage.ChannelChat {
		switch {
		case p.Filter.Line != "":
			if p.Lines == nil || slices.Contains(p.Lines, p.Filter.Line) {
				p.Lines = []string{p.Filter.Line}
				take(listedLine, p.Filter.Line)
			}
		case p.Lines == nil:
			take(listedAll)
		default:
			for _, line := range p.Lines {
				take(listedLine, line)
			}
		}
	}
	if p.Filter.Channel != storage.ChannelSMS && p.Agent != "" && p.Filter.Line == "" {
		take(listedChat)
	}
	for _, r := range rows {
		ids, last = append(ids, r.id), append(last, r.last)
	}
	return ids, last, err
}

func listed(ids, last *[]string) func(*sql.Rows) error {
	return func(r *sql.Rows) error {
		var id, newest string
		err := r.Scan(&id, &newest)
		*ids, *last = append(*ids, id), append(*last, newest)
		return err
	}
}
