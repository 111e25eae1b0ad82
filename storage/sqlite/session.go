package sqlite

import (
	"context"
	"database/sql"

	"smsbridge/storage"
)

func (t *tx) beginSession(agent string, s storage.NewSession) {
	t.exec(`INSERT INTO session (hash, agent, expires, id, created_at, address, device) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		s.Hash, agent, s.Expires.Milli(), t.db.write.ids.next("se"), t.now.Milli(), s.Address, s.Device)
}

// BeginSession signs an account in. It is refused to one that was disabled.
func (db *DB) BeginSession(ctx context.Context, agent string, s storage.NewSession) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.agent("agent", agent); err != nil {
			return err
		}
		if err := maySignIn(a); err != nil {
			return err
		}
		t.beginSession(a.ID, s)
		t.object(a.ID)
		return nil
	})
	return a, err
}

// maySignIn refuses accounts that have no business on the page.
func maySignIn(a storage.Agent) error {
	switch {
	case a.Disabled:
		return storage.Refuse(storage.CodeDenied, "", "the account %s is switched off; ask the owner of the box", a.Name)
	case a.Role == storage.RoleService:
		return storage.Refuse(storage.CodeDenied, "", "%s is the account of a program; programs use tokens", a.Name)
	}
	return nil
}

// Session is the agent behind a session that has not ended.
func (db *DB) Session(ctx context.Context, hash []byte) (storage.Agent, error) {
	return db.findAgent(ctx, `
		WHERE NOT agent.disabled AND agent.id = (SELECT agent FROM session WHERE hash = ? AND expires > ?)`,
		hash, storage.Now().Milli())
}

// Sessions lists the sessions of an account that have not ended, the newest
// first. current is the hash of the one that asks.
func (db *DB) Sessions(ctx context.Context, agent string, current []byte) ([]storage.Session, error) {
	found := []storage.Session{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(`
			SELECT id, agent, created_at, expires, address, device, hash IS ?
			FROM session
			WHERE agent = ? AND expires > ?
			ORDER BY created_at DESC, id DESC`, []any{current, agent, storage.Now().Milli()}, func(r *sql.Rows) error {
			var s storage.Session
			var created, expires int64
			err := r.Scan(&s.ID, &s.Agent, &created, &expires, &s.Address, &s.Device, &s.Current)
			s.CreatedAt, s.ExpiresAt = storage.FromMilli(created), storage.FromMilli(expires)
			found = append(found, s)
			return err
		})
	})
	return found, err
}

// EndSession ends a session; one that is not there has ended.
func (db *DB) EndSession(ctx context.Context, hash []byte) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`DELETE FROM session WHERE hash = ?`, hash)
		return nil
	})
}

// EndSessionOf ends a session of an account by its id, and answers with its
// hash; agent may be empty, for anybody's.
func (db *DB) EndSessionOf(ctx context.Context, agent, id string) (hash []byte, err error) {
	err = db.update(ctx, func(t *tx) error {
		if !t.get(`SELECT hash FROM session WHERE id = ? AND (agent = ? OR ? = '')`, []any{id, agent, agent}, &hash) && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "id", "there is no session %s", id)
		}
		t.exec(`DELETE FROM session WHERE hash = ?`, hash)
		t.object(id)
		return nil
	})
	return hash, err
}
