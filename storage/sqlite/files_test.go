package sqlite

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"smsbridge/storage"
)

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// plant makes a file by SQL alone.
func plant(t testing.TB, path, text string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(text); err != nil {
		t.Fatal(err)
	}
}

// time0 is some moment.
func time0() storage.Time { return storage.At(time.Unix(1_800_000_000, 0)) }
