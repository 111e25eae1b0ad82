package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// crowdSize is how many there are, how much they are told, and who disturbs.
type crowdSize struct {
	clients int
	rate    int // events a second
	for_    time.Duration
	loris   int // connections that send a header for ever
	packs   int // who send more than is taken
	strict  bool
}

// TestCrowd: many sockets, one of which stops reading and one of which reads
// slowly, beside people who send headers for ever and packs that are too large.
// Each of the others is told everything, in order; the stuck one is cut, and
// catches up. SMSBRIDGE_CROWD=1000 is the full size, in which times count too.
func TestCrowd(t *testing.T) {
	size := crowdSize{clients: 40, rate: 60, for_: 7 * time.Second, loris: 20, packs: 2}
	if n, _ := strconv.Atoi(os.Getenv("SMSBRIDGE_CROWD")); n > 0 {
		size = crowdSize{clients: n, rate: 30, for_: time.Minute, loris: 300, packs: 4, strict: true}
	}
	c := newCrowd(t, size)
	c.gather(size.clients)
	stuck, slow := c.dial("stuck", 0), c.dial("slow", 0)
	c.hold(stuck)
	slow.pause = time.Second / time.Duration(size.rate) * 3 / 2 // falls behind by a third
	c.run(func() { slow.listen() })
	before := c.rss()
	ctx, stop := context.WithCancel(context.Background())
	var foes sync.WaitGroup
	c.trouble(ctx, &foes, size)
	cut := make(chan time.Duration, 1)
	foes.Go(func() { cut <- c.cutAfter(ctx, "stuck") })
	c.write(size)
	var after time.Duration
	select {
	case after = <-cut:
	default:
		t.Error("the stuck one was not cut")
	}
	c.wait()
	rss := c.rss()
	stop()
	foes.Wait()
	c.judge(size, after, before, rss)
	c.catchUp(stuck)
	c.catchUp(slow)
}

// crowd is a box and those who listen to it.
type crowd struct {
	*testing.T
	process *process
	url     string
	secret  string
	admin   *client.Client
	box     *http.Client
	reading sync.WaitGroup
	ears    []*listener
	first   int64 // the log's end before
	last    int64 // and after
	refused atomic.Int64
}

func newCrowd(t *testing.T, size crowdSize) *crowd {
	folder := t.TempDir()
	c := &crowd{T: t}
	many := fmt.Sprint(size.clients + 50)
	socket := filepath.Join(folder, "admin.sock")
	c.process = start(t, func(line string) { c.url = strings.TrimPrefix(line, "ready ") }, build(t, ""),
		"serve", "--db", filepath.Join(folder, "ledger.db"), "--limits=false", "--listen", "127.0.0.1:0", "--admin", socket, "--modem", "simulator:1",
		"--sockets", many, "--sockets-per-agent", many, "--connections", fmt.Sprint(2*size.clients+2000),
		"--connections-per-address", fmt.Sprint(size.clients+200), "--log-level", "error")
	t.Cleanup(func() { c.process.end(syscall.SIGTERM) })
	var err error
	if c.admin, err = client.New(client.Options{Socket: socket}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.admin.Close)
	c.box = overSocket(socket)
	if _, c.secret, err = c.admin.CreateToken(t.Context(), "crowd", []string{storage.ScopeRead}); err != nil {
		t.Fatal(err)
	}
	head, err := headOf(c.admin)
	if err != nil {
		t.Fatal(err)
	}
	c.first = head.Seq
	return c
}

// A listener is one socket that checks what it is told.
type listener struct {
	conn  *websocket.Conn
	pause time.Duration // between two frames
	after int64         // the last event told
	told  int
	took  []time.Duration
	wrong string
	done  atomic.Int64 // like after
	code  int          // that it was closed with
}

