package sqlite

import (
	"context"
	"strings"
	"time"

	"smsbridge/storage"
)

// Owned tells whether the box has an owner's account.
func (db *DB) Owned(ctx context.Context) (owned bool, err error) {
	err = db.look(ctx, func(v *view) error {
		var one int
		owned, err = v.get(`SELECT 1 FROM agent WHERE role = 'owner'`, nil, &one)
		return err
	})
	return owned, err
}

// CreateCode keeps a one-time sign-in code. Earlier ones end: there is one at
// a time.
func (db *DB) CreateCode(ctx context.Context, hash []byte, expires time.Time) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`DELETE FROM code`)
		t.exec(`INSERT INTO code (hash, expires) VALUES (?, ?)`, hash, expires.UnixMilli())
		return nil
	})
}

// Redeem uses up a code and begins a session. The first code ever makes the
// owner's account; a later one signs the owner in.
func (db *DB) Redeem(ctx context.Context, code, session []byte, name string, expires time.Time) (storage.Agent, error) {
	var agent storage.Agent
	err := db.update(ctx, func(t *tx) error {
		if t.exec(`DELETE FROM code WHERE hash = ? AND expires > ?`, code, t.now.Milli()) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeDenied, "code", "this code is wrong, used or too old; make a new one on the box with `smsbridge setup`")
		}
		known := t.get(`SELECT id, name, role, rev FROM agent WHERE role = 'owner' ORDER BY id LIMIT 1`, nil,
			&agent.ID, &agent.Name, &agent.Role, &agent.Rev)
		if !known {
			if name = strings.TrimSpace(name); name == "" {
				return storage.Refuse(storage.CodeInvalid, "name", "the owner needs a name")
			}
			agent = storage.Agent{ID: t.db.write.ids.next("ag"), Name: name, Role: "owner", Rev: t.next()}
			t.exec(`INSERT INTO agent (id, name, role, rev) VALUES (?, ?, ?, ?)`, agent.ID, agent.Name, agent.Role, agent.Rev)
			t.event(storage.AgentUpdated, "", "", "agent", agent)
		}
		t.exec(`INSERT INTO session (hash, agent, expires) VALUES (?, ?, ?)`, session, agent.ID, expires.UnixMilli())
		return nil
	})
	return agent, err
}

// Session is the agent behind a session that has not ended.
func (db *DB) Session(ctx context.Context, hash []byte) (storage.Agent, error) {
	var agent storage.Agent
	err := db.look(ctx, func(v *view) error {
		ok, err := v.get(`
			SELECT agent.id, agent.name, agent.role, agent.rev
			FROM session
			JOIN agent ON agent.id = session.agent
			WHERE session.hash = ? AND session.expires > ?`, []any{hash, storage.Now().Milli()},
			&agent.ID, &agent.Name, &agent.Role, &agent.Rev)
		if err == nil && !ok {
			err = storage.Refuse(storage.CodeNotFound, "", "there is no such session")
		}
		return err
	})
	return agent, err
}

// EndSession ends a session; one that is not there has ended.
func (db *DB) EndSession(ctx context.Context, hash []byte) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`DELETE FROM session WHERE hash = ?`, hash)
		return nil
	})
}
