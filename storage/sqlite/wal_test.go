package sqlite

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/storage"
)

// grow writes until the write-ahead log is big. While somebody reads a moment of
// the ledger nothing of it can be used again.
func grow(t *testing.T, db *DB) {
	t.Helper()
	note := strings.Repeat("x", 4000)
	for i := 0; db.wal().Bytes < storage.WALMost; i++ {
		_, err := db.SaveContact(t.Context(), storage.Contact{Name: fmt.Sprint("A", i%50), Numbers: []string{fmt.Sprintf("+1555010%04d", i%50)}, Notes: note})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestFoldBack: a log that grew while somebody was reading names who, and lets
// changes pass; when they are done it is folded back, and nothing is lost.
func TestFoldBack(t *testing.T) {
	db := open(t)
	reading, enough := make(chan struct{}), make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		err := db.look(storage.WithReader(t.Context(), "GET /api/v1/export"), func(v *view) error {
			_, err := v.head()
			close(reading)
			<-enough
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-reading
	grow(t, db)
	w, err := db.FoldBack(t.Context())
	if err != nil || w.Bytes < storage.WALMost || w.Reader != "GET /api/v1/export" {
		t.Fatalf("while it is read: %+v %v", w, err)
	}
	found, bad := w.Finding(w.Since.Add(90 * time.Second))
	if !bad || !strings.Contains(found.Cause, "GET /api/v1/export has been reading since") || !strings.Contains(found.Cause, "for 1m30s") || found.Next == "" {
		t.Errorf("%+v", found)
	}
	if err := db.Probe(t.Context()); err != nil {
		t.Errorf("nothing can be written meanwhile: %v", err)
	}
	close(enough)
	reader.Wait()
	if w := db.wal(); w.Bytes < storage.WALMost || w.Reader != "" {
		t.Fatalf("before it is folded back: %+v", w)
	}
	if w, err := db.FoldBack(t.Context()); err != nil || w.Bytes != 0 {
		t.Fatalf("it is not folded back: %+v %v", w, err)
	}
	if page, err := db.Contacts(t.Context(), "", storage.Page{Limit: 100}); err != nil || len(page.Contacts) != 50 {
		t.Errorf("%d contacts, %v", len(page.Contacts), err)
	}
}

// TestFoldBack_outside: a reader that is not of this program is not named, and
// the doctor says how to find it.
func TestFoldBack_outside(t *testing.T) {
	found, bad := storage.WAL{Bytes: 100 << 20}.Finding(time.Now())
	if !bad || !strings.Contains(found.Cause, "100 MB") || !strings.Contains(found.Cause, "another program") || !strings.Contains(found.Next, "fuser") {
		t.Errorf("%+v", found)
	}
	if _, bad := (storage.WAL{Bytes: storage.WALMost - 1, Reader: "x"}).Finding(time.Now()); bad {
		t.Error("a small log is a finding")
	}
	if got := storage.ReaderOf(context.Background()); got == "" {
		t.Error("who has no name is nobody")
	}
}
