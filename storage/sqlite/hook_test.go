package sqlite

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// Secrets can be read back by this ledger and stand in none of its files; a
// copy without the key file cannot read them, and says what to do.
func TestHookSecrets(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db, err := Open(ctx, filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	h, first, err := db.CreateHook(ctx, storage.Hook{URL: "https://example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	_, second, err := db.RotateHook(ctx, h.ID, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	secrets, err := db.HookSecrets(ctx, h.ID)
	if err != nil || len(secrets) != 2 || secrets[1].Expires.IsZero() || !secrets[0].Expires.IsZero() {
		t.Fatalf("%+v %v", secrets, err)
	}
	for i, text := range []string{second, first} {
		if base64.StdEncoding.EncodeToString(secrets[i].Key) != strings.TrimPrefix(text, storage.HookSecretPrefix) {
			t.Errorf("secret %d is not the one that was shown", i)
		}
	}
	db.Close()
	found := func(what []byte) (files int) {
		names, _ := filepath.Glob(filepath.Join(dir, "ledger.db*"))
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(text, what) {
				files++
			}
		}
		return files
	}
	for _, s := range secrets {
		for _, form := range []string{string(s.Key), hex.EncodeToString(s.Key), base64.StdEncoding.EncodeToString(s.Key)} {
			if found([]byte(form)) > 0 {
				t.Errorf("a secret stands in a file as %d bytes", len(form))
			}
		}
	}
	if found([]byte(h.ID)) == 0 {
		t.Error("negative control: even the id of the hook was not found; the search sees nothing")
	}
	if st, err := os.Stat(filepath.Join(dir, "ledger.db-key")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v", st, err)
	}

	if err := os.Remove(filepath.Join(dir, "ledger.db-key")); err != nil {
		t.Fatal(err)
	}
	copied, err := Open(ctx, filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if _, err := copied.HookSecrets(ctx, h.ID); code(err) != storage.CodeConflict || !strings.Contains(err.Error(), "hook rotate") {
		t.Errorf("without the key: %v", err)
	}
	if _, _, err := copied.RotateHook(ctx, h.ID, 0); err != nil {
		t.Fatal(err)
	}
	if s, err := copied.HookSecrets(ctx, h.ID); err != nil || len(s) != 1 {
		t.Errorf("after a rotation: %v %v", s, err)
	}
}

// What was tried for a hook as it was before is not written over what it is
// now: else a replay could be undone by a try that was under way.
func TestSettleHook_changed(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	h, _, err := db.CreateHook(ctx, storage.Hook{URL: "https://example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	attach(t, db)
	now := storage.Now()
	s := storage.Settlement{Hook: h.ID, Rev: h.Rev, Cursor: h.Cursor + 1, Prev: h.Cursor + 1,
		Deliveries: []storage.Delivery{{Seq: h.Cursor + 1, State: storage.DeliveryDelivered, Attempts: 1, FirstTry: now, LastTry: now}}}
	if err := db.SettleHook(ctx, s); err != nil {
		t.Fatal(err)
	}
	again, err := db.ReplaySince(ctx, h.ID, h.Cursor)
	if err != nil || again.Cursor != h.Cursor {
		t.Fatalf("%+v %v", again, err)
	}
	if err := db.SettleHook(ctx, s); code(err) != storage.CodeConflict {
		t.Errorf("a stale settlement: %v", err)
	}
	page, err := db.Deliveries(ctx, h.ID, "", storage.Page{})
	if err != nil || len(page.Deliveries) != 0 {
		t.Errorf("%+v %v", page, err)
	}
	if err := db.DeleteHook(ctx, h.ID); err != nil {
		t.Fatal(err)
	}
	if err := db.SettleHook(ctx, s); code(err) != storage.CodeConflict {
		t.Errorf("a settlement of a hook that is gone: %v", err)
	}
}

// The event of a hook goes to everybody who reads the log: it names no URL.
func TestHookEvent_tells_no_URL(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	h, _, err := db.CreateHook(ctx, storage.Hook{URL: "https://example.com/canary", Label: "crm", Template: "canary"})
	if err != nil {
		t.Fatal(err)
	}
	events, err := db.Events(ctx, h.Rev-1, 10)
	if err != nil || len(events) != 1 || events[0].Type != storage.HookUpdated {
		t.Fatalf("%+v %v", events, err)
	}
	if text := string(events[0].Data); strings.Contains(text, "canary") || !strings.Contains(text, `"label":"crm"`) {
		t.Error(text)
	}
}

func TestTrim_deliveries(t *testing.T) {
	ctx := context.Background()
	db := open(t)
	h, _, err := db.CreateHook(ctx, storage.Hook{URL: "https://example.com/"})
	if err != nil {
		t.Fatal(err)
	}
	s := storage.Settlement{Hook: h.ID, Rev: h.Rev, Cursor: h.Cursor, Prev: h.Prev}
	for i, d := range []struct {
		state string
		age   time.Duration
	}{
		{storage.DeliveryDelivered, storage.DeliveredAge + time.Hour}, // goes
		{storage.DeliveryDelivered, storage.DeliveredAge - time.Hour},
		{storage.DeliveryDead, storage.DeadAge + time.Hour}, // goes
		{storage.DeliveryDead, storage.DeliveredAge + time.Hour},
		{storage.DeliveryWaiting, storage.DeadAge + time.Hour},
	} {
		at := storage.At(time.Now().Add(-d.age))
		s.Deliveries = append(s.Deliveries, storage.Delivery{Seq: int64(i + 1), State: d.state, Attempts: 1, FirstTry: at, LastTry: at})
	}
	if err := db.SettleHook(ctx, s); err != nil {
		t.Fatal(err)
	}
	if err := db.Trim(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := db.Deliveries(ctx, h.ID, "", storage.Page{})
	var left []int64
	for _, d := range page.Deliveries {
		left = append(left, d.Seq)
	}
	if err != nil || len(left) != 3 || left[0] != 5 || left[1] != 4 || left[2] != 2 {
		t.Errorf("left are %v, %v", left, err)
	}
}
