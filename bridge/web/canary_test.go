package web

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smsbridge/storage"
)

// canaries collects secrets and looks for them.
type canaries struct {
	secrets [][]byte
}

func (c *canaries) add(secret string) { c.secrets = append(c.secrets, []byte(secret)) }

// in tells how many of the secrets stand in text.
func (c *canaries) in(text []byte) (hits int) {
	for _, s := range c.secrets {
		if bytes.Contains(text, s) {
			hits++
		}
	}
	return hits
}

// TestCanaries makes a thousand tokens, and codes, passwords, invitations and
// sessions, uses each rightly and wrongly, and looks for them in every byte that
// the box has written: the ledger, its write-ahead log, a copy of it as backups
// are made, and the log at its most talkative. None of them is kept in a form
// that can be turned back: tokens, sessions and codes as SHA-256, passwords as
// argon2id.
func TestCanaries(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Log = nil })
	b.Server.log = slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.Server.c.Log = b.Server.log
	owner := b.owner(t)
	var all canaries
	all.add(strings.SplitN(owner, "=", 2)[1])

	tokens := 1000
	if testing.Short() {
		tokens = 50
	}
	for i := range tokens {
		_, text := b.page(t, owner, "POST", "/api/v1/tokens", `{"label":"canary","scopes":["messages:read"]}`)
		var made struct {
			Token  storage.Token
			Secret string
		}
		if err := json.Unmarshal([]byte(text), &made); err != nil || made.Secret == "" {
			t.Fatalf("%s %v", text, err)
		}
		all.add(made.Secret)
		switch i % 8 { // rightly, and wherever one may put it by mistake
		case 0:
			b.ask(t, "GET", "/api/v1/me", "", "Authorization", bearer(made.Secret))
		case 1:
			b.ask(t, "GET", "/api/v1/me?token="+made.Secret, "")
		case 2:
			b.page(t, owner, "DELETE", "/api/v1/tokens/"+made.Secret, "")
		case 3:
			b.page(t, owner, "PATCH", "/api/v1/agents/"+made.Secret, `{"role":"viewer"}`)
		case 4:
			if i > 100 { // each takes a password's hash
				continue
			}
			b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":%q,"password":%q}`, made.Secret, made.Secret))
			b.wrong = attempts{}
		case 5:
			b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q}`, made.Secret))
			b.tries.wrong, b.tries.ofCode = nil, 0
		case 6:
			b.ask(t, "GET", "/"+made.Secret, "", "Authorization", "Basic "+made.Secret)
		case 7:
			b.page(t, owner, "DELETE", "/api/v1/tokens/"+made.Token.ID, "")
			b.ask(t, "GET", "/api/v1/me", "", "Authorization", bearer(made.Secret))
		}
	}
	for i := range 8 {
		password := "canary " + newSecret("")
		all.add(password)
		code, err := b.NewCode(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, text := b.page(t, owner, "POST", "/api/v1/agents", fmt.Sprintf(`{"name":"Ana %d","role":"agent"}`, i))
		var in invitation
		if err := json.Unmarshal([]byte(text), &in); err != nil || in.Code == "" {
			t.Fatalf("%s %v", text, err)
		}
		for _, c := range []string{code, plainCode(code), in.Code, plainCode(in.Code)} {
			all.add(c)
		}
		answer, text := b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q,"password":%q}`, in.Code, password))
		want(t, "sign in", answer, text, 200)
		all.add(strings.SplitN(cookieIn(answer), "=", 2)[1])
		b.page(t, "", "POST", "/api/v1/session", fmt.Sprintf(`{"name":%q,"password":%q}`, password, password)) // in the wrong field
		b.page(t, cookieIn(answer), "POST", "/api/v1/agents/me/password", fmt.Sprintf(`{"old":%q,"password":"x"}`, password))
		b.wrong = attempts{}
	}

	dir := filepath.Dir(b.path)
	copied := filepath.Join(dir, "copy.db")
	file, err := sql.Open("sqlite3", b.path)
	if err == nil {
		_, err = file.Exec("VACUUM INTO ?", copied)
		file.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{"log": []byte(b.log.String())}
	for _, name := range []string{b.path, b.path + "-wal", copied} {
		if texts[name], err = os.ReadFile(name); err != nil || len(texts[name]) == 0 {
			t.Fatalf("%s: %d bytes, %v", name, len(texts[name]), err)
		}
	}
	looked := 0
	for name, text := range texts {
		looked += len(text)
		if hits := all.in(text); hits > 0 {
			t.Errorf("%d secrets stand in %s", hits, filepath.Base(name))
		}
	}
	t.Logf("%d secrets, %d bytes looked at", len(all.secrets), looked)

	// The planted leak: a contact whose name is a secret stands in the ledger.
	leak := "canary-" + newSecret("")
	all.add(leak)
	if _, err := b.db.SaveContact(t.Context(), storage.Contact{Name: leak, Numbers: []string{"+15550100"}}); err != nil {
		t.Fatal(err)
	}
	wal, err := os.ReadFile(b.path + "-wal")
	if err != nil || all.in(wal) != 1 {
		t.Errorf("the planted leak was not found: %d, %v", all.in(wal), err)
	}
}
