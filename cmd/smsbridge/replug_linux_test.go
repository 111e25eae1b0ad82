package main

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"smsbridge/bridge/gateway"
	"smsbridge/modem/simulator"
	"smsbridge/modem/usb"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// plugged is a radio bank that finds a pretend stick, by its files and its tty,
// as it would find a real one.
type plugged struct {
	testing.TB
	db    *sqlite.DB
	tree  *simulator.Sysfs
	stick *simulator.Modem
	phone *simulator.Handset
	line  string
	bank  *gateway.Gateway
}

func plugIn(t testing.TB, family string) *plugged {
	t.Helper()
	p := &plugged{TB: t}
	var err error
	if p.tree, err = simulator.NewSysfs(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	if p.db, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db")); err != nil {
		t.Fatal(err)
	}
	network := simulator.NewNetwork(simulator.Options{})
	p.phone, p.stick = network.Handset(demoHandset), network.AddModem(simulator.ModemOptions{Family: family})
	ctx, stop := context.WithCancel(context.Background())
	events := make(chan usb.Uevent, 64)
	f := finder{fs: usb.FS{Root: p.tree.Root}, watch: usb.WatchOptions{Events: events}}
	p.bank = gateway.New(p.db, nil, gateway.Options{Find: f.find, Late: time.Second})
	var running sync.WaitGroup
	running.Go(func() { relay(ctx, p.tree.Events(), events) })
	running.Go(func() { p.bank.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait(); network.Close(); p.db.Close() })
	if err := p.tree.Plug(p.stick, "1-1.4", 0); err != nil {
		t.Fatal(err)
	}
	p.line = p.until("the line is ready", storage.LineReady).ID
	return p
}

// relay carries the tree's events as the kernel would.
func relay(ctx context.Context, from <-chan simulator.Uevent, to chan<- usb.Uevent) {
	for {
		select {
		case e := <-from:
			select {
			case to <- usb.Uevent{Action: e.Action, Devpath: e.Devpath, Subsystem: e.Subsystem, Devname: e.Devname}:
			case <-ctx.Done():
			}
		case <-ctx.Done():
			return
		}
	}
}

// until waits for the only line to be in a state.
func (p *plugged) until(what string, state storage.LineState) storage.Line {
	p.Helper()
	var l storage.Line
	p.wait(what, func() bool {
		lines, _, err := p.db.Lines(context.Background())
		if err != nil {
			p.Fatal(err)
		}
		if len(lines) == 1 {
			l = lines[0]
		}
		return l.State == state
	})
	return l
}

func (p *plugged) wait(what string, ok func() bool) {
	p.Helper()
	patience := time.After(30 * time.Second)
	for {
		changed := p.db.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-patience:
			notes, _ := p.db.Journal(context.Background(), 10)
			p.Fatalf("it never came to: %s; %+v; %+v", what, p.bank.Modems(), notes)
		}
	}
}

func (p *plugged) send(text string) string {
	p.Helper()
	count, err := gateway.Count(text)
	if err != nil {
		p.Fatal(err)
	}
	m, _, err := p.db.Compose(context.Background(), storage.Draft{To: demoHandset, Line: p.line, Text: text, Count: count})
	if err != nil {
		p.Fatal(err)
	}
	return m.ID
}

// inbound counts the texts that came in.
func (p *plugged) inbound() map[string]int {
	p.Helper()
	all := make(map[string]int)
	threads, err := p.db.Threads(context.Background(), storage.Page{})
	if err != nil {
		p.Fatal(err)
	}
	for _, t := range threads.Threads {
		page := storage.Page{Before: ""}
		for more := true; more; {
			found, err := p.db.Messages(context.Background(), t.ID, page)
			if err != nil {
				p.Fatal(err)
			}
			for _, m := range found.Messages {
				if m.Dir == storage.Inbound {
					all[m.Text]++
				}
			}
			page.Before = found.Prev
			more = found.Prev != ""
		}
	}
	return all
}

// judge tells what was lost or came twice, in either direction.
func (p *plugged) judge(ids map[string]string) (wrong []string) {
	p.Helper()
	in, heard := p.inbound(), make(map[string]int)
	for _, m := range p.phone.Messages() {
		heard[m.Text]++
	}
	for text, id := range ids {
		m, err := p.db.Message(context.Background(), id)
		if err != nil {
			p.Fatal(err)
		}
		if n := in["in "+text]; n != 1 {
			wrong = append(wrong, fmt.Sprintf("in %s came %d times", text, n))
		}
		if n := heard["out "+text]; n > 1 || n == 0 && m.State != storage.Unconfirmed {
			wrong = append(wrong, fmt.Sprintf("out %s is %s, and the customer read it %d times", text, m.State, n))
		}
	}
	return wrong
}

