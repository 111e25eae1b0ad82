package bridge

import (
	"context"
	"time"

	"smsbridge/storage"
)

// foldTime is how often the write-ahead log is looked at: at the rate of the
// fastest box it grows by some ten megabytes meanwhile.
const foldTime = time.Minute

// foldBack keeps the write-ahead log small, and says once what holds it up.
func (b *Bridge) foldBack(ctx context.Context) {
	tick := time.NewTicker(foldTime)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		w, err := b.store.FoldBack(ctx)
		told = b.tellLog(w, err, told)
	}
}

// tellLog writes down that the log cannot be folded back, and that it can again.
func (b *Bridge) tellLog(w storage.WAL, err error, told bool) bool {
	found, bad := w.Finding(time.Now())
	switch {
	case err != nil:
		b.log.Error("the write-ahead log could not be folded back", "err", err)
	case bad && !told:
		b.log.Warn(found.Cause, "next", found.Next)
	case !bad && told:
		b.log.Info("the write-ahead log is folded back again")
	}
	return bad
}
