package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"smsbridge/storage"
)

// wireEvent is an event as any desk reads it.
type wireEvent struct {
	Epoch string
	Seq   int64
	Prev  int64
	Type  string
	Line  string
	Data  map[string]json.RawMessage
}

func readLines(t *testing.T, text string) (all []wireEvent) {
	t.Helper()
	for line := range strings.Lines(text) {
		var e wireEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		all = append(all, e)
	}
	return all
}

func TestEvents_as_lines(t *testing.T) {
	b := newBox(t)
	_, secret := b.token(t, storage.ScopeRead)
	auth := []string{"Authorization", bearer(secret)}
	b.signals(t, 1, 1100)
	head, _ := b.db.Head(t.Context())
	var all []wireEvent
	since := "0"
	for {
		answer, text := b.ask(t, "GET", "/api/v1/events?poll=1&since="+since, "", auth...)
		if answer.StatusCode != 200 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "application/jsonl") {
			t.Fatalf("%d %s", answer.StatusCode, text)
		}
		events := readLines(t, text)
		if len(events) == 0 {
			break
		}
		if len(events) > eventsDefault {
			t.Errorf("%d events at once", len(events))
		}
		all = append(all, events...)
		last := events[len(events)-1]
		since = fmt.Sprintf("%s:%d", last.Epoch, last.Seq)
	}
	if int64(len(all)) != head.Seq {
		t.Fatalf("%d events of %d", len(all), head.Seq)
	}
	for i, e := range all {
		if e.Seq != int64(i)+1 || e.Prev != int64(i) || e.Epoch != head.Epoch || e.Data["line"] == nil {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
	if _, text := b.ask(t, "GET", "/api/v1/events?poll=1&since=5&limit=3", "", auth...); len(readLines(t, text)) != 3 {
		t.Errorf("limit 3: %s", text)
	}
	if _, text := b.ask(t, "GET", "/api/v1/events?poll=1&events=message.*", "", auth...); text != "" {
		t.Errorf("other types: %s", text)
	}
}

func TestEvents_go_on(t *testing.T) {
	b := newBox(t, func(c *Config) { c.Heartbeat = 50 * time.Millisecond })
	_, secret := b.token(t, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	listen := func(query string, header ...string) (*bufio.Scanner, func()) {
		r, _ := http.NewRequest("GET", b.url+"/api/v1/events"+query, nil)
		setHeaders(r.Header, append(header, "Authorization", bearer(secret)))
		transport := &http.Transport{DisableKeepAlives: true}
		ctx, stop := context.WithCancel(t.Context())
		answer, err := transport.RoundTrip(r.WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		return bufio.NewScanner(answer.Body), func() { stop(); answer.Body.Close() }
	}
	next := func(s *bufio.Scanner) string {
		for s.Scan() {
			if text := s.Text(); text != "" && text != ": beat" {
				return text
			}
		}
		return "end"
	}
	t.Run("as lines", func(t *testing.T) {
		s, stop := listen("")
		defer stop()
		time.Sleep(120 * time.Millisecond)
		b.signals(t, 1, 2)
		for i := range int64(2) {
			if e := readLines(t, next(s))[0]; e.Seq != head.Seq+i+1 || e.Prev != head.Seq+i {
				t.Errorf("told: %+v", e)
			}
		}
	})
	t.Run("as SSE, from the last id", func(t *testing.T) {
		s, stop := listen("", "Accept", "text/event-stream", "Last-Event-ID", fmt.Sprintf("%s:%d", head.Epoch, head.Seq))
		defer stop()
		for i := range int64(2) {
			if id, kind, data := next(s), next(s), next(s); id != fmt.Sprintf("id: %s:%d", head.Epoch, head.Seq+1+i) ||
				kind != "event: line.updated" || readLines(t, strings.TrimPrefix(data, "data: "))[0].Seq != head.Seq+1+i {
				t.Errorf("told: %q %q %q", id, kind, data)
			}
		}
	})
	t.Run("for a while", func(t *testing.T) {
		s, stop := listen("?wait=1")
		defer stop()
		start := time.Now()
		if got := next(s); got != "end" || time.Since(start) < 900*time.Millisecond {
			t.Errorf("%q after %v", got, time.Since(start))
		}
	})
	t.Run("until the token is revoked", func(t *testing.T) {
		s, stop := listen("")
		defer stop()
		p, err := b.proveToken(t.Context(), secret)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.revokeToken(t.Context(), storage.Caller{Admin: true}, idParams{p.who.Token.ID}); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if got := next(s); got != "end" || time.Since(start) > time.Second {
			t.Errorf("%q after %v", got, time.Since(start))
		}
	})
}

func TestFrames_are_made_once(t *testing.T) {
	var f frames
	e := storage.Event{Seq: 7, At: storage.Now(), Type: "message.received", Data: sample(7)}
	a, err := f.of("ep_1", e)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := f.of("ep_1", e); a != b {
		t.Error("the same event was written twice")
	}
	e.Seq += int64(len(f))
	if b, _ := f.of("ep_1", e); b.seq != e.Seq {
		t.Error("another event was taken for it")
	}
	text := string(a.appendEvent(nil, 6))
	if strings.Contains(text, "\n") || !strings.HasPrefix(text, `{"epoch":"ep_1","seq":7,"at":"`) || !strings.HasSuffix(text, `,"prev":6}`) {
		t.Error(text)
	}
	if _, err := io.ReadAll(strings.NewReader(text)); err != nil || !json.Valid([]byte(text)) {
		t.Error("it is no JSON")
	}
}
