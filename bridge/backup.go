package bridge

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"smsbridge/storage"
)

// BackupOptions say where copies of the ledger go and how many there are.
type BackupOptions struct {
	Folder string        // default: none; then a copy must be given a path
	Every  time.Duration // 0: only when asked for
	Keep   int           // of those that were not given a name; default 7
}

// backups makes copies of the ledger in one folder.
type backups struct {
	o     BackupOptions
	store interface {
		Backup(ctx context.Context, file string) (storage.Backup, error)
	}
	one sync.Mutex // a copy at a time
}

// Names of copies that were not given one order as they were made.
const (
	backupPrefix = "ledger-"
	backupSuffix = ".db"
	backupTime   = "20060102T150405.000Z"
)

// Backup makes a copy: with a path, there; without one, in the folder, where
// the oldest of its kind makes room for it.
func (b *backups) Backup(ctx context.Context, path string) (storage.Backup, error) {
	b.one.Lock()
	defer b.one.Unlock()
	if path != "" {
		return b.store.Backup(ctx, path)
	}
	if b.o.Folder == "" {
		return storage.Backup{}, storage.Refuse(storage.CodeInvalid, "file", "there is no folder for backups; start the bridge with --backup-dir")
	}
	name := backupPrefix + time.Now().UTC().Format(backupTime) + backupSuffix
	made, err := b.store.Backup(ctx, filepath.Join(b.o.Folder, name))
	if err != nil {
		return made, err
	}
	all, err := b.Backups(ctx)
	if err != nil {
		return made, err
	}
	for _, old := range all[min(b.o.Keep, len(all)):] {
		err = errors.Join(err, os.Remove(old.File))
		if old.Key {
			err = errors.Join(err, os.Remove(old.File+"-key"))
		}
	}
	return made, err
}

// Backups lists the copies in the folder that were not given a name, the
// newest first.
func (b *backups) Backups(context.Context) ([]storage.Backup, error) {
	all := []storage.Backup{}
	if b.o.Folder == "" {
		return all, nil
	}
	entries, err := os.ReadDir(b.o.Folder)
	if errors.Is(err, os.ErrNotExist) {
		return all, nil
	}
	for _, e := range entries {
		stamp, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), backupSuffix), backupPrefix)
		at, bad := time.Parse(backupTime, stamp)
		if !ok || bad != nil || !strings.HasSuffix(e.Name(), backupSuffix) {
			continue
		}
		found := storage.Backup{File: filepath.Join(b.o.Folder, e.Name()), At: storage.At(at)}
		if st, err := e.Info(); err == nil {
			found.Bytes = st.Size()
		}
		if _, err := os.Stat(found.File + "-key"); err == nil {
			found.Key = true
		}
		all = append(all, found)
	}
	slices.SortFunc(all, func(a, b storage.Backup) int { return b.At.Compare(a.At.Time) })
	return all, err
}

// backUp makes a copy whenever the newest is old enough, until ctx ends. One
// that cannot be made is said, and tried again at the next turn.
func (b *Bridge) backUp(ctx context.Context) {
	if b.backups.o.Every <= 0 {
		return
	}
	wait := time.Duration(0)
	if all, err := b.backups.Backups(ctx); err == nil && len(all) > 0 {
		wait = max(0, b.backups.o.Every-time.Since(all[0].At.Time))
	}
	timer := time.NewTimer(min(wait, b.backups.o.Every)) // a clock that was in the future does not keep us waiting longer
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		made, err := b.backups.Backup(ctx, "")
		if err != nil && ctx.Err() == nil {
			b.log.Error("the ledger could not be backed up", "err", err)
		} else if err == nil {
			b.log.Info("ledger backed up", "file", made.File, "bytes", made.Bytes)
		}
		timer.Reset(b.backups.o.Every)
	}
}

func (o BackupOptions) withDefaults() BackupOptions {
	if o.Keep <= 0 {
		o.Keep = 7
	}
	return o
}
