package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/mattn/go-sqlite3"

	"smsbridge/storage"
)

// tx is one change inside a writing transaction. Its first error stays: later
// calls do nothing, and the change is rolled back.
type tx struct {
	db     *DB
	ctx    context.Context
	now    storage.Time
	events []storage.Event
	about  string // what the change is about, for the audit
	forget bool   // older events were changed: memory must not show them as they were
	known  int64  // the rev that the caller knows; fresh compares it. 0: none
	err    error
}

// change is an update that waits for its commit. Its do may run twice, if the
// transaction that it shared with others could not be committed.
type change struct {
	do    func(*tx) error
	audit *storage.Audit // written with it; nil: none
	idem  *storage.Idem  // likewise
	rev   *storage.Rev   // what the caller knows of the thing it changes; nil: nothing
	done  bool
	err   error
}

// together is the most changes that share one commit.
const together = 64

// update runs do in a transaction, commits it, and rings. It returns after the
// commit, or with the error of do, when nothing has changed.
//
// Changes that come while the disk is busy with a commit share the next one, in
// the order they came: the disk is the slowest part of a box, and one flush
// keeps many texts as well as one. A context that ends later than the start
// does not interrupt a change.
func (db *DB) update(ctx context.Context, do func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	c := &change{do: do, audit: storage.AuditOf(ctx), idem: storage.IdemOf(ctx), rev: storage.RevOf(ctx)}
	db.queue.Lock()
	db.queue.waiting = append(db.queue.waiting, c)
	db.queue.Unlock()
	db.write.Lock()
	defer db.write.Unlock()
	for !c.done {
		db.commit(db.queue.take())
	}
	if c.audit != nil && c.err == nil {
		c.audit.Written = true
	}
	if c.idem != nil && c.err == nil {
		c.idem.Written = true
	}
	if c.rev != nil && c.err == nil {
		c.rev.Checked = true
	}
	return c.err
}

// queue holds the changes that wait for the writer.
type queue struct {
	sync.Mutex
	waiting []*change
}

func (q *queue) take() []*change {
	q.Lock()
	defer q.Unlock()
	n := min(together, len(q.waiting))
	taken := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	if len(q.waiting) == 0 {
		q.waiting = nil
	}
	return taken
}

// commit makes changes in one transaction. If that cannot be, each is tried by
// itself, so that none fails for another's sake.
func (db *DB) commit(changes []*change) {
	err := db.writable()
	if err == nil {
		if err = db.transact(changes); err != nil && len(changes) > 1 {
			for _, c := range changes {
				c.err = db.transact([]*change{c})
				c.done = true
			}
			return
		}
	}
	for _, c := range changes {
		if c.done = true; err != nil {
			c.err = err
		}
	}
}

func (db *DB) writable() error {
	if db.write.conn == nil {
		return errClosed
	}
	return db.Err()
}

// transact makes changes in one transaction. A change that is refused is undone
// and has its error; the error returned is the transaction's own, after which
// nothing has changed.
func (db *DB) transact(changes []*change) error {
	t := &tx{db: db, ctx: context.Background(), now: storage.Now()}
	t.exec("BEGIN IMMEDIATE")
	if t.err != nil {
		return db.explain(t.err)
	}
	for _, c := range changes {
		if err := t.make(c, len(changes) > 1); err != nil {
			return t.rollback(err)
		}
	}
	if len(changes) == 1 && changes[0].err != nil {
		t.rollback(nil)
		return nil
	}
	t.writeEvents()
	t.exec("COMMIT")
	if t.err != nil {
		return t.rollback(t.err)
	}
	db.bell.ring(t.events)
	if t.forget {
		db.bell.forget()
	}
	return nil
}

// make runs one change; with others in the same transaction, behind a savepoint.
// Its error is that of the transaction, not of the change.
func (t *tx) make(c *change, savepoint bool) error {
	events := len(t.events)
	if savepoint {
		t.exec("SAVEPOINT change")
	}
	t.about, t.known = "", 0
	if c.rev != nil {
		t.known = c.rev.Known
	}
	err := c.do(t)
	if err == nil && t.known != 0 {
		err = storage.Refuse(storage.CodeInvalid, "if_rev", "this has no rev to compare; leave if_rev out")
	}
	if err == nil && c.audit != nil {
		t.audit(c.audit.AuditEntry)
	}
	if err == nil && c.idem != nil {
		c.idem.Object = t.about
		t.idem(c.idem)
	}
	if t.err != nil {
		err, t.err = t.err, nil
	}
	c.err = t.db.explain(err)
	if err != nil {
		t.events = t.events[:events]
	}
	if savepoint && err != nil {
		t.exec("ROLLBACK TO change")
	}
	if savepoint {
		t.exec("RELEASE change")
	}
	return t.err
}

// fresh refuses the change if its caller knows another rev of current than rev,
// the one it has. Every change of what people edit calls it, with the thing as it
// is before; a change whose caller knows a rev that nothing was compared with is
// refused.
func (t *tx) fresh(rev int64, current any) error {
	known := t.known
	t.known = 0
	return storage.Fresh(known, rev, current)
}

