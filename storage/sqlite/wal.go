package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"smsbridge/storage"
)

// looking is who reads the ledger now.
type looking struct {
	sync.Mutex
	views map[*lookAt]struct{}
}

// lookAt is one view, or one copy, that holds a moment of the ledger.
type lookAt struct {
	name  string
	since storage.Time
}

// begin notes that what reads under ctx holds a moment; the caller calls end.
func (l *looking) begin(ctx context.Context) (end func()) {
	v := &lookAt{storage.ReaderOf(ctx), storage.Now()}
	l.Lock()
	defer l.Unlock()
	if l.views == nil {
		l.views = make(map[*lookAt]struct{})
	}
	l.views[v] = struct{}{}
	return func() {
		l.Lock()
		defer l.Unlock()
		delete(l.views, v)
	}
}

// oldest is who has held a moment for longest; its zero value is nobody.
func (l *looking) oldest() lookAt {
	l.Lock()
	defer l.Unlock()
	var all []lookAt
	for v := range l.views {
		all = append(all, *v)
	}
	if len(all) == 0 {
		return lookAt{}
	}
	return slices.MinFunc(all, func(a, b lookAt) int { return cmp.Compare(a.since.Milli(), b.since.Milli()) })
}

// FoldBack folds the write-ahead log into the ledger and cuts it to nothing, if it
// has grown to storage.WALMost, and tells how it stands then. It waits for no
// reader: who holds it up is named, and the next call tries again. Texts do not
// wait for it longer than the folding takes.
func (db *DB) FoldBack(ctx context.Context) (storage.WAL, error) {
	if w := db.wal(); w.Bytes < storage.WALMost {
		return w, nil
	}
	err := db.cut(ctx, 0)
	return db.wal(), err
}

func (db *DB) wal() storage.WAL {
	var w storage.WAL
	if st, err := os.Stat(db.path + "-wal"); err == nil {
		w.Bytes = st.Size()
	}
	held := db.looking.oldest()
	w.Reader, w.Since = held.name, held.since
	return w
}

// How long the writing connection waits for a lock: as pragmas says, and while it
// cuts the log no longer than texts can.
const (
	usualWait = 5 * time.Second
	shortWait = 200 * time.Millisecond
)

func busyTimeout(d time.Duration) string {
	return fmt.Sprintf("PRAGMA busy_timeout = %d", d.Milliseconds())
}

// cut folds the log and cuts it, and waits so long for readers.
func (db *DB) cut(ctx context.Context, wait time.Duration) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer stop()
	db.write.Lock()
	defer db.write.Unlock()
	if err := db.writable(); err != nil {
		return err
	}
	for _, pragma := range []string{busyTimeout(wait), "PRAGMA wal_checkpoint(TRUNCATE)", busyTimeout(usualWait)} {
		if _, err := db.write.conn.ExecContext(ctx, pragma); err != nil {
			return db.explain(err)
		}
	}
	return nil
}
