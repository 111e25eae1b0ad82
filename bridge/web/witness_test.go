package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"smsbridge/storage"
)

// This file stands between every test's server and its desks: each answer and
// each frame on the wire is held against the documents, so that the two cannot
// part without a test that fails.

// witnessed is the box's handler with a witness before it.
func (b *box) witnessed(t testing.TB) http.Handler {
	face := b.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/v1/") || r.URL.Path == socketPath || strings.HasPrefix(r.URL.Path, labPath) {
			face.ServeHTTP(w, r)
			return
		}
		tee := &tee{ResponseWriter: w, status: http.StatusOK}
		face.ServeHTTP(tee, r)
		_, pattern := b.api.Handler(r)
		for _, wrong := range b.spec().judge(pattern, tee.status, tee.Header().Get("Content-Type"), tee.body.Bytes()) {
			t.Errorf("%s %s answered %d and not as its document says: %s\n%s", r.Method, r.URL.Path, tee.status, wrong, cut(tee.body.String(), 2000))
		}
	})
}

// tee keeps what is answered.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *tee) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *tee) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *tee) Write(b []byte) (int, error) {
	w.body.Write(b)
	return w.ResponseWriter.Write(b)
}

// judge holds one answer against the documents.
func (s *spec) judge(pattern string, status int, kind string, body []byte) []string {
	if status >= 400 {
		if kind != "application/problem+json" {
			return []string{"a refusal is " + kind}
		}
		return s.set.Defs.CheckJSON(s.problem, body)
	}
	for _, e := range s.entries {
		if e.Verb+" "+e.Path != pattern {
			continue
		}
		switch {
		case status != e.Status:
			return []string{fmt.Sprintf("the status is not %d", e.Status)}
		case strings.HasPrefix(kind, "application/jsonl"):
			return s.judgeLines(body)
		case e.Raw != "":
			return nil
		}
		return s.set.Defs.CheckJSON(e.Out, body)
	}
	return []string{pattern + " is not in the documents"}
}

// judgeLines holds JSON lines of events against the documents.
func (s *spec) judgeLines(body []byte) (wrong []string) {
	for line := range bytes.Lines(body) {
		if line = bytes.TrimSpace(line); len(line) > 0 && json.Valid(line) { // the last may be cut off
			wrong = append(wrong, s.judgeEvent(line)...)
		}
	}
	return wrong
}

func (s *spec) judgeEvent(text []byte) []string {
	wrong := s.set.Defs.CheckJSON(s.frames["event"], text)
	var e struct {
		Type string
		Data any
	}
	if json.Unmarshal(text, &e) == nil && !strings.HasPrefix(e.Type, "test.") {
		wrong = append(wrong, s.shape(e.Type, e.Data)...)
	}
	return wrong
}

func (w *wire) remember(text string) {
	var q struct{ ID, Method string }
	if json.Unmarshal([]byte(text), &q) == nil && q.ID != "" {
		w.asked[q.ID] = q.Method
	}
}

// witness holds a frame against the documents.
func (w *wire) witness(text []byte) {
	w.Helper()
	for _, wrong := range w.box.spec().judgeFrame(text, w.asked) {
		w.Errorf("the frame %s is not as its document says: %s", cut(string(text), 2000), wrong)
	}
}

func (s *spec) judgeFrame(text []byte, asked map[string]string) []string {
	var f struct {
		ID            string
		Method        string
		Params        json.RawMessage
		Result, Error json.RawMessage
	}
	if err := json.Unmarshal(text, &f); err != nil {
		return []string{err.Error()}
	}
	switch of := s.frames[f.Method]; {
	case f.Method == "event":
		return s.judgeEvent(f.Params)
	case f.Method == "hint":
		var h struct{ Kind string }
		if err := json.Unmarshal(f.Params, &h); err != nil {
			return []string{err.Error()}
		}
		return s.checkHint(f.Params, h.Kind)
	case of != nil:
		return s.set.Defs.CheckJSON(of, f.Params)
	case f.Method != "":
		return []string{"the documents know no notice " + f.Method}
	case f.Error != nil:
		return s.set.Defs.CheckJSON(s.rpcErr, f.Error)
	}
	for _, e := range s.entries {
		if e.RPC && e.Name == asked[f.ID] {
			return s.set.Defs.CheckJSON(e.Out, f.Result)
		}
	}
	return []string{"the documents know no method " + asked[f.ID]}
}