// rollback undoes all, and passes err on.
func (t *tx) rollback(err error) error {
	t.err = nil
	t.exec("ROLLBACK")
	return t.db.explain(err)
}

// explain turns what the driver says into what a caller can act on.
func (db *DB) explain(err error) error {
	e, ok := errors.AsType[sqlite3.Error](err)
	if !ok {
		return err
	}
	switch e.Code {
	case sqlite3.ErrFull:
		return storage.Refuse(storage.CodeStorageFull, "", "the disk of the ledger is full; make room, then try again")
	case sqlite3.ErrIoErr, sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrReadonly:
		db.failure.Do(func() {
			db.failure.err = fmt.Errorf("ledger %s: %w", db.path, err)
			close(db.failure.done)
		})
	}
	return err
}

func (t *tx) stmt(query string) *sql.Stmt {
	if s := t.db.write.stmts[query]; s != nil {
		return s
	}
	s, err := t.db.write.conn.PrepareContext(t.ctx, query)
	if err != nil {
		t.err = fmt.Errorf("%w in %s", err, query)
		return nil
	}
	t.db.write.stmts[query] = s
	return s
}

// exec runs query and tells how many rows it changed.
func (t *tx) exec(query string, args ...any) int64 {
	if t.err != nil {
		return 0
	}
	s := t.stmt(query)
	if s == nil {
		return 0
	}
	r, err := s.ExecContext(t.ctx, args...)
	if err != nil {
		t.err = err
		return 0
	}
	n, _ := r.RowsAffected()
	return n
}

// get scans the first row of query into dest; false if there is none.
func (t *tx) get(query string, args []any, dest ...any) bool {
	if t.err != nil {
		return false
	}
	s := t.stmt(query)
	if s == nil {
		return false
	}
	err := s.QueryRowContext(t.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false
	}
	if err != nil {
		t.err = err
	}
	return err == nil
}

// rows calls scan for each row of query.
func (t *tx) rows(query string, args []any, scan func(*sql.Rows) error) {
	if t.err != nil {
		return
	}
	if s := t.stmt(query); s != nil {
		t.err = each(s, t.ctx, args, scan)
	}
}

func each(s *sql.Stmt, ctx context.Context, args []any, scan func(*sql.Rows) error) error {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// next is the number that the next event of this transaction will have: what
// a changed row writes down as its rev.
func (t *tx) next() int64 { return t.db.bell.head() + int64(len(t.events)) + 1 }

// event adds an event about object, which goes out under name.
func (t *tx) event(kind, thread, line, name string, object any) {
	t.eventFor(nil, kind, thread, line, name, object)
}

// eventFor is event, told to these agents only.
func (t *tx) eventFor(agents []string, kind, thread, line, name string, object any) {
	if t.err != nil {
		return
	}
	data, err := json.Marshal(map[string]any{name: object})
	if err != nil {
		t.err = err
		return
	}
	t.events = append(t.events, storage.Event{
		Seq: t.next(), At: t.now, Type: kind, Thread: thread, Line: line, Data: data, For: agents,
	})
}

func (t *tx) writeEvents() {
	for _, e := range t.events {
		t.exec(`INSERT INTO event (seq, at, type, thread, line, data, audience) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			e.Seq, e.At.Milli(), e.Type, e.Thread, e.Line, string(e.Data), audience(e.For))
	}
}

// audience is Event.For as it is kept.
func audience(agents []string) string {
	if agents == nil {
		return ""
	}
	text, _ := json.Marshal(agents)
	return string(text)
}

// view is one reading: a snapshot of the ledger.
type view struct {
	db  *DB
	ctx context.Context
	tx  *sql.Tx
}

// look runs do on one snapshot. It must not be called inside another look.
func (db *DB) look(ctx context.Context, do func(*view) error) error {
	select {
	case db.read.turns <- struct{}{}:
		defer func() { <-db.read.turns }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer db.looking.begin(ctx)()
	tx, err := db.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return do(&view{db: db, ctx: ctx, tx: tx})
}

func (v *view) stmt(query string) (*sql.Stmt, error) {
	v.db.read.Lock()
	defer v.db.read.Unlock()
	s := v.db.read.stmts[query]
	if s == nil {
		var err error
		if s, err = v.db.reader.PrepareContext(v.ctx, query); err != nil {
			return nil, fmt.Errorf("%w in %s", err, query)
		}
		v.db.read.stmts[query] = s
	}
	return v.tx.StmtContext(v.ctx, s), nil
}

func (v *view) get(query string, args []any, dest ...any) (bool, error) {
	s, err := v.stmt(query)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(v.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (v *view) rows(query string, args []any, scan func(*sql.Rows) error) error {
	s, err := v.stmt(query)
	if err != nil {
		return err
	}
	return each(s, v.ctx, args, scan)
}

func (v *view) head() (storage.Head, error) {
	h := storage.Head{Epoch: v.db.epoch}
	// Two questions, since SQLite looks at one end of the tree only if it is asked
	// for one end: both in one go would read the whole log.
	_, err := v.get(`SELECT coalesce((SELECT max(seq) FROM event), 0), coalesce((SELECT min(seq) FROM event), 0)`, nil, &h.Seq, &h.Oldest)
	return h, err
}
