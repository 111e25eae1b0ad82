package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"smsbridge/storage"
)

const tokenColumns = `SELECT id, label, scopes, lines, agent, created_at, revoked_at FROM token `

func scanToken(r *sql.Rows) (storage.Token, error) {
	var t storage.Token
	var scopes, lines string
	var created, revoked int64
	if err := r.Scan(&t.ID, &t.Label, &scopes, &lines, &t.Agent, &created, &revoked); err != nil {
		return t, err
	}
	t.CreatedAt, t.RevokedAt = storage.FromMilli(created), storage.FromMilli(revoked)
	if lines != "" {
		if err := json.Unmarshal([]byte(lines), &t.Lines); err != nil {
			return t, err
		}
	}
	return t, json.Unmarshal([]byte(scopes), &t.Scopes)
}

// CreateToken keeps a token with the label, scopes, lines and account of
// token; hash is the SHA-256 of its secret.
func (db *DB) CreateToken(ctx context.Context, token storage.Token, hash []byte) (storage.Token, error) {
	if token.Label = strings.TrimSpace(token.Label); token.Label == "" {
		return token, storage.Refuse(storage.CodeInvalid, "label", "a token needs a label, so that you know later whose it is")
	}
	if len(token.Scopes) == 0 {
		return token, storage.Refuse(storage.CodeInvalid, "scopes", "a token needs at least one scope: %s", strings.Join(storage.Scopes, ", "))
	}
	for _, s := range token.Scopes {
		if !slices.Contains(storage.Scopes, s) {
			return token, storage.Refuse(storage.CodeInvalid, "scopes", "there is no scope %q; choose from %s", s, strings.Join(storage.Scopes, ", "))
		}
	}
	err := db.update(ctx, func(t *tx) error {
		lines := ""
		if len(token.Lines) > 0 {
			for _, id := range token.Lines {
				if err := t.hasLine("lines", id); err != nil {
					return err
				}
			}
			text, _ := json.Marshal(token.Lines)
			lines = string(text)
		}
		if token.Agent != "" {
			a, err := t.agent("agent", token.Agent)
			if err != nil {
				return err
			}
			token.Agent = a.ID
		}
		token.ID, token.CreatedAt, token.RevokedAt = t.db.write.ids.next("tk"), t.now, storage.Time{}
		scopes, _ := json.Marshal(token.Scopes)
		t.exec(`INSERT INTO token (id, label, scopes, lines, agent, hash, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
			token.ID, token.Label, string(scopes), lines, token.Agent, hash, t.now.Milli())
		t.object(token.ID)
		return nil
	})
	return token, err
}

func (db *DB) tokens(ctx context.Context, condition string, args ...any) ([]storage.Token, error) {
	found := []storage.Token{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(tokenColumns+condition, args, func(r *sql.Rows) error {
			t, err := scanToken(r)
			found = append(found, t)
			return err
		})
	})
	return found, err
}

// Tokens lists every token, the revoked ones too.
func (db *DB) Tokens(ctx context.Context) ([]storage.Token, error) {
	return db.tokens(ctx, `ORDER BY id`)
}

// TokenByHash finds the token whose secret has this SHA-256; a revoked one
// comes back with RevokedAt.
func (db *DB) TokenByHash(ctx context.Context, hash []byte) (storage.Token, error) {
	found, err := db.tokens(ctx, `WHERE hash = ?`, hash)
	if err == nil && len(found) == 0 {
		err = storage.Refuse(storage.CodeNotFound, "", "there is no such token")
	}
	if err != nil {
		return storage.Token{}, err
	}
	return found[0], nil
}

// RevokeToken ends a token for good.
func (db *DB) RevokeToken(ctx context.Context, id string) (storage.Token, error) {
	err := db.update(ctx, func(t *tx) error {
		t.object(id)
		if t.exec(`UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at = 0`, t.now.Milli(), id) == 0 && t.err == nil {
			return storage.Refuse(storage.CodeNotFound, "id", "there is no live token %s", id)
		}
		return nil
	})
	if err != nil {
		return storage.Token{}, err
	}
	found, err := db.tokens(ctx, `WHERE id = ?`, id)
	if err != nil || len(found) == 0 {
		return storage.Token{}, err
	}
	return found[0], nil
}
