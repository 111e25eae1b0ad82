package modem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoVoice is a modem whose family cannot make calls, or sends no tones.
var ErrNoVoice = errors.New("this modem makes no calls")

// dialTime is for the network to say that it rings there, or not: some modems give OK at once, others when it is
// answered or has failed.
const dialTime = 90 * time.Second

// ErrHungUp is the cause of a Dial that ended because Hangup was called meanwhile.
var ErrHungUp = errors.New("it was hung up before the modem had dialled")

// Dial calls a number, by voice: V.250, 6.3.1, with the semicolon of TS 27.007, 6.2. It returns when the modem gives
// a final result, which with most says only that dialling has begun. Sound is not this package's. Dialling costs
// money; it is for a person to ask. Where ctx ends first, or Hangup is called, the modem is told to dial no further.
func (m *Modem) Dial(ctx context.Context, number string) error {
	switch {
	case !m.profile.Voice:
		return ErrNoVoice
	case !dialable(number):
		return fmt.Errorf("number %q: want up to 30 of the digits, * and #, perhaps after a +", number)
	}
	ctx, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	m.dialling.Store(&hangUp)
	defer m.dialling.CompareAndSwap(&hangUp, nil)
	c := newCall(ctx, "D"+number+";", shape{}, dialTime)
	c.label, c.dials = "D...;", true
	return m.do(c).err
}

func dialable(number string) bool {
	number = strings.TrimPrefix(number, "+")
	return number != "" && len(number) <= 30 && strings.Trim(number, "0123456789*#") == ""
}

// Hangup ends all calls, the one that comes in too: +CHUP, TS 27.007, 6.5, or ATH where that is not known. It does not
// wait for a Dial whose modem has not answered yet: that is aborted by a character, V.250, 5.6.1.
func (m *Modem) Hangup(ctx context.Context) error {
	if hangUp := m.dialling.Load(); hangUp != nil {
		(*hangUp)(ErrHungUp)
	}
	err := m.set(ctx, "+CHUP")
	if unsupported(err) {
		return m.set(ctx, "H")
	}
	return err
}

// DTMF sends tones during a call, one command each: +VTS, TS 27.007, C.11.
func (m *Modem) DTMF(ctx context.Context, digits string) error {
	switch {
	case !m.profile.DTMF:
		return ErrNoVoice
	case digits == "" || len(digits) > 30 || strings.Trim(digits, "0123456789*#ABCD") != "":
		return fmt.Errorf("tones %q: want 1 to 30 of 0 to 9, *, #, A to D", digits)
	}
	for _, tone := range digits {
		if err := m.set(ctx, "+VTS="+string(tone)); err != nil {
			return err
		}
	}
	return nil
}
