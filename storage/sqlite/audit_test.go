package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"smsbridge/storage"
)

// audited opens a ledger with n rows of audit, each written with a change.
func audited(t *testing.T, n int) (*DB, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledger.db")
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for i := range n {
		ctx := storage.WithAudit(t.Context(), &storage.Audit{AuditEntry: storage.AuditEntry{
			Author: storage.Author{Kind: "agent", ID: "ag_1", Name: "Ana"}, Method: "contact.save", Object: "ct_1"}})
		if _, err := db.SaveContact(ctx, storage.Contact{Name: fmt.Sprint("Bob ", i), Numbers: []string{"+15550100"}}); err != nil {
			t.Fatal(err)
		}
	}
	return db, path
}

func TestAudit(t *testing.T) {
	db, _ := audited(t, 5)
	rows, err := db.AuditRows(t.Context(), 0, 3)
	if err != nil || len(rows) != 3 || rows[0].Seq != 5 || rows[0].Outcome != storage.AuditDone || rows[0].Author.Name != "Ana" {
		t.Fatalf("%+v %v", rows, err)
	}
	if rows, _ = db.AuditRows(t.Context(), 3, 200); len(rows) != 2 || rows[1].Seq != 1 {
		t.Fatalf("the older ones: %+v", rows)
	}
	v, err := db.VerifyAudit(t.Context())
	if err != nil || v.Fault != "" || v.Rows != 5 || v.Head.Hash == "" {
		t.Fatalf("%+v %v", v, err)
	}
	if again, _ := db.VerifyAudit(t.Context(), v.Head); again.Fault != "" {
		t.Errorf("against its own head: %s", again.Fault)
	}
}

