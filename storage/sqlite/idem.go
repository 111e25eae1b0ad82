package sqlite

import (
	"context"
	"time"

	"smsbridge/storage"
)

// IdemAge is how long a repeated request is known as one.
const IdemAge = 7 * 24 * time.Hour

const (
	idemRow  = `SELECT digest, object, answer FROM idem WHERE author = ? AND method = ? AND key = ? AND at > ?`
	idemKeep = `
		INSERT INTO idem (author, method, key, digest, object, answer, at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (author, method, key) DO UPDATE
		SET digest = excluded.digest, object = excluded.object, answer = excluded.answer, at = excluded.at`
)

func idemArgs(i *storage.Idem, now storage.Time) []any {
	return []any{ownerKey(i.Author), i.Method, i.Key, now.Add(-IdemAge).UnixMilli()}
}

// idem writes a key down.
func (t *tx) idem(i *storage.Idem) {
	t.exec(idemKeep, ownerKey(i.Author), i.Method, i.Key, i.Digest, i.Object, string(i.Answer), t.now.Milli())
}

// mismatch refuses a key that came with another body.
func mismatch() error {
	return storage.Refuse(storage.CodeIdemMismatch, "idem",
		"this key was used for another request; make a new key for each, and keep it only over retries of the same one")
}

// Idem looks for an earlier request with the same author, method and key: known
// fills in what became of it. Another body is CodeIdemMismatch.
func (db *DB) Idem(ctx context.Context, i *storage.Idem) (known bool, err error) {
	err = db.look(ctx, func(v *view) (err error) {
		var digest, answer string
		if known, err = v.get(idemRow, idemArgs(i, storage.Now()), &digest, &i.Object, &answer); !known || err != nil {
			return err
		}
		if digest != i.Digest {
			return mismatch()
		}
		if answer != "" {
			i.Answer = []byte(answer)
		}
		return nil
	})
	return known, err
}

// SaveIdem keeps the answer to a request with a key.
func (db *DB) SaveIdem(ctx context.Context, i *storage.Idem) error {
	return db.update(ctx, func(t *tx) error {
		t.idem(i)
		return nil
	})
}
