package sqlite

import (
	"context"
	"path/filepath"
	"testing"
)

func TestProbe(t *testing.T) {
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	changes := func() (n int) {
		if err := db.reader.QueryRow(`PRAGMA data_version`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := changes()
	if err := db.Probe(t.Context()); err != nil {
		t.Errorf("a ledger that takes changes: %v", err)
	}
	if changes() != before {
		t.Error("the probe was committed")
	}
	if _, err := db.write.conn.ExecContext(t.Context(), `PRAGMA query_only = 1`); err != nil {
		t.Fatal(err)
	}
	if db.Probe(t.Context()) == nil {
		t.Error("a ledger that nobody can write to passes")
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if db.Probe(gone) == nil {
		t.Error("a probe that was given up passes")
	}
	db.Close()
	if db.Probe(t.Context()) == nil {
		t.Error("a closed ledger passes")
	}
}