// cycle pulls the stick out at some moment under load, and puts it back under
// other names. It tells how long both took to be seen.
func (p *plugged) cycle(n int) (out map[string]string, gone, back time.Duration) {
	out = make(map[string]string)
	for i := range 3 {
		text := fmt.Sprintf("%03d-%d", n, i)
		out[text] = p.send("out " + text)
		if err := p.phone.Send(p.stick.Number(), "in "+text); err != nil {
			p.Fatal(err)
		}
	}
	<-time.After(time.Duration(rand.IntN(60_000)) * time.Microsecond)
	began := time.Now()
	p.stick.Unplug()
	p.until("the line is absent", storage.LineAbsent)
	gone = time.Since(began)
	<-time.After(time.Duration(rand.IntN(100)) * time.Millisecond)
	began = time.Now()
	if err := p.stick.Replug(); err != nil {
		p.Fatal(err)
	}
	p.until("the line is back", storage.LineReady)
	return out, gone, time.Since(began)
}

// held counts what a process may leak. Of goroutines it is the fewest of some
// looks: each reading of the ledger leaves one of database/sql's, which ends a
// moment after the reading has, and the test itself reads much.
func held(t testing.TB) (descriptors, goroutines, threads int) {
	count := func(dir string) int {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	goroutines = runtime.NumGoroutine()
	for range 20 {
		<-time.After(5 * time.Millisecond)
		goroutines = min(goroutines, runtime.NumGoroutine())
	}
	return count("/proc/self/fd"), goroutines, count("/proc/self/task")
}

func cycles() int {
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		return 200
	}
	return 15
}

// A stick is pulled out at random moments under load and comes back under
// another name each time: nothing is lost, nothing comes twice, nothing leaks.
func TestReplug(t *testing.T) {
	p := plugIn(t, "quectel-ec25")
	ids := make(map[string]string)
	var gone, back []time.Duration
	ports := make(map[string]bool)
	var fds, goroutines, threads int
	for n := range cycles() {
		out, g, b := p.cycle(n)
		for text, id := range out {
			ids[text] = id
		}
		gone, back = append(gone, g), append(back, b)
		ports[p.until("it is ready", storage.LineReady).Port] = true
		if n == 4 {
			fds, goroutines, threads = held(t)
		}
	}
	p.wait("all came in, and all that was to go out has an end", func() bool {
		for _, id := range ids {
			if m, err := p.db.Message(context.Background(), id); err != nil || !m.State.Final() {
				return false
			}
		}
		return len(p.inbound()) >= len(ids)
	})
	for _, wrong := range p.judge(ids) {
		t.Error(wrong)
	}
	planted := maps.Clone(ids) // negative control: a text that never was, and one that came once too often
	planted["never"] = p.send("out of another number")
	if err := p.phone.Send(p.stick.Number(), "in 000-0"); err != nil {
		t.Fatal(err)
	}
	p.wait("the planted text is in", func() bool { return p.inbound()["in 000-0"] == 2 })
	if wrong := p.judge(planted); len(wrong) != 3 { // one doubled, one missing here, one missing there
		t.Errorf("a doubled and a lost text were planted, and found was %q", wrong)
	}
	if len(ports) < 2 {
		t.Errorf("the name never changed: %v", ports)
	}
	fds2, goroutines2, threads2 := held(t)
	t.Logf("%d cycles: descriptors %d to %d, goroutines %d to %d, threads %d to %d", cycles(), fds, fds2, goroutines, goroutines2, threads, threads2)
	if fds2 > fds+3 || goroutines2 > goroutines+5 || threads2 > threads+3 {
		t.Error("something grows")
	}
	slices.Sort(gone)
	slices.Sort(back)
	t.Logf("unplug seen: median %s, worst %s; replug to ready: median %s, worst %s",
		gone[len(gone)/2].Round(time.Microsecond), gone[len(gone)-1].Round(time.Microsecond),
		back[len(back)/2].Round(time.Millisecond), back[len(back)-1].Round(time.Millisecond))
}

// BenchmarkReplug tells the figures: unplug seen, and replug to ready.
func BenchmarkReplug(b *testing.B) {
	p := plugIn(b, "quectel-ec25")
	var gone, back time.Duration
	n := 0
	for b.Loop() {
		_, g, r := p.cycle(n)
		gone, back = gone+g, back+r
		n++
	}
	b.ReportMetric(float64(gone.Milliseconds())/float64(n), "ms-unplug-seen")
	b.ReportMetric(float64(back.Milliseconds())/float64(n), "ms-replug-ready")
}
