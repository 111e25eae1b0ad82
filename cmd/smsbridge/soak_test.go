package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"smsbridge/bridge/client"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// level is what a process may leak, at one moment.
type level struct {
	descriptors, threads, goroutines int
	heap                             int     // kB in use
	rss                              float64 // MiB
}

func (s *stand) level() level {
	var bundle bytes.Buffer
	if err := s.desk.SupportBundle(context.Background(), &bundle, false); err != nil {
		s.Fatal(err)
	}
	var running struct {
		Goroutines, Descriptors int
		Heap                    int `json:"heap_kb"`
	}
	if err := json.Unmarshal([]byte(unzip(s.T, bundle.Bytes())["runtime.json"]), &running); err != nil {
		s.Fatal(err)
	}
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", s.process.cmd.Process.Pid))
	if err != nil {
		s.Fatal(err)
	}
	return level{running.Descriptors, len(threads), running.Goroutines, running.Heap, s.memory("VmRSS")}
}

// eventsHeld is how many events the ledger holds in memory at most: until then
// the process grows as it should.
const eventsHeld = 2 * 4096

// TestSoak runs the real program with 64 modems, texts both ways and a modem
// unplugged now and then, for SMSBRIDGE_SOAK such as 40m, and looks whether
// anything grows after what is bounded has filled, which takes five minutes or so:
// after a quarter of the time.
func TestSoak(t *testing.T) {
	lasting, err := time.ParseDuration(os.Getenv("SMSBRIDGE_SOAK"))
	if err != nil {
		t.Skip("lasts long; run it with SMSBRIDGE_SOAK=40m")
	}
	const modems = 64
	s := newStand(t, build(t, ""), modems, simulator.ModemOptions{})
	s.serve()
	lines, _, err := s.desk.Lines(context.Background())
	if err != nil || len(lines) != modems {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	out := func(n int) {
		d := client.Draft{To: demoHandset, From: lines[n%len(lines)].ID, Text: fmt.Sprint("out ", n)}
		if _, err := s.desk.Send(context.Background(), d); err != nil {
			t.Fatal(err)
		}
	}
	for n := range eventsHeld / 3 { // queued, sent, delivered
		out(n)
	}
	for len(s.phone.Messages()) < eventsHeld/3 {
		<-s.phone.Changed()
	}
	var first level
	began := time.Now()
	beat := time.NewTicker(500 * time.Millisecond)
	defer beat.Stop()
	sent := 0
	for n := 0; time.Since(began) < lasting; n++ {
		<-beat.C
		sim := s.sims[n%modems]
		if n%40 == 39 {
			sim.Unplug()
			<-beat.C
			if err := sim.Replug(); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := s.phone.Send(sim.Number(), fmt.Sprint("in ", n)); err != nil {
			t.Fatal(err)
		}
		sent++
		out(n)
		if n%120 == 60 {
			now := s.level()
			t.Logf("after %v: %+v", time.Since(began).Round(time.Second), now)
			if first == (level{}) && time.Since(began) > lasting/4 {
				first = now
			}
		}
	}
	last := s.level()
	t.Logf("%d modems, %v, %d texts each way: %+v, then %+v", modems, lasting, sent, first, last)
	if last.descriptors > first.descriptors+5 || last.threads > first.threads+5 || last.goroutines > first.goroutines+20 || last.rss > first.rss*1.1 {
		t.Error("something grows")
	}
	for arrived := 0; arrived < sent; {
		arrived = len(s.events(storage.MessageReceived))
	}
}
