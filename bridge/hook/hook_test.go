package hook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, goleak.Cleanup(os.Exit)) }

func openLedger(t testing.TB) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// write makes n events of the type contact.saved.
func write(t testing.TB, db *sqlite.DB, n int) {
	t.Helper()
	var writers sync.WaitGroup
	work := make(chan int)
	for range 64 {
		writers.Go(func() {
			for i := range work {
				c := storage.Contact{Name: fmt.Sprint("Customer ", i), Numbers: []string{fmt.Sprintf("+1555%07d", i)}}
				if _, err := db.SaveContact(context.Background(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	writers.Wait()
}

// anywhere is a guard that lets deliveries to loopback through.
func anywhere(t testing.TB) *Guard {
	t.Helper()
	g, err := NewGuard([]string{"127.0.0.0/8"}, []string{"any"})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// start runs a pusher; the function that it gives stops it and waits.
func start(t testing.TB, store Store, o Options) func() {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- New(ringing{store}, o).Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run ended with %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// bell is rung when something has happened; who waits looks again.
type bell struct {
	mu      sync.Mutex
	changed chan struct{}
}

// happened rings at each settlement of a pusher, and at each request that comes to
// a receiver, in whatever test: to look once too often does no harm.
var happened = bell{changed: make(chan struct{})}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// next is closed when it rings after this.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.changed
}

// ringing is a store whose settlements are heard.
type ringing struct{ Store }

func (s ringing) SettleHook(ctx context.Context, x storage.Settlement) error {
	defer happened.ring()
	return s.Store.SettleHook(ctx, x)
}

// until waits until something is so.
func until(t testing.TB, what string, is func() bool) {
	t.Helper()
	for patience := time.After(3 * time.Minute); ; {
		next := happened.next()
		if is() {
			return
		}
		select {
		case <-next:
		case <-patience:
			t.Fatalf("%s has not come to pass", what)
		}
	}
}

func hookOf(t testing.TB, db *sqlite.DB, id string) storage.Hook {
	t.Helper()
	hooks, err := db.Hooks(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(hooks, func(h storage.Hook) bool { return h.ID == id })
	if i < 0 {
		t.Fatalf("there is no hook %s", id)
	}
	return hooks[i]
}

// receiver is somebody's endpoint: it checks what comes as a careful one does,
// and is as unreliable as it is told to be.
type receiver struct {
	*httptest.Server
	mood func() string // what to do with a request

	mu     sync.Mutex
	secret string
	bodies map[string]string // by webhook-id
	taken  []told            // that were answered with 2xx, each id once
	came   int
	wrong  []string
}

type told struct {
	ID        string `json:"-"`
	Seq, Prev int64
	Type      string
}

func newReceiver(t testing.TB, mood func() string) *receiver {
	r := &receiver{mood: mood, bodies: make(map[string]string)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	t.Cleanup(r.CloseClientConnections)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	text, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	mood := r.mood()
	r.note(q.Header, string(text), mood)
	switch mood {
	case "hang":
		<-q.Context().Done()
	case "cut", "take and cut":
		panic(http.ErrAbortHandler)
	case "fail":
		w.WriteHeader(500)
	case "busy":
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(503)
	case "gone":
		w.WriteHeader(410)
	case "redirect":
		http.Redirect(w, q, "/elsewhere", http.StatusTemporaryRedirect)
	}
}

func (r *receiver) note(h http.Header, text, mood string) {
	defer happened.ring()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.came++
	id := h.Get("webhook-id")
	if !verify(r.secret, h, text) {
		r.wrong = append(r.wrong, id+" is not signed with our secret")
	}
	if known, again := r.bodies[id]; again && known != text {
		r.wrong = append(r.wrong, id+" came with another body")
	}
	_, again := r.bodies[id]
	r.bodies[id] = text
	if mood != "" && mood != "take and cut" || again && slices.ContainsFunc(r.taken, func(e told) bool { return e.ID == id }) {
		return
	}
	e := told{ID: id}
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		r.wrong = append(r.wrong, err.Error())
	}
	r.taken = append(r.taken, e)
}

// verify is what a receiver's library does, written from the specification.
func verify(secret string, h http.Header, body string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) == 0 {
		return false
	}
	m := hmac.New(sha256.New, key)
	io.WriteString(m, h.Get("webhook-id")+"."+h.Get("webhook-timestamp")+"."+body)
	want := "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
	return slices.Contains(strings.Fields(h.Get("webhook-signature")), want)
}

// create makes a hook that the receiver knows.
func (r *receiver) create(t testing.TB, db *sqlite.DB, h storage.Hook) storage.Hook {
	t.Helper()
	if h.URL == "" {
		h.URL = r.URL + "/in"
	}
	h, secret, err := db.CreateHook(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secret = secret
	return h
}

// quick makes the waits between tries short.
func quick(t testing.TB) Options {
	return Options{Guard: anywhere(t), First: time.Millisecond, Most: 10 * time.Millisecond, Timeout: 100 * time.Millisecond}
}

// moody fails at random in every way.
func moody(seed uint64) func() string {
	var mu sync.Mutex
	dice := rand.New(rand.NewPCG(seed, 1))
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		switch n := dice.IntN(1000); {
		case n < 60:
			return "fail"
		case n < 100:
			return "cut"
		case n < 140:
			return "take and cut"
		case n < 150:
			return "busy"
		case n < 155:
			return "hang"
		}
		return ""
	}
}

// plant stands between pusher and ledger, with a bug in it.
type plant struct {
	Store
	bug string

	mu    sync.Mutex
	crash bool // nothing is written any more, as if the process had died
}

func (p *plant) dead() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.crash
}

func (p *plant) SettleHook(ctx context.Context, s storage.Settlement) error {
	if p.dead() {
		return errors.New("the process has died")
	}
	if p.bug == "failures are forgotten" {
		s.Deliveries = slices.DeleteFunc(s.Deliveries, func(d storage.Delivery) bool { return d.State == storage.DeliveryWaiting })
	}
	return p.Store.SettleHook(ctx, s)
}

func (p *plant) HookBacklog(ctx context.Context, h storage.Hook, latest storage.Time, limit int) (storage.Backlog, error) {
	b, err := p.Store.HookBacklog(ctx, h, latest, limit)
	if p.bug == "the next does not wait" {
		b.Waiting = 0
	}
	return b, err
}

func (p *plant) Head(ctx context.Context) (storage.Head, error) {
	h, err := p.Store.Head(ctx)
	if p.bug == "ids change" {
		h.Epoch = fmt.Sprint("ep_", rand.Int64())
	}
	return h, err
}

// TestDelivery pushes 10,000 events to an endpoint that fails, hangs and cuts
// connections at random, while the pusher is stopped and killed again and again.
// Every event must arrive, under one id, with one body, signed, each with the
// number of the one before it; in strict order also one after the other.
//
// The negative controls plant a bug each, which must be caught.
func TestDelivery(t *testing.T) {
	for _, order := range []string{storage.HookFree, storage.HookStrict} {
		t.Run(order, func(t *testing.T) {
			n := 1000
			if os.Getenv("SMSBRIDGE_LONG") != "" {
				n = 10_000
			}
			wrong, figures := deliver(t, order, "", n)
			t.Log(figures)
			for _, w := range wrong[:min(20, len(wrong))] {
				t.Error(w)
			}
		})
	}
	for _, bug := range []struct{ order, name string }{
		{storage.HookFree, "failures are forgotten"},
		{storage.HookStrict, "the next does not wait"},
		{storage.HookFree, "ids change"},
	} {
		t.Run("negative control/"+bug.name, func(t *testing.T) {
			wrong, figures := deliver(t, bug.order, bug.name, 500)
			if len(wrong) == 0 {
				t.Fatalf("the planted bug was not caught: %s", figures)
			}
			t.Log(wrong[0])
		})
	}
}

func deliver(t *testing.T, order, bug string, n int) (wrong []string, figures string) {
	db := openLedger(t)
	r := newReceiver(t, moody(uint64(n)))
	h := r.create(t, db, storage.Hook{Order: order, Events: []string{"contact.*"}})
	var writer sync.WaitGroup
	writer.Go(func() { write(t, db, n) })
	defer writer.Wait()
	settled := func() bool {
		now := hookOf(t, db, h.ID)
		head, err := db.Head(context.Background())
		return err == nil && now.Waiting == 0 && now.Cursor == head.Seq && head.Seq >= h.Cursor+int64(n)
	}
	restarts := 0
	for step := n / 10; !settled(); restarts++ {
		p := &plant{Store: db, bug: bug}
		stop := start(t, p, quick(t))
		seen := r.seen()
		until(t, "some progress", func() bool { return r.seen() >= seen+step || settled() })
		if restarts%2 == 0 {
			p.mu.Lock()
			p.crash = true
			p.mu.Unlock()
		}
		stop()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	wrong = slices.Clone(r.wrong)
	seqs := make(map[int64]bool)
	last := h.Cursor
	for _, e := range r.taken {
		if seqs[e.Seq] {
			wrong = append(wrong, fmt.Sprintf("event %d came under two ids", e.Seq))
		}
		seqs[e.Seq] = true
		if e.Prev != e.Seq-1 {
			wrong = append(wrong, fmt.Sprintf("event %d names %d as the one before it", e.Seq, e.Prev))
		}
		if order == storage.HookStrict && e.Seq != last+1 {
			wrong = append(wrong, fmt.Sprintf("event %d came after %d", e.Seq, last))
		}
		last = e.Seq
	}
	for seq := h.Cursor + 1; seq <= h.Cursor+int64(n); seq++ {
		if !seqs[seq] {
			wrong = append(wrong, fmt.Sprintf("event %d never came", seq))
		}
	}
	return wrong, fmt.Sprintf("%d events, %d requests, %d restarts, half of them as by a crash", len(seqs), r.came, restarts)
}

func (r *receiver) seen() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.taken)
}

func (r *receiver) requests() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.came
}

// A hook that hangs and one that is down do not hold up a third.
func TestDelivery_others_do_not_wait(t *testing.T) {
	db := openLedger(t)
	stuck := newReceiver(t, func() string { return "hang" })
	down := newReceiver(t, func() string { return "cut" })
	good := newReceiver(t, func() string { return "" })
	for _, r := range []*receiver{stuck, down, good} {
		r.create(t, db, storage.Hook{Events: []string{"contact.saved"}})
	}
	o := Options{Guard: anywhere(t), Timeout: time.Hour} // the stuck one hangs for all of the test
	stop := start(t, db, o)
	write(t, db, 500)
	until(t, "delivery of 500 events", func() bool { return good.seen() == 500 })
	stop()
}

func TestFilter(t *testing.T) {
	db := openLedger(t)
	r := newReceiver(t, func() string { return "" })
	for _, f := range []struct {
		events, lines []string
		want          map[string]int
	}{
		{nil, nil, map[string]int{"contact.saved": 1, "line.updated": 2}},
		{[]string{"contact.saved"}, nil, map[string]int{"contact.saved": 1}},
		{[]string{"line.*"}, nil, map[string]int{"line.updated": 2}},
		{nil, []string{"none"}, map[string]int{"contact.saved": 1}},
		{[]string{"message.*"}, nil, map[string]int{}},
	} {
		h := storage.Hook{Events: f.events, Lines: f.lines}
		got := make(map[string]int)
		for _, e := range []storage.Event{{Type: "contact.saved"}, {Type: "line.updated", Line: "ln_1"}, {Type: "line.updated", Line: "ln_2"}} {
			if h.Wants(e) {
				got[e.Type]++
			}
		}
		if !maps.Equal(got, f.want) {
			t.Errorf("%v %v: %v, want %v", f.events, f.lines, got, f.want)
		}
	}
	h := r.create(t, db, storage.Hook{Events: []string{"thread.*"}})
	start(t, db, quick(t))
	write(t, db, cursorStep+10)
	until(t, "that the cursor moves over what is not wanted", func() bool { return hookOf(t, db, h.ID).Cursor >= h.Cursor+cursorStep })
	if r.requests() > 0 {
		t.Errorf("%d events came that were not wanted", r.requests())
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		mood, state, err string
		disabled         bool
	}{
		{"gone", storage.DeliveryDead, "410", true},
		{"redirect", storage.DeliveryWaiting, "redirects (307)", false},
		{"fail", storage.DeliveryWaiting, "500", false},
		{"cut", storage.DeliveryWaiting, "EOF", false},
		{"hang", storage.DeliveryWaiting, "no answer in time", false},
	} {
		t.Run(c.mood, func(t *testing.T) {
			db := openLedger(t)
			r := newReceiver(t, func() string { return c.mood })
			h := r.create(t, db, storage.Hook{Events: []string{"contact.saved"}})
			o := quick(t)
			o.First, o.Most = time.Hour, time.Hour
			stop := start(t, db, o)
			write(t, db, 1)
			var page storage.DeliveryPage
			until(t, "a try", func() bool {
				page, _ = db.Deliveries(context.Background(), h.ID, "", storage.Page{})
				return len(page.Deliveries) == 1
			})
			stop()
			d, now := page.Deliveries[0], hookOf(t, db, h.ID)
			if d.State != c.state || !strings.Contains(d.Error, c.err) || now.DisabledAt.IsZero() == c.disabled {
				t.Errorf("%+v\n%+v", d, now)
			}
			if r.requests() != 1 {
				t.Errorf("%d requests", r.requests())
			}
			if strings.Contains(d.Error, r.URL) {
				t.Errorf("the error tells the URL: %s", d.Error)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "120": 2 * time.Minute, "-1": 0, "soon": 0, "999999999": afterMost,
		"Wed, 01 Jul 2026 12:00:30 GMT": 30 * time.Second, "Wed, 01 Jul 2026 11:00:00 GMT": 0,
	} {
		if got := retryAfter(value, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

// The vector of the Standard Webhooks libraries' own tests.
func TestSign(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1614265330, 0)
	now := []storage.HookSecret{{Key: key}}
	got, ok := sign(now, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want || !ok {
		t.Errorf("%s, want %s", got, want)
	}
	old := storage.HookSecret{Key: []byte("old"), Expires: storage.At(at.Add(time.Second))}
	if got, _ := sign(append(now, old), "id", at, nil); len(strings.Fields(got)) != 2 {
		t.Errorf("during a rotation there is %q", got)
	}
	if got, _ := sign(append(now, old), "id", at.Add(time.Second), nil); len(strings.Fields(got)) != 1 {
		t.Errorf("after a rotation there is %q", got)
	}
	for name, none := range map[string][]storage.HookSecret{"no secret": nil, "an empty secret": {{}}, "an old secret": {{Key: key, Expires: storage.At(at)}}} {
		if got, ok := sign(none, "id", at, nil); ok {
			t.Errorf("%s signs %q", name, got)
		}
	}
}

func TestRotation(t *testing.T) {
	db := openLedger(t)
	r := newReceiver(t, func() string { return "" })
	h := r.create(t, db, storage.Hook{Events: []string{"contact.saved"}})
	start(t, db, quick(t))
	old := r.secret
	if _, _, err := db.RotateHook(t.Context(), h.ID, time.Hour); err != nil {
		t.Fatal(err)
	}
	write(t, db, 1)
	until(t, "delivery", func() bool { return r.seen() == 1 })
	_, secret, err := db.RotateHook(t.Context(), h.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	if len(r.wrong) > 0 || secret == old {
		t.Errorf("the old secret held no longer: %v", r.wrong)
	}
	r.secret = secret
	r.mu.Unlock()
	if _, err := db.SaveContact(t.Context(), storage.Contact{Name: "Next", Numbers: []string{"+15559999"}}); err != nil {
		t.Fatal(err)
	}
	until(t, "delivery", func() bool { return r.seen() == 2 })
	if len(r.wrong) > 0 {
		t.Error(r.wrong)
	}
}

func TestReplay(t *testing.T) {
	db := openLedger(t)
	r := newReceiver(t, func() string { return "" })
	h := r.create(t, db, storage.Hook{Events: []string{"contact.saved"}})
	start(t, db, quick(t))
	write(t, db, 20)
	until(t, "delivery", func() bool { return hookOf(t, db, h.ID).Cursor == h.Cursor+20 })
	before := r.requests()
	if _, err := db.ReplayDelivery(t.Context(), h.ID, h.Cursor+3); err != nil {
		t.Fatal(err)
	}
	until(t, "replay of one", func() bool { return r.requests() == before+1 })
	until(t, "its end", func() bool { return hookOf(t, db, h.ID).Waiting == 0 })
	if _, err := db.ReplaySince(t.Context(), h.ID, h.Cursor+10); err != nil {
		t.Fatal(err)
	}
	until(t, "replay of ten", func() bool { return r.requests() == before+11 })
	if r.seen() != 20 {
		t.Errorf("%d ids, want 20: a replay must keep them", r.seen())
	}
	for _, bad := range []int64{-1, h.Cursor + 1000} {
		if _, err := db.ReplaySince(t.Context(), h.ID, bad); err == nil {
			t.Errorf("replay since %d is allowed", bad)
		}
	}
}

// An ntfy topic takes plain text: a template makes it.
func TestTemplate(t *testing.T) {
	db := openLedger(t)
	got := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got <- r.Header.Get("Content-Type") + "|" + r.URL.RawQuery + "|" + string(text)
	}))
	defer server.Close()
	_, _, err := db.CreateHook(t.Context(), storage.Hook{URL: server.URL + "/topic?title=SMS", Events: []string{"contact.saved"}, Template: "New: {{.data.contact.name}}"})
	if err != nil {
		t.Fatal(err)
	}
	start(t, db, quick(t))
	write(t, db, 1)
	if said, want := <-got, "text/plain; charset=utf-8|title=SMS|New: Customer 0"; said != want {
		t.Errorf("%q, want %q", said, want)
	}
	for _, bad := range []string{"{{", "{{nope .}}"} {
		if err := New(db, Options{Guard: anywhere(t)}).Check(storage.Hook{URL: server.URL, Template: bad}); err == nil {
			t.Errorf("%q is taken for a template", bad)
		}
	}
}

func TestPing(t *testing.T) {
	db := openLedger(t)
	mood := ""
	r := newReceiver(t, func() string { return mood })
	h := r.create(t, db, storage.Hook{})
	p := New(db, quick(t))
	defer p.client.CloseIdleConnections()
	if d, err := p.Ping(t.Context(), h.ID); err != nil || d.Status != 200 || d.State != storage.DeliveryDelivered {
		t.Errorf("%+v %v", d, err)
	}
	mood = "fail"
	if d, err := p.Ping(t.Context(), h.ID); err != nil || d.Status != 500 || d.State != storage.DeliveryDead {
		t.Errorf("%+v %v", d, err)
	}
	if _, err := p.Ping(t.Context(), "hk_none"); err == nil {
		t.Error("a hook that is not there was pinged")
	}
	if len(r.wrong) > 0 || r.taken[0].Type != PingType {
		t.Error(r.wrong, r.taken)
	}
}
