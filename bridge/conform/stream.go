package conform

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// jsonLines: the log as lines, each an event of the document, linked by prev.
func jsonLines(ctx context.Context, s *suite) error {
	a, err := s.ask(ctx, "GET", "/api/v1/events?poll=1&limit=200", nil)
	if err != nil {
		return err
	}
	if err := s.allowed(a); err != nil {
		return err
	}
	if a.status != 200 || a.kind != "application/jsonl" {
		return fmt.Errorf("the answer is %d, %s", a.status, a.kind)
	}
	var before int64
	n := 0
	for row := range bytes.Lines(a.body) {
		var e map[string]any
		if err := json.Unmarshal(row, &e); err != nil {
			return fmt.Errorf("a line is no JSON: %.80s", row)
		}
		if err := s.doc.event(e); err != nil {
			return err
		}
		if n++; number(e["prev"]) != before {
			return fmt.Errorf("event %v says prev %v, and the one before it was %d", e["seq"], e["prev"], before)
		}
		before = number(e["seq"])
	}
	if n == 0 {
		return errSkip("the log holds no event yet")
	}
	return nil
}

// serverSent: the same events as Server-Sent Events, whose ids can be resumed
// from.
func serverSent(ctx context.Context, s *suite) error {
	poll, err := s.ask(ctx, "GET", "/api/v1/events?poll=1&limit=3", nil)
	if err != nil {
		return err
	}
	if err := s.allowed(poll); err != nil {
		return err
	}
	var want []map[string]any
	for row := range bytes.Lines(poll.body) {
		var e map[string]any
		if err := json.Unmarshal(row, &e); err != nil {
			return err
		}
		want = append(want, e)
	}
	if len(want) < 3 {
		return errSkip("the log holds fewer than three events")
	}
	all, ids, err := s.sse(ctx, "since=0", 3)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(all, want) {
		return fmt.Errorf("the first three events are others than as JSON lines")
	}
	rest, _, err := s.sse(ctx, "", 2, "Last-Event-ID", ids[0])
	if err != nil {
		return err
	}
	if rest[0]["seq"] != want[1]["seq"] || rest[1]["seq"] != want[2]["seq"] {
		return fmt.Errorf("after Last-Event-ID %s came %v and not %v", ids[0], rest[0]["seq"], want[1]["seq"])
	}
	return nil
}

// sse reads so many events.
func (s *suite) sse(ctx context.Context, query string, n int, headers ...string) (events []map[string]any, ids []string, err error) {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	r, err := s.request(ctx, "GET", "/api/v1/events?"+query, nil, append(headers, "Accept", "text/event-stream")...)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.http.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer a.Body.Close()
	if kind := a.Header.Get("Content-Type"); !strings.HasPrefix(kind, "text/event-stream") {
		return nil, nil, fmt.Errorf("the answer is %d, %s and not text/event-stream", a.StatusCode, kind)
	}
	var id, name string
	rows := bufio.NewScanner(a.Body)
	rows.Buffer(nil, 1<<20)
	for len(events) < n && rows.Scan() {
		field, value, _ := strings.Cut(rows.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			name = value
		case "data":
			var e map[string]any
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				return nil, nil, fmt.Errorf("data is no JSON: %.80s", value)
			}
			if name != e["type"] || id != fmt.Sprintf("%v:%v", e["epoch"], number(e["seq"])) {
				return nil, nil, fmt.Errorf("event %v has the id %q and the name %q", e["seq"], id, name)
			}
			events, ids = append(events, e), append(ids, id)
		}
	}
	if len(events) < n {
		return nil, nil, fmt.Errorf("the stream ended after %d events: %w", len(events), rows.Err())
	}
	return events, ids, nil
}

func lostSince(ctx context.Context, s *suite) error {
	return s.refused(ctx, []string{"cursor_lost"}, "GET", "/api/v1/events?poll=1&since=ep_0:1", nil)
}
