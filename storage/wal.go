package storage

import (
	"context"
	"fmt"
	"time"
)

// WAL is how the ledger's write-ahead log stands. It is folded into the ledger as
// one goes along; who reads one moment of the ledger for long holds it up, and it
// grows with every change until they are done.
type WAL struct {
	Bytes  int64
	Reader string // what holds the oldest moment, by its method or its part of the program; empty: nothing in here
	Since  Time   // since when
}

// WALMost is a size that the log has only when something holds it up.
const WALMost = 16 << 20

// Finding is what the doctor has to say of the log; false if it is as it should be.
func (w WAL) Finding(now time.Time) (Finding, bool) {
	if w.Bytes < WALMost {
		return Finding{}, false
	}
	f := Finding{
		Level: "warning", Rule: "ledger-log",
		Cause: fmt.Sprintf("the ledger's write-ahead log has %d MB and cannot be folded back: another program reads the ledger's file", w.Bytes>>20),
		Next:  "find it with `fuser -v` and the ledger's file, and let it end; for copies use `smsbridge db backup`",
	}
	if w.Reader != "" {
		f.Cause = fmt.Sprintf("the ledger's write-ahead log has %d MB and cannot be folded back: %s has been reading since %s, for %s",
			w.Bytes>>20, w.Reader, w.Since.Local().Format("15:04:05"), now.Sub(w.Since.Time).Round(time.Second))
		f.Next = "let it finish, or end the program that asked for it; if nobody did, restart the bridge and send the developers a `smsbridge support-bundle`"
	}
	return f, true
}

type readerKey struct{}

// WithReader gives a context the name of what reads under it, for who looks why
// the log grows.
func WithReader(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, readerKey{}, name)
}

// ReaderOf is that name.
func ReaderOf(ctx context.Context) string {
	if name, _ := ctx.Value(readerKey{}).(string); name != "" {
		return name
	}
	return "the bridge itself"
}
