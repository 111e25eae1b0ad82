package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// TestDoctor_log: another program reads one moment of the ledger, and the
// write-ahead log grows with every change. The doctor says so and what to do; when
// that program is done, the log is folded back and the doctor is content.
func TestDoctor_log(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	ledger := filepath.Join(filepath.Dir(admin), "ledger.db")
	other, err := sql.Open("sqlite3", "file:"+ledger+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	reading, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Rollback()
	var n int
	if err := reading.QueryRow(`SELECT count(*) FROM contact`).Scan(&n); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	size := func() int64 {
		st, err := os.Stat(ledger + "-wal")
		if err != nil {
			t.Fatal(err)
		}
		return st.Size()
	}
	c, err := client.New(client.Options{Socket: admin})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	note := strings.Repeat("x", 4000)
	for i := 0; size() < storage.WALMost; i++ {
		if _, err := c.SaveContact(t.Context(), storage.Contact{Name: "Ana", Numbers: []string{fmt.Sprintf("+1555010%04d", i%50)}, Notes: note}); err != nil {
			t.Fatal(err)
		}
	}
	_, out, errs := verb("", "doctor", "--admin", admin)
	if !strings.Contains(out, "write-ahead log has 16 MB and cannot be folded back: another program reads") || !strings.Contains(out, "fuser") {
		t.Errorf("while it is read:\n%s%s", out, errs)
	}
	if err := reading.Rollback(); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := verb("", "doctor", "--admin", admin); code != 0 || strings.Contains(out, "write-ahead") {
		t.Errorf("afterwards: %d\n%s%s", code, out, errs)
	}
	if size() >= storage.WALMost {
		t.Errorf("the log still has %d bytes", size())
	}
}
