package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// SetBalance writes down the credit of a line's card. That it has become low is
// told once, and again only after it was not low.
func (db *DB) SetBalance(ctx context.Context, line string, b storage.Balance) error {
	return db.update(ctx, func(t *tx) error {
		l, err := t.aLine("line", line)
		if err != nil {
			return err
		}
		wasLow := l.Balance != nil && l.Balance.Low
		b.At = t.now
		l.Balance, l.Rev = &b, t.next()
		text, err := json.Marshal(b)
		if err != nil {
			return err
		}
		t.exec(`UPDATE line SET balance = ?, rev = ? WHERE id = ?`, string(text), l.Rev, line)
		t.event(storage.LineUpdated, "", line, "line", l)
		if b.Low && !wasLow {
			t.event(storage.LineBalanceLow, "", line, "line", l)
		}
		return t.err
	})
}

// SaveBalanceRule keeps an operator's rule in place of the one before.
func (db *DB) SaveBalanceRule(ctx context.Context, r storage.BalanceRule) error {
	if err := r.Check(); err != nil {
		return err
	}
	return db.update(ctx, func(t *tx) error {
		t.exec(`
			INSERT INTO balance_rule (operator, code, pattern, low) VALUES (?, ?, ?, ?)
			ON CONFLICT (operator) DO UPDATE SET code = excluded.code, pattern = excluded.pattern, low = excluded.low`,
			r.Operator, r.Code, r.Pattern, r.Low)
		return t.err
	})
}

// BalanceRules lists all rules.
func (db *DB) BalanceRules(ctx context.Context) ([]storage.BalanceRule, error) {
	rules := []storage.BalanceRule{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(`SELECT operator, code, pattern, low FROM balance_rule ORDER BY operator`, nil, func(r *sql.Rows) error {
			var b storage.BalanceRule
			err := r.Scan(&b.Operator, &b.Code, &b.Pattern, &b.Low)
			rules = append(rules, b)
			return err
		})
	})
	return rules, err
}
