package sqlite

import (
	"context"
	"encoding/json"

	"smsbridge/storage"
)

// readRules gives the rules that were set, or those that hold without.
func readRules(get func(query string, args []any, dest ...any) (bool, error)) (storage.Rules, error) {
	var text string
	ok, err := get(`SELECT text FROM rules`, nil, &text)
	if !ok || err != nil {
		return storage.DefaultRules(), err
	}
	var r storage.Rules
	err = json.Unmarshal([]byte(text), &r)
	return r, err
}

// Rules are those that hold.
func (db *DB) Rules(ctx context.Context) (r storage.Rules, err error) {
	err = db.look(ctx, func(v *view) error {
		r, err = readRules(v.get)
		return err
	})
	return r, err
}

// ChangeRules gives the rules that hold to change, and sets what it makes of
// them, in one commit.
func (db *DB) ChangeRules(ctx context.Context, change func(storage.Rules) storage.Rules) (r storage.Rules, err error) {
	err = db.update(ctx, func(t *tx) error {
		before, err := readRules(t.find)
		if err != nil {
			return err
		}
		if err := t.fresh(before.Rev, before); err != nil {
			return err
		}
		if r, err = change(before).Check(); err != nil {
			return err
		}
		r.Rev = t.next()
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		t.exec(`INSERT INTO rules (one, text) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET text = excluded.text`, string(text))
		t.event(storage.GuardUpdated, "", "", "guard", storage.GuardChange{Rules: &r})
		return t.err
	})
	return r, err
}
