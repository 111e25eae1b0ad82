package gateway

import (
	"context"

	"smsbridge/storage"
)

// Store is what the radio bank needs of the ledger. The verbs are promised in
// storage/sqlite; each is one transaction.
type Store interface {
	storage.Log
	Head(ctx context.Context) (storage.Head, error)

	Attach(ctx context.Context, f storage.Facts) (storage.Line, error)
	SetLine(ctx context.Context, id string, s storage.LineStatus) error

	Keep(ctx context.Context, line string, swept []string, found []storage.Kept) ([]storage.Kept, error)
	Receive(ctx context.Context, line string, arrivals []storage.Arrival, assemble storage.Assemble) error
	Unread(ctx context.Context, line string) ([]storage.Kept, error)
	Removed(ctx context.Context, kept []int64) error

	Next(ctx context.Context, line string) (due storage.Due, wait storage.Time, ok bool, err error)
	Mark(ctx context.Context, c storage.Change) error
	Doubt(ctx context.Context, reason string) (parts int, err error)
}
