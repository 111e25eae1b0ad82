package sqlite

import (
	"context"
	"time"

	"smsbridge/storage"
)

// CreateCode keeps a one-time sign-in code of the owner's. Earlier ones end:
// there is one at a time.
func (db *DB) CreateCode(ctx context.Context, hash []byte, expires time.Time) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`DELETE FROM code`)
		t.exec(`INSERT INTO code (hash, expires) VALUES (?, ?)`, hash, expires.UnixMilli())
		return nil
	})
}

// Redeem uses up a code and begins a session: an invitation signs its account
// in; the first code of the box makes the owner's account, a later one signs
// the owner in. A password, in its kept form, is set with it; empty sets none.
func (db *DB) Redeem(ctx context.Context, code []byte, name, password string, s storage.NewSession) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.redeem(code, name); err != nil {
			return err
		}
		if err := maySignIn(a); err != nil {
			return err
		}
		if password != "" {
			t.exec(`
				INSERT INTO password (agent, hash, at) VALUES (?, ?, ?)
				ON CONFLICT (agent) DO UPDATE SET hash = excluded.hash, at = excluded.at`, a.ID, password, t.now.Milli())
			a.Password = true
		}
		t.beginSession(a.ID, s)
		t.object(a.ID)
		return nil
	})
	return a, err
}

func (t *tx) redeem(code []byte, name string) (storage.Agent, error) {
	var id string
	if t.get(`SELECT agent FROM invite WHERE hash = ? AND expires > ?`, []any{code, t.now.Milli()}, &id) {
		t.exec(`DELETE FROM invite WHERE hash = ?`, code)
		return t.agent("code", id)
	}
	if t.exec(`DELETE FROM code WHERE hash = ? AND expires > ?`, code, t.now.Milli()) == 0 && t.err == nil {
		return storage.Agent{}, storage.Refuse(storage.CodeDenied, "code", "this code is wrong, used or too old; make a new one on the box with `smsbridge setup`")
	}
	if t.get(`SELECT id FROM agent WHERE role = 'owner' AND NOT disabled ORDER BY id LIMIT 1`, nil, &id) {
		return t.agent("code", id)
	}
	return t.addAgent(name, storage.RoleOwner)
}
