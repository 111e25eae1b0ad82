// Package sqlite keeps the ledger in one SQLite file: each verb one
// transaction, with the events that tell of it inside, and a bell after the
// commit. What the verbs mean stands in package storage; what they promise
// rests on three settings that Open asserts: write-ahead log, synchronous=FULL
// (a commit that returned survives a power cut), and one writing connection.
//
// Open starts no goroutine; every method may be called from any.
package sqlite

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	_ "github.com/mattn/go-sqlite3" // registers the driver "sqlite3"

	"smsbridge/storage"
)

// Pragmas go into the data source name: given later they would reach one
// pooled connection only. The driver's own default is synchronous=NORMAL, which
// loses acknowledged commits in a power cut.
const (
	pragmas  = "_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_foreign_keys=on"
	writing  = "file:%s?" + pragmas + "&_txlock=immediate&_secure_delete=on"
	reading  = "file:%s?" + pragmas + "&_query_only=on"
	pageSize = 2048 // half of the usual: fewer bytes per commit on an SD card
	readers  = 4
	recent   = 4096 // events held in memory for those who follow closely
)

// DB is an open ledger.
type DB struct {
	path  string
	box   string
	epoch string
	lock  *os.File

	reader *sql.DB
	writer *sql.DB

	queue queue
	write struct { // one writer at a time; it takes what waits in queue
		sync.Mutex
		conn  *sql.Conn
		stmts map[string]*sql.Stmt
		ids   ids

		unheard int // messages whose words wait for the index, about
	}
	read struct { // statements of the readers, by their text
		sync.Mutex
		stmts map[string]*sql.Stmt
		turns chan struct{} // one for each view that is open
	}

	looking looking // who reads now

	bell   tail
	badges badges
	uptime uptime // of the machine

	key struct { // what secrets are sealed with; read when first needed
		sync.Mutex
		aead cipher.AEAD
	}

	failure struct {
		sync.Once
		err  error
		done chan struct{}
	}
}

// Open opens the ledger at path, makes it if it is not there, brings its
// schema up to date, and asserts what the promises rest on. It refuses a file
// that another process has open. The caller closes it.
func Open(ctx context.Context, path string) (*DB, error) {
	db := &DB{path: path, uptime: machine}
	db.failure.done = make(chan struct{})
	db.write.stmts = make(map[string]*sql.Stmt)
	db.read.stmts = make(map[string]*sql.Stmt)
	db.read.turns = make(chan struct{}, readers)
	if err := db.open(ctx); err != nil {
		db.Close()
		return nil, fmt.Errorf("open ledger %s: %w", path, err)
	}
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if err := os.MkdirAll(filepath.Dir(db.path), 0o700); err != nil {
		return err
	}
	if err := db.takeLock(); err != nil {
		return err
	}
	unclean, err := prepare(db.path)
	if err != nil {
		return err
	}
	if db.writer, err = sql.Open("sqlite3", fmt.Sprintf(writing, db.path)); err != nil {
		return err
	}
	db.writer.SetMaxOpenConns(1)
	if db.write.conn, err = db.writer.Conn(ctx); err != nil {
		return err
	}
	if err := db.assert(ctx); err != nil {
		return err
	}
	if unclean {
		if err := db.quickCheck(ctx); err != nil {
			return err
		}
	}
	if err := db.migrate(ctx); err != nil {
		return err
	}
	// A statement with triggers keeps what it may have to undo: a few pages, for
	// which a temporary file costs more than the statement.
	if _, err := db.write.conn.ExecContext(ctx, "PRAGMA temp_store = MEMORY"); err != nil {
		return err
	}
	if db.reader, err = sql.Open("sqlite3", fmt.Sprintf(reading, db.path)); err != nil {
		return err
	}
	// A statement that is new is prepared on a connection of its own while views
	// wait for it: there must be one more than views.
	db.reader.SetMaxOpenConns(readers + 1)
	db.reader.SetMaxIdleConns(readers + 1)
	if err := db.load(ctx); err != nil {
		return err
	}
	return db.catchUp(ctx)
}

