package conform

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// answer is what came back over HTTP.
type answer struct {
	status int
	kind   string // media type, without its parameters
	header http.Header
	body   []byte
}

func (a answer) object() map[string]any {
	var v map[string]any
	_ = json.Unmarshal(a.body, &v) // what is none is seen by the schema
	return v
}

// stranger, as a header, sends no token.
const stranger = "stranger"

// ask is one request over HTTP; headers are pairs of name and value.
func (s *suite) ask(ctx context.Context, verb, path string, body []byte, headers ...string) (answer, error) {
	ctx, stop := context.WithTimeout(ctx, patience+15*time.Second)
	defer stop()
	r, err := s.request(ctx, verb, path, body, headers...)
	if err != nil {
		return answer{}, err
	}
	got, err := s.http.Do(r)
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err
		}
		return answer{}, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(io.LimitReader(got.Body, 32<<20))
	kind, _, _ := strings.Cut(got.Header.Get("Content-Type"), ";")
	return answer{got.StatusCode, kind, got.Header, text}, err
}

func (s *suite) request(ctx context.Context, verb, path string, body []byte, headers ...string) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, verb, s.base.String()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if s.o.Token != "" {
		r.Header.Set("Authorization", "Bearer "+s.o.Token)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == stranger {
			r.Header.Del("Authorization")
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return r, nil
}

// A line is our end of a WebSocket.
type line struct {
	s    *suite
	conn *websocket.Conn
	head struct {
		Epoch        string
		Head, Oldest int64
		Heartbeat    int64 `json:"heartbeat_ms"`
	}
	asked int
}

// connect opens a socket and hears hello.
func (s *suite) connect(ctx context.Context) (*line, map[string]any, error) {
	d := websocket.Dialer{NetDialContext: s.dial, TLSClientConfig: s.o.TLS, Subprotocols: []string{"smsbridge.v1"}, HandshakeTimeout: 10 * time.Second}
	h := http.Header{}
	if s.o.Token != "" {
		h.Set("Authorization", "Bearer "+s.o.Token)
	}
	conn, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(s.base.String(), "http")+"/api/v1/ws", h)
	if err != nil {
		return nil, nil, fmt.Errorf("the upgrade: %w", err)
	}
	l := &line{s: s, conn: conn}
	if conn.Subprotocol() != "smsbridge.v1" {
		conn.Close()
		return nil, nil, fmt.Errorf("the subprotocol is %q and not smsbridge.v1", conn.Subprotocol())
	}
	hello, err := l.hear(patience)
	if err == nil && hello["method"] != "hello" {
		err = fmt.Errorf("the first frame is %v and not hello", hello["method"])
	}
	params, _ := hello["params"].(map[string]any)
	if text, e := json.Marshal(params); err == nil && e == nil {
		err = json.Unmarshal(text, &l.head)
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return l, params, nil
}

func (l *line) close() { l.conn.Close() }

// hear is the next frame.
func (l *line) hear(wait time.Duration) (map[string]any, error) {
	_ = l.conn.SetReadDeadline(time.Now().Add(wait))
	kind, text, err := l.conn.ReadMessage()
	if err != nil {
		return nil, fmt.Errorf("a frame was awaited: %w", err)
	}
	if kind != websocket.TextMessage {
		return nil, errors.New("a frame is binary")
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("a frame is no JSON object: %.80s", text)
	}
	if v["jsonrpc"] != "2.0" {
		return nil, fmt.Errorf("a frame lacks jsonrpc 2.0: %.80s", text)
	}
	return v, nil
}

// say sends a frame as it is.
func (l *line) say(text string) error {
	return l.conn.WriteMessage(websocket.TextMessage, []byte(text))
}

// call asks a method and hears its answer; what comes in between is handed to
// between, if there is one.
func (l *line) call(method string, params any, between func(map[string]any)) (map[string]any, error) {
	for {
		l.asked++
		id := fmt.Sprintf("c%d", l.asked)
		text, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
		if err != nil {
			return nil, err
		}
		if err := l.say(string(text)); err != nil {
			return nil, err
		}
		v, err := l.answer(id, between)
		if err != nil {
			return nil, err
		}
		wait, limited := tooFast(v)
		if !limited {
			return v, nil
		}
		time.Sleep(wait)
	}
}

func (l *line) answer(id string, between func(map[string]any)) (map[string]any, error) {
	for {
		v, err := l.hear(patience)
		if err != nil {
			return nil, err
		}
		if v["id"] == id {
			return v, nil
		}
		if between != nil {
			between(v)
		}
	}
}

// tooFast tells whether an answer asks to wait: the suite is as quick as it may.
func tooFast(v map[string]any) (time.Duration, bool) {
	e, _ := v["error"].(map[string]any)
	data, _ := e["data"].(map[string]any)
	ms, _ := data["retry_after_ms"].(float64)
	return time.Duration(ms) * time.Millisecond, data["type"] == "rate_limited" && ms > 0
}
