package web

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func (b *box) signIn(t *testing.T, code, name string) (*http.Response, string) {
	t.Helper()
	return b.ask(t, "POST", "/api/v1/session", fmt.Sprintf(`{"code":%q,"name":%q}`, code, name), "Origin", b.url)
}

func TestFirstRun(t *testing.T) {
	b := newBox(t)
	if _, text := b.ask(t, "GET", "/api/v1/session", ""); text != `{"signed_in":false,"setup":true,"demo":false,"version":"0.0.0","box":"bx_test","box_name":"Test box"}`+"\n" {
		t.Errorf("before: %s", text)
	}
	code, err := b.NewCode(t.Context())
	if err != nil || !regexp.MustCompile(`^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$`).MatchString(code) {
		t.Fatalf("code %q %v", code, err)
	}
	if answer, text := b.signIn(t, code, " "); answer.StatusCode != 400 || problemOf(t, text).Field != "name" {
		t.Errorf("without a name: %d %s", answer.StatusCode, text)
	}
	answer, text := b.signIn(t, strings.ToLower(code[:4])+" "+code[5:], "Olga")
	if answer.StatusCode != 200 || !strings.Contains(text, `"name":"Olga","role":"owner"`) {
		t.Fatalf("sign in: %d %s", answer.StatusCode, text)
	}
	cookie := answer.Header.Get("Set-Cookie")
	for _, word := range []string{"smsbridgebx_test=", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"} {
		if !strings.Contains(cookie, word) {
			t.Errorf("the cookie lacks %s: %s", word, cookie)
		}
	}
	secret, _, _ := strings.Cut(cookie, ";")
	if _, text := b.ask(t, "GET", "/api/v1/session", "", "Cookie", secret); !strings.Contains(text, `"signed_in":true`) || !strings.Contains(text, `"setup":false`) {
		t.Errorf("after: %s", text)
	}
	if answer, text := b.signIn(t, code, "Eve"); answer.StatusCode != 401 || problemOf(t, text).Field != "code" {
		t.Errorf("the code again: %d %s", answer.StatusCode, text)
	}
	if answer, _ := b.ask(t, "POST", "/api/v1/messages/count", `{"text":"x"}`, "Cookie", secret, "Origin", b.url); answer.StatusCode != 200 {
		t.Errorf("with the session: %d", answer.StatusCode)
	}
	if answer, _ := b.ask(t, "DELETE", "/api/v1/session", "", "Cookie", secret, "Origin", b.url); answer.StatusCode != 200 || !strings.Contains(answer.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: %d %v", answer.StatusCode, answer.Header)
	}
	if answer, _ := b.ask(t, "GET", "/api/v1/me", "", "Cookie", secret); answer.StatusCode != 401 {
		t.Errorf("after signing out: %d", answer.StatusCode)
	}
	code, _ = b.NewCode(t.Context())
	if answer, text := b.signIn(t, code, ""); answer.StatusCode != 200 || !strings.Contains(text, "Olga") {
		t.Errorf("the owner again: %d %s", answer.StatusCode, text)
	}
}

func TestGuessing(t *testing.T) {
	b := newBox(t)
	code, err := b.NewCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range triesPerMinute {
		if answer, _ := b.signIn(t, "BBBB-BBBB", "Eve"); answer.StatusCode != 401 {
			t.Errorf("try %d: %d", i, answer.StatusCode)
		}
	}
	answer, text := b.signIn(t, code, "Eve")
	if answer.StatusCode != 429 || answer.Header.Get("Retry-After") == "" || problemOf(t, text).After == 0 {
		t.Errorf("a sixth, and be it right: %d %s", answer.StatusCode, text)
	}
	b.tries.wrong = nil // a minute passes
	for range triesPerCode - triesPerMinute {
		b.signIn(t, "BBBB-BBBB", "Eve")
	}
	b.tries.wrong = nil
	if answer, _ := b.signIn(t, code, "Eve"); answer.StatusCode != 401 {
		t.Errorf("the code after ten wrong tries: %d", answer.StatusCode)
	}
	b.tries.wrong = nil
	code, _ = b.NewCode(t.Context())
	if answer, text := b.signIn(t, code, "Olga"); answer.StatusCode != 200 {
		t.Errorf("a new code: %d %s", answer.StatusCode, text)
	}
}

func TestTries_by_the_clock(t *testing.T) {
	var tr tries
	now := time.Unix(0, 0)
	evaluated := 0
	for range 10_000 { // one guess a second
		now = now.Add(time.Second)
		if tr.take(now) == 0 {
			evaluated++
		}
	}
	if most := 5 * (10_000/60 + 1); evaluated > most {
		t.Errorf("%d guesses of 10000 were looked at; %d are the most", evaluated, most)
	}
	for range 100 { // right ones count for nothing
		now = now.Add(time.Minute)
		for range 20 {
			if tr.take(now) != 0 {
				t.Fatal("a right code was held up")
			}
			tr.right()
		}
	}
}

func TestCodes_differ(t *testing.T) {
	b := newBox(t)
	seen := make(map[string]bool)
	for range 200 {
		code, err := b.NewCode(t.Context())
		if err != nil || seen[code] {
			t.Fatalf("%q came before, or %v", code, err)
		}
		seen[code] = true
	}
}
