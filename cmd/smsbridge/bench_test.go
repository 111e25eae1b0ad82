package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"smsbridge/bridge/client"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
)

// TestBench measures the real program, with the pretend network in this process
// and a pty between, at zero latency. It prints figures and asserts nothing
// about time; `make bench` runs it.
func TestBench(t *testing.T) {
	if os.Getenv("SMSBRIDGE_BENCH") == "" {
		t.Skip("measures for some minutes; run it with `make bench`")
	}
	binary := build(t, "")
	t.Run("notice to socket", func(t *testing.T) { benchLatency(t, binary) })
	t.Run("sends", func(t *testing.T) { benchSends(t, binary, 3000, "m%06d", 1) })
	t.Run("three-part messages", func(t *testing.T) {
		benchSends(t, binary, 50, "m%06d "+strings.Repeat("three parts of text, ", 19), 3)
	})
	t.Run("drain", func(t *testing.T) { benchDrain(t, binary) })
	t.Run("start", func(t *testing.T) { benchStart(t, binary) })
	t.Run("idle", func(t *testing.T) { benchIdle(t, binary) })
}

// stand is a network in this process and a bridge in another.
type stand struct {
	*testing.T
	binary, folder string
	network        *simulator.Network
	sims           []*simulator.Modem
	ports          []string
	phone          *simulator.Handset
	box            *http.Client
	desk           *client.Client
	process        *process
}

func newStand(t *testing.T, binary string, modems int, o simulator.ModemOptions) *stand {
	s := &stand{T: t, binary: binary, folder: t.TempDir(), network: simulator.NewNetwork(simulator.Options{})}
	t.Cleanup(func() { s.network.Close() })
	s.phone = s.network.Handset(demoHandset)
	for i := range modems {
		m := s.network.AddModem(o)
		name, err := m.ServePTY(filepath.Join(s.folder, fmt.Sprint("tty", i)))
		if err != nil {
			t.Fatal(err)
		}
		s.sims, s.ports = append(s.sims, m), append(s.ports, name)
	}
	socket := filepath.Join(s.folder, "admin.sock")
	s.box = overSocket(socket)
	var err error
	if s.desk, err = client.New(client.Options{Socket: socket}); err != nil {
		t.Fatal(err)
	}
	return s
}

// serve starts the bridge and answers where its page is.
func (s *stand) serve() (url string) {
	args := []string{"serve", "--db", filepath.Join(s.folder, "ledger.db"), "--limits=false", "--listen", "127.0.0.1:0", "--admin", filepath.Join(s.folder, "admin.sock")}
	for _, p := range s.ports {
		args = append(args, "--modem", p)
	}
	p := start(s, func(line string) { url = strings.TrimPrefix(line, "ready ") }, s.binary, args...)
	s.process = p
	s.Cleanup(func() { p.end(syscall.SIGTERM) })
	return url
}

// follow hands the messages of every event to do, from now on, and returns when
// the stream is live.
func (s *stand) follow(do func(storage.Message, string)) {
	ctx, cancel := context.WithCancel(context.Background())
	live := make(chan struct{})
	once := sync.OnceFunc(func() { close(live) })
	var running sync.WaitGroup
	running.Go(func() {
		s.desk.Follow(ctx, client.FollowOptions{Live: func(storage.Head) { once() }}, func(e client.Event) error {
			var d struct{ Message *storage.Message }
			if decode(e.Data, &d); d.Message != nil {
				do(*d.Message, e.Type)
			}
			return nil
		})
	})
	s.Cleanup(func() { cancel(); running.Wait() })
	<-live
}

func (s *stand) post(key, text string) {
	code, err := call(s.box, "POST", "/api/v1/messages", http.Header{"Idempotency-Key": {`"` + key + `"`}},
		map[string]any{"to": map[string]string{"number": demoHandset}, "text": text}, nil)
	if code != http.StatusAccepted {
		s.Errorf("send: %d %v", code, err)
	}
}

func percentile(d []time.Duration, p float64) time.Duration {
	slices.Sort(d)
	return d[min(int(p*float64(len(d))), len(d)-1)].Round(10 * time.Microsecond)
}

// benchLatency: the moment before a handset's text enters the network (which
// writes +CMTI within it) to the event at a WebSocket client in this process.
func benchLatency(t *testing.T, binary string) {
	s := newStand(t, binary, 1, simulator.ModemOptions{})
	s.serve()
	came := make(chan time.Time, 1)
	s.follow(func(m storage.Message, kind string) {
		if kind == storage.MessageReceived {
			came <- time.Now()
		}
	})
	var took []time.Duration
	for n := range 500 {
		began := time.Now()
		if err := s.phone.Send(s.sims[0].Number(), fmt.Sprintf("text number %d", n)); err != nil {
			t.Fatal(err)
		}
		took = append(took, (<-came).Sub(began))
		time.Sleep(10 * time.Millisecond) // the SIM is emptied meanwhile
	}
	t.Logf("+CMTI to the event at a WebSocket client: p50 %v, p99 %v, most %v (%d texts)",
		percentile(took, 0.5), percentile(took, 0.99), percentile(took, 1), len(took))
}

