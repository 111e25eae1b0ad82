package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

func helloFirst(ctx context.Context, s *suite) error {
	l, hello, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if err := s.doc.fits("Hello", hello); err != nil {
		return fmt.Errorf("hello: %w", err)
	}
	if hello["auth"] != "done" {
		return fmt.Errorf("auth is %v, though a token came with the upgrade", hello["auth"])
	}
	return nil
}

// open begins a session and checks its answer. What is told meanwhile is
// handed to between.
func (l *line) open(params map[string]any, between func(map[string]any)) (map[string]any, error) {
	v, err := l.call("session.open", params, between)
	if err != nil {
		return nil, err
	}
	if e, refused := v["error"].(map[string]any); refused {
		if code, _ := e["code"].(float64); code == 1003 {
			return nil, errSkip(fmt.Sprint("the token may not follow events: ", e["message"]))
		}
		return nil, fmt.Errorf("session.open was refused: %v", e)
	}
	opened, _ := v["result"].(map[string]any)
	if err := l.s.doc.fits("Opened", opened); err != nil {
		return nil, fmt.Errorf("session.open: %w", err)
	}
	return opened, nil
}

// until hears notices until want comes, and hands the others to each.
func (l *line) until(want string, wait time.Duration, each func(map[string]any) error) (map[string]any, error) {
	end := time.Now().Add(wait)
	for {
		v, err := l.hear(time.Until(end))
		if err != nil {
			return nil, fmt.Errorf("until %s: %w", want, err)
		}
		params, _ := v["params"].(map[string]any)
		if v["method"] == want {
			return params, nil
		}
		if each != nil && v["method"] == "event" {
			if err := each(params); err != nil {
				return nil, err
			}
		}
	}
}

func openLive(ctx context.Context, s *suite) error {
	l, _, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	opened, err := l.open(map[string]any{"subscribe": map[string]any{}}, nil)
	if err != nil {
		return err
	}
	live, err := l.until("live", patience, nil)
	if err != nil {
		return err
	}
	if err := s.doc.fits("Position", live); err != nil {
		return fmt.Errorf("live: %w", err)
	}
	if live["epoch"] != opened["epoch"] || number(live["seq"]) < number(opened["head"]) {
		return fmt.Errorf("live stands at %v:%v, before the head %v:%v of session.open", live["epoch"], live["seq"], opened["epoch"], opened["head"])
	}
	if v, err := l.call("session.open", map[string]any{}, nil); err != nil || v["error"] == nil {
		return fmt.Errorf("a second session.open was not refused (%v)", err)
	}
	return nil
}

func number(v any) int64 {
	f, _ := v.(float64)
	return int64(f)
}

// lately is a position from which the log holds a handful of events.
func lately(head, oldest int64) int64 { return max(oldest-1, head-200, 0) }

// replayed are the events that a socket tells after a position, up to live, and
// where that stands.
func (s *suite) replayed(ctx context.Context) (after int64, epoch string, events []map[string]any, live int64, err error) {
	l, _, err := s.connect(ctx)
	if err != nil {
		return 0, "", nil, 0, err
	}
	defer l.close()
	after, epoch = lately(l.head.Head, l.head.Oldest), l.head.Epoch
	opened, err := l.open(map[string]any{"resume": map[string]any{"epoch": epoch, "after": after}}, nil)
	if err != nil {
		return 0, "", nil, 0, err
	}
	if opened["resumed"] != true {
		return 0, "", nil, 0, fmt.Errorf("a stream could not go on after %s:%d, which is in the log: %v", epoch, after, opened["reason"])
	}
	at, err := l.until("live", patience, func(e map[string]any) error {
		events = append(events, e)
		return s.doc.event(e)
	})
	return after, epoch, events, number(at["seq"]), err
}

// resume: what the socket tells after a position is what the log holds, event
// by event.
func resume(ctx context.Context, s *suite) error {
	after, epoch, _, _, err := s.replayed(ctx)
	if err != nil {
		return err
	}
	a, err := s.ask(ctx, "GET", fmt.Sprintf("/api/v1/events?poll=1&since=%s:%d", epoch, after), nil)
	if err != nil {
		return err
	}
	_, _, told, _, err := s.replayed(ctx)
	if err != nil {
		return err
	}
	i := 0
	for row := range bytes.Lines(a.body) {
		var kept map[string]any
		if err := json.Unmarshal(row, &kept); err != nil {
			return fmt.Errorf("the log is no JSON: %.80s", row)
		}
		if number(kept["seq"]) <= after {
			continue
		}
		if i >= len(told) {
			return fmt.Errorf("the socket ended before event %v of the log", kept["seq"])
		}
		if kept["seq"] != told[i]["seq"] {
			return fmt.Errorf("the log goes on with event %v, the socket with %v", kept["seq"], told[i]["seq"])
		}
		if !reflect.DeepEqual(kept, told[i]) {
			return fmt.Errorf("event %v is another in the log and on the socket", kept["seq"])
		}
		i++
	}
	if i == 0 {
		return errSkip("the log holds no event yet")
	}
	return nil
}

// prevChain: each event says which one came before it on this stream.
func prevChain(ctx context.Context, s *suite) error {
	before, _, events, live, err := s.replayed(ctx)
	if err != nil {
		return err
	}
	for _, e := range events {
		if number(e["prev"]) != before {
			return fmt.Errorf("event %v says prev %v, and the one before it was %d: one was lost, or prev is wrong", e["seq"], e["prev"], before)
		}
		if number(e["seq"]) <= before {
			return fmt.Errorf("event %v comes after %d", e["seq"], before)
		}
		before = number(e["seq"])
	}
	if live < before {
		return fmt.Errorf("live stands at %d, before event %d that was told", live, before)
	}
	return nil
}