// dial opens a socket that is live.
func (c *crowd) dial(device string, after int64) *listener {
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(c.url, "http")+"/api/v1/ws", http.Header{"Authorization": {"Bearer " + c.secret}})
	if err != nil {
		c.Fatal(err)
	}
	l := &listener{conn: conn, after: max(after, c.first)}
	ask := fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"session.open","params":{"client":{"device":%q},"subscribe":{"events":["contact.*"]}`, device)
	if after > 0 {
		ask += fmt.Sprintf(`,"resume":{"epoch":%q,"after":%d}`, c.epoch(), after)
	}
	if err := conn.WriteMessage(websocket.TextMessage, []byte(ask+"}}")); err != nil {
		c.Fatal(err)
	}
	return l
}

func (c *crowd) epoch() string {
	head, err := headOf(c.admin)
	if err != nil {
		c.Fatal(err)
	}
	return head.Epoch
}

func (c *crowd) run(do func()) { c.reading.Go(do) }

func (c *crowd) gather(n int) {
	for range n {
		l := c.dial("", 0)
		c.ears = append(c.ears, l)
	}
	var live sync.WaitGroup
	for _, l := range c.ears {
		live.Add(1)
		c.run(func() { l.untilLive(); live.Done(); l.listen() })
	}
	live.Wait()
}

func (l *listener) untilLive() {
	for {
		_, text, err := l.conn.ReadMessage()
		if err != nil || bytes.Contains(text, []byte(`"method":"live"`)) {
			return
		}
	}
}

// hold makes a listener known to the box by its device, and never reads again.
func (c *crowd) hold(l *listener) {
	l.untilLive()
	if err := l.conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"jsonrpc":"2.0","id":"a","method":"events.ack","params":{"seq":%d}}`, c.first)); err != nil {
		c.Fatal(err)
	}
	if _, _, err := l.conn.ReadMessage(); err != nil {
		c.Fatal(err)
	}
}

// listen reads until the socket closes.
func (l *listener) listen() {
	for {
		_, text, err := l.conn.ReadMessage()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				l.code = e.Code
			}
			return
		}
		l.hear(text, time.Now())
		time.Sleep(l.pause)
	}
}

// hear checks one frame: nothing lies between it and the one before.
func (l *listener) hear(text []byte, now time.Time) {
	if !bytes.Contains(text[:min(60, len(text))], []byte(`"method":"event"`)) {
		return
	}
	var f struct {
		Params struct {
			Seq, Prev int64
			Data      struct{ Contact struct{ Name string } }
		}
	}
	if err := json.Unmarshal(text, &f); err != nil {
		l.wrong = err.Error()
		return
	}
	if f.Params.Prev > l.after || f.Params.Seq <= l.after {
		l.wrong = fmt.Sprintf("after %d came %d, which follows %d", l.after, f.Params.Seq, f.Params.Prev)
	}
	at, err := strconv.ParseInt(strings.TrimPrefix(f.Params.Data.Contact.Name, "at "), 10, 64)
	if err != nil {
		l.wrong = err.Error()
	}
	l.took = append(l.took, now.Sub(time.Unix(0, at)))
	l.after = f.Params.Seq
	l.told++
	l.done.Store(l.after)
}

// write saves contacts at an even pace; each is one event, and carries the
// moment at which it was asked for.
func (c *crowd) write(size crowdSize) {
	tick := time.NewTicker(time.Second / time.Duration(size.rate))
	defer tick.Stop()
	for range int(size.for_.Seconds()) * size.rate {
		<-tick.C
		code, err := call(c.box, "POST", "/api/v1/contacts", nil, map[string]any{
			"name": fmt.Sprint("at ", time.Now().UnixNano()), "numbers": []string{"+15550123"}}, nil)
		if code != 200 {
			c.Fatal(code, err)
		}
	}
	head, err := headOf(c.admin)
	if err != nil {
		c.Fatal(err)
	}
	c.last = head.Seq
}

// wait is until all but those who were cut have heard the last, or long.
func (c *crowd) wait() {
	events := c.events()
	end := time.Now().Add(30 * time.Second)
	for _, l := range c.ears {
		for l.done.Load() < events[len(events)-1] && time.Now().Before(end) {
			time.Sleep(time.Millisecond)
		}
	}
}

// events are the numbers that the table has for what was written.
func (c *crowd) events() (seqs []int64) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c.admin.Follow(ctx, client.FollowOptions{Replay: "all", After: c.first, Events: []string{"contact.*"}, Live: func(storage.Head) { stop() }}, func(e client.Event) error {
		seqs = append(seqs, e.Seq)
		return nil
	})
	return seqs
}

