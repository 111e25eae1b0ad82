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

const balanceRuleColumns = `SELECT operator, code, pattern, low, rev FROM balance_rule `

func scanBalanceRule(r scanner) (storage.BalanceRule, error) {
	var b storage.BalanceRule
	err := r.Scan(&b.Operator, &b.Code, &b.Pattern, &b.Low, &b.Rev)
	return b, err
}

// SaveBalanceRule keeps an operator's rule in place of the one before.
func (db *DB) SaveBalanceRule(ctx context.Context, r storage.BalanceRule) (storage.BalanceRule, error) {
	if err := r.Check(); err != nil {
		return r, err
	}
	err := db.update(ctx, func(t *tx) error {
		if _, err := t.freshBalanceRule(r.Operator); err != nil {
			return err
		}
		r.Rev = t.next()
		t.exec(`
			INSERT INTO balance_rule (operator, code, pattern, low, rev) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (operator) DO UPDATE SET code = excluded.code, pattern = excluded.pattern, low = excluded.low, rev = excluded.rev`,
			r.Operator, r.Code, r.Pattern, r.Low, r.Rev)
		t.object(r.Operator)
		t.event(storage.BalanceRuleUpdated, "", "", "rule", r)
		return t.err
	})
	return r, err
}

// DeleteBalanceRule forgets an operator's rule: its credit is not asked for any
// more, and what it told last stays.
func (db *DB) DeleteBalanceRule(ctx context.Context, operator string) error {
	return db.update(ctx, func(t *tx) error {
		t.object(operator)
		known, err := t.freshBalanceRule(operator)
		if err != nil {
			return err
		}
		if !known {
			return storage.Refuse(storage.CodeNotFound, "operator", "there is no rule for %q; it is written as the rule has it", operator)
		}
		t.exec(`DELETE FROM balance_rule WHERE operator = ?`, operator)
		t.event(storage.BalanceRuleDeleted, "", "", "rule", storage.BalanceRule{Operator: operator, Rev: t.next()})
		return t.err
	})
}

// freshBalanceRule compares what the caller knows of the rule of an operator, and
// tells whether there is one; one that was never set has rev 0.
func (t *tx) freshBalanceRule(operator string) (known bool, err error) {
	now := storage.BalanceRule{Operator: operator}
	t.rows(balanceRuleColumns+`WHERE operator = ?`, []any{operator}, func(r *sql.Rows) (err error) {
		known = true
		now, err = scanBalanceRule(r)
		return err
	})
	return known, t.fresh(now.Rev, now)
}

// BalanceRules lists all rules.
func (db *DB) BalanceRules(ctx context.Context) ([]storage.BalanceRule, error) {
	rules := []storage.BalanceRule{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(balanceRuleColumns+`ORDER BY operator`, nil, func(r *sql.Rows) error {
			b, err := scanBalanceRule(r)
			rules = append(rules, b)
			return err
		})
	})
	return rules, err
}
