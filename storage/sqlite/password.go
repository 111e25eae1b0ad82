package sqlite

import (
	"context"

	"smsbridge/storage"
)

// Password is what an account's password is checked against, in the text form
// of argon2id; empty when it has none.
func (db *DB) Password(ctx context.Context, agent string) (hash string, err error) {
	err = db.look(ctx, func(v *view) error {
		_, err := v.get(`SELECT hash FROM password WHERE agent = ?`, []any{agent}, &hash)
		return err
	})
	return hash, err
}

// SetPassword gives an account a password. Its sessions end, but for the one
// whose hash is keep; so does its invitation.
func (db *DB) SetPassword(ctx context.Context, ref, hash string, keep []byte) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.agent("id", ref); err != nil {
			return err
		}
		if a.Role == storage.RoleService {
			return storage.Refuse(storage.CodeDenied, "id", "%s is the account of a program; programs use tokens", a.Name)
		}
		t.exec(`
			INSERT INTO password (agent, hash, at) VALUES (?, ?, ?)
			ON CONFLICT (agent) DO UPDATE SET hash = excluded.hash, at = excluded.at`, a.ID, hash, t.now.Milli())
		t.exec(`DELETE FROM session WHERE agent = ? AND hash IS NOT ?`, a.ID, keep)
		t.exec(`DELETE FROM invite WHERE agent = ?`, a.ID)
		a.Password = true
		t.object(a.ID)
		return nil
	})
	return a, err
}
