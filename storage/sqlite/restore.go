package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"smsbridge/storage"
)

// Restore puts a backup in the place of the ledger at path, which nobody may
// have open. The one that is there is kept aside. The backup is read through
// before anything is touched and again when it is ready, and takes its place by
// one rename: whenever the power goes, there is a whole ledger at path.
//
// What was put back is not what was there, so:
//   - it gets a new epoch, by which every desk learns that its numbers are void;
//   - a part that waited to be sent when the backup was made may have gone out
//     since, and becomes unconfirmed: a person decides, and nothing is sent twice;
//   - sessions and one-time codes end; tokens that were revoked since let
//     somebody in again, which is why all that are good are named.
func Restore(ctx context.Context, from, path string) (storage.Restored, error) {
	r := storage.Restored{From: from, Tokens: []string{}}
	target := &DB{path: path}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return r, err
	}
	if err := target.takeLock(); err != nil {
		return r, fmt.Errorf("restore %s: %w", path, err)
	}
	defer target.lock.Close()
	if err := sound(ctx, from); err != nil {
		return r, err
	}
	fresh := path + "-new"
	defer removeAll(fresh)
	removeAll(fresh)
	if err := gather(ctx, from, fresh); err != nil {
		return r, err
	}
	if err := renew(ctx, fresh, &r); err != nil {
		return r, fmt.Errorf("prepare the backup: %w", err)
	}
	if err := sound(ctx, fresh); err != nil {
		return r, err
	}
	var err error
	if r.Aside, err = setAside(ctx, path); err != nil {
		return r, fmt.Errorf("keep the present ledger: %w", err)
	}
	if _, err := copyKey(from, path); err != nil {
		return r, err
	}
	if err := place(fresh, path); err != nil {
		return r, err
	}
	r.Check, err = Check(ctx, path)
	return r, err
}

func sound(ctx context.Context, file string) error {
	c, err := Check(ctx, file)
	if err != nil {
		return err
	}
	if len(c.Faults) > 0 {
		return fmt.Errorf("%s is damaged: %s; take another backup, nothing has been changed", file, c.Faults[0])
	}
	steps, err := migrations.ReadDir("migrations")
	if err != nil {
		return err
	}
	if c.Schema > len(steps) {
		return fmt.Errorf("the schema of %s is version %d and this smsbridge knows %d; use the newer smsbridge", file, c.Schema, len(steps))
	}
	return nil
}

// gather copies a backup, or a ledger that was set aside, with its log.
func gather(ctx context.Context, from, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	db, err := sql.Open("sqlite3", "file:"+from+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// restoredReason stands on what was waiting when the backup was made.
const restoredReason = "restored from a backup: it may have gone out after that was made"

// renew makes a backup into a ledger of its own.
func renew(ctx context.Context, file string, r *storage.Restored) error {
	db, err := sql.Open("sqlite3", "file:"+file+"?_synchronous=FULL&_foreign_keys=on")
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, step := range []struct {
		query string
		args  []any
		count *int64
	}{
		{`UPDATE meta SET value = ? WHERE key = 'epoch'`, []any{"ep_" + word(8)}, nil},
		{`UPDATE message SET state = 'unconfirmed', reason = ? WHERE dir = 'out' AND id IN (
			SELECT message FROM part WHERE state IN ('queued', 'sending'))`, []any{restoredReason}, nil},
		{`UPDATE part SET state = 'unconfirmed', reason = ? WHERE state IN ('queued', 'sending')`, []any{restoredReason}, &r.Unconfirmed},
		{`DELETE FROM session`, nil, nil},
		{`DELETE FROM code`, nil, nil},
	} {
		result, err := tx.ExecContext(ctx, step.query, step.args...)
		if err != nil {
			return err
		}
		if step.count != nil {
			*step.count, _ = result.RowsAffected()
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT label FROM token WHERE revoked_at = 0 ORDER BY label`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var label string
		if err := rows.Scan(&label); err != nil {
			return err
		}
		r.Tokens = append(r.Tokens, label)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	return tx.Commit()
}

// setAside keeps the ledger that is there under another name, and leaves it in
// its place as well, without a write-ahead log: one that was left would be
// taken for the new ledger's.
func setAside(ctx context.Context, path string) (aside string, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	aside = path + "-replaced-" + time.Now().UTC().Format("20060102T150405.000Z")
	if err := settleLog(ctx, path); err != nil {
		// It cannot be opened, which may be why a backup is put back: it is kept
		// as it is, octet by octet.
		for _, tail := range []string{"-wal", ""} {
			if err := copyFile(path+tail, aside+tail); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
		for _, tail := range []string{"-wal", "-shm"} {
			if err := os.Remove(path + tail); err != nil && !errors.Is(err, os.ErrNotExist) {
				return "", err
			}
		}
	} else if err := os.Link(path, aside); err != nil {
		if err := copyFile(path, aside); err != nil { // a file system without links
			return "", err
		}
	}
	if _, err := copyKey(path, aside); err != nil {
		return "", err
	}
	return aside, syncFolder(filepath.Dir(path))
}

// settleLog writes the log into the ledger and removes it.
func settleLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode = DELETE").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return fmt.Errorf("its log stays in mode %s", mode)
	}
	return nil
}

func removeAll(file string) {
	for _, tail := range []string{"", "-journal", "-wal", "-shm"} {
		os.Remove(file + tail)
	}
}
