package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/bridge/web"
	"smsbridge/storage"
)

// cutter stands between desk and box and cuts each connection after a random
// number of octets, anywhere in a frame.
func cutter(t testing.TB, to string) (url string, cuts *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	cuts = new(atomic.Int64)
	var all sync.WaitGroup
	var mu sync.Mutex
	open := make(map[net.Conn]bool)
	carry := func(desk net.Conn) {
		box, err := net.Dial("tcp", to)
		if err != nil {
			desk.Close()
			return
		}
		mu.Lock()
		open[desk], open[box] = true, true
		mu.Unlock()
		var both sync.WaitGroup
		both.Go(func() { _, _ = io.Copy(box, desk); box.Close() })
		_, _ = io.CopyN(desk, box, 500+rand.Int64N(60_000))
		_ = desk.(*net.TCPConn).SetLinger(0)
		desk.Close()
		box.Close()
		both.Wait()
		cuts.Add(1)
		mu.Lock()
		delete(open, desk)
		delete(open, box)
		mu.Unlock()
	}
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { carry(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return "http://" + l.Addr().String(), cuts
}

// signals commits n changes of the line, an event each.
func (b *box) signals(ctx context.Context, n int) error {
	for i := range n {
		if err := b.db.SetLine(ctx, b.line.ID, storage.LineStatus{State: storage.LineReady, Signal: -1 - i%100 - 1}); err != nil {
			return err
		}
	}
	return nil
}

// once tells what is wrong with a list that should count up by one.
func once(seqs []int64, after int64, n int) error {
	for i, s := range seqs {
		if want := after + int64(i) + 1; s != want {
			return fmt.Errorf("after %d came %d, not %d", want-1, s, want)
		}
	}
	if len(seqs) != n {
		return fmt.Errorf("%d events came, not %d", len(seqs), n)
	}
	return nil
}

var errDone = errors.New("all heard")

// hearAll follows until n events came, or limit passes.
func hearAll(t testing.TB, c *Client, o FollowOptions, n int, limit time.Duration) []int64 {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), limit)
	defer stop()
	var seqs []int64
	err := c.Follow(ctx, o, func(e Event) error {
		if seqs = append(seqs, e.Seq); len(seqs) == n {
			return errDone
		}
		return nil
	})
	if !errors.Is(err, errDone) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("follow ended: %v", err)
	}
	return seqs
}

func TestFollow_loses_nothing_when_cut(t *testing.T) {
	const n = 10_000
	b := newBox(t, nil)
	url, cuts := cutter(t, b.url[len("http://"):])
	c := b.desk(t, url, storage.ScopeRead)
	head, err := b.db.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() { written <- b.signals(context.Background(), n) }()
	seqs := hearAll(t, c, FollowOptions{Epoch: head.Epoch, After: head.Seq, Replay: "all"}, n, 2*time.Minute)
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if err := once(seqs, head.Seq, n); err != nil {
		t.Error(err)
	}
	t.Logf("%d events, %d cuts", n, cuts.Load())
	if cuts.Load() < 20 {
		t.Errorf("only %d cuts: the test shows nothing", cuts.Load())
	}
}

// planted is a ledger with a bug between it and the desk bank.
type planted struct {
	web.Store
	events func(ctx context.Context, after int64, limit int) ([]storage.Event, error)
}

func (p planted) Events(ctx context.Context, after int64, limit int) ([]storage.Event, error) {
	return p.events(ctx, after, limit)
}

func TestFollow_finds_what_is_left_out(t *testing.T) {
	b := newBox(t, func(s web.Store) web.Store {
		return planted{s, func(ctx context.Context, after int64, limit int) ([]storage.Event, error) {
			events, err := s.Events(ctx, after, limit)
			if len(events) > 1 && events[0].Seq > 40 {
				events = events[1:]
			}
			return events, err
		}}
	})
	c := b.desk(t, b.url, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	if err := b.signals(t.Context(), 1500); err != nil {
		t.Fatal(err)
	}
	seqs := hearAll(t, c, FollowOptions{Epoch: head.Epoch, After: head.Seq}, 1500, 500*time.Millisecond)
	if once(seqs, head.Seq, 1500) == nil {
		t.Error("events were left out, and the check was content")
	}
}

// TestFollow_hears_once: a box that says things twice is found on the wire,
// and what Follow hands on comes once all the same.
func TestFollow_hears_once(t *testing.T) {
	var resend atomic.Bool
	b := newBox(t, func(s web.Store) web.Store {
		return planted{s, func(ctx context.Context, after int64, limit int) ([]storage.Event, error) {
			if events, err := s.Events(ctx, after, limit); !resend.Load() || len(events) == 0 {
				return events, err
			}
			return s.Events(ctx, max(0, after-3), limit)
		}}
	})
	c := b.desk(t, b.url, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	if err := b.signals(t.Context(), 1200); err != nil {
		t.Fatal(err)
	}
	o := FollowOptions{Epoch: head.Epoch, After: head.Seq}
	if err := once(wire(t, c, o, 1200), head.Seq, 1200); err != nil {
		t.Error(err)
	}
	resend.Store(true)
	if once(wire(t, c, o, 1200), head.Seq, 1200) == nil {
		t.Error("events were told twice, and the check was content")
	}
	if err := once(hearAll(t, c, o, 1200, 5*time.Second), head.Seq, 1200); err != nil {
		t.Error(err)
	}
}

// wire is what stands on the wire: the numbers of n events, as they come.
func wire(t testing.TB, c *Client, o FollowOptions, n int) (seqs []int64) {
	t.Helper()
	conn, err := c.connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f := &follower{c: c, o: o, epoch: o.Epoch, after: o.After}
	if err := conn.WriteMessage(websocket.TextMessage, f.open(storage.Head{})); err != nil {
		t.Fatal(err)
	}
	for len(seqs) < n {
		_ = conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, text, err := conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var in struct {
			Method string
			Params Event
		}
		if err := json.Unmarshal(text, &in); err != nil {
			t.Fatal(err)
		}
		if in.Method == "event" {
			seqs = append(seqs, in.Params.Seq)
		}
	}
	return seqs
}

// hurried commits between a reading that found nothing and the wait: the
// moment at which a change is lost when the bell is asked for too late.
type hurried struct {
	web.Store
	commit func()
	late   bool // the planted bug: take the channel after reading

	mu   sync.Mutex
	bell chan struct{}
}

func (h *hurried) Changed() <-chan struct{} {
	if !h.late {
		return h.Store.Changed()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bell = make(chan struct{})
	return h.bell
}

func (h *hurried) Events(ctx context.Context, after int64, limit int) ([]storage.Event, error) {
	events, err := h.Store.Events(ctx, after, limit)
	if len(events) > 0 || err != nil {
		return events, err
	}
	if h.commit != nil {
		commit := h.commit
		h.commit = nil
		commit()
	}
	if h.late {
		rung := h.Store.Changed()
		h.mu.Lock()
		bell := h.bell
		h.mu.Unlock()
		go func() { <-rung; close(bell) }()
	}
	return nil, nil
}

func TestFollow_asks_for_the_bell_before_it_reads(t *testing.T) {
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late=%v", late), func(t *testing.T) {
			h := &hurried{late: late}
			b := newBox(t, func(s web.Store) web.Store { h.Store = s; return h })
			h.commit = func() {
				if err := b.signals(context.Background(), 1); err != nil {
					t.Error(err)
				}
			}
			seqs := hearAll(t, b.desk(t, b.url, storage.ScopeRead), FollowOptions{}, 1, 500*time.Millisecond)
			if heard := len(seqs) == 1; heard == late {
				t.Errorf("heard: %v", heard)
			}
			if err := b.signals(t.Context(), 2); err != nil { // frees who waits for the bell
				t.Fatal(err)
			}
		})
	}
}

