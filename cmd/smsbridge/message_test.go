package main

import (
	"strings"
	"testing"
	"time"
)

// What waits, from its sending to its end, by the verbs alone.
func TestVerbs_message(t *testing.T) {
	admin := bridgeOn(t, "--modem", "simulator:1")
	ask := func(code int, want string, args ...string) string {
		t.Helper()
		got, out, errs := verb("", append(args, "--admin", admin)...)
		if got != code || !strings.Contains(out+errs, want) {
			t.Fatalf("%v: exit %d, want %d with %q\n%s%s", args, got, code, want, out, errs)
		}
		return strings.TrimSpace(out)
	}
	ask(0, "No text leaves", "stop-sending", "--reason", "test")
	id := ask(0, "ms_", "send", "+15550100", "later", "--priority", "low", "-q")
	ask(0, "stopped", "message", "queue")
	ask(0, "All sending is stopped", "message", "queue")
	ask(0, "queued", "message", "priority", id, "high")
	ask(exitUsage, "is used as", "message", "priority", id)
	ask(exitRefused, "queued", "message", "close", id, "sent")
	ask(0, "held by", "message", "hold", id)
	ask(0, "queued", "message", "release", id)
	ask(0, "canceled", "message", "cancel", id)
	again := ask(0, "queued", "message", "retry", id, "-o", "jsonl")
	if !strings.Contains(again, `"resend_of":"`+id) {
		t.Error(again)
	}
	ask(exitRefused, "already", "message", "retry", id)
	ask(0, "leave again", "resume-sending")
	ask(0, "delivered", "send", "+15550100", "now", "--wait", "delivered", "--undo", "1s", "--flash")
	ask(exitUsage, "no moment", "send", "+15550100", "x", "--at", "noonish")
	ask(exitUnconfirmed, "is queued", "send", "+15550100", "x", "--at", "2h", "--wait", "sent", "--timeout", "1s")

	ask(0, "1 part within one hour", "limit", "set", "line", "hour", "1")
	ask(0, "hour", "limit", "list")
	ask(exitRefused, "a hour left", "send", "+15550100", "too much")
	ask(0, "any number of parts", "limit", "set", "line", "hour", "any")
	ask(0, "+1555", "rule", "set", "--hold", "+1555")
	ask(exitRefused, "held", "send", "+15550100", "dear", "--wait", "sent")
	ask(0, "home", "rule", "delete", "--hold", "+1555")
	ask(exitUsage, "at least one flag", "rule", "set")
	ask(0, "Europe/Berlin", "quiet", "set", "20:00", "08:00", "Europe/Berlin")
	ask(0, "POLICY", "quiet", "delete")
	ask(0, "600", "line", "policy", "--pace", "600")
	ask(0, "true", "line", "policy", "--pool")
	ask(0, "600", "line", "policy")
}

func TestMoment(t *testing.T) {
	now := time.Date(2030, 1, 31, 10, 0, 0, 0, time.UTC)
	for s, want := range map[string]string{
		"":                          "0001-01-01T00:00:00Z",
		"90m":                       "2030-01-31T11:30:00Z",
		"11:15":                     "2030-01-31T11:15:00Z",
		"09:15":                     "2030-02-01T09:15:00Z",
		"2030-03-01T09:00:00+01:00": "2030-03-01T08:00:00Z",
		"noon":                      "",
		"-1h":                       "",
	} {
		got, err := moment(s, now)
		if (err != nil) != (want == "") || err == nil && got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v; not %s", s, got, err, want)
		}
	}
}
