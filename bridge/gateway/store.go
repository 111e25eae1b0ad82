package gateway

import (
	"context"
	"time"

	"smsbridge/storage"
)

// Store is what the radio bank needs of the ledger. The verbs are promised in
// storage/sqlite; each is one transaction.
type Store interface {
	storage.Log
	Head(ctx context.Context) (storage.Head, error)

	Attach(ctx context.Context, f storage.Facts) (storage.Line, error)
	SetLine(ctx context.Context, id string, s storage.LineStatus) error
	Lines(ctx context.Context) ([]storage.Line, storage.Head, error)
	Move(ctx context.Context, from, to string, preview bool) (storage.Move, error)

	Keep(ctx context.Context, line string, swept []string, found []storage.Kept) ([]storage.Kept, error)
	Receive(ctx context.Context, line string, arrivals []storage.Arrival, assemble storage.Assemble) error
	Unread(ctx context.Context, line string) ([]storage.Kept, error)
	Removed(ctx context.Context, kept []int64) error

	Next(ctx context.Context, line string) (due storage.Due, wait storage.Time, ok bool, err error)
	Mark(ctx context.Context, c storage.Change) error
	Doubt(ctx context.Context, reason string) (parts int, err error)
	Expire(ctx context.Context) (next storage.Time, err error)

	Note(ctx context.Context, n storage.Note) error
	Memory
	Dialogues
	Tests
}

// Memory is what the ledger remembers of cards and modems.
type Memory interface {
	TryPIN(ctx context.Context, iccid, pin string) (may bool, err error)
	PINTried(ctx context.Context, iccid, pin string, o storage.PINOutcome) error
	USSDForm(ctx context.Context, imei string) (form string, err error)
	LearnUSSDForm(ctx context.Context, imei, form string) error
	Missed(ctx context.Context, line string, c storage.Call) (storage.Message, error)
}

// Dialogues are USSD sessions, and the credit that they tell of.
type Dialogues interface {
	BeginUSSD(ctx context.Context, line, text string, by storage.Author) (storage.USSDSession, error)
	StepUSSD(ctx context.Context, step storage.USSDStep) (storage.USSDSession, error)
	EndUSSD(ctx context.Context, reason string) error
	USSD(ctx context.Context, id string) (storage.USSDSession, error)
	BalanceRules(ctx context.Context) ([]storage.BalanceRule, error)
	BalancesDue(ctx context.Context, now time.Time) ([]storage.BalanceSchedule, error)
	SetBalance(ctx context.Context, line string, b storage.Balance) error
}

// Tests are the texts that the box sends to itself.
type Tests interface {
	BeginSelfTest(ctx context.Context, target string, d storage.Draft, within time.Duration, most int) (storage.SelfTest, error)
	ArriveSelfTest(ctx context.Context, line, text string) (ok bool, err error)
	LoseSelfTests(ctx context.Context) error
}
