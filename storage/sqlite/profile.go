package sqlite

import (
	"context"

	"smsbridge/storage"
)

// SetProfile changes how an account is reached. It changes nothing of what the
// account may, so nothing that it holds open ends.
func (db *DB) SetProfile(ctx context.Context, ref string, p storage.Profile) (a storage.Agent, err error) {
	voice := ""
	if p.Voice != nil && *p.Voice != "" {
		if voice, err = storage.ParseNumber("voice_number", *p.Voice); err != nil {
			return a, err
		}
	}
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.agent("id", ref); err != nil {
			return err
		}
		if err := t.fresh(a.Rev, a); err != nil {
			return err
		}
		t.object(a.ID)
		if p.Voice != nil {
			a.Voice = voice
		}
		if p.Chat != nil {
			a.Chat = *p.Chat
		}
		a.Rev = t.next()
		t.exec(`UPDATE agent SET chat = ?, voice = ?, rev = ? WHERE id = ?`, a.Chat, a.Voice, a.Rev, a.ID)
		t.event(storage.AgentUpdated, "", "", "agent", a)
		return t.err
	})
	return a, err
}

// AgentByVoice is the account whose phone a number is.
func (db *DB) AgentByVoice(ctx context.Context, number string) (storage.Agent, error) {
	return db.findAgent(ctx, `WHERE agent.voice = ? AND agent.voice <> '' AND NOT agent.disabled`, number)
}
