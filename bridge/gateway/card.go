package gateway

import (
	"context"
	"errors"
	"fmt"

	"smsbridge/modem"
	"smsbridge/storage"
)

// card acts on what the modem tells of its SIM. A card that has gone, or may
// be another one, ends the session: the next one is with what is there then.
func (l *line) card(ctx context.Context, e modem.Event) error {
	if e.Card == modem.CardRemoved {
		return errNoCard
	}
	s, err := l.m.Status(ctx)
	if err != nil {
		return err
	}
	if s.PIN != "READY" {
		return errNoCard
	}
	return nil
}

// attempt is one opening's use of the PIN.
type attempt struct {
	l     *line
	pin   string
	iccid string // set when the PIN was about to be entered
}

func (l *line) pinOf(p Port) *attempt { return &attempt{l: l, pin: p.PIN} }

// may writes the try down before it is made: at most one for each card and PIN,
// until one was good.
func (a *attempt) may(ctx context.Context, iccid string, left int) error {
	if iccid == "" {
		return errors.New("the PIN is not entered: the modem does not tell which card this is, so a wrong PIN could be entered again and again")
	}
	ok, err := a.l.g.store.TryPIN(ctx, iccid, a.pin)
	if err != nil {
		return fmt.Errorf("the PIN is not entered, for the try could not be written down: %w", err)
	}
	if !ok {
		return errors.New("the PIN is not entered: it was tried on this card before and was not right; set the right one, or enter it in a phone once")
	}
	a.iccid = iccid
	a.l.note(ctx, "pin", storage.Info, fmt.Sprintf("the PIN is entered on card %s; tries left before: %d", iccid, left))
	return nil
}

// tried writes down what became of it.
func (a *attempt) tried(ctx context.Context, err error) {
	if a.iccid == "" {
		return
	}
	outcome := storage.PINGood
	if e, ok := errors.AsType[*modem.PINError](err); ok && e.Refused {
		outcome = storage.PINRefused
	} else if err != nil {
		return // nobody knows
	}
	if err := a.l.g.store.PINTried(ctx, a.iccid, a.pin, outcome); err != nil {
		a.l.log.Error("what became of the PIN could not be written down", "err", err)
	}
}