// takeLock holds a lock file beside the ledger. The ledger itself must not be
// opened for this: closing any descriptor of it would drop SQLite's own locks.
func (db *DB) takeLock() error {
	f, err := os.OpenFile(db.path+"-lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		return errors.New("another smsbridge has it open; stop that one first, or choose another file with --db")
	}
	db.lock = f
	return nil
}

// prepare makes a new file with the page size and the rights that the ledger
// wants, and tells whether an existing one was not closed cleanly: then its
// write-ahead log is still there.
func prepare(path string) (unclean bool, err error) {
	if st, err := os.Stat(path + "-wal"); err == nil && st.Size() > 0 {
		return true, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.Close()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		return false, err
	}
	defer db.Close()
	_, err = db.Exec(fmt.Sprintf("PRAGMA page_size = %d; VACUUM", pageSize))
	return false, err
}

// assert checks the settings that durability rests on.
func (db *DB) assert(ctx context.Context) error {
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"},
		{"synchronous", "2"}, // FULL
		{"foreign_keys", "1"},
	} {
		var got string
		if err := db.write.conn.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&got); err != nil {
			return err
		}
		if got != want.value {
			return fmt.Errorf("%s is %s, not %s: the file system cannot keep what smsbridge promises; put the ledger on a local disk", want.pragma, got, want.value)
		}
	}
	return nil
}

func (db *DB) quickCheck(ctx context.Context) error {
	var answer string
	if err := db.write.conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&answer); err != nil {
		return err
	}
	if answer != "ok" {
		return fmt.Errorf("the file is damaged (%s); keep a copy of it and put back a backup", answer)
	}
	return nil
}

// load reads what the writer keeps in memory: box, epoch, the newest ids and
// the newest events; and sets the limits of a new ledger.
func (db *DB) load(ctx context.Context) error {
	err := db.write.conn.QueryRowContext(ctx, `
		SELECT (SELECT value FROM meta WHERE key = 'box'),
		       (SELECT value FROM meta WHERE key = 'epoch')`).Scan(&db.box, &db.epoch)
	if err != nil {
		return err
	}
	db.write.ids.box = db.box
	var newest string
	err = db.write.conn.QueryRowContext(ctx, `
		SELECT max((SELECT coalesce(max(substr(id, 4)), '') FROM message),
		           (SELECT coalesce(max(substr(id, 4)), '') FROM thread),
		           (SELECT coalesce(max(substr(id, 4)), '') FROM desk_case),
		           (SELECT coalesce(max(substr(id, 4)), '') FROM offer))`).Scan(&newest)
	if err != nil {
		return err
	}
	db.write.ids.after(newest)
	return db.bell.load(ctx, db)
}

// Box is the id of this ledger's box; it stands in every id.
func (db *DB) Box() string { return "bx_" + db.box }

// Failed is closed when the disk refused what must not be refused (an I/O
// error at a commit). The process should end and start again: a later flush
// that succeeds would prove nothing.
func (db *DB) Failed() <-chan struct{} { return db.failure.done }

// Err is why Failed was closed.
func (db *DB) Err() error {
	select {
	case <-db.failure.done:
		return db.failure.err
	default:
		return nil
	}
}

// Close lets go of the file.
func (db *DB) Close() error {
	db.write.Lock()
	defer db.write.Unlock()
	var errs []error
	if db.reader != nil {
		errs = append(errs, db.reader.Close())
	}
	for _, s := range db.write.stmts {
		s.Close()
	}
	clear(db.write.stmts)
	if db.write.conn != nil {
		errs = append(errs, db.write.conn.Close())
		db.write.conn = nil
	}
	if db.writer != nil {
		errs = append(errs, db.writer.Close())
	}
	if db.lock != nil {
		db.lock.Close()
	}
	return errors.Join(errs...)
}

var errClosed = storage.Refuse(storage.CodeConflict, "", "the ledger is closed")
