package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// flaky is a command that fails the first time that it sees an event, then
// writes down what it was given.
func flaky(t *testing.T, dir string) string {
	script := filepath.Join(dir, "on event.sh")
	text := fmt.Sprintf(`#!/bin/sh
if [ ! -e '%[1]s/'seen-$SMSBRIDGE_EVENT_SEQ ]; then touch '%[1]s/'seen-$SMSBRIDGE_EVENT_SEQ; exit 3; fi
printf '%%s %%s %%s %%s\n' "$1" "$SMSBRIDGE_EVENT_ID" "$SMSBRIDGE_EVENT_TYPE" "$(cat)" >> '%[1]s/log'
`, dir)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return script
}

// A command that fails is run again until it has dealt with the event; only
// then comes the next one. What an event says is never read as a command.
func TestRunner(t *testing.T) {
	dir := t.TempDir()
	place := filepath.Join(dir, "place")
	r, err := newRunner("'"+flaky(t, dir)+"' 'a b'", place, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	r.first, r.most = time.Millisecond, 2*time.Millisecond
	for seq := int64(1); seq <= 5; seq++ {
		data, _ := json.Marshal(map[string]string{"text": "$(touch " + dir + "/broken) ; `touch " + dir + "/broken`\n"})
		e := client.Event{Epoch: "ep_1", Event: storage.Event{Seq: seq, Type: "message.received", Data: data}}
		if err := r.do(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if epoch, at, err := r.from(); epoch != "ep_1" || at != seq || err != nil {
			t.Fatalf("after event %d the place is %s:%d, %v", seq, epoch, at, err)
		}
	}
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	for i, line := range lines {
		if want := fmt.Sprintf(`a b ep_1-%d message.received {"epoch":"ep_1"`, i+1); !strings.HasPrefix(line, want) {
			t.Errorf("%q does not begin with %q", line, want)
		}
	}
	if len(lines) != 5 {
		t.Errorf("%d events, want 5", len(lines))
	}
	if _, err := os.Stat(filepath.Join(dir, "broken")); err == nil {
		t.Error("a shell has read what an event says")
	}
}

// A command that never succeeds holds its event until somebody stops the tail;
// the place stays before it.
func TestRunner_stopped(t *testing.T) {
	place := filepath.Join(t.TempDir(), "place")
	ctx, stop := context.WithCancel(t.Context())
	said, errs := io.Pipe()
	r, err := newRunner("false", place, io.Discard, errs)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.keep("ep_1", 6); err != nil {
		t.Fatal(err)
	}
	go func() {
		said.Read(make([]byte, 100)) // the first failure
		stop()
		io.Copy(io.Discard, said)
	}()
	if err := r.do(ctx, client.Event{Epoch: "ep_1", Event: storage.Event{Seq: 7}}); err != context.Canceled {
		t.Errorf("it ends with %v", err)
	}
	errs.Close()
	if _, seq, _ := r.from(); seq != 6 {
		t.Errorf("the place is %d, want 6", seq)
	}
}

func TestFields(t *testing.T) {
	for text, want := range map[string][]string{
		"a b  c":         {"a", "b", "c"},
		`a 'b c' "d 'e"`: {"a", "b c", "d 'e"},
		`a '' b`:         {"a", "", "b"},
		`a$HOME;b|c`:     {"a$HOME;b|c"},
		"":               nil,
		"  ":             nil,
		"a 'b":           nil,
	} {
		if got, err := fields(text); !slices.Equal(got, want) || (err == nil) != (want != nil) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
}

func TestTail_exec(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	dir := t.TempDir()
	place, log := filepath.Join(dir, "place"), filepath.Join(dir, "log")
	tail := func() {
		t.Helper()
		code, _, errs := verb("", "tail", "--poll", "--type", "message.queued", "--admin", admin, "--cursor", place,
			"--exec", fmt.Sprintf(`sh -c 'cat >> "$0"' %s`, log))
		if code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
	}
	for n := range 3 {
		if code, _, errs := verb("", "send", "+15550100", fmt.Sprint("text ", n), "--wait", "sent", "--admin", admin); code != 0 {
			t.Fatal(errs)
		}
		tail()
		tail() // tells nothing twice
		text, _ := os.ReadFile(log)
		if got := strings.Count(string(text), `"type":"message.queued"`); got != n+1 {
			t.Errorf("%d events, want %d\n%s", got, n+1, text)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--cursor", place}, "--exec only"},
		{[]string{"--exec", "no-such-program-here"}, "no-such-program-here"},
		{[]string{"--exec", "true", "--cursor", log}, "EPOCH:NUMBER"},
	} {
		code, _, errs := verb("", append([]string{"tail", "--poll", "--admin", admin}, c.args...)...)
		if code != exitUsage || !strings.Contains(errs, c.want) {
			t.Errorf("%v: exit %d: %s", c.args, code, errs)
		}
	}
}