func TestFollow_tells_when_it_is_lost(t *testing.T) {
	b := newBox(t, nil)
	c := b.desk(t, b.url, storage.ScopeRead)
	head, _ := b.db.Head(t.Context())
	err := c.Follow(t.Context(), FollowOptions{Epoch: "ep_other", After: 7}, nil)
	refused(t, err, "cursor_lost", "")

	var reason string
	var from storage.Head
	o := FollowOptions{Epoch: "ep_other", After: 7, Lost: func(why string, h storage.Head) error {
		reason, from = why, h
		return nil
	}, Live: func(storage.Head) { go func() { _ = b.signals(context.Background(), 1) }() }}
	seqs := hearAll(t, c, o, 1, 5*time.Second)
	if reason != "epoch_changed" || from.Seq != head.Seq || once(seqs, head.Seq, 1) != nil {
		t.Errorf("lost: %q, %v, then %v", reason, from, seqs)
	}
	stop := errors.New("enough")
	if err := c.Follow(t.Context(), FollowOptions{Epoch: "x", Lost: func(string, storage.Head) error { return stop }}, nil); err != stop {
		t.Errorf("ended with %v", err)
	}
}

func TestFollow_from_the_beginning_by_the_Unix_socket(t *testing.T) {
	b := newBox(t, nil)
	if err := b.signals(t.Context(), 20); err != nil {
		t.Fatal(err)
	}
	head, _ := b.db.Head(t.Context())
	if err := once(hearAll(t, b.admin(t), FollowOptions{Replay: "all"}, int(head.Seq), 5*time.Second), 0, int(head.Seq)); err != nil {
		t.Error(err)
	}
}

// TestFollow_comes_again after the box has been stopped and started.
func TestFollow_comes_again(t *testing.T) {
	b := newBox(t, nil)
	c := b.desk(t, b.url, storage.ScopeRead)
	front := &http.Server{}
	var face atomic.Pointer[web.Server]
	face.Store(b.server)
	front.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { face.Load().Handler().ServeHTTP(w, r) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() { defer close(served); _ = front.Serve(l) }()
	defer func() { front.Close(); <-served }()
	c.base.Host = l.Addr().String()

	head, _ := b.db.Head(t.Context())
	downs := 0
	live := make(chan struct{}, 8)
	o := FollowOptions{Down: func(error, time.Duration) { downs++ }, Live: func(storage.Head) { live <- struct{}{} }}
	heard := make(chan []int64)
	go func() { heard <- hearAll(t, c, o, 30, 20*time.Second) }()
	<-live
	for round := range 3 {
		if err := b.signals(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		old := face.Load()
		face.Store(web.New(web.Config{Store: b.db, Keys: b.db, Count: func(string) (storage.Count, error) { return storage.Count{}, nil }}))
		if err := old.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := b.signals(t.Context(), 5); err != nil {
			t.Fatal(err)
		}
		if round < 2 { // the last event may come before it is live, and ends it
			<-live
		}
	}
	if err := once(<-heard, head.Seq, 30); err != nil {
		t.Error(err)
	}
	if downs < 3 {
		t.Errorf("it was down %d times", downs)
	}
	if err := face.Load().Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestJitter(t *testing.T) {
	w := usualWaits
	for try := range 40 {
		most := min(30*time.Second, 500*time.Millisecond<<min(try, 10))
		for range 50 {
			if d := w.jitter(try); d < 0 || d > most {
				t.Fatalf("try %d waits %v; %v is the most", try, d, most)
			}
		}
	}
}
