package web

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"smsbridge/storage"
)

// TestIdem: a key that comes again is answered again, and nothing is made
// twice, for what looks after its key itself and for what does not.
func TestIdem(t *testing.T) {
	b := newBox(t)
	owner := b.owner(t)
	_, other := b.person(t, "Max", storage.RoleOwner)
	ask := func(cookie, path, key, body string) (int, map[string]any) {
		answer, text := b.ask(t, "POST", path, body, "Cookie", cookie, "Origin", b.url, "Idempotency-Key", `"`+key+`"`)
		var v map[string]any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return answer.StatusCode, v
	}
	for name, c := range map[string]struct{ path, body, same, other string }{
		"message.send": {"/api/v1/messages", `{"to":{"number":"+15550100"},"text":"one"}`, `{"text":"one","to":{"number":"+15550100"}}`, `{"to":{"number":"+15550100"},"text":"two"}`},
		"contact.save": {"/api/v1/contacts", `{"name":"Ann","numbers":["+15550111"]}`, `{"numbers": ["+15550111"], "name": "Ann"}`, `{"name":"Bob","numbers":["+15550112"]}`},
		"token.create": {"/api/v1/tokens", `{"label":"a","scopes":["messages:read"]}`, `{"scopes":["messages:read"],"label":"a"}`, `{"label":"b","scopes":["messages:read"]}`},
	} {
		t.Run(name, func(t *testing.T) {
			before, _ := b.db.Head(t.Context())
			status, first := ask(owner, c.path, "k1", c.body)
			if status >= 300 {
				t.Fatalf("%d %v", status, first)
			}
			made, _ := b.db.Head(t.Context())
			again, second := ask(owner, c.path, "k1", c.same)
			if again != status || second["replayed"] != true {
				t.Errorf("the second time: %d %v", again, second)
			}
			if id(first) == "" || id(second) != id(first) {
				t.Errorf("made %q, then %q", id(first), id(second))
			}
			if now, _ := b.db.Head(t.Context()); now.Seq != made.Seq {
				t.Errorf("the repeat made %d events, the first %d", now.Seq-made.Seq, made.Seq-before.Seq)
			}
			if status, v := ask(owner, c.path, "k1", c.other); status != 422 || v["code"] != float64(idemMismatch.Code) {
				t.Errorf("another body: %d %v", status, v)
			}
			if status, v := ask(other, c.path, "k1", c.other); status >= 300 || v["replayed"] == true {
				t.Errorf("somebody else's key: %d %v", status, v)
			}
			if status, v := ask(owner, c.path, "k2", c.body); status >= 300 || v["replayed"] == true {
				t.Errorf("another key: %d %v", status, v)
			}
		})
	}
	t.Run("a refusal uses up no key", func(t *testing.T) {
		if status, _ := ask(owner, "/api/v1/tokens", "k9", `{"label":"","scopes":["nonsense"]}`); status < 400 {
			t.Fatal(status)
		}
		if status, v := ask(owner, "/api/v1/tokens", "k9", `{"label":"good","scopes":["messages:read"]}`); status != 201 {
			t.Errorf("%d %v", status, v)
		}
	})
	t.Run("no secret is kept", func(t *testing.T) {
		_, v := ask(owner, "/api/v1/tokens", "k10", `{"label":"s","scopes":["messages:read"]}`)
		secret, _ := v["secret"].(string)
		if secret == "" {
			t.Fatal(v)
		}
		if _, again := ask(owner, "/api/v1/tokens", "k10", `{"label":"s","scopes":["messages:read"]}`); again["secret"] != nil || again["token"] == nil {
			t.Errorf("the repeat shows %v", again)
		}
		for _, name := range []string{"", "-wal"} {
			if text, _ := os.ReadFile(b.path + name); strings.Contains(string(text), secret) {
				t.Errorf("the secret is in the ledger%s", name)
			}
		}
	})
	t.Run("after seven days it is a new one", func(t *testing.T) {
		_, first := ask(owner, "/api/v1/contacts", "k11", `{"name":"Old","numbers":["+15550121"]}`)
		behind(t, b.path, `UPDATE idem SET at = 1 WHERE key = 'k11'`)
		if _, v := ask(owner, "/api/v1/contacts", "k11", `{"name":"New","numbers":["+15550122"]}`); v["contact"] == nil || v["replayed"] == true {
			t.Errorf("%v after %v", v, first)
		}
		behind(t, b.path, `UPDATE idem SET at = 1`)
		if err := b.db.Trim(t.Context()); err != nil {
			t.Fatal(err)
		}
		if known, _ := b.db.Idem(t.Context(), &storage.Idem{Author: storage.Author{Kind: "agent"}, Method: "contact.save", Key: "k11"}); known {
			t.Error("an old key was not forgotten")
		}
	})
	t.Run("an answer that was lost", func(t *testing.T) {
		_, first := ask(owner, "/api/v1/contacts", "k12", `{"name":"Lost","numbers":["+15550131"]}`)
		behind(t, b.path, `UPDATE idem SET answer = '' WHERE key = 'k12'`)
		if status, v := ask(owner, "/api/v1/contacts", "k12", `{"name":"Lost","numbers":["+15550131"]}`); status != 409 || v["type"] != "/problems/conflict" {
			t.Errorf("%d %v after %v", status, v, first)
		}
	})
}

