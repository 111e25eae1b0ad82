package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	bodyMax     = 1 << 20          // octets of a request
	pollMax     = 60 * time.Second // of a long poll
	sendMax     = 100_000          // messages of one request
	handsetsMax = 10_000           // handsets that requests may make
)

// ModemState is a modem as Handler shows it.
type ModemState struct {
	Modem    int            `json:"modem"` // index
	Number   string         `json:"number"`
	ICCID    string         `json:"iccid"`
	IMEI     string         `json:"imei"`
	Port     string         `json:"port,omitempty"` // tty, if it has one
	State    string         `json:"state"`          // see Modem.State
	Family   string         `json:"family"`
	Coverage Coverage       `json:"coverage"`
	Signal   int            `json:"signal"`  // of +CSQ
	Celsius  int            `json:"celsius"` // its temperature
	SIM      string         `json:"sim"`     // in, out
	PINTries int            `json:"pin_tries"`
	PUKTries int            `json:"puk_tries"`
	Call     *Call          `json:"call,omitempty"` // that is under way
	Open     bool           `json:"open"`           // a terminal is there
	Used     map[string]int `json:"used"`           // slots in use, by memory
	Waiting  int            `json:"waiting"`        // parts at the service centre
	Faults   []FaultCount   `json:"faults"`
}

// Handler serves a network over HTTP, at paths without a prefix: GET /modems, GET /handsets,
// GET /handsets/{number}/messages?after=N&wait=SECONDS, POST /handsets/{number}/send, POST /faults, and of
// life.go POST /modems/{modem}, GET and POST /modems/{modem}/calls, POST /handsets/{number}/conduct and
// POST /ussd. It asks for no permission: whoever mounts it decides who comes in.
func Handler(n *Network) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /modems", n.serveModems)
	mux.HandleFunc("GET /handsets", n.serveHandsets)
	mux.HandleFunc("GET /handsets/{number}/messages", n.serveMessages)
	mux.HandleFunc("POST /handsets/{number}/send", n.serveSend)
	mux.HandleFunc("POST /faults", n.serveFault)
	n.serveLife(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuseHTTP(w, http.StatusNotFound, "there is no %s %s; there are GET /modems, GET /handsets, "+
			"GET /handsets/{number}/messages, POST /handsets/{number}/send, POST /faults, POST /modems/{modem}, "+
			"GET and POST /modems/{modem}/calls, POST /handsets/{number}/conduct and POST /ussd", r.Method, r.URL.Path)
	})
	return mux
}

func refuseHTTP(w http.ResponseWriter, status int, format string, args ...any) {
	answer(w, status, map[string]string{"error": fmt.Sprintf(format, args...)})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// body reads the JSON of a request; false if it was refused.
func body(w http.ResponseWriter, r *http.Request, v any) bool {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyMax))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		refuseHTTP(w, http.StatusRequestEntityTooLarge, "body: at most %d octets", bodyMax)
		return false
	}
	if err != nil {
		refuseHTTP(w, http.StatusBadRequest, "body: %v; a JSON object is needed", err)
	}
	return err == nil
}

func (n *Network) serveModems(w http.ResponseWriter, _ *http.Request) {
	list := []ModemState{}
	for _, m := range n.Modems() {
		list = append(list, m.Status())
	}
	answer(w, http.StatusOK, map[string]any{"modems": list})
}

// Status returns all that can be seen of a modem from outside.
func (m *Modem) Status() ModemState {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	s := ModemState{
		Modem: m.index, Number: m.options.Number, ICCID: m.options.ICCID, IMEI: m.options.IMEI,
		State: m.state(), Open: m.port != nil && !m.gone(), Used: make(map[string]int),
		Waiting: len(m.waiting), Faults: m.faults.counts(),
		Family: m.family.Name, Coverage: m.coverage, Signal: m.signal(), Celsius: m.celsius,
		SIM: map[bool]string{false: "in", true: "out"}[m.cardOut], PINTries: max(0, m.pinTries), PUKTries: max(0, m.pukTries),
	}
	if m.call != nil {
		now := *m.call.Call
		s.Call = &now
	}
	if m.tty != nil {
		s.Port = m.tty.title()
	}
	for name, mem := range m.memories {
		s.Used[name] = mem.used
	}
	return s
}

func (n *Network) serveHandsets(w http.ResponseWriter, _ *http.Request) {
	n.mu.Lock()
	list := []string{}
	for number := range n.handsets {
		list = append(list, number)
	}
	n.mu.Unlock()
	slices.Sort(list)
	answer(w, http.StatusOK, map[string]any{"handsets": list})
}

