package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"smsbridge/storage"
)

// object says what the change is about, for the audit.
func (t *tx) object(id string) { t.about = id }

// audit writes an entry behind the newest one.
func (t *tx) audit(e storage.AuditEntry) {
	head := storage.AuditHead{Hash: storage.AuditStart}
	t.get(`SELECT seq, hash FROM audit_head`, nil, &head.Seq, &head.Hash)
	if t.about != "" {
		e.Object = t.about
	}
	if e.Outcome == "" {
		e.Outcome = storage.AuditDone
	}
	e.Seq, e.At = head.Seq+1, t.now
	e.Hash = e.Chain(head.Hash)
	author, _ := json.Marshal(e.Author)
	t.exec(`INSERT INTO audit (seq, at, author, method, object, outcome, hash) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		e.Seq, e.At.Milli(), string(author), e.Method, e.Object, e.Outcome, e.Hash)
	t.exec(`INSERT INTO audit_head (one, seq, hash) VALUES (1, ?, ?)
		ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, hash = excluded.hash`, e.Seq, e.Hash)
}

// Audit writes the entry that ctx carries, for what changes nothing in the
// ledger itself: a refusal, a sign-in that failed, a modem that was reset.
func (db *DB) Audit(ctx context.Context) error {
	return db.update(ctx, func(*tx) error { return nil })
}

const auditColumns = `SELECT seq, at, author, method, object, outcome, hash FROM audit `

func scanAudit(r scanner) (storage.AuditEntry, error) {
	var e storage.AuditEntry
	var at int64
	var author string
	if err := r.Scan(&e.Seq, &at, &author, &e.Method, &e.Object, &e.Outcome, &e.Hash); err != nil {
		return e, err
	}
	e.At = storage.FromMilli(at)
	if json.Unmarshal([]byte(author), &e.Author) != nil {
		e.Author = storage.Author{Kind: "unreadable"} // somebody wrote here; the chain says so
	}
	return e, nil
}

// AuditRows lists at most limit rows, the newest first, that are older than
// before; 0 stands for all.
func (db *DB) AuditRows(ctx context.Context, before int64, limit int) ([]storage.AuditEntry, error) {
	if before <= 0 {
		before = 1 << 62
	}
	found := []storage.AuditEntry{}
	err := db.look(ctx, func(v *view) error {
		return v.rows(auditColumns+`WHERE seq < ? ORDER BY seq DESC LIMIT ?`, []any{before, limit}, func(r *sql.Rows) error {
			e, err := scanAudit(r)
			found = append(found, e)
			return err
		})
	})
	return found, err
}

// VerifyAudit reads every row and tells whether the chain is whole, and passes
// through the heads that were kept elsewhere.
func (db *DB) VerifyAudit(ctx context.Context, known ...storage.AuditHead) (storage.AuditVerdict, error) {
	chain := storage.NewAuditChain(known...)
	var last storage.AuditHead
	err := db.look(ctx, func(v *view) error {
		if _, err := v.get(`SELECT seq, hash FROM audit_head`, nil, &last.Seq, &last.Hash); err != nil {
			return err
		}
		return v.rows(auditColumns+`ORDER BY seq`, nil, func(r *sql.Rows) error {
			e, err := scanAudit(r)
			chain.Add(e)
			return err
		})
	})
	return chain.Verdict(last), err
}