// id is the id in an answer, whatever it is of.
func id(answer map[string]any) string {
	for _, v := range answer {
		if o, ok := v.(map[string]any); ok && o["id"] != nil {
			return o["id"].(string)
		}
	}
	return ""
}

// TestIdem_in_progress: while the first is being done, the second is told to
// wait.
func TestIdem_in_progress(t *testing.T) {
	began, go_on := make(chan struct{}), make(chan struct{})
	b := newBox(t, func(rows []method) []method {
		return append(rows, method{"slow.do", "POST", "/api/v1/slow", storage.ScopeAdmin, storage.RoleOwner, 200,
			bind(func(*Server, context.Context, storage.Caller, none) (any, error) {
				close(began)
				<-go_on
				return struct{}{}, nil
			}), nil})
	})
	p := &proof{who: storage.Caller{Admin: true}}
	m := b.byName["slow.do"]
	done := make(chan error, 1)
	go func() {
		_, err := b.call(context.Background(), m, p, json.RawMessage(`{"idem":"k"}`))
		done <- err
	}()
	<-began
	_, err := b.call(t.Context(), m, p, json.RawMessage(`{"idem":"k"}`))
	if r, ok := err.(*refusal); !ok || r.Code != idemRunning.Code || r.Status != 409 || !r.Retryable || r.After == 0 {
		t.Errorf("the second: %v", err)
	}
	close(go_on)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if v, err := b.call(t.Context(), m, p, json.RawMessage(`{"idem":"k"}`)); err != nil || !strings.Contains(string(encode(v)), `"replayed":true`) {
		t.Errorf("afterwards: %s %v", encode(v), err)
	}
}

// TestFresh: a change of an object that has moved on is refused with the object
// as it stands.
func TestFresh(t *testing.T) {
	b := newBox(t)
	current := storage.Contact{ID: "ct_1", Name: "Ann", Rev: 9}
	for _, c := range []struct {
		ifRev int64
		stale bool
	}{{0, false}, {9, false}, {8, true}, {10, true}} {
		err := storage.Fresh(c.ifRev, current.Rev, current)
		if (err != nil) != c.stale {
			t.Errorf("if_rev %d: %v", c.ifRev, err)
		}
		if err == nil {
			continue
		}
		text := string(encode(b.rpcError(t.Context(), err)))
		if !strings.Contains(text, `"type":"conflict"`) || !strings.Contains(text, `"current":{"id":"ct_1"`) {
			t.Errorf("told as %s", text)
		}
	}
}