// lostPosition: a stream that cannot go on says so, and why, and what to ask.
func lostPosition(ctx context.Context, s *suite) error {
	for _, c := range []struct {
		epoch string
		after func(*line) int64
		want  string
	}{
		{"ep_0", func(l *line) int64 { return l.head.Head }, "epoch_changed"},
		{"", func(l *line) int64 { return l.head.Head + 1e6 }, "ahead"},
		{"", func(l *line) int64 { return l.head.Oldest - 2 }, "trimmed"},
	} {
		l, _, err := s.connect(ctx)
		if err != nil {
			return err
		}
		after := c.after(l)
		if after < 0 {
			l.close()
			continue // nothing of the log was trimmed yet
		}
		if c.epoch == "" {
			c.epoch = l.head.Epoch
		}
		opened, err := l.open(map[string]any{"resume": map[string]any{"epoch": c.epoch, "after": after}}, nil)
		l.close()
		if err != nil {
			return err
		}
		next, _ := opened["next"].(map[string]any)
		if opened["resumed"] != false || opened["reason"] != c.want || next["method"] != "snapshot.get" {
			return fmt.Errorf("after %s:%d the answer is resumed %v, reason %v, next %v; want %s", c.epoch, after, opened["resumed"], opened["reason"], next, c.want)
		}
	}
	return nil
}

// wrongFrames: each is refused in its own way, and the socket goes on.
func wrongFrames(ctx context.Context, s *suite) error {
	l, _, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	for _, c := range []struct {
		frame string
		code  float64
	}{
		{`{"jsonrpc":`, -32700},
		{`[{"jsonrpc":"2.0","id":"1","method":"ping"}]`, -32600},
		{`{"jsonrpc":"2.0","id":1,"method":"ping"}`, -32600},
		{`{"jsonrpc":"1.0","id":"1","method":"ping"}`, -32600},
		{`{"jsonrpc":"2.0","method":"ping"}`, -32600},
		{`{"jsonrpc":"2.0","id":"1","method":"nothing.here"}`, -32601},
		{`{"jsonrpc":"2.0","id":"1","method":"message.count","params":["x"]}`, -32602},
	} {
		if err := l.say(c.frame); err != nil {
			return err
		}
		v, err := l.hear(patience)
		if err != nil {
			return fmt.Errorf("after %s: %w", c.frame, err)
		}
		e, _ := v["error"].(map[string]any)
		if e["code"] != c.code {
			return fmt.Errorf("%s was answered with %v and not with the error %v", c.frame, v, c.code)
		}
		if err := s.doc.fits("RpcError", e); err != nil {
			return err
		}
	}
	v, err := l.call("ping", map[string]any{}, nil)
	if err != nil || v["error"] != nil {
		return fmt.Errorf("the socket did not go on: %v %v", err, v["error"])
	}
	return nil
}

// news: what is done while a socket is open is told on it.
func news(ctx context.Context, s *suite) error {
	if s.o.SendTo == "" {
		return errSkip("it sends a text: name a number with --send-to, or look at a demo box with --everything")
	}
	from, err := s.aLine(ctx)
	if err != nil {
		return err
	}
	l, _, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if _, err := l.open(map[string]any{"subscribe": map[string]any{"events": []string{"message.queued"}}}, nil); err != nil {
		return err
	}
	if _, err := l.until("live", patience, nil); err != nil {
		return err
	}
	var told []map[string]any
	v, err := l.call("message.send", map[string]any{"to": map[string]any{"number": s.o.SendTo}, "from": from, "text": "News."}, func(v map[string]any) {
		if params, ok := v["params"].(map[string]any); ok && v["method"] == "event" {
			told = append(told, params)
		}
	})
	if err != nil {
		return err
	}
	if e, refused := v["error"].(map[string]any); refused {
		if code, _ := e["code"].(float64); code == 1003 {
			return errSkip("the token may not send")
		}
		return fmt.Errorf("message.send was refused: %v", e)
	}
	sent, _ := v["result"].(map[string]any)
	if err := s.doc.fits("SendResult", sent); err != nil {
		return err
	}
	for {
		for _, e := range told {
			if e["seq"] == sent["seq"] {
				return s.doc.event(e)
			}
		}
		v, err := l.hear(patience)
		if err != nil {
			return fmt.Errorf("event %v, of the text that was sent, did not come: %w", sent["seq"], err)
		}
		if params, ok := v["params"].(map[string]any); ok && v["method"] == "event" {
			told = append(told, params)
		}
	}
}

// beat: an idle stream is told, once in a heartbeat, where it stands.
func beat(ctx context.Context, s *suite) error {
	if s.o.Quick {
		return errSkip("it waits for a heartbeat; leave out --quick")
	}
	l, _, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	if _, err := l.open(map[string]any{"subscribe": map[string]any{"events": []string{"nothing.*"}}}, nil); err != nil {
		return err
	}
	live, err := l.until("live", patience, nil)
	if err != nil {
		return err
	}
	at, err := l.until("beat", time.Duration(l.head.Heartbeat)*time.Millisecond*3/2+time.Second, nil)
	if err != nil {
		return err
	}
	if err := s.doc.fits("Position", at); err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	if at["epoch"] != live["epoch"] || number(at["seq"]) < number(live["seq"]) {
		return fmt.Errorf("beat stands at %v:%v, before live at %v:%v", at["epoch"], at["seq"], live["epoch"], live["seq"])
	}
	return nil
}
