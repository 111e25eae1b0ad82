package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"path"
	"strings"
	"time"

	"smsbridge/storage"
)

// Limits of hooks.
const (
	hooksMost   = 50
	secretLen   = 32
	secretsMost = 4 // of one hook, at a time
	urlMost     = 2048
)

const hookColumns = `
	SELECT id, url, label, events, lines, ordering, template, created_at, disabled_at, reason,
	       cursor, prev, missed, failures, failing_since, rev,
	       (SELECT count(*) FROM delivery WHERE hook = hook.id AND state = 'waiting'),
	       (SELECT count(*) FROM delivery WHERE hook = hook.id AND state = 'dead')
	FROM hook `

func scanHook(r *sql.Rows) (storage.Hook, error) {
	var h storage.Hook
	var events, lines string
	var created, disabled, failing int64
	err := r.Scan(&h.ID, &h.URL, &h.Label, &events, &lines, &h.Order, &h.Template, &created, &disabled, &h.Reason,
		&h.Cursor, &h.Prev, &h.Missed, &h.Failures, &failing, &h.Rev, &h.Waiting, &h.Dead)
	if err != nil {
		return h, err
	}
	h.CreatedAt, h.DisabledAt, h.FailingSince = storage.FromMilli(created), storage.FromMilli(disabled), storage.FromMilli(failing)
	if err := json.Unmarshal([]byte(events), &h.Events); err != nil {
		return h, err
	}
	return h, json.Unmarshal([]byte(lines), &h.Lines)
}

// Hooks lists every hook, the disabled ones too.
func (db *DB) Hooks(ctx context.Context) ([]storage.Hook, error) {
	found := []storage.Hook{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(hookColumns+`ORDER BY id`, nil, func(r *sql.Rows) error {
			h, err := scanHook(r)
			found = append(found, h)
			return err
		})
	})
	return found, err
}

func (t *tx) hook(id string) (storage.Hook, error) {
	var h storage.Hook
	t.rows(hookColumns+`WHERE id = ?`, []any{id}, func(r *sql.Rows) (err error) {
		h, err = scanHook(r)
		return err
	})
	if h.ID == "" && t.err == nil {
		return h, storage.Refuse(storage.CodeNotFound, "id", "there is no hook %s", id)
	}
	return h, t.err
}

// CreateHook keeps a hook that is told of what happens from now on. The secret
// is in this answer only.
func (db *DB) CreateHook(ctx context.Context, h storage.Hook) (storage.Hook, string, error) {
	if h.Order == "" {
		h.Order = storage.HookFree
	}
	if err := checkHook(&h); err != nil {
		return h, "", err
	}
	secret := ""
	err := db.update(ctx, func(t *tx) error {
		var n int
		if t.get(`SELECT count(*) FROM hook`, nil, &n); n >= hooksMost {
			return storage.Refuse(storage.CodeConflict, "", "there are %d hooks already, which is the most; remove one first", n)
		}
		h.ID, h.CreatedAt, h.Cursor = t.db.write.ids.next("hk"), t.now, t.next() // the event of its making
		h.Prev = h.Cursor
		t.exec(`INSERT INTO hook (id, url, ordering, created_at, cursor, prev, rev) VALUES (?, ?, ?, ?, ?, ?, 0)`,
			h.ID, h.URL, h.Order, h.CreatedAt.Milli(), h.Cursor, h.Prev)
		var err error
		if secret, err = t.newHookSecret(h.ID); err != nil {
			return err
		}
		h = t.writeHook(h)
		return nil
	})
	return h, secret, err
}

// writeHook writes what people can change, and tells of it. Who reads the log
// need not be one who may know URLs, so the event says little.
func (t *tx) writeHook(h storage.Hook) storage.Hook {
	h.Rev = t.next()
	events, _ := json.Marshal(append([]string{}, h.Events...))
	lines, _ := json.Marshal(append([]string{}, h.Lines...))
	t.exec(`
		UPDATE hook
		SET url = ?, label = ?, events = ?, lines = ?, ordering = ?, template = ?, disabled_at = ?, reason = ?,
		    failures = ?, failing_since = ?, rev = ?
		WHERE id = ?`,
		h.URL, h.Label, string(events), string(lines), h.Order, h.Template, h.DisabledAt.Milli(), h.Reason,
		h.Failures, h.FailingSince.Milli(), h.Rev, h.ID)
	t.tellHook(h)
	return h
}

func (t *tx) tellHook(h storage.Hook) {
	t.event(storage.HookUpdated, "", "", "hook", struct {
		ID         string       `json:"id"`
		Label      string       `json:"label,omitempty"`
		DisabledAt storage.Time `json:"disabled_at,omitzero"`
		Reason     string       `json:"reason,omitempty"`
		Rev        int64        `json:"rev"`
	}{h.ID, h.Label, h.DisabledAt, h.Reason, h.Rev})
}

