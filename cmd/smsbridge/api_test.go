package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/conform"
	"smsbridge/storage"
)

var updateExamples = flag.Bool("update-examples", false, "write the answers in the documents' examples anew, from a demo box")

// startBox runs a demo box and makes a token that may everything, and one of an
// account that is an owner's.
func startBox(t *testing.T) (url, token, person string) {
	t.Helper()
	dir := t.TempDir()
	start(t, func(line string) {
		if address, ok := strings.CutPrefix(line, "ready "); ok {
			url = address
		}
	}, build(t, ""), "serve", "--demo", "--listen", "127.0.0.1:0", "--db", filepath.Join(dir, "demo.db"), "--admin", filepath.Join(dir, "admin.sock")).atEnd(t)
	verb := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append(args, "--admin", filepath.Join(dir, "admin.sock")), nil, &out, &errs); code != 0 {
			t.Fatalf("%v: %s", args, errs.String())
		}
		return strings.TrimSpace(out.String())
	}
	token = verb("token", "create", "--label", "check", "--scope", "admin", "-q")
	verb("agent", "add", "Boss", "--role", "owner")
	return url, token, verb("token", "create", "--label", "person", "--scope", "admin", "--agent", "Boss", "-q")
}

// furnish lets a box have what the examples are about: strangers who wait for
// somebody, texts that are meant for later, a contact.
func furnish(t *testing.T, url, token string) {
	t.Helper()
	ask := func(verb, path, body string) (got struct {
		Lines []storage.Line
		Agent storage.Agent
	}) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), verb, url+"/api/v1"+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		text, err := io.ReadAll(a.Body)
		if err != nil || a.StatusCode >= 300 {
			t.Fatalf("%s %s: %d %s %v", verb, path, a.StatusCode, text, err)
		}
		if err := json.Unmarshal(text, &got); err != nil && strings.HasPrefix(path, "/agents") {
			t.Fatalf("%s: %v", path, err)
		}
		return got
	}
	ben := ask("POST", "/agents", `{"name":"Ben","role":"agent"}`).Agent
	lines := ask("GET", "/lines", "").Lines
	for _, l := range lines {
		ask("POST", "/lines/"+l.ID+"/agents", fmt.Sprintf(`{"agent":%q}`, ben.ID))
	}
	ask("PATCH", "/lines/"+lines[0].ID+"/desk", `{"cases":"on","wait_s":600}`)
	for _, from := range []string{"%2B15550123", "%2B15550124"} {
		ask("POST", "/lab/handsets/"+from+"/send", fmt.Sprintf(`{"to":%q,"text":"Is the van ready?"}`, lines[0].Number))
	}
	for range 2 {
		ask("POST", "/messages", fmt.Sprintf(`{"to":{"number":"+15550125"},"from":%q,"text":"Later.","at":%q}`, lines[0].ID, time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339)))
	}
	ask("POST", "/contacts", `{"name":"A. Ruiz","numbers":["+15550144"]}`)
}

func (p *process) atEnd(t *testing.T) {
	t.Cleanup(func() { p.end(os.Interrupt) })
}

// notInTheDemo are the examples that a demo box refuses: its modems make no
// calls, no video is set up, its USSD asks nothing back, its cards stay where they
// are, the fate of every text is known, the pairing was approved already, the
// owner has no offer ringing to decline, and a thread is part of another by the
// time that it is to be deleted.
var notInTheDemo = []string{"call.dial", "call.dtmf", "call.start", "chat.video", "line.move", "message.close", "message.resend",
	"offer.decline", "pair.deny", "thread.delete", "ussd.answer", "ussd.cancel"}

// TestAPICheck looks at the daemon with pretend modems as somebody from outside
// would: everything that is promised holds, and every example of the documents
// is answered as they say.
func TestAPICheck(t *testing.T) {
	t.Parallel()
	url, token, person := startBox(t)
	furnish(t, url, token)
	answers := make(map[string]any)
	var refused []string
	passed := 0
	err := conform.Run(t.Context(), conform.Options{URL: url, Token: token, Person: person, Everything: true,
		Recorded: func(name string, answer any) { answers[name] = answer }}, func(r conform.Result) {
		switch {
		case r.Outcome != conform.Passed:
			t.Errorf("%s: %s %s", r.Name, r.Outcome, r.Detail)
		case r.Detail != "":
			t.Log(r.Name, r.Detail)
			refused = append(refused, strings.TrimPrefix(r.Name, "example: "))
		}
		passed++
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d checks, %d of them refused as they should be", passed, len(refused))
	slices.Sort(refused)
	if !slices.Equal(refused, notInTheDemo) {
		t.Errorf("the demo refused the examples %v, and should refuse %v", refused, notInTheDemo)
	}
	if *updateExamples {
		writeExamples(t, answers)
	}
}

// writeExamples puts answers into the sheets of the documents.
func writeExamples(t *testing.T, answers map[string]any) {
	sheets, err := filepath.Glob("../../bridge/web/spec/*.txt")
	if err != nil || len(sheets) == 0 {
		t.Fatalf("no sheets: %v", err)
	}
	for _, path := range sheets {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		name := ""
		for line := range strings.Lines(string(text)) {
			if heading, ok := strings.CutPrefix(line, "# "); ok {
				name = strings.TrimSpace(heading)
			}
			answer, known := answers[name]
			if known && strings.HasPrefix(line, "< ") {
				continue
			}
			b.WriteString(line)
			if known && strings.HasPrefix(line, "> ") && !strings.HasSuffix(name, ".json") {
				fmt.Fprintf(&b, "< %s\n", written(t, answer))
			}
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// written is an answer as the documents show it: lists cut to two, and in
// place of secrets what nobody takes for one.
func written(t *testing.T, answer any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(cutLists(answer)); err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(b.String())
	text = regexp.MustCompile(`[0-9a-f]{64}`).ReplaceAllString(text, strings.Repeat("0123456789abcdef", 4))
	return regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`).ReplaceAllString(text, "whsec_"+strings.Repeat("AAAA", 10)+"AAA=")
}

func cutLists(v any) any {
	switch v := v.(type) {
	case []any:
		list := []any{}
		for _, item := range v[:min(2, len(v))] {
			list = append(list, cutLists(item))
		}
		return list
	case map[string]any:
		for name, item := range v {
			v[name] = cutLists(item)
		}
	}
	return v
}
