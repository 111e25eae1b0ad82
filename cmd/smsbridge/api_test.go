package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"smsbridge/bridge/conform"
)

var updateExamples = flag.Bool("update-examples", false, "write the answers in the documents' examples anew, from a demo box")

// startBox runs a demo box and makes a token that may everything.
func startBox(t *testing.T) (url, token string) {
	t.Helper()
	dir := t.TempDir()
	url = ""
	start(t, func(line string) {
		if address, ok := strings.CutPrefix(line, "ready "); ok {
			url = address
		}
	}, build(t, ""), "serve", "--demo", "--listen", "127.0.0.1:0", "--db", filepath.Join(dir, "demo.db"), "--admin", filepath.Join(dir, "admin.sock")).atEnd(t)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"token", "create", "--admin", filepath.Join(dir, "admin.sock"), "--label", "check", "--scope", "admin", "-q"}, nil, &out, &errs); code != 0 {
		t.Fatalf("no token: %s", errs.String())
	}
	return url, strings.TrimSpace(out.String())
}

func (p *process) atEnd(t *testing.T) {
	t.Cleanup(func() { p.end(os.Interrupt) })
}

// notInTheDemo are the examples that a demo box refuses: its modems make no
// calls, its USSD asks nothing back, its cards stay where they are, the pairing
// was approved already, and behind the token of the check is no person.
var notInTheDemo = []string{"call.dial", "call.dtmf", "call.start", "case.open", "chat.send", "chat.video", "line.move", "me.update",
	"pair.deny", "preference.get", "preference.set", "ussd.answer", "ussd.cancel"}

// TestAPICheck looks at the daemon with pretend modems as somebody from outside
// would: everything that is promised holds, and every example of the documents
// is answered as they say.
func TestAPICheck(t *testing.T) {
	url, token := startBox(t)
	answers := make(map[string]any)
	var refused []string
	passed := 0
	err := conform.Run(t.Context(), conform.Options{URL: url, Token: token, Everything: true,
		Recorded: func(name string, answer any) { answers[name] = answer }}, func(r conform.Result) {
		switch {
		case r.Outcome != conform.Passed:
			t.Errorf("%s: %s %s", r.Name, r.Outcome, r.Detail)
		case r.Detail != "":
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
