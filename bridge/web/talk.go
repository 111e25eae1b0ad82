package web

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

// TalkStore is what colleagues, their settings and the choice of a number need
// of the ledger.
type TalkStore interface {
	// Chat keeps a word between colleagues, as Compose keeps a text.
	Chat(ctx context.Context, d storage.ChatDraft) (m storage.Message, replayed bool, err error)
	// Member tells whether an agent talks in a thread that stays in the box.
	Member(ctx context.Context, thread, agent string) (bool, error)

	// MissedBy counts what came for an agent between leaving and an event.
	MissedBy(ctx context.Context, agent string, lines []string, to int64) (storage.Missed, error)
	// Left writes down that an agent has left its last desk, having been told of
	// everything up to an event.
	Left(ctx context.Context, agent string, seq int64) error

	// FromOptions is what a text to a number can be sent from.
	FromOptions(ctx context.Context, to string, among []string) (storage.FromOptions, error)

	// Called files a call that was begun from a desk.
	Called(ctx context.Context, c storage.Outcall) (storage.Message, error)

	// Settings are those of the box, or with an agent those of that person.
	Settings(ctx context.Context, agent string) ([]storage.Setting, error)
	Setting(ctx context.Context, key string, into any) error
	SaveSetting(ctx context.Context, agent, key string, value json.RawMessage) (storage.Setting, error)
}

// agentOf is the account behind a caller; empty if there is none.
func agentOf(who storage.Caller) string {
	if a := who.Person(); a != nil {
		return a.ID
	}
	return ""
}

// mayRead refuses a message that the caller may not see, as if it were not
// there: what stays in the box is its members' alone, whatever their role.
func (s *Server) mayRead(ctx context.Context, who storage.Caller, m storage.Message) error {
	ok := who.Sees(m.Line)
	if m.Channel == storage.ChannelChat {
		var err error
		if ok, err = s.c.Store.Member(ctx, m.Thread, agentOf(who)); err != nil {
			return err
		}
	}
	if !ok {
		return storage.Refuse(storage.CodeNotFound, "id", "there is no message %s", m.ID)
	}
	return nil
}
