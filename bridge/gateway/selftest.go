package gateway

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"smsbridge/storage"
)

// SelfTestOptions say how often the box texts itself. Only a text that arrives
// proves that texts arrive: a modem may be registered for days and receive
// nothing.
type SelfTestOptions struct {
	Every  time.Duration // default: never by itself
	Within time.Duration // a text that takes longer is lost; default Every, and 10 min at most
	Most   int           // texts within 24 hours, since each may cost; default 4
}

// selfTestMark begins the text of every self-test.
const selfTestMark = "smsbridge self-test "

func (o SelfTestOptions) filled() SelfTestOptions {
	const patience = 10 * time.Minute
	if o.Within <= 0 {
		o.Within = patience
	}
	if o.Every > 0 {
		o.Within = min(o.Within, o.Every) // the alarm comes within one interval
	}
	if o.Most <= 0 {
		o.Most = 4
	}
	return o
}

// selfTests texts from each line to the next, at its hours.
func (g *Gateway) selfTests(ctx context.Context) {
	o := g.options.SelfTest.filled()
	g.lose(ctx)
	g.act(func(ctx context.Context) { g.loseAfter(ctx, o.Within) }) // those of an earlier process
	if o.Every <= 0 {
		return
	}
	tick := time.NewTicker(o.Every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			g.testAll(ctx)
		case <-ctx.Done():
			return
		}
	}
}

func (g *Gateway) testAll(ctx context.Context) {
	lines, _, err := g.store.Lines(ctx)
	if err != nil {
		return
	}
	for _, l := range lines {
		if l.State != storage.LineReady || l.Number == "" {
			continue
		}
		if _, err := g.SelfTest(ctx, l.ID); err != nil {
			g.note(ctx, storage.Note{Line: l.ID, Step: "self_test", Level: storage.Warn, Words: err.Error()})
		}
	}
}

// SelfTest sends a text to a line: from another that is ready, or from itself.
// It returns when the text is queued; what becomes of it is told by events.
func (g *Gateway) SelfTest(ctx context.Context, line string) (storage.SelfTest, error) {
	lines, _, err := g.store.Lines(ctx)
	if err != nil {
		return storage.SelfTest{}, err
	}
	target, source, err := pair(lines, line)
	if err != nil {
		return storage.SelfTest{}, err
	}
	text := selfTestMark + rand.Text()[:8]
	count, err := Count(text)
	if err != nil {
		return storage.SelfTest{}, err
	}
	o := g.options.SelfTest.filled()
	test, err := g.store.BeginSelfTest(ctx, target.ID, storage.Draft{
		To: target.Number, Line: source.ID, Text: text, Count: count, Author: storage.Author{Kind: "self_test"},
	}, o.Within, o.Most)
	if err == nil {
		g.act(func(ctx context.Context) { g.loseAfter(ctx, o.Within) })
	}
	return test, err
}

// pair chooses the line that texts to line: the next one that is ready, in
// their order, so that each is tested by another; or itself.
func pair(lines []storage.Line, line string) (target, source storage.Line, err error) {
	for i, l := range lines {
		if l.ID != line {
			continue
		}
		if l.Number == "" {
			return l, l, storage.Refuse(storage.CodeConflict, "line", "the card of %s does not tell its number, so nothing can be sent to it", line)
		}
		for n := range lines {
			if source = lines[(i+1+n)%len(lines)]; source.State == storage.LineReady {
				return l, source, nil
			}
		}
		return l, l, storage.Refuse(storage.CodeAbsent, "line", "no line is ready to send the test")
	}
	return target, source, storage.Refuse(storage.CodeNotFound, "line", "there is no line %s", line)
}

// loseAfter looks for tests that are past their time, when that has come.
func (g *Gateway) loseAfter(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d + time.Millisecond):
		g.lose(ctx)
	case <-ctx.Done():
	}
}

func (g *Gateway) lose(ctx context.Context) {
	if err := g.store.LoseSelfTests(ctx); err != nil && ctx.Err() == nil {
		g.log.Error("self-test", "err", err)
	}
}

// arrived ends the test whose text has come in.
func (g *Gateway) arrived(ctx context.Context, e storage.Event) error {
	var data struct{ Message storage.Message }
	if err := json.Unmarshal(e.Data, &data); err != nil {
		return err
	}
	if !strings.HasPrefix(data.Message.Text, selfTestMark) {
		return nil
	}
	_, err := g.store.ArriveSelfTest(ctx, e.Line, data.Message.Text)
	return err
}
