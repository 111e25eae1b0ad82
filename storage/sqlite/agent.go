package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"smsbridge/storage"
)

const agentColumns = `
	SELECT agent.id, agent.name, agent.role, agent.sms, agent.disabled, agent.rev, agent.widened, agent.chat, agent.voice,
		EXISTS (SELECT 1 FROM password WHERE password.agent = agent.id),
		(SELECT json_group_array(line) FROM assignment WHERE assignment.agent = agent.id)
	FROM agent `

func scanAgent(r scanner) (storage.Agent, error) {
	var a storage.Agent
	var lines string
	if err := r.Scan(&a.ID, &a.Name, &a.Role, &a.SMS, &a.Disabled, &a.Rev, &a.Widened, &a.Chat, &a.Voice, &a.Password, &lines); err != nil {
		return a, err
	}
	err := json.Unmarshal([]byte(lines), &a.Lines)
	slices.Sort(a.Lines)
	return a, err
}

func (db *DB) agents(ctx context.Context, condition string, args ...any) ([]storage.Agent, error) {
	found := []storage.Agent{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(agentColumns+condition, args, func(r *sql.Rows) error {
			a, err := scanAgent(r)
			found = append(found, a)
			return err
		})
	})
	return found, err
}

func (db *DB) findAgent(ctx context.Context, condition string, args ...any) (storage.Agent, error) {
	found, err := db.agents(ctx, condition, args...)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "agent", "there is no such account")
	}
	if err != nil {
		return storage.Agent{}, err
	}
	return found[0], nil
}

// Agents lists every account, the oldest first.
func (db *DB) Agents(ctx context.Context) ([]storage.Agent, error) {
	return db.agents(ctx, `ORDER BY agent.id`)
}

// Agent is one account, by its id or its name.
func (db *DB) Agent(ctx context.Context, ref string) (storage.Agent, error) {
	a, err := db.findAgent(ctx, `WHERE agent.id = ? OR agent.name = ? COLLATE NOCASE`, ref, ref)
	if e, ok := errors.AsType[*storage.Error](err); ok && e.Code == storage.CodeNotFound {
		err = noAgent("agent", ref)
	}
	return a, err
}

func noAgent(field, ref string) error {
	return storage.Refuse(storage.CodeNotFound, field, "there is no account %q; see `smsbridge agent list`", ref)
}

// agent reads one account by id or name inside a change; field is where it was
// named.
func (t *tx) agent(field, ref string) (storage.Agent, error) {
	var a storage.Agent
	known := false
	t.rows(agentColumns+`WHERE agent.id = ? OR agent.name = ? COLLATE NOCASE`, []any{ref, ref}, func(r *sql.Rows) (err error) {
		a, err = scanAgent(r)
		known = true
		return err
	})
	if !known && t.err == nil {
		return a, noAgent(field, ref)
	}
	return a, t.err
}

// Owned tells whether the box has an owner's account.
func (db *DB) Owned(ctx context.Context) (owned bool, err error) {
	err = db.look(ctx, func(v *view) error {
		var one int
		owned, err = v.get(`SELECT 1 FROM agent WHERE role = 'owner'`, nil, &one)
		return err
	})
	return owned, err
}

// longestName is what an account's name may have.
const longestName = 80

func (t *tx) addAgent(name string, role storage.Role) (storage.Agent, error) {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > longestName {
		return storage.Agent{}, storage.Refuse(storage.CodeInvalid, "name", "an account needs a name of 1 to %d characters", longestName)
	}
	if !role.Known() {
		return storage.Agent{}, storage.Refuse(storage.CodeInvalid, "role", "there is no role %q; choose owner, manager, agent, viewer or service", role)
	}
	var other string
	if t.get(`SELECT id FROM agent WHERE name = ? COLLATE NOCASE`, []any{name}, &other) {
		return storage.Agent{}, storage.Refuse(storage.CodeConflict, "name", "there is an account %q already; choose another name", name)
	}
	a := storage.Agent{ID: t.db.write.ids.next("ag"), Name: name, Role: role, SMS: true, Chat: true, Rev: t.next()}
	t.exec(`INSERT INTO agent (id, name, role, rev, seen) VALUES (?, ?, ?, ?, ?)`, a.ID, a.Name, a.Role, a.Rev, a.Rev)
	t.event(storage.AgentUpdated, "", "", "agent", a)
	t.object(a.ID)
	return a, t.err
}

