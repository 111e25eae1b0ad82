package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"smsbridge/storage"
)

// openTries is how often a PIN that was good may be entered without its outcome
// being written down: a power cut at the wrong moment must not lock the box out,
// and two lost outcomes of three tries leave the card its last one.
const openTries = 2

// TryPIN asks whether a PIN may be entered on a card, and writes the try down:
// when it answers true, that is committed. A PIN that was not good yet has one
// try on each card for ever, whatever became of it.
func (db *DB) TryPIN(ctx context.Context, iccid, pin string) (may bool, err error) {
	err = db.update(ctx, func(t *tx) error {
		digest := t.pinDigest(iccid, pin)
		var outcome storage.PINOutcome
		var open int
		known := t.get(`SELECT outcome, open FROM pin_try WHERE iccid = ? AND digest = ?`, []any{iccid, digest}, &outcome, &open)
		may = !known || outcome == storage.PINGood && open < openTries
		if may {
			t.exec(`
				INSERT INTO pin_try (iccid, digest, at, open) VALUES (?, ?, ?, 1)
				ON CONFLICT (iccid, digest) DO UPDATE SET at = excluded.at, open = open + 1`, iccid, digest, t.now.Milli())
		}
		return t.err
	})
	return may && err == nil, err
}

// PINTried writes down what became of the try.
func (db *DB) PINTried(ctx context.Context, iccid, pin string, o storage.PINOutcome) error {
	return db.update(ctx, func(t *tx) error {
		t.exec(`UPDATE pin_try SET outcome = ?, open = 0 WHERE iccid = ? AND digest = ?`, o, iccid, t.pinDigest(iccid, pin))
		return t.err
	})
}

// pinDigest stands for a PIN in the ledger: who reads the table alone cannot
// tell it, nor that two cards have the same.
func (t *tx) pinDigest(iccid, pin string) []byte {
	var secret string
	t.get(`SELECT value FROM meta WHERE key = 'secret'`, nil, &secret)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(iccid + "\x00" + pin))
	return mac.Sum(nil)
}
