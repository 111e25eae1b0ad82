package web

import (
	"context"
	"time"

	"smsbridge/storage"
)

// Radio is what people and programs may want of the radio bank itself. What
// takes longer than a commit is only begun: its course is told by events.
type Radio interface {
	USSD(ctx context.Context, line, code string, by storage.Author) (storage.USSDSession, error)
	AnswerUSSD(ctx context.Context, id, text string) (storage.USSDSession, error)
	CancelUSSD(ctx context.Context, id string) (storage.USSDSession, error)
	Balance(ctx context.Context, line string, by storage.Author) (storage.USSDSession, error)

	Dial(ctx context.Context, line, number string, by storage.Author) error
	Hangup(ctx context.Context, line string, by storage.Author) error
	DTMF(ctx context.Context, line, tones string, by storage.Author) error

	Move(ctx context.Context, from, to string, preview bool) (storage.Move, error)
	SelfTest(ctx context.Context, line string) (storage.SelfTest, error)

	Diagnose(ctx context.Context) (storage.Diagnosis, error)
	Type(ctx context.Context, modem, line string, unsafe bool, by storage.Author) (storage.Typed, error)
	Restart(ctx context.Context, modem string, by storage.Author) error
	Transcript(ctx context.Context, port string, seq int64, wait time.Duration) ([]storage.Said, error)
}

// RadioStore is what the ledger keeps of that.
type RadioStore interface {
	Journal(ctx context.Context, limit int) ([]storage.Note, error)
	USSD(ctx context.Context, id string) (storage.USSDSession, error)
	USSDSessions(ctx context.Context, line string, limit int) ([]storage.USSDSession, error)
	BalanceRules(ctx context.Context) ([]storage.BalanceRule, error)
	SaveBalanceRule(ctx context.Context, r storage.BalanceRule) (storage.BalanceRule, error)
	DeleteBalanceRule(ctx context.Context, operator string) error
	BalanceSchedules(ctx context.Context) ([]storage.BalanceSchedule, error)
	SaveBalanceSchedule(ctx context.Context, s storage.BalanceSchedule) error
	SelfTests(ctx context.Context, limit int) (tests []storage.SelfTest, spent int, err error)
}

// radio is the radio bank, refused where there is none.
func (s *Server) radio() (Radio, error) {
	if s.c.Radio == nil {
		return nil, modemAbsent.say("", "This box runs no modems.")
	}
	return s.c.Radio, nil
}

// radioOn is the radio bank for a line that the caller may see.
func (s *Server) radioOn(who storage.Caller, line string) (Radio, error) {
	if err := assigned(who, line); err != nil {
		return nil, err
	}
	return s.radio()
}

// assigned refuses a line that is somebody else's.
func assigned(who storage.Caller, line string) error {
	if !who.Sees(line) {
		return storage.Refuse(storage.CodeNotAssigned, "line", "the line %s is not assigned to you; a manager can: `smsbridge line assign %s NAME`", line, line)
	}
	return nil
}

// limitParams ask for the newest rows of a list.
type limitParams struct {
	Limit int `json:"limit"`
}

func (p limitParams) rows() (int, error) {
	page, err := pageParams{Limit: p.Limit}.page(storage.Caller{})
	return page.Rows(), err
}

type lineParams struct {
	Line string `json:"line"`
}
