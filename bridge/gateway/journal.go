package gateway

import (
	"context"
	"log/slog"

	"smsbridge/storage"
)

// levels are those of the journal in the words of the log.
var levels = map[storage.Level]slog.Level{
	storage.Info: slog.LevelInfo, storage.Warn: slog.LevelWarn, storage.Alarm: slog.LevelError,
}

// note writes a sentence into the journal, and the same into the log. A ledger
// that cannot take it does not hold up the radio.
func (g *Gateway) note(ctx context.Context, n storage.Note) {
	g.log.Log(ctx, levels[n.Level], n.Words, "step", n.Step, "port", n.Port, "line", n.Line)
	if err := g.store.Note(context.WithoutCancel(ctx), n); err != nil {
		g.log.Error("the journal could not be written", "err", err)
	}
}

// note tells of this port. What is the same as the last time is not told again:
// a modem that stays away fills no pages.
func (l *line) note(ctx context.Context, step string, level storage.Level, words string) {
	n := storage.Note{Port: l.seat.name(), Line: l.id, Step: step, Words: words, Level: level}
	if n == l.noted {
		return
	}
	l.noted = n
	l.g.note(ctx, n)
}
