package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"sync"

	"smsbridge/storage"
)

// badges remembers what was unread for each agent at a position of the log.
// Whatever changes that writes an event about the thread, so only the threads
// of the events since are counted again.
type badges struct {
	sync.Mutex
	of map[string]*unread
}

// unread is what one agent, who sees these lines, has not read of open threads.
type unread struct {
	lines   []string
	seq     int64
	threads map[string]int
}

// longWay is after how many events it is cheaper to count everything.
const longWay = 5000

const unreadRows = `
	SELECT id, n
	FROM (SELECT thread.id, coalesce(thread_view.closed_at, 0) AS closed, (
			SELECT count(*) FROM message
			WHERE message.thread = thread.id AND message.id > coalesce(thread_view.read_to, '') AND ` + incoming + `) AS n` + unreadThreads

// Badges counts what is unread for an agent who sees these lines.
func (db *DB) Badges(ctx context.Context, agent string, lines []string) (storage.Badges, error) {
	var b storage.Badges
	err := db.look(ctx, func(v *view) error {
		return v.unreadOf(agent, lines, func(threads map[string]int) {
			for _, n := range threads {
				b.Threads++
				b.Messages += n
			}
		})
	})
	return b, err
}

// unreadOf shows use the open threads in which something is unread, with how
// much; use may not keep them.
func (v *view) unreadOf(agent string, lines []string, use func(threads map[string]int)) error {
	all := &v.db.badges
	all.Lock()
	defer all.Unlock()
	head, err := v.head()
	if err != nil {
		return err
	}
	u := all.of[agent]
	if u == nil || (u.lines == nil) != (lines == nil) || !slices.Equal(u.lines, lines) || head.Seq-u.seq > longWay || u.seq+1 < head.Oldest {
		u = nil
	}
	var some []string
	if u != nil && u.seq < head.Seq {
		whole := false
		err = v.rows(`SELECT DISTINCT thread, type IN ('view.read_all', 'line.moved') FROM event WHERE seq > ? AND seq <= ?`,
			[]any{u.seq, head.Seq}, func(r *sql.Rows) error {
				var thread string
				var every bool
				err := r.Scan(&thread, &every)
				whole, some = whole || every, append(some, thread)
				return err
			})
		if whole {
			u = nil
		}
	}
	if err == nil && u == nil {
		if all.of == nil {
			all.of = make(map[string]*unread)
		}
		u = &unread{lines: slices.Clone(lines), threads: make(map[string]int)}
		if err = v.count(u, agent, ``, nil); err == nil {
			u.seq, all.of[agent] = head.Seq, u
		}
	} else if err == nil && u.seq < head.Seq {
		for _, id := range some {
			delete(u.threads, id)
		}
		if err = v.count(u, agent, ` AND thread.id IN (SELECT value FROM json_each(?4))`, some); err == nil {
			u.seq = head.Seq
		} else {
			delete(all.of, agent)
		}
	}
	if err == nil {
		use(u.threads)
	}
	return err
}

func (v *view) count(u *unread, agent, which string, some []string) error {
	args := []any{agent, u.lines == nil, linesJSON(u.lines)}
	if which != "" {
		args = append(args, linesJSON(some))
	}
	return v.rows(unreadRows+which+`) WHERE closed = 0 AND n > 0`, args, func(r *sql.Rows) error {
		var id string
		var n int
		err := r.Scan(&id, &n)
		u.threads[id] = n
		return err
	})
}