// benchSends: the first request to the event that says that the last is sent.
func benchSends(t *testing.T, binary string, n int, format string, parts int) {
	s := newStand(t, binary, 1, simulator.ModemOptions{})
	s.serve()
	done := make(chan time.Time, 1)
	sent := make(map[string]bool)
	s.follow(func(m storage.Message, _ string) {
		if m.Total != parts {
			t.Errorf("a text has %d parts, not %d", m.Total, parts)
		}
		if m.State == storage.Sent || m.State == storage.Delivered {
			if sent[m.ID] = true; len(sent) == n {
				select {
				case done <- time.Now():
				default:
				}
			}
		}
	})
	began := time.Now()
	var desks sync.WaitGroup
	next := make(chan int)
	for range 4 {
		desks.Go(func() {
			for i := range next {
				s.post(fmt.Sprint("k", i), fmt.Sprintf(format, i))
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	desks.Wait()
	accepted := time.Since(began)
	took := (<-done).Sub(began)
	t.Logf("%d messages of %d part(s), from the first request to the last one sent: %v = %.0f parts/s, every commit flushed, reports included (accepted after %v)",
		n, parts, took.Round(time.Millisecond), float64(n*parts)/took.Seconds(), accepted.Round(time.Millisecond))
}

// benchDrain: 500 texts wait on the SIM when the bridge opens the port.
func benchDrain(t *testing.T, binary string) {
	const n = 500
	s := newStand(t, binary, 1, simulator.ModemOptions{SM: n})
	for i := range n {
		if err := s.phone.Send(s.sims[0].Number(), fmt.Sprintf("stored text number %d", i)); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	s.serve()
	for s.sims[0].Status().Used["SM"] > 0 {
		time.Sleep(time.Millisecond)
	}
	took := time.Since(began)
	events := s.events(storage.MessageReceived)
	if len(events) != n {
		t.Errorf("%d of %d texts are in the ledger", len(events), n)
	}
	t.Logf("%d stored texts: process start to empty SIM %v = %.0f/s; first event after %v, last after %v",
		n, took.Round(time.Millisecond), n/took.Seconds(), events[0].At.Sub(began).Round(time.Millisecond), events[len(events)-1].At.Sub(began).Round(time.Millisecond))
}

// events reads the whole log and gives those of one type.
func (s *stand) events(kind string) []client.Event {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var found []client.Event
	s.desk.Follow(ctx, client.FollowOptions{Replay: "all", Live: func(storage.Head) { cancel() }}, func(e client.Event) error {
		if e.Type == kind {
			found = append(found, e)
		}
		return nil
	})
	return found
}

// benchStart: the start of the process to the first text in the ledger, and to
// the first text at the customer's phone.
func benchStart(t *testing.T, binary string) {
	s := newStand(t, binary, 1, simulator.ModemOptions{})
	s.serve() // knows its line from now on
	s.process.end(syscall.SIGTERM)
	var in, out []time.Duration
	for n := range 15 {
		if err := s.phone.Send(s.sims[0].Number(), fmt.Sprint("waits ", n)); err != nil {
			t.Fatal(err)
		}
		before := len(s.phone.Messages())
		began := time.Now()
		s.serve()
		s.post(fmt.Sprint("start", n), "go")
		for changed := s.phone.Changed(); len(s.phone.Messages()) == before; changed = s.phone.Changed() {
			<-changed
		}
		out = append(out, time.Since(began))
		events := s.events(storage.MessageReceived)
		for len(events) <= n {
			events = s.events(storage.MessageReceived)
		}
		in = append(in, events[n].At.Sub(began))
		s.process.end(syscall.SIGTERM)
	}
	t.Logf("process start to the first text in: p50 %v, most %v; to the first text at the phone (asked for after ready): p50 %v, most %v",
		percentile(in, 0.5), percentile(in, 1), percentile(out, 0.5), percentile(out, 1))
}

// benchIdle: memory, CPU and AT commands of a bridge that nobody uses, with its
// program read from the disk as after a start of the machine: of a file that
// was just written Linux may map far more than is touched.
func benchIdle(t *testing.T, binary string) {
	forget(t, binary)
	for _, modems := range []int{1, 16} {
		s := newStand(t, binary, modems, simulator.ModemOptions{})
		s.serve()
		time.Sleep(5 * time.Second)
		quiet := time.Minute
		cpu, commands := s.cpu(), s.commands()
		time.Sleep(quiet)
		used := s.cpu() - cpu
		t.Logf("%d modem(s): RSS %.1f MiB (%.1f its own, %.1f mapped of files), CPU over a quiet minute %.3f %%, %d AT commands to each modem in that minute",
			modems, s.memory("VmRSS"), s.memory("RssAnon"), s.memory("RssFile"), 100*used.Seconds()/quiet.Seconds(), (s.commands()-commands)/int64(modems))
		s.process.end(syscall.SIGTERM)
	}
}

func (s *stand) proc(name string) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.process.cmd.Process.Pid, name))
	if err != nil {
		s.Fatal(err)
	}
	return string(b)
}

// forget lets Linux drop a file from its cache.
func forget(t *testing.T, name string) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err == nil {
		err = errors.Join(f.Sync(), unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// memory is resident memory of the bridge, in MiB, by its name in proc(5), whose
// kB are of 1,024 octets.
func (s *stand) memory(name string) float64 {
	_, after, _ := strings.Cut(s.proc("status"), name+":")
	kb, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		s.Fatal(err)
	}
	return float64(kb) / 1024
}

// cpu is the processor time that the bridge has used, in ticks of 10 ms.
func (s *stand) cpu() time.Duration {
	stat := s.proc("stat")
	f := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

func (s *stand) commands() (n int64) {
	modems, err := s.desk.Modems(context.Background())
	if err != nil {
		s.Fatal(err)
	}
	for _, m := range modems {
		n += m.Commands
	}
	return n
}