// AddAgent makes an account. A person signs in with the one-time code whose
// hash is given; a service needs none.
func (db *DB) AddAgent(ctx context.Context, name string, role storage.Role, invite []byte, expires time.Time) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.addAgent(name, role); err != nil {
			return err
		}
		if role != storage.RoleService {
			t.invite(a.ID, invite, expires)
		}
		return nil
	})
	return a, err
}

func (t *tx) invite(agent string, hash []byte, expires time.Time) {
	t.exec(`DELETE FROM invite WHERE agent = ?`, agent)
	t.exec(`INSERT INTO invite (hash, agent, expires) VALUES (?, ?, ?)`, hash, agent, expires.UnixMilli())
}

// Invite gives an account a new one-time code; the one before it ends.
func (db *DB) Invite(ctx context.Context, ref string, hash []byte, expires time.Time) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.agent("id", ref); err != nil {
			return err
		}
		if err := maySignIn(a); err != nil {
			return err
		}
		t.invite(a.ID, hash, expires)
		t.object(a.ID)
		return nil
	})
	return a, err
}

// ChangeAgent changes what an account may. One that is switched off loses its
// sessions and its invitation; the last owner stays owner.
func (db *DB) ChangeAgent(ctx context.Context, ref string, c storage.AgentChange) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if a, err = t.agent("id", ref); err != nil {
			return err
		}
		if err := t.fresh(a.Rev, a); err != nil {
			return err
		}
		t.object(a.ID)
		before := a
		if c.Role != nil {
			a.Role = *c.Role
		}
		if c.SMS != nil {
			a.SMS = *c.SMS
		}
		if c.Disabled != nil {
			a.Disabled = *c.Disabled
		}
		if !a.Role.Known() {
			return storage.Refuse(storage.CodeInvalid, "role", "there is no role %q; choose owner, manager, agent, viewer or service", a.Role)
		}
		if before.Role == storage.RoleOwner && (a.Role != storage.RoleOwner || a.Disabled) && t.lastOwner(a.ID) {
			return storage.Refuse(storage.CodeConflict, "role", "%s is the last owner; make somebody else an owner first", a.Name)
		}
		if a.Role == before.Role && a.SMS == before.SMS && a.Disabled == before.Disabled {
			return nil
		}
		if a.Disabled || a.Role == storage.RoleService {
			t.exec(`DELETE FROM session WHERE agent = ?`, a.ID)
			t.exec(`DELETE FROM invite WHERE agent = ?`, a.ID)
		}
		t.exec(`UPDATE agent SET role = ?, sms = ?, disabled = ? WHERE id = ?`, a.Role, a.SMS, a.Disabled, a.ID)
		a = t.access(a, a.Role.Everywhere() && !before.Role.Everywhere())
		return nil
	})
	return a, err
}

func (t *tx) lastOwner(id string) bool {
	var other string
	return !t.get(`SELECT id FROM agent WHERE role = 'owner' AND NOT disabled AND id <> ?`, []any{id}, &other)
}

// access tells that what an account may has changed. The event access.changed
// is the last of the change, and its number what widened remembers.
func (t *tx) access(a storage.Agent, widened bool) storage.Agent {
	a.Rev = t.next()
	t.event(storage.AgentUpdated, "", "", "agent", a)
	if widened {
		a.Widened = t.next()
	}
	t.exec(`UPDATE agent SET rev = ?, widened = ? WHERE id = ?`, a.Rev, a.Widened, a.ID)
	t.event(storage.AccessChanged, "", "", "access", storage.Access{
		Agent: a.ID, Role: a.Role, SMS: a.SMS, Disabled: a.Disabled, Lines: append([]string{}, a.Lines...)})
	return a
}

// Assign lets an account work on a line, or no longer.
func (db *DB) Assign(ctx context.Context, line, ref string, yes bool) (a storage.Agent, err error) {
	err = db.update(ctx, func(t *tx) (err error) {
		if err := t.hasLine("id", line); err != nil {
			return err
		}
		if a, err = t.agent("agent", ref); err != nil {
			return err
		}
		t.object(line + " " + a.ID)
		if slices.Contains(a.Lines, line) == yes {
			return nil
		}
		if yes {
			t.exec(`INSERT INTO assignment (agent, line) VALUES (?, ?)`, a.ID, line)
			a.Lines = append(a.Lines, line)
			slices.Sort(a.Lines)
		} else {
			t.exec(`DELETE FROM assignment WHERE agent = ? AND line = ?`, a.ID, line)
			a.Lines = slices.DeleteFunc(a.Lines, func(id string) bool { return id == line })
		}
		a = t.access(a, yes && !a.Role.Everywhere())
		return nil
	})
	return a, err
}