func (n *Network) serveMessages(w http.ResponseWriter, r *http.Request) {
	h := n.handset(r.PathValue("number"))
	if h == nil {
		refuseHTTP(w, http.StatusNotFound, "number: no handset has %q; sending from it makes one", r.PathValue("number"))
		return
	}
	after, err := number(r, "after")
	if err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	wait, err := number(r, "wait")
	if err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	list, last := h.await(r.Context(), after, min(pollMax, time.Duration(wait)*time.Second))
	answer(w, http.StatusOK, map[string]any{"messages": list, "last": last})
}

func number(r *http.Request, name string) (int64, error) {
	text := r.FormValue(name)
	if text == "" {
		return 0, nil
	}
	v, err := strconv.ParseInt(text, 10, 32)
	if err != nil || v < 0 {
		return 0, fmt.Errorf("%s: %q is no whole number from 0 up", name, text)
	}
	return v, nil
}

// handset returns the handset with a number, nil if there is none.
func (n *Network) handset(number string) *Handset {
	n.mu.Lock()
	defer n.mu.Unlock()
	h, _ := n.find(tidy(number)).(*Handset)
	return h
}

// await is Since, but it waits for something to say.
func (h *Handset) await(ctx context.Context, after int64, wait time.Duration) ([]Message, int64) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		changed := h.Changed()
		list, last := h.Since(after)
		if len(list) > 0 || wait <= 0 {
			return list, last
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return list, last
		}
	}
}

// serveSend answers with what was sent; with count, the text goes out so many times, numbered from
// the second on.
func (n *Network) serveSend(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		To    string `json:"to"`
		Text  string `json:"text"`
		Count int    `json:"count"`
	}
	if !body(w, r, &ask) {
		return
	}
	from := tidy(r.PathValue("number"))
	switch {
	case len(from) < 3 || len(from) > 16:
		refuseHTTP(w, http.StatusBadRequest, "number: %q is no number; write it as +15550100", r.PathValue("number"))
		return
	case ask.Count < 0 || ask.Count > sendMax:
		refuseHTTP(w, http.StatusBadRequest, "count: %d; it goes from 1 to %d", ask.Count, sendMax)
		return
	case n.modem(from) != nil:
		refuseHTTP(w, http.StatusConflict, "number: %s belongs to a SIM; a modem sends from it", from)
		return
	case n.full(from):
		refuseHTTP(w, http.StatusConflict, "number: there are %d handsets already; send from one of them", handsetsMax)
		return
	}
	sent, err := n.sendMany(n.Handset(from), ask.To, ask.Text, ask.Count)
	if err != nil {
		refuseHTTP(w, http.StatusUnprocessableEntity, "%v", err)
		return
	}
	answer(w, http.StatusAccepted, map[string]any{"messages": sent})
}

func (n *Network) sendMany(h *Handset, to, text string, count int) ([]Message, error) {
	list := []Message{}
	for i := range max(1, count) {
		each := text
		if i > 0 {
			each = fmt.Sprintf("%s %d", text, i+1)
		}
		x, err := h.send(to, each)
		if err != nil {
			return list, err
		}
		list = append(list, x)
	}
	return list, nil
}

// full reports whether one more handset is one too many.
func (n *Network) full(number string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.handsets) >= handsetsMax && n.handsets[number] == nil
}

func (n *Network) serveFault(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Modem   json.RawMessage `json:"modem"`
		Fault   string          `json:"fault"`
		Count   int             `json:"count"`
		DelayMS int64           `json:"delay_ms"`
		Code    int             `json:"code"`
		Octets  int             `json:"octets"`
		Command string          `json:"command"`
	}
	if !body(w, r, &ask) {
		return
	}
	m := n.modem(strings.Trim(string(ask.Modem), `"`))
	if m == nil {
		refuseHTTP(w, http.StatusNotFound, "modem: %s is neither the index nor the number of a modem; GET /modems lists them", ask.Modem)
		return
	}
	err := m.Fail(Fault{
		Name: ask.Fault, Count: ask.Count, Delay: time.Duration(ask.DelayMS) * time.Millisecond,
		Code: ask.Code, Octets: ask.Octets, Command: ask.Command,
	})
	if err != nil {
		refuseHTTP(w, http.StatusBadRequest, "%v", err)
		return
	}
	answer(w, http.StatusOK, m.Status())
}

// modem returns the modem with an index or a number, nil if there is none.
func (n *Network) modem(name string) *Modem {
	for _, m := range n.Modems() {
		if strconv.Itoa(m.index) == name || m.options.Number == name {
			return m
		}
	}
	return nil
}
