package gateway

import (
	"context"
	"strings"

	"smsbridge/modem"
	"smsbridge/storage"
)

// dialer is a modem that can make calls.
type dialer interface {
	Dial(ctx context.Context, number string) error
	Hangup(ctx context.Context) error
	DTMF(ctx context.Context, tones string) error
}

// missed files a call that nobody took.
func (l *line) missed(ctx context.Context, e modem.Event) error {
	from := e.Text
	if n, err := storage.ParseNumber("from", from); err == nil {
		from = n
	}
	_, err := l.g.store.Missed(context.WithoutCancel(ctx), l.id, storage.Call{From: from, At: storage.At(e.At)})
	return l.full(err)
}

// Dial calls a number from a line, as an act of a person: there is no sound, but
// a gate opens or a forwarding is set.
func (g *Gateway) Dial(ctx context.Context, line, number string, by storage.Author) error {
	number, err := storage.ParseNumber("to", number)
	if err != nil {
		return err
	}
	return g.phone(ctx, line, "dial", by, func(d dialer) error { return d.Dial(ctx, number) })
}

// Hangup ends the call of a line, or turns down the one that rings.
func (g *Gateway) Hangup(ctx context.Context, line string, by storage.Author) error {
	return g.phone(ctx, line, "hang up", by, func(d dialer) error { return d.Hangup(ctx) })
}

// DTMF sends tones into the call of a line.
func (g *Gateway) DTMF(ctx context.Context, line, tones string, by storage.Author) error {
	if tones == "" || len(tones) > 32 || strings.Trim(tones, "0123456789*#ABCD") != "" {
		return storage.Refuse(storage.CodeInvalid, "tones", "%q are no tones: up to 32 of 0-9, *, #, A-D", tones)
	}
	return g.phone(ctx, line, "tones", by, func(d dialer) error { return d.DTMF(ctx, tones) })
}

// phone does something with the phone of a line, and says in the journal who
// did it.
func (g *Gateway) phone(ctx context.Context, line, step string, by storage.Author, do func(dialer) error) error {
	s, err := g.at(line)
	if err != nil {
		return err
	}
	d, ok := any(s.m).(dialer)
	if !ok {
		return storage.Refuse(storage.CodeConflict, "line", "calls cannot be made with this modem")
	}
	words := "by " + by.Kind
	if by.Name != "" {
		words += " " + by.Name
	}
	if err = do(d); err != nil {
		words += ": " + err.Error()
		err = storage.Refuse(storage.CodeConflict, "line", "the modem did not: %s", why(err))
	}
	g.note(ctx, storage.Note{Port: s.line.seat.name(), Line: line, Step: step, Level: storage.Info, Words: words})
	return err
}
