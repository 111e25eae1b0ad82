package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"smsbridge/bridge/conform"
)

// A liar stands between the suite and a box and changes what the box says.
type liar struct {
	box   *url.URL
	rest  func(r *http.Response, body []byte) []byte // over HTTP
	frame func(text []byte) []byte                   // on the socket; nil: the frame is lost
}

func (l *liar) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if websocket.IsWebSocketUpgrade(r) && l.frame != nil {
		l.relay(w, r)
		return
	}
	p := httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(l.box) },
		ModifyResponse: func(a *http.Response) error {
			if l.rest == nil || a.StatusCode == http.StatusSwitchingProtocols || strings.HasPrefix(a.Header.Get("Content-Type"), "text/event-stream") {
				return nil
			}
			body, err := io.ReadAll(a.Body)
			a.Body.Close()
			body = l.rest(a, body)
			a.Body = io.NopCloser(bytes.NewReader(body))
			a.ContentLength = int64(len(body))
			a.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		},
		FlushInterval: -1,
	}
	p.ServeHTTP(w, r)
}

// relay carries frames both ways, and lies in one.
func (l *liar) relay(w http.ResponseWriter, r *http.Request) {
	header := http.Header{"Authorization": r.Header["Authorization"]}
	d := websocket.Dialer{Subprotocols: websocket.Subprotocols(r)}
	far, _, err := d.Dial("ws://"+l.box.Host+r.URL.Path, header)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, err := (&websocket.Upgrader{Subprotocols: d.Subprotocols}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer near.Close()
	go func() {
		defer far.Close()
		for {
			kind, text, err := near.ReadMessage()
			if err != nil || far.WriteMessage(kind, text) != nil {
				return
			}
		}
	}()
	for {
		kind, text, err := far.ReadMessage()
		if err != nil {
			return
		}
		if text = l.frame(text); text != nil && near.WriteMessage(kind, text) != nil {
			return
		}
	}
}

func replaced(old, new string) func([]byte) []byte {
	return func(text []byte) []byte { return bytes.Replace(text, []byte(old), []byte(new), 1) }
}

// on lies about one path only.
func on(path string, lie func(a *http.Response, body []byte) []byte) func(*http.Response, []byte) []byte {
	return func(a *http.Response, body []byte) []byte {
		if a.Request.URL.Path != path {
			return body
		}
		return lie(a, body)
	}
}

func changed(old, new string) func(*http.Response, []byte) []byte {
	return func(_ *http.Response, body []byte) []byte { return replaced(old, new)(body) }
}

// TestAPICheck_finds_lies is the negative control of the suite: through a proxy
// that says everything as the box does, all is well; with one lie, the check
// that is for it fails.
func TestAPICheck_finds_lies(t *testing.T) {
	t.Parallel()
	address, token, _ := startBox(t)
	box, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	look := func(t *testing.T, l *liar) (failed []string) {
		l.box = box
		proxy := httptest.NewServer(l)
		defer proxy.Close()
		err := conform.Run(t.Context(), conform.Options{URL: proxy.URL, Token: token, SendTo: demoHandset, Quick: true}, func(r conform.Result) {
			if r.Outcome == conform.Failed {
				failed = append(failed, r.Name)
				t.Logf("%s: %s", r.Name, r.Detail)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return failed
	}
	for range 2 { // the first makes events to look at
		honest := &liar{rest: func(_ *http.Response, body []byte) []byte { return body }, frame: func(text []byte) []byte { return text }}
		if failed := look(t, honest); len(failed) > 0 {
			t.Fatalf("without a lie these failed: %v", failed)
		}
	}
	for name, c := range map[string]struct {
		liar
		want string
	}{
		"an event is lost": {liar{frame: func(text []byte) []byte {
			if bytes.Contains(text, []byte(`"method":"event","params":{"epoch"`)) && bytes.Contains(text, []byte(`"seq":2,`)) {
				return nil
			}
			return text
		}}, "socket: prev leaves no hole"},
		"an event has another text":    {liar{frame: replaced(`"text":"News."`, `"text":"Old."`)}, "socket: resume tells the log exactly"},
		"a field of events is renamed": {liar{frame: replaced(`"seq":`, `"number":`)}, "socket: resume tells the log exactly"},
		"hello has another heartbeat":  {liar{frame: replaced(`"heartbeat_ms":25000`, `"heartbeat_ms":"25 s"`)}, "socket: hello comes first"},
		"a lost position is gone on":   {liar{frame: replaced(`"resumed":false,"reason":"ahead"`, `"resumed":true`)}, "socket: a position that is lost"},
		"a wrong frame has no code":    {liar{frame: replaced(`"code":-32700`, `"code":-32000`)}, "socket: wrong frames"},
		"live is of another log":       {liar{frame: replaced(`"method":"live","params":{"epoch":"ep_`, `"method":"live","params":{"epoch":"ep_0`)}, "socket: open, then live"},
		"a line lacks its state":       {liar{rest: on("/api/v1/lines", changed(`"state":"ready"`, `"status":"ready"`))}, "example: line.list"},
		"a refusal is plain JSON": {liar{rest: on("/api/v1/nothing-here", func(a *http.Response, body []byte) []byte {
			a.Header.Set("Content-Type", "application/json")
			return body
		})}, "problem: an unknown path"},
		"a refusal has another code": {liar{rest: on("/api/v1/messages/ms_0", changed(`"code":4007`, `"code":4003`))}, "problem: an unknown object"},
		"426 is 400": {liar{rest: on("/api/v1/ws", func(a *http.Response, body []byte) []byte {
			a.StatusCode = http.StatusBadRequest
			return body
		})}, "problem: a plain GET on the socket's address"},
		"a key is not remembered": {liar{rest: on("/api/v1/messages", changed(`"replayed":true`, `"replayed":false`))}, "idempotency: the same key is one text"},
		"a line of the log is cut out": {liar{rest: on("/api/v1/events", func(_ *http.Response, body []byte) []byte {
			rows := bytes.SplitAfterN(body, []byte("\n"), 3)
			if len(rows) < 3 {
				return body
			}
			return append(bytes.Clone(rows[0]), rows[2]...)
		})}, "events: JSON lines"},
	} {
		t.Run(name, func(t *testing.T) {
			failed := look(t, &c.liar)
			if !strings.Contains(strings.Join(failed, "|"), c.want) {
				t.Errorf("%q did not fail; these did: %v", c.want, failed)
			}
		})
	}
}
