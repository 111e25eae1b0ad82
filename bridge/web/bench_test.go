package web

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/storage"
)

// BenchmarkFanOut is the time from the bell of a commit until the last of so
// many desks has read the frame, and until the first has.
func BenchmarkFanOut(b *testing.B) {
	for _, n := range []int{1, 8, 48} {
		b.Run(fmt.Sprintf("desks=%d", n), func(b *testing.B) { fanOut(b, n) })
	}
}

func fanOut(b *testing.B, desks int) {
	log := &fastLog{change: make(chan struct{})}
	box := newBox(b, func(c *Config) { log.Store = c.Store; c.Store = log })
	heard := make(chan time.Time, desks)
	secret := ""
	for i := range desks {
		if i%perAgent == 0 {
			_, secret = box.token(b, storage.ScopeRead)
		}
		w := box.dial(b, "Authorization", bearer(secret))
		w.open(`{}`)
		w.hear() // live
		go func() {
			_ = w.SetReadDeadline(time.Time{})
			for {
				_, text, err := w.NextReader()
				if err != nil {
					return
				}
				if _, err := io.Copy(io.Discard, text); err != nil {
					return
				}
				heard <- time.Now()
			}
		}()
	}
	first, last := make([]time.Duration, 0, b.N), make([]time.Duration, 0, b.N)
	for b.Loop() {
		start := time.Now()
		log.append(1)
		for i := range desks {
			at := <-heard
			if i == 0 {
				first = append(first, at.Sub(start))
			}
			if i == desks-1 {
				last = append(last, at.Sub(start))
			}
		}
	}
	slices.Sort(first)
	slices.Sort(last)
	at := func(d []time.Duration, p int) float64 { return float64(d[(len(d)-1)*p/100].Microseconds()) }
	b.ReportMetric(at(first, 50), "first-p50-µs")
	b.ReportMetric(at(last, 50), "last-p50-µs")
	b.ReportMetric(at(last, 99), "last-p99-µs")
}

// BenchmarkSend is the whole way of a text through the desk bank on a real
// ledger: one desk asks over its socket, and another has read the event of it.
// The commit is flushed to the disk on the way.
func BenchmarkSend(b *testing.B) {
	box := newBox(b)
	_, secret := box.token(b, storage.ScopeRead, storage.ScopeSend)
	other := box.dial(b, "Authorization", bearer(secret))
	other.open(`{"subscribe":{"events":["message.queued"]}}`)
	other.hear() // live
	var took []time.Duration
	var w *wire
	for i := 0; b.Loop(); i++ {
		if i%requestsBurst == 0 { // a new socket, so that the rate is not what is measured
			b.StopTimer()
			if w != nil {
				w.Close()
			}
			w = box.dial(b, "Authorization", bearer(secret))
			w.hear()
			b.StartTimer()
		}
		start := time.Now()
		w.say(`{"jsonrpc":"2.0","id":"1","method":"message.send","params":{"to":{"number":"+15550100"},"text":"Is the van ready?"}}`)
		if m := other.hear(); m["method"] != "event" {
			b.Fatal(m)
		}
		took = append(took, time.Since(start))
		if m := w.hear(); m["error"] != nil {
			b.Fatal(m)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[(len(took)-1)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkFrame is one event made ready for one more desk.
func BenchmarkFrame(b *testing.B) {
	var f frames
	e := storage.Event{Seq: 7, At: storage.Now(), Type: "message.received", Thread: "th_1", Line: "ln_1", Data: sample(7)}
	var text []byte
	b.ReportAllocs()
	for b.Loop() {
		made, err := f.of("ep_1", e)
		if err != nil {
			b.Fatal(err)
		}
		text = made.appendEvent(text[:0], 6)
	}
	if !bytes.Contains(text, []byte("ms_7")) {
		b.Fatal(string(text))
	}
}

// TestFanOut_is_quick is the promise that the way from commit to frame takes
// well under a millisecond; the limit is generous for a busy machine.
func TestFanOut_is_quick(t *testing.T) {
	log := &fastLog{change: make(chan struct{})}
	b := newBox(t, func(c *Config) { log.Store = c.Store; c.Store = log })
	_, secret := b.token(t, storage.ScopeRead)
	w := b.dial(t, "Authorization", bearer(secret))
	w.open(`{}`)
	w.hear()
	var took []time.Duration
	for range 200 {
		start := time.Now()
		log.append(1)
		if kind, _, err := w.ReadMessage(); err != nil || kind != websocket.TextMessage {
			t.Fatal(err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	if half := took[len(took)/2]; half > 5*time.Millisecond {
		t.Errorf("half of the events took more than %v", half)
	} else {
		t.Logf("median %v, p99 %v", half, took[len(took)*99/100])
	}
}