// UpdateHook changes a hook. One that is enabled again goes on from where it
// stopped, with a clean record.
func (db *DB) UpdateHook(ctx context.Context, id string, c storage.HookChange) (h storage.Hook, err error) {
	err = db.update(ctx, func(t *tx) error {
		if h, err = t.hook(id); err != nil {
			return err
		}
		if err := t.fresh(h.Rev, h); err != nil {
			return err
		}
		set(&h.URL, c.URL)
		set(&h.Label, c.Label)
		set(&h.Events, c.Events)
		set(&h.Lines, c.Lines)
		set(&h.Order, c.Order)
		set(&h.Template, c.Template)
		if c.Disabled != nil && *c.Disabled && h.DisabledAt.IsZero() {
			h.DisabledAt, h.Reason = t.now, "a person disabled it"
		}
		if c.Disabled != nil && !*c.Disabled {
			h.DisabledAt, h.Reason, h.Failures, h.FailingSince = storage.Time{}, "", 0, storage.Time{}
		}
		if err := checkHook(&h); err != nil {
			return err
		}
		h = t.writeHook(h)
		return nil
	})
	return h, err
}

func set[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

func checkHook(h *storage.Hook) error {
	h.URL = strings.TrimSpace(h.URL)
	u, err := url.Parse(h.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(h.URL) > urlMost:
		return storage.Refuse(storage.CodeInvalid, "url", "a hook's address is written http://HOST/PATH or https://HOST/PATH")
	case u.User != nil:
		return storage.Refuse(storage.CodeInvalid, "url", "a hook's address carries no name and password; deliveries are signed instead")
	case h.Order != storage.HookFree && h.Order != storage.HookStrict:
		return storage.Refuse(storage.CodeInvalid, "order", "there is no order %q; choose %s or %s", h.Order, storage.HookFree, storage.HookStrict)
	}
	for _, glob := range h.Events {
		if _, err := path.Match(glob, ""); err != nil || glob == "" {
			return storage.Refuse(storage.CodeInvalid, "events", "%q is no pattern of event types; write it as message.* or message.received", glob)
		}
	}
	return nil
}

// DeleteHook forgets a hook, its secrets and its deliveries.
func (db *DB) DeleteHook(ctx context.Context, id string) error {
	return db.update(ctx, func(t *tx) error {
		h, err := t.hook(id)
		if err != nil {
			return err
		}
		if err := t.fresh(h.Rev, h); err != nil {
			return err
		}
		t.exec(`DELETE FROM hook WHERE id = ?`, id)
		h.DisabledAt, h.Reason, h.Rev = t.now, "removed", t.next()
		t.tellHook(h)
		return nil
	})
}

// newHookSecret makes and keeps a secret, and gives it as people write it.
func (t *tx) newHookSecret(hook string) (string, error) {
	key := make([]byte, secretLen)
	rand.Read(key) // never fails
	sealed, err := t.db.seal(hook, key)
	if err != nil {
		return "", err
	}
	t.exec(`
		INSERT INTO hook_secret (hook, n, sealed)
		SELECT ?, coalesce(max(n), 0) + 1, ? FROM hook_secret WHERE hook = ?`, hook, sealed, hook)
	return storage.HookSecretPrefix + base64.StdEncoding.EncodeToString(key), nil
}

// RotateHook makes a new secret, shown in this answer only; the ones before it
// hold for keep, so that the endpoint has time to learn it.
func (db *DB) RotateHook(ctx context.Context, id string, keep time.Duration) (h storage.Hook, secret string, err error) {
	err = db.update(ctx, func(t *tx) error {
		if h, err = t.hook(id); err != nil {
			return err
		}
		var n int
		t.get(`SELECT count(*) FROM hook_secret WHERE hook = ? AND (expires = 0 OR expires > ?)`, []any{id, t.now.Milli()}, &n)
		if keep > 0 && n >= secretsMost {
			return storage.Refuse(storage.CodeConflict, "keep_hours", "%d secrets hold at the moment, which is the most; wait until one has ended, or rotate with 0 hours", n)
		}
		until := t.now.Add(max(keep, 0)).UnixMilli()
		t.exec(`UPDATE hook_secret SET expires = ? WHERE hook = ? AND (expires = 0 OR expires > ?)`, until, id, until)
		if keep <= 0 {
			t.exec(`DELETE FROM hook_secret WHERE hook = ?`, id)
		}
		if secret, err = t.newHookSecret(id); err != nil {
			return err
		}
		h = t.writeHook(h)
		return nil
	})
	return h, secret, err
}

// HookSecrets are the secrets that hold now, the newest first.
func (db *DB) HookSecrets(ctx context.Context, id string) ([]storage.HookSecret, error) {
	var found []storage.HookSecret
	err := db.look(ctx, func(v *view) error {
		return v.rows(`
			SELECT sealed, expires
			FROM hook_secret
			WHERE hook = ? AND (expires = 0 OR expires > ?)
			ORDER BY n DESC`, []any{id, storage.Now().Milli()}, func(r *sql.Rows) error {
			var sealed []byte
			var expires int64
			if err := r.Scan(&sealed, &expires); err != nil {
				return err
			}
			key, err := db.unseal(id, sealed)
			if err != nil {
				return storage.Refuse(storage.CodeConflict, "", "the secret of hook %s cannot be read with this ledger's key; make a new one with `smsbridge hook rotate %s --keep 0`", id, id)
			}
			found = append(found, storage.HookSecret{Key: key, Expires: storage.FromMilli(expires)})
			return nil
		})
	})
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "id", "hook %s has no secret", id)
	}
	return found, err
}
