// Package bulk accepts the texts that no person writes one by one: the copies
// of campaigns, and the answers of rules. It fills and counts each, and hands it
// to the ledger as a single text with one author, in a thread of its own. The
// ledger has in writing what is to be done, and writes in the same commit that
// it was done; so this is only a clock and a pen, and may be stopped anywhere.
//
// What may be sent, to whom and when, say storage and its keeper; they are asked
// again for each text.
package bulk

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"smsbridge/storage"
)

// Store is what bulk needs of the ledger.
type Store interface {
	// DueCopies are copies that running campaigns should make now, at most so
	// many, and their campaigns by id; next is when to ask again, zero if no
	// campaign runs.
	DueCopies(ctx context.Context, most int) (due []storage.Copy, of map[string]storage.Campaign, next storage.Time, err error)

	// MakeCopy accepts one as a text, once, or refuses it.
	MakeCopy(ctx context.Context, c storage.Copy, text string, count storage.Count) (storage.Message, error)
	SkipCopy(ctx context.Context, c storage.Copy, why storage.SkipReason, words string) error

	// DelayCampaign lets a campaign wait, StopCampaign until a person resumes it.
	DelayCampaign(ctx context.Context, id string, until storage.Time, reason string) error
	StopCampaign(ctx context.Context, id, reason string) error

	// DueReplies are answers that rules want to give.
	DueReplies(ctx context.Context, most int) ([]storage.Reply, error)
	GiveReply(ctx context.Context, r storage.Reply, text string, count storage.Count) error
	DropReply(ctx context.Context, id, reason string) error

	Lines(ctx context.Context) ([]storage.Line, storage.Head, error)
	Changed() <-chan struct{}
}

// Counter counts a text with the codec that sends it.
type Counter func(text string) (storage.Count, error)

// patient is how long a campaign waits for a line, or a limit, that does not say
// when.
const patient = time.Minute

// batch is how many copies are read at once. Each is a commit of its own: a
// crash in between loses none and repeats none.
const batch = 10

// Run accepts what is due until ctx ends.
func Run(ctx context.Context, store Store, count Counter, log *slog.Logger) error {
	once := func(ctx context.Context) (storage.Time, error) { return Sweep(ctx, store, count) }
	return storage.Sweep(ctx, store.Changed, once, func(err error) {
		log.Error("campaigns and answers could not go on", "err", err)
	})
}

// Sweep accepts all that is due now, and tells when there will be more; zero if
// no campaign runs.
func Sweep(ctx context.Context, store Store, count Counter) (next storage.Time, err error) {
	if err := replies(ctx, store, count); err != nil {
		return next, err
	}
	for {
		due, of, next, err := store.DueCopies(ctx, batch)
		if err != nil || len(due) == 0 {
			return next, err
		}
		for _, to := range due {
			if err := serve(ctx, store, of[to.Campaign], to, count); err != nil {
				return next, err
			}
		}
	}
}

// serve makes one copy, or writes down why there is none. What is wrong with
// one person skips that person; what is wrong with more lets the campaign wait.
func serve(ctx context.Context, store Store, c storage.Campaign, to storage.Copy, count Counter) error {
	if to.Against != "" {
		return moot(store.SkipCopy(ctx, to, to.Against, to.Against.Words()))
	}
	f := storage.Filling{Agent: c.Author.Name}
	var err error
	if f.Line, err = ourNumber(ctx, store, c.Line); err != nil {
		return err
	}
	text, n, err := c.Fill(to, f, count)
	if err == nil {
		_, err = store.MakeCopy(ctx, to, text, n)
	}
	e, refused := errors.AsType[*storage.Error](err)
	switch {
	case err == nil:
		return nil
	case !refused:
		return err
	case e.Code == storage.CodeConflict:
		return nil // it was paused, or somebody has served them
	case e.Skips() != "":
		return moot(store.SkipCopy(ctx, to, e.Skips(), e.Error()))
	case e.Code == storage.CodeDenied || e.Code == storage.CodeNotAssigned || e.Code == storage.CodeNotFound:
		return moot(store.StopCampaign(ctx, c.ID, e.Error()))
	}
	until := storage.At(storage.Now().Add(min(cmp.Or(e.After, patient), longestDelay)))
	return store.DelayCampaign(ctx, c.ID, until, e.Error())
}

// longestDelay is after how long a campaign that waits tries again, whatever was
// said: limits can be raised meanwhile.
const longestDelay = 10 * time.Minute

// moot passes a refusal over which says that the ledger has moved on.
func moot(err error) error {
	if e, ok := errors.AsType[*storage.Error](err); ok && e.Code == storage.CodeConflict {
		return nil
	}
	return err
}

// ourNumber is our number on a line.
func ourNumber(ctx context.Context, store Store, line string) (string, error) {
	lines, _, err := store.Lines(ctx)
	for _, l := range lines {
		if l.ID == line {
			return l.Number, nil
		}
	}
	return "", err
}

// replies gives the answers that rules want to give. What cannot be said at
// once is not said: an answer that comes late surprises.
func replies(ctx context.Context, store Store, count Counter) error {
	due, err := store.DueReplies(ctx, batch)
	for _, r := range due {
		if err != nil {
			return err
		}
		f := storage.Filling{Contact: r.Contact, Agent: r.Rule, Line: r.Number}
		var n storage.Count
		text, refused := f.Text(r.Text)
		if refused == nil {
			n, refused = count(text)
		}
		if refused == nil {
			refused = store.GiveReply(ctx, r, text, n)
		}
		if e, ok := errors.AsType[*storage.Error](refused); ok {
			refused = store.DropReply(ctx, r.ID, e.Error())
		}
		err = refused
	}
	return err
}
