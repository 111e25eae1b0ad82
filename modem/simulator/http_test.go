package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// call asks the handler as a client would.
func call(t *testing.T, h http.Handler, method, path, body string, want int, into any) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	if w.Code != want {
		t.Fatalf("%s %s: %d %s, want %d", method, path, w.Code, w.Body, want)
	}
	var refused struct{ Error string }
	if want >= 400 {
		into = &refused
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
	}
	if want >= 400 && refused.Error == "" {
		t.Errorf("%s %s: refused without a word", method, path)
	}
}

func TestHandler(t *testing.T) {
	n, m, _ := lab(t, Options{}, ModemOptions{})
	web := Handler(n)
	var sent, have struct {
		Messages []Message
		Last     int64
	}
	call(t, web, "POST", "/handsets/+15550100/send", `{"to":"+15550191","text":"hello"}`, 202, &sent)
	if len(sent.Messages) != 1 || sent.Messages[0].State != "delivered" || sent.Messages[0].ID == 0 {
		t.Errorf("sent %+v", sent)
	}
	call(t, web, "POST", "/handsets/+15550123/send", `{"to":"+15550191","text":"many","count":60}`, 202, &sent)
	if len(sent.Messages) != 60 || sent.Messages[59].Text != "many 60" || sent.Messages[59].State != "waiting" {
		t.Errorf("sent %+v", sent)
	}
	call(t, web, "GET", "/handsets/+15550123/messages?after=0", "", 200, &have)
	if len(have.Messages) != 60 || have.Last == 0 {
		t.Errorf("has %d messages, last %d", len(have.Messages), have.Last)
	}
	var all struct{ Handsets []string }
	call(t, web, "GET", "/handsets", "", 200, &all)
	if strings.Join(all.Handsets, " ") != "+15550100 +15550123" {
		t.Errorf("handsets %v", all.Handsets)
	}
	call(t, web, "POST", "/faults", `{"modem":1,"fault":"lose-final","count":2}`, 200, nil)
	call(t, web, "POST", "/faults", `{"modem":"+15550191","fault":"unplug"}`, 200, nil)
	var modems struct{ Modems []ModemState }
	call(t, web, "GET", "/modems", "", 200, &modems)
	s := modems.Modems[0]
	if len(modems.Modems) != 1 || s.Number != m.Number() || s.State != "unplugged" || s.Waiting != 11 || len(s.Faults) != 2 || s.Faults[0].Left != 2 {
		t.Errorf("modems %+v", modems)
	}
}

func TestHandler_refuses(t *testing.T) {
	n, _, _ := lab(t, Options{}, ModemOptions{})
	web := Handler(n)
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/", "", 404},
		{"POST", "/modems", "", 404},
		{"GET", "/handsets/+4711/messages", "", 404},
		{"GET", "/handsets/+15550191/messages", "", 404},
		{"GET", "/handsets/+15550100/messages?after=x", "", 400},
		{"GET", "/handsets/+15550100/messages?wait=-1", "", 400},
		{"POST", "/handsets/+15550100/send", "", 400},
		{"POST", "/handsets/+15550100/send", `{"too":"+15550191"}`, 400},
		{"POST", "/handsets/+15550100/send", `{"to":"+4711","text":"x"}`, 422},
		{"POST", "/handsets/+15550100/send", `{"to":"+15550191","text":"x","count":-1}`, 400},
		{"POST", "/handsets/+15550100/send", `{"to":"+15550191","text":"` + strings.Repeat("x", 50_000) + `"}`, 422},
		{"POST", "/handsets/+15550100/send", `{"to":"+15550191","text":"` + strings.Repeat("x", 2<<20) + `"}`, 413},
		{"POST", "/handsets/x/send", `{"to":"+15550191","text":"x"}`, 400},
		{"POST", "/handsets/+15550191/send", `{"to":"+15550191","text":"x"}`, 409},
		{"POST", "/faults", `{"modem":9,"fault":"unplug"}`, 404},
		{"POST", "/faults", `{"fault":"unplug"}`, 404},
		{"POST", "/faults", `{"modem":1,"fault":"earthquake"}`, 400},
		{"POST", "/faults", `{"modem":1,"fault":"silence","delay_ms":-1}`, 400},
	} {
		call(t, web, c.method, c.path, c.body, c.want, nil)
	}
}

func TestHandler_longPoll(t *testing.T) {
	n, m, h := lab(t, Options{}, ModemOptions{})
	web := Handler(n)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w := httptest.NewRecorder()
		web.ServeHTTP(w, httptest.NewRequest("GET", "/handsets/+15550100/messages?after=0&wait=30", nil))
		if !strings.Contains(w.Body.String(), `"text":"at last"`) {
			t.Errorf("got %s", w.Body)
		}
	}()
	x := attach(t, m)
	begin := time.Now()
	x.submit(compose(t, h.Number(), "at last", false)[0], 0)
	<-done
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
	var have struct{ Messages []Message }
	call(t, web, "GET", "/handsets/+15550100/messages?after=99&wait=0", "", 200, &have)
	if len(have.Messages) != 0 {
		t.Errorf("got %+v", have)
	}
}
