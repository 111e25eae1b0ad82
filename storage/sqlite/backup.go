package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"smsbridge/storage"
)

// Backup writes a copy of the ledger to file while it is in use: one snapshot,
// every commit whole and in it that returned before Backup was called, and none
// after. Nobody waits for it. The copy is read through before it gets its name,
// so that a file of that name is a good one; one that is there already is
// refused.
//
// The key that secrets are sealed with goes beside it as FILE-key, where the
// ledger has one. Both can be read by the bridge's own user only. Who keeps
// them apart keeps the secrets of hooks from whoever finds the copy.
func (db *DB) Backup(ctx context.Context, file string) (storage.Backup, error) {
	b := storage.Backup{File: file, At: storage.Now()}
	if _, err := os.Stat(file); err == nil {
		return b, storage.Refuse(storage.CodeConflict, "file", "%s is there already; name another file, or remove it first", file)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return b, err
	}
	part := file + "-part"
	defer os.Remove(part)
	if err := db.copyTo(ctx, part); err != nil {
		return b, db.explain(err)
	}
	c, err := Check(ctx, part)
	if err == nil && len(c.Faults) > 0 {
		err = fmt.Errorf("the copy is damaged (%s); look after the disk", c.Faults[0])
	}
	if err != nil {
		return b, err
	}
	b.Epoch, b.Seq = c.Epoch, c.Seq
	if b.Key, err = copyKey(db.path, file); err != nil {
		return b, err
	}
	if err := place(part, file); err != nil {
		return b, err
	}
	st, err := os.Stat(file)
	if err == nil {
		b.Bytes = st.Size()
	}
	return b, err
}

// copyTo makes the copy: readers of a write-ahead log see one commit, and no
// writer waits for them.
func (db *DB) copyTo(ctx context.Context, part string) error {
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // VACUUM INTO takes an empty file
	if err != nil {
		return err
	}
	f.Close()
	from, err := sql.Open("sqlite3", "file:"+db.path+"?_busy_timeout=5000")
	if err != nil {
		return err
	}
	defer from.Close()
	defer db.looking.begin(storage.WithReader(ctx, "a copy of the ledger"))()
	_, err = from.ExecContext(ctx, "VACUUM INTO ?", part)
	return err
}

// place gives a finished file its name, when it is on the disk.
func place(part, file string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(file))
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// copyKey copies the key of one ledger to where another's is looked for.
func copyKey(from, to string) (found bool, err error) {
	key, err := os.ReadFile(from + "-key")
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := os.WriteFile(to+"-key-part", key, 0o600); err != nil {
		return false, err
	}
	return true, place(to+"-key-part", to+"-key")
}

// Check reads a ledger file through, which nobody has to have stopped using:
// every page, every index against its table, every reference. It changes
// nothing.
func Check(ctx context.Context, file string) (storage.Check, error) {
	c := storage.Check{File: file, Faults: []string{}}
	if _, err := os.Stat(file); err != nil {
		return c, err
	}
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro&_busy_timeout=5000")
	if err != nil {
		return c, err
	}
	defer db.Close()
	if err := examine(ctx, db, &c); err != nil {
		c.Faults = append(c.Faults, "it cannot be read: "+err.Error())
	}
	return c, nil
}

func examine(ctx context.Context, db *sql.DB, c *storage.Check) error {
	if err := faults(ctx, db, "PRAGMA integrity_check(20)", c, func(r *sql.Rows) (text string, err error) {
		if err = r.Scan(&text); text == "ok" {
			text = ""
		}
		return text, err
	}); err != nil {
		return err
	}
	err := faults(ctx, db, "PRAGMA foreign_key_check", c, func(r *sql.Rows) (string, error) {
		var table, parent string
		var row, key any
		err := r.Scan(&table, &row, &parent, &key)
		return fmt.Sprintf("a row of %s names one of %s that is not there", table, parent), err
	})
	if err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&c.Schema); err != nil {
		return err
	}
	if c.Schema == 0 {
		return errors.New("it is not a ledger, or an empty one")
	}
	return db.QueryRowContext(ctx, `
		SELECT (SELECT value FROM meta WHERE key = 'epoch'), (SELECT coalesce(max(seq), 0) FROM event)`).Scan(&c.Epoch, &c.Seq)
}

func faults(ctx context.Context, db *sql.DB, query string, c *storage.Check, read func(*sql.Rows) (string, error)) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() && len(c.Faults) < 20 {
		text, err := read(rows)
		if err != nil {
			return err
		}
		if text != "" {
			c.Faults = append(c.Faults, text)
		}
	}
	return rows.Err()
}

// Vacuum gives free pages back to the disk. Writers wait meanwhile.
func (db *DB) Vacuum(ctx context.Context) (before, after int64, err error) {
	db.write.Lock()
	defer db.write.Unlock()
	if err := db.writable(); err != nil {
		return 0, 0, err
	}
	size := func() (n int64) {
		if st, err := os.Stat(db.path); err == nil {
			n = st.Size()
		}
		return n
	}
	before = size()
	defer db.write.conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = MEMORY")
	for _, query := range []string{"PRAGMA temp_store = FILE", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} { // the copy may be larger than the memory
		if _, err := db.write.conn.ExecContext(ctx, query); err != nil {
			return before, before, db.explain(err)
		}
	}
	return before, size(), nil
}

// copyFile copies octets to a new file that only its owner may read.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
