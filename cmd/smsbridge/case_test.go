package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// customerTexts lets the demo's handset text a number.
func customerTexts(t *testing.T, admin, to, text string) {
	t.Helper()
	c := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", admin)
		},
	}}
	body, _ := json.Marshal(map[string]any{"to": to, "text": text, "count": 1})
	answer, err := c.Post("http://box/api/v1/lab/handsets/%2B15550100/send", "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		t.Fatal(answer.Status)
	}
}

// arrived waits until a text has come in; its offer is made in the same commit.
func arrived(t *testing.T, admin string) {
	t.Helper()
	c, err := client.New(client.Options{Socket: admin})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	came := errors.New("it came")
	err = c.Follow(t.Context(), client.FollowOptions{Replay: "all", Events: []string{storage.MessageReceived}}, func(client.Event) error { return came })
	if !errors.Is(err, came) {
		t.Fatal(err)
	}
}

// A day at the desk by verbs alone: from the handset's text over the air to an
// answered case, handed on, closed, and counted.
func TestCaseVerbs_S20_S23_S33_S120(t *testing.T) {
	admin := bridgeOn(t, "--demo")
	must := func(args ...string) string {
		t.Helper()
		code, out, errs := verb("", append(args, "--admin", admin)...)
		if code != 0 {
			t.Fatalf("%v ended with %d: %s", args, code, errs)
		}
		return out
	}
	var line string
	for found := range strings.Lines(must("line", "list", "-o", "jsonl")) {
		var l storage.Line
		if err := json.Unmarshal([]byte(found), &l); err != nil {
			t.Fatal(err)
		}
		if l.Number == "+15550191" {
			line = l.ID
		}
	}
	for _, name := range []string{"Ana", "Ben"} {
		must("agent", "add", name)
		must("line", "assign", line, name)
	}
	if out := must("line", "desk", line, "--strategy", "round_robin", "--wait", "30"); !strings.Contains(out, "auto") || !strings.Contains(out, "round_robin") {
		t.Errorf("%s", out)
	}
	customerTexts(t, admin, "+15550191", "is the van ready?")
	arrived(t, admin)
	offer := strings.TrimSpace(must("offer", "list", "-q"))
	if out := must("offer", "list"); !strings.Contains(out, "SMS+15550100") || !strings.Contains(out, storage.OfferTitle) {
		t.Fatalf("%s", out)
	}
	must("offer", "extend", offer, "--by", "2m", "--agent", "Ana")
	if out := must("offer", "answer", offer, "--agent", "Ana"); !strings.Contains(out, "owner Ana") || !strings.Contains(out, " +15550100: is the van ready?") {
		t.Errorf("%s", out)
	}
	if code, _, errs := verb("", "offer", "answer", offer, "--agent", "Ben", "--admin", admin); code != exitRefused || !strings.Contains(errs, "Ana has taken SMS+15550100") {
		t.Errorf("second: %d %s", code, errs)
	}
	id := strings.TrimSpace(must("case", "list", "--state", "unanswered", "-q"))
	must("case", "note", id, "wants the blue one")
	must("case", "transfer", id, "Ben", "--note", "speaks French")
	if out := must("case", "show", id); !strings.Contains(out, "owner Ben") || !strings.Contains(out, "wants the blue one") || !strings.Contains(out, "speaks French") {
		t.Errorf("%s", out)
	}
	must("send", "+15550100", "yes", "--from", line, "--wait", "delivered")
	must("case", "close", id, "sold")
	if code, _, errs := verb("", "case", "close", id, "--admin", admin); code != exitRefused || !strings.Contains(errs, "is closed") {
		t.Errorf("closed twice: %d %s", code, errs)
	}
	must("case", "outcome", id, "sold twice")
	must("case", "continue", id, "--agent", "Ana")
	must("case", "release", id, "--note", "lunch")
	if out := must("offer", "list"); !strings.Contains(out, "SMS+15550100") {
		t.Errorf("a released case is not offered: %s", out)
	}
	if out := must("stats", "usage", "--by", "line", "-o", "csv"); !strings.Contains(out, ","+line+",,1,1,1,0,0,0,1") {
		t.Errorf("%s", out)
	}
	if out := must("stats", "delivery"); !strings.Contains(out, "100.0 %") {
		t.Errorf("%s", out)
	}
	if out := must("stats", "answer"); !strings.Contains(out, "10s") {
		t.Errorf("%s", out)
	}
	if out := must("stats", "latency"); !strings.Contains(out, line) {
		t.Errorf("%s", out)
	}
}