// TestWitness is the negative control: answers that are not as the documents
// say are seen, by REST and on the socket.
func TestWitness(t *testing.T) {
	b := newBox(t)
	s := b.spec()
	good := `{"lines":[{"id":"ln_A","state":"ready","rev":2}],"head":{"epoch":"ep_A","seq":2,"oldest":1}}`
	frame := `{"jsonrpc":"2.0","id":"1","result":` + good + `}`
	asked := map[string]string{"1": "line.list"}
	if wrong := append(s.judge("GET /api/v1/lines", 200, "application/json", []byte(good)), s.judgeFrame([]byte(frame), asked)...); len(wrong) > 0 {
		t.Fatal(wrong)
	}
	for old, new := range map[string]string{
		`"rev":2`:         `"revision":2`,
		`"id":"ln_A",`:    ``,
		`"ready"`:         `"perhaps"`,
		`"seq":2`:         `"seq":"2"`,
		`"lines":[`:       `"more":1,"lines":[`,
		`"oldest":1`:      `"oldest":null`,
		`{"lines":[{"id"`: `{"lines":null,"x":[{"id"`,
	} {
		if wrong := s.judge("GET /api/v1/lines", 200, "application/json", []byte(strings.Replace(good, old, new, 1))); len(wrong) == 0 {
			t.Errorf("REST: %s for %s was not seen", new, old)
		}
		if wrong := s.judgeFrame([]byte(strings.Replace(frame, old, new, 1)), asked); len(wrong) == 0 {
			t.Errorf("socket: %s for %s was not seen", new, old)
		}
	}
	for what, wrong := range map[string][]string{
		"a refusal that is no problem": s.judge("GET /api/v1/lines", 404, "application/json", []byte(`{}`)),
		"another status":               s.judge("GET /api/v1/lines", 201, "application/json", []byte(good)),
		"a path that is not there":     s.judge("GET /api/v1/secret", 200, "application/json", []byte(`{}`)),
		"a hint with other data":       s.judgeFrame([]byte(`{"jsonrpc":"2.0","method":"hint","params":{"kind":"signal","at":"2026-11-20T21:40:12.318Z","line":"ln_A","data":{"parts":2}}}`), nil),
		"a hint of no kind":            s.judgeFrame([]byte(`{"jsonrpc":"2.0","method":"hint","params":{"kind":"smell","at":"2026-11-20T21:40:12.318Z","data":{}}}`), nil),
		"an event of no type":          s.judgeEvent([]byte(`{"epoch":"ep_A","seq":1,"at":"2026-11-20T21:40:12.318Z","type":"line.gone","data":{},"prev":0}`)),
		"an event with other data":     s.judgeEvent([]byte(`{"epoch":"ep_A","seq":1,"at":"2026-11-20T21:40:12.318Z","type":"contact.saved","data":{"person":{}},"prev":0}`)),
	} {
		if len(wrong) == 0 {
			t.Errorf("%s was not seen", what)
		}
	}
	// The witness is really there: a server that answers wrongly fails its test.
	failed := &failing{TB: t}
	w := httptest.NewRecorder()
	planted := newBox(t, func(rows []method) []method {
		for i := range rows {
			if rows[i].name == "me.get" {
				rows[i].do.out = takes[none, sendResult]().out
			}
		}
		return rows
	})
	_, secret := planted.token(t, storage.ScopeRead)
	r := httptest.NewRequest("GET", "http://localhost/api/v1/me", nil)
	r.Header.Set("Authorization", bearer(secret))
	planted.witnessed(failed).ServeHTTP(w, r)
	if text, _ := io.ReadAll(w.Result().Body); failed.times == 0 {
		t.Errorf("a planted wrong answer was not seen: %s", text)
	}
}

// failing counts the complaints that are expected.
type failing struct {
	testing.TB
	mu    sync.Mutex
	times int
}

func (f *failing) Errorf(string, ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.times++
}