// TestAudit_with_the_change: what is refused leaves no row that says done, and
// what is done cannot be without its row.
func TestAudit_with_the_change(t *testing.T) {
	db, _ := audited(t, 1)
	a := &storage.Audit{AuditEntry: storage.AuditEntry{Method: "contact.save"}}
	ctx := storage.WithAudit(t.Context(), a)
	if _, err := db.SaveContact(ctx, storage.Contact{ID: "ct_none", Name: "x", Numbers: []string{"+15550101"}}); err == nil {
		t.Fatal("it was not refused")
	}
	if rows, _ := db.AuditRows(t.Context(), 0, 10); len(rows) != 1 || a.Written {
		t.Fatalf("a refused change was written down: %+v", rows)
	}
	if _, err := db.SaveContact(ctx, storage.Contact{Name: "x", Numbers: []string{"+15550101"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveContact(ctx, storage.Contact{Name: "y", Numbers: []string{"+15550101"}}); err != nil {
		t.Fatal(err)
	}
	if rows, _ := db.AuditRows(t.Context(), 0, 10); len(rows) != 2 || !a.Written {
		t.Errorf("one request with two changes is one row: %+v", rows)
	}
}

func TestAudit_is_append_only(t *testing.T) {
	db, _ := audited(t, 3)
	for _, query := range []string{`UPDATE audit SET outcome = 'done'`, `DELETE FROM audit WHERE seq = 3`} {
		err := db.update(t.Context(), func(tx *tx) error { tx.exec(query); return nil })
		if err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", query, err)
		}
	}
}

// TestAudit_tampering changes the file as somebody with another program can,
// who takes the triggers away first.
func TestAudit_tampering(t *testing.T) {
	const head = `UPDATE audit_head SET seq = (SELECT max(seq) FROM audit), hash = (SELECT hash FROM audit ORDER BY seq DESC LIMIT 1);`
	for name, c := range map[string]struct {
		query string
		whole bool // nothing to be found: the negative control
		kept  bool // found only with a head that was kept elsewhere
	}{
		"nothing":            {query: `SELECT 1`, whole: true},
		"edit outcome":       {query: `UPDATE audit SET outcome = 'forbidden' WHERE seq = 4`},
		"edit author":        {query: `UPDATE audit SET author = replace(author, 'Ana', 'Ben') WHERE seq = 4`},
		"edit author's form": {query: `UPDATE audit SET author = 'x' WHERE seq = 4`},
		"edit time":          {query: `UPDATE audit SET at = at + 1 WHERE seq = 4`},
		"edit method":        {query: `UPDATE audit SET method = 'contact.list' WHERE seq = 1`},
		"edit object":        {query: `UPDATE audit SET object = '' WHERE seq = 9`},
		"edit hash":          {query: `UPDATE audit SET hash = upper(hash) WHERE seq = 9`},
		"swap":               {query: `UPDATE audit SET seq = -5 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = -5`},
		"move a border":      {query: `UPDATE audit SET method = 'contact.savect', object = '_1' WHERE seq = 3`},
		"delete the first":   {query: `DELETE FROM audit WHERE seq = 1`},
		"delete one":         {query: `DELETE FROM audit WHERE seq = 5`},
		"delete and close":   {query: `DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5`},
		"delete all":         {query: `DELETE FROM audit`},
		"insert":             {query: `INSERT INTO audit SELECT 11, at, author, method, object, outcome, hash FROM audit WHERE seq = 10`},
		"insert before":      {query: `INSERT INTO audit SELECT 0, at, author, method, object, outcome, hash FROM audit WHERE seq = 1`},
		"truncate":           {query: `DELETE FROM audit WHERE seq > 7`},
		"truncate and hide":  {query: `DELETE FROM audit WHERE seq > 7;` + head, kept: true},
		"empty and hide":     {query: `DELETE FROM audit; DELETE FROM audit_head`, kept: true},
	} {
		t.Run(name, func(t *testing.T) {
			db, path := audited(t, 10)
			before, err := db.VerifyAudit(t.Context())
			if err != nil || before.Fault != "" {
				t.Fatal(before.Fault, err)
			}
			db.Close()
			db = tamper(t, path, c.query)
			after, err := db.VerifyAudit(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if found := after.Fault != ""; found == (c.whole || c.kept) {
				t.Errorf("found is %v: %s", found, after.Fault)
			}
			after, _ = db.VerifyAudit(t.Context(), before.Head)
			if found := after.Fault != ""; found == c.whole {
				t.Errorf("with the head kept elsewhere: found is %v: %s", found, after.Fault)
			}
			t.Log(after.Fault)
		})
	}
}

// TestAudit_written_anew makes a new chain that is right in itself.
func TestAudit_written_anew(t *testing.T) {
	db, path := audited(t, 10)
	before, _ := db.VerifyAudit(t.Context())
	rows, _ := db.AuditRows(t.Context(), 0, 100)
	db.Close()
	queries := []string{"DELETE FROM audit"}
	hash := storage.AuditStart
	for i := len(rows) - 1; i >= 0; i-- {
		e := rows[i]
		e.Object = "ct_2"
		e.Hash = e.Chain(hash)
		hash = e.Hash
		queries = append(queries, fmt.Sprintf(`INSERT INTO audit VALUES (%d, %d, '{"kind":"agent","id":"ag_1","name":"Ana"}', '%s', '%s', '%s', '%s')`,
			e.Seq, e.At.Milli(), e.Method, e.Object, e.Outcome, e.Hash))
	}
	queries = append(queries, fmt.Sprintf(`UPDATE audit_head SET hash = '%s'`, hash))
	db = tamper(t, path, strings.Join(queries, ";"))
	if v, err := db.VerifyAudit(t.Context()); err != nil || v.Fault != "" {
		t.Errorf("the new chain is right in itself: %s %v", v.Fault, err)
	}
	if v, _ := db.VerifyAudit(t.Context(), before.Head); v.Fault == "" {
		t.Error("the hash that was kept elsewhere did not show it")
	}
}

func tamper(t *testing.T, path, query string) *DB {
	t.Helper()
	file, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.Exec(`DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete;` + query)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