// cutAfter is how long after the first event a device is gone.
func (c *crowd) cutAfter(ctx context.Context, device string) time.Duration {
	began := time.Now()
	for ctx.Err() == nil {
		all, err := c.admin.Cursors(ctx)
		if err != nil {
			break
		}
		for _, d := range all {
			if d.Device == device && !d.Online {
				return time.Since(began)
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	return 0
}

// trouble sends headers without end from one address, and too much from
// another.
func (c *crowd) trouble(ctx context.Context, foes *sync.WaitGroup, size crowdSize) {
	address := strings.TrimPrefix(c.url, "http://")
	from := func(ip string) *net.Dialer {
		return &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: 5 * time.Second}
	}
	for range size.loris {
		foes.Go(func() {
			for ctx.Err() == nil {
				conn, err := from("127.0.0.2").DialContext(ctx, "tcp", address)
				if err != nil {
					time.Sleep(100 * time.Millisecond)
					continue
				}
				_, err = io.WriteString(conn, "GET /api/v1/me HTTP/1.1\r\nHost: localhost\r\n")
				for n := 0; err == nil && ctx.Err() == nil; n++ {
					_, err = fmt.Fprintf(conn, "X-%d: y\r\n", n)
					time.Sleep(500 * time.Millisecond)
				}
				conn.Close()
				c.refused.Add(1)
			}
		})
	}
	big := strings.Repeat("x", 1<<20)
	for n := range size.packs {
		foes.Go(func() {
			web := &http.Client{Transport: &http.Transport{DialContext: from("127.0.0.3").DialContext, DisableKeepAlives: true}}
			for ctx.Err() == nil {
				switch n % 2 {
				case 0:
					r, _ := http.NewRequestWithContext(ctx, "POST", c.url+"/api/v1/messages", strings.NewReader(big))
					r.Header.Set("X-Large", big[:n/2%2*(100<<10)])
					r.Header.Set("Authorization", "Bearer "+c.secret)
					if answer, err := web.Do(r); err == nil {
						answer.Body.Close()
						if answer.StatusCode < 400 {
							c.Errorf("a megabyte was taken: %s", answer.Status)
						}
					}
				case 1:
					d := websocket.Dialer{NetDialContext: from("127.0.0.3").DialContext}
					conn, _, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(c.url, "http")+"/api/v1/ws", http.Header{"Authorization": {"Bearer " + c.secret}})
					if err != nil {
						break
					}
					_ = conn.WriteMessage(websocket.TextMessage, []byte(big))
					for err == nil {
						_, _, err = conn.ReadMessage()
					}
					conn.Close()
				}
				c.refused.Add(1)
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// judge counts.
func (c *crowd) judge(size crowdSize, cut time.Duration, before, rss float64) {
	want := c.events()
	var took []time.Duration
	told := 0
	for i, l := range c.ears {
		l.conn.Close()
		told += l.told
		took = append(took, l.took...)
		if l.wrong != "" || l.told != len(want) {
			c.Errorf("listener %d was told %d of %d (%s), closed with %d", i, l.told, len(want), l.wrong, l.code)
		}
	}
	if len(took) == 0 {
		c.Fatal("nobody was told anything: this shows nothing")
	}
	c.Logf("%d sockets, %d events at %d/s: %d of %d told, from before the request to the frame read p50 %v, p99 %v, most %v; the stuck one cut after %v; %d loris and oversize attempts ended; RSS %.1f MB before, %.1f MB at the end",
		len(c.ears), len(want), size.rate, told, len(want)*len(c.ears), percentile(took, 0.5), percentile(took, 0.99), percentile(took, 1), cut.Round(10*time.Millisecond), c.refused.Load(), before, rss)
	if size.strict && (percentile(took, 0.99) > 250*time.Millisecond || cut > 10*time.Second) {
		c.Error("that is too slow")
	}
}

// catchUp comes back with the last number seen and demands the rest.
func (c *crowd) catchUp(was *listener) {
	was.conn.SetReadDeadline(time.Now().Add(5 * time.Second)) // what the kernel holds still counts
	was.pause = 0
	if was.told == 0 {
		was.listen()
	} else {
		was.conn.Close()
		c.reading.Wait()
	}
	had := was.told
	l := c.dial("", was.after)
	defer l.conn.Close()
	for events := c.events(); l.after < events[len(events)-1]; {
		_, text, err := l.conn.ReadMessage()
		if err != nil {
			c.Fatal(err)
		}
		l.hear(text, time.Now())
	}
	if n := len(c.events()); had+l.told != n || l.wrong != "" || was.wrong != "" {
		c.Errorf("%d were told before and %d after, of %d (%s%s)", had, l.told, n, was.wrong, l.wrong)
	}
	c.Logf("closed with %d after %d events, and told the other %d when it came back", was.code, had, l.told)
}

// rss is the resident memory of the box, in MB.
func (c *crowd) rss() float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.process.cmd.Process.Pid))
	if err != nil {
		c.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(after)[0])
	if err != nil {
		c.Fatal(err)
	}
	return float64(kb) / 1000
}
