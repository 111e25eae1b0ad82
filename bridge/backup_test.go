package bridge

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/storage"
)

// paper stands in for the ledger: a copy is a file, the rest is the ledger's.
type paper struct{}

func (paper) Backup(_ context.Context, file string) (storage.Backup, error) {
	b := storage.Backup{File: file, Key: true}
	err := os.MkdirAll(filepath.Dir(file), 0o700)
	if err == nil {
		err = os.WriteFile(file, []byte("copy"), 0o600)
	}
	if err == nil {
		err = os.WriteFile(file+"-key", []byte("key"), 0o600)
	}
	return b, err
}

// TestBackups_by_the_clock: one a day, the newest three are kept with their
// keys, what somebody else put there stays, and a start does not make one too
// many.
func TestBackups_by_the_clock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		folder := t.TempDir()
		run := func(days time.Duration) []storage.Backup {
			b := &Bridge{log: slog.New(slog.DiscardHandler), backups: &backups{o: BackupOptions{Folder: folder, Every: 24 * time.Hour, Keep: 3}, store: paper{}}}
			ctx, stop := context.WithTimeout(t.Context(), days)
			defer stop()
			b.backUp(ctx)
			all, err := b.backups.Backups(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		own := filepath.Join(folder, "before-the-move.db")
		if err := os.WriteFile(own, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if all := run(36 * time.Hour); len(all) != 2 || !all[1].At.Equal(start) || all[0].At.Sub(all[1].At.Time) != 24*time.Hour {
			t.Fatalf("after a day and a half: %v", all)
		}
		if all := run(time.Hour); len(all) != 2 {
			t.Errorf("a start made one too many: %v", all)
		}
		all := run(10 * 24 * time.Hour)
		if len(all) != 3 || !all[0].Key || time.Since(all[2].At.Time) > 3*24*time.Hour {
			t.Errorf("kept: %v", all)
		}
		files, _ := filepath.Glob(filepath.Join(folder, "*"))
		if len(files) != 2*3+1 {
			t.Errorf("in the folder: %v", files)
		}
		if _, err := os.Stat(own); err != nil {
			t.Error("a file of somebody else's was removed")
		}
	})
}
