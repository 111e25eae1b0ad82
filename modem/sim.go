package modem

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// unlock waits until the SIM is ready and enters its PIN if it asks for one: TS 27.007, 8.3.
func (m *Modem) unlock(ctx context.Context) error {
	deadline := time.Now().Add(m.options.SIM)
	entered := false
	for {
		state, err := m.pin(ctx)
		switch {
		case gone(ctx, err):
			return err
		case err == nil && state == "READY":
			return nil
		case err == nil && state == "SIM PIN" && !entered:
			if err := m.enterPIN(ctx); err != nil {
				return err
			}
			entered = true
			if err := pause(ctx, m.profile.Settle); err != nil {
				return err
			}
			continue
		case err == nil && state == "SIM PUK":
			return m.blocked(ctx)
		case err == nil && strings.HasPrefix(state, "PH-"): // locked to a modem or a network
			return fmt.Errorf("%w: %s", ErrPINRequired, state)
		case err != nil:
			if err := simTrouble(err); err != nil {
				return err
			}
		}
		if time.Now().After(deadline) {
			return ErrSIMBusy
		}
		if err := pause(ctx, retryTime); err != nil {
			return err
		}
	}
}

// pin asks for the state of the SIM lock.
func (m *Modem) pin(ctx context.Context) (string, error) {
	lines, err := m.ask(ctx, "+CPIN?", shape{prefix: "+CPIN", need: true})
	if ready(lines) {
		return "READY", nil
	}
	if err != nil {
		return "", err
	}
	return at.ParseParams(payload(lines[len(lines)-1])).Text(0), nil
}

// simTrouble returns what is wrong with the SIM for good, nil if it may only need time.
func simTrouble(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	code := e.Code
	if e.Kind == CMS {
		code -= 300 // 310 to 318 mean what 10 to 18 do
	}
	switch {
	case e.Kind == Plain:
		return nil
	case code == 10:
		return ErrSIMAbsent
	case code == 11 || code == 5:
		return &PINError{Tries: -1}
	case code == 12:
		return &PUKError{Tries: -1}
	case code == 13 || code == 15:
		return ErrSIMFailure
	}
	return nil
}

// enterPIN enters the PIN once, and never with the last try: a mistyped setting must not block a card. The card's
// number is asked first, since that the PIN was tried is written down by it.
func (m *Modem) enterPIN(ctx context.Context) error {
	if err := m.readICCID(ctx); err != nil {
		return err
	}
	left, err := m.tries(ctx, "SIM PIN")
	if err != nil {
		return err
	}
	switch {
	case m.options.PIN == "" || left >= 0 && left < 2:
		return &PINError{Tries: left}
	case !digits(m.options.PIN, 4, 8):
		return &PINError{Tries: left, Held: errors.New("a PIN has 4 to 8 digits and nothing else")}
	}
	if m.options.TryPIN != nil {
		if err := m.options.TryPIN(ctx, m.identity.ICCID, left); err != nil {
			return &PINError{Tries: left, Held: err}
		}
	}
	c := newCall(ctx, "+CPIN="+at.Quote(m.options.PIN), shape{prefix: "+CPIN"}, m.options.Command)
	c.label = "+CPIN=..."
	err = m.do(c).err
	switch {
	case err == nil:
		return nil
	case is(err, CME, 16) || is(err, CME, 11):
		return &PINError{Tries: max(left-1, -1), Refused: true}
	case is(err, CME, 12):
		return m.blocked(ctx)
	}
	return err
}

// tries asks how many tries are left for a code, by +CPINR (TS 27.007, 8.65) or in the family's own words; -1 if the
// modem does not tell.
func (m *Modem) tries(ctx context.Context, code string) (int, error) {
	lines, err := m.ask(ctx, "+CPINR", shape{prefix: "+CPINR"})
	if gone(ctx, err) {
		return -1, err
	}
	for _, text := range lines {
		if p := at.ParseParams(payload(text)); p.Text(0) == code {
			return number(p, 1, -1), nil
		}
	}
	own := m.profile.Tries
	if own.Text == "" {
		return -1, nil
	}
	name, _, _ := strings.Cut(own.Text, "=")
	lines, err = m.ask(ctx, own.Text, shape{prefix: strings.TrimSuffix(name, "?"), need: true})
	if gone(ctx, err) {
		return -1, err
	}
	if len(lines) == 0 {
		return -1, nil
	}
	field := own.PIN
	if code == "SIM PUK" {
		field = own.PUK
	}
	return number(at.ParseParams(payload(lines[0])), field, -1), nil
}

// blocked is a card that asks for its PUK. Nothing is tried: ten wrong ones destroy it.
func (m *Modem) blocked(ctx context.Context) error {
	left, err := m.tries(ctx, "SIM PUK")
	if err != nil {
		return err
	}
	return &PUKError{Tries: left}
}

// number returns field i, or the other value if it is none.
func number(p at.Params, i, other int) int {
	if n, ok := p.Int(i); ok {
		return n
	}
	return other
}
