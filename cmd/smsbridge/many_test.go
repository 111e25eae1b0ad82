package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smsbridge/bridge/client"
)

// A text to several people, by the verb alone. What a line says of one of them is
// looked for in their own messages, and what must not have been sent in everybody's.
func TestVerbs_many(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	in := ""
	ask := func(code int, want string, args ...string) string {
		t.Helper()
		got, out, errs := verb(in, append(args, "--admin", admin)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Fatalf("%v: exit %d, want %d with %q\n%s%s", args, got, code, want, out, errs)
		}
		return out
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte("Mobil,first_name\n+15550101,Ana\n+1555x,Ben\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	out := ask(0, "+15550101", "send", "--to", "+15550100,+1 (555) 01-01", "Hello")
	if n := strings.Count(out, "queued"); n != 2 || !strings.Contains(out, "STATE") {
		t.Errorf("%d texts\n%s", n, out)
	}
	ask(exitPartly, "refused: to.number", "send", "--to", "+15550100", "--to", "+1555x", "Hello")
	ids := ask(exitPartly, "+1555x: to.number", "send", "--to", "+1555x,+15550100", "Hello", "-q")
	if n := strings.Count(ids, "\n"); n != 1 || !strings.HasPrefix(ids, "ms_") {
		t.Errorf("ids alone: %q", ids)
	}
	ask(exitRefused, "2 of 2", "send", "--to", "+1555x,+1555y", "Hello") // all, and for one kind of reason

	lines := ask(exitPartly, "1 of 2", "send", "--file", file, "--map", "Mobil=number", "Dear {{first_name}}, it is ready.", "-o", "jsonl")
	var rows []client.Outcome
	for line := range strings.Lines(lines) {
		var row client.Outcome
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(line, err)
		}
		rows = append(rows, row)
	}
	if len(rows) != 2 || rows[0].Message == nil || rows[0].Message.Text != "Dear Ana, it is ready." || rows[1].Error == nil || rows[1].Row != 2 {
		t.Fatal(lines)
	}

	again := func() string {
		return ask(0, "ms_", "send", "--to", "+15550100,+15550101", "once", "--idem", "key", "-q")
	}
	if first, second := again(), again(); first != second {
		t.Errorf("the same key sends anew: %q %q", first, second)
	}

	in = "+15550100\n+15550101\n"
	ask(0, "2 parts to 2 people; nothing was sent", "send", "--file", "-", "Never", "--dry-run")
	ask(0, "pet", "send", "--file", "-", "Never {{pet}}", "--dry-run")
	in = ""
	ask(0, "2 people can be read", "send", "--file", file, "--map", "Mobil=number", "Never", "--validate-only")
	if all := ask(0, "once", "tail", "--poll", "--type", "message.queued"); strings.Contains(all, "Never") {
		t.Errorf("what was only tried is sent\n%s", all)
	}

	for _, c := range []struct {
		want string
		args []string
	}{
		{"wants a text alone", []string{"--to", "+15550100", "+15550101", "Hello"}},
		{"waits for one text", []string{"--to", "+15550100", "Hello", "--wait", "sent"}},
		{"cannot be both", []string{"--file", "-", "-"}},
		{"cannot be both", []string{"--file", "-"}},
		{"is a contact", []string{"--to", "ct_ANA", "Hello"}},
		{"101 people", []string{"--to", strings.Repeat("+15550100,", 100) + "+15550100", "Hello"}},
		{"no --file to look at", []string{"+15550100", "Hello", "--validate-only"}},
		{"line 3", []string{"--file", gapped(t), "Hello"}},
	} {
		ask(exitUsage, c.want, append([]string{"send"}, c.args...)...)
	}
}

// gapped is a file whose second person has no number.
func gapped(t *testing.T) string {
	name := filepath.Join(t.TempDir(), "gapped.csv")
	if err := os.WriteFile(name, []byte("number,x\n+15550100,a\n,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
