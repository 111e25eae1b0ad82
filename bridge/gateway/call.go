package gateway

import (
	"context"
	"errors"
	"strings"

	"smsbridge/modem"
	"smsbridge/storage"
)

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
// a gate opens or a forwarding is set. It returns when the line was found able
// to; what became of the call stands in the journal.
func (g *Gateway) Dial(ctx context.Context, line, number string, by storage.Author) error {
	number, err := storage.ParseNumber("to", number)
	if err != nil {
		return err
	}
	s, err := g.at(line)
	switch {
	case err != nil:
		return err
	case !s.m.Profile().Voice:
		return storage.Refuse(storage.CodeConflict, "line", "%v", modem.ErrNoVoice)
	}
	g.act(func(ctx context.Context) { g.acted(ctx, s, "dial", by, s.m.Dial(ctx, number)) })
	return nil
}

// Hangup ends the call of a line, or turns down the one that rings.
func (g *Gateway) Hangup(ctx context.Context, line string, by storage.Author) error {
	s, err := g.at(line)
	if err != nil {
		return err
	}
	return g.acted(ctx, s, "hang up", by, s.m.Hangup(ctx))
}

// DTMF sends tones into the call of a line.
func (g *Gateway) DTMF(ctx context.Context, line, tones string, by storage.Author) error {
	if tones == "" || len(tones) > 30 || strings.Trim(tones, "0123456789*#ABCD") != "" {
		return storage.Refuse(storage.CodeInvalid, "tones", "%q are no tones: up to 30 of 0-9, *, #, A-D", tones)
	}
	s, err := g.at(line)
	if err != nil {
		return err
	}
	return g.acted(ctx, s, "tones", by, s.m.DTMF(ctx, tones))
}

// acted says in the journal who did something with the phone of a line, and
// what the modem said to it.
func (g *Gateway) acted(ctx context.Context, s *session, step string, by storage.Author, err error) error {
	words := "by " + by.Kind
	if by.Name != "" {
		words += " " + by.Name
	}
	level := storage.Info
	switch {
	case errors.Is(err, modem.ErrHungUp): // as somebody wanted
		words, err = words+": "+modem.ErrHungUp.Error(), nil
	case err != nil:
		level, words = storage.Warn, words+": "+err.Error()
		err = storage.Refuse(storage.CodeConflict, "line", "the modem did not: %v", err)
	}
	g.note(ctx, storage.Note{Port: s.line.seat.name(), Line: s.line.id, Step: step, Level: level, Words: words})
	return err
}
