package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"smsbridge/storage"
)

// kills is how often the bridge is killed; SMSBRIDGE_KILLS sets another number.
func kills(t *testing.T) int {
	if s := os.Getenv("SMSBRIDGE_KILLS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("SMSBRIDGE_KILLS: %v", err)
		}
		return n
	}
	if testing.Short() {
		return 25
	}
	return 500
}

// TestKill kills the real program with SIGKILL at random moments while texts go
// both ways, with the pretend network in another process that keeps its own
// record of what crossed the air. At the end that record and the ledger must
// agree: nothing lost, nothing sent twice, and every doubtful text unconfirmed.
//
// The negative control is the same test with a program whose commit before the
// PDU was taken out: it must be caught sending twice.
func TestKill(t *testing.T) {
	t.Run("nothing is lost or sent twice", func(t *testing.T) {
		fate := killLoop(t, build(t, ""), kills(t))
		t.Log(fate)
		if fate.kills < kills(t) || fate.out == 0 || fate.in == 0 {
			t.Fatal("the loop did not do its work: " + fate.String())
		}
		if fate.lost+fate.twice+fate.wrong+fate.inLost+fate.inTwice > 0 {
			t.Fatal(fate.String() + "\n" + strings.Join(fate.examples, "\n"))
		}
	})
	t.Run("negative control", func(t *testing.T) {
		for range 10 {
			fate := killLoop(t, build(t, "unmarked"), 25)
			t.Log("with the commit before the PDU taken out: ", fate)
			if fate.twice > 0 {
				return
			}
		}
		t.Fatal("the planted bug was not caught")
	})
}

// killFate is what became of all texts.
type killFate struct {
	kills, out, in                      int
	unconfirmed                         int
	lost, twice, wrong, inLost, inTwice int
	examples                            []string
}

func (f killFate) String() string {
	return fmt.Sprintf("%d kills, %d texts out (%d unconfirmed, %d lost, %d sent twice, %d with a wrong state), %d in (%d lost, %d twice)",
		f.kills, f.out, f.unconfirmed, f.lost, f.twice, f.wrong, f.in, f.inLost, f.inTwice)
}

func (f *killFate) note(count *int, format string, args ...any) {
	*count++
	if len(f.examples) < 20 {
		f.examples = append(f.examples, fmt.Sprintf(format, args...))
	}
}

// rig is a pretend network in a process of its own and the box that is killed.
type rig struct {
	t              *testing.T
	binary, folder string
	lab            *process
	ports          []string
	number         string // of the first modem
	box, network   *http.Client

	mu    sync.Mutex
	acked map[string]string // text -> message id
	sent  int               // texts that handsets sent
}

// newRig starts the network with one modem on a pty.
func newRig(t *testing.T, binary string) *rig {
	r := &rig{t: t, binary: binary, folder: t.TempDir(), acked: make(map[string]string)}
	r.lab = start(t, func(line string) {
		if f := strings.Fields(line); len(f) == 4 && f[0] == "modem" {
			r.number, r.ports = f[2], append(r.ports, f[3])
		}
	}, binary, "lab", "modem", "--count", "1", "--pty", r.folder, "--record", r.path("air.jsonl"), "--control", r.path("lab.sock"))
	t.Cleanup(func() { r.lab.end(syscall.SIGTERM) })
	if len(r.ports) != 1 {
		t.Fatalf("the lab named ports %v", r.ports)
	}
	r.box, r.network = overSocket(r.path("admin.sock")), overSocket(r.path("lab.sock"))
	return r
}

func (r *rig) path(name string) string { return filepath.Join(r.folder, name) }

func (r *rig) serve() *process {
	return start(r.t, nil, r.binary, "serve", "--db", r.path("ledger.db"), "--limits=false", "--listen", "127.0.0.1:0",
		"--admin", r.path("admin.sock"), "--modem", r.ports[0])
}

// write sends texts until ctx ends. A text whose answer was cut off is asked for
// again with the same key, as a good client does.
func (r *rig) write(ctx context.Context, next <-chan string) {
	for text := range next {
		body := map[string]any{"to": map[string]string{"number": "+15550100"}, "text": text}
		var answer struct{ Message storage.Message }
		for ctx.Err() == nil {
			code, err := call(r.box, "POST", "/api/v1/messages", http.Header{"Idempotency-Key": {`"` + text[:7] + `"`}}, body, &answer)
			if code == http.StatusAccepted {
				r.mu.Lock()
				r.acked[text] = answer.Message.ID
				r.mu.Unlock()
				time.Sleep(4 * time.Millisecond) // the queue must not grow from kill to kill
				break
			}
			if code != 0 && code != http.StatusTooManyRequests {
				r.t.Errorf("send: %d %v", code, err)
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// play lets handsets write to the line until ctx ends.
func (r *rig) play(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		text := fmt.Sprintf("h%06d", n)
		if n%10 == 9 {
			text = strings.Repeat(text+" ", 40) // three parts
		}
		if _, err := call(r.network, "POST", "/handsets/+15550100/send", nil, map[string]string{"to": r.number, "text": text}, nil); err != nil {
			r.t.Errorf("handset: %v", err)
			return
		}
		r.mu.Lock()
		r.sent++
		r.mu.Unlock()
		time.Sleep(15 * time.Millisecond)
	}
}

// killLoop kills so many boxes while texts go both ways, lets a last one finish
// in peace, and compares.
func killLoop(t *testing.T, binary string, times int) killFate {
	r := newRig(t, binary)
	r.serve().end(syscall.SIGKILL) // the first start makes the line
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	texts := make(chan string)
	var hands sync.WaitGroup
	for range 3 {
		hands.Go(func() { r.write(context.Background(), texts) })
	}
	hands.Go(func() { r.play(ctx) })
	hands.Go(func() {
		defer close(texts)
		for n := 0; ctx.Err() == nil; n++ {
			text := fmt.Sprintf("m%06d", n)
			if n%10 == 9 {
				text = strings.Repeat(text+" ", 40)
			}
			select {
			case texts <- text:
			case <-ctx.Done():
			}
		}
	})
	for range times {
		box := r.serve()
		time.Sleep(time.Duration(rand.IntN(120)) * time.Millisecond)
		box.end(syscall.SIGKILL)
	}
	box := r.serve()
	stop()
	hands.Wait()
	r.settle()
	fate := r.compare()
	fate.kills = times
	box.end(syscall.SIGTERM)
	return fate
}

// messages reads the ledger through the API.
func (r *rig) messages() []storage.Message {
	var threads storage.ThreadPage
	if _, err := call(r.box, "GET", "/api/v1/threads", nil, nil, &threads); err != nil {
		r.t.Fatal(err)
	}
	var all []storage.Message
	for _, thread := range threads.Threads {
		before := ""
		for {
			var page storage.MessagePage
			if _, err := call(r.box, "GET", "/api/v1/threads/"+thread.ID+"/messages?limit=200&before="+before, nil, nil, &page); err != nil {
				r.t.Fatal(err)
			}
			all = append(all, page.Messages...)
			if before = page.Prev; before == "" {
				break
			}
		}
	}
	return all
}

// settle waits until nothing is queued and all that handsets sent has come.
func (r *rig) settle() {
	deadline := time.Now().Add(3 * time.Minute)
	for time.Now().Before(deadline) {
		busy, in := 0, 0
		for _, m := range r.messages() {
			if !m.State.Final() {
				busy++
			}
			if m.Dir == storage.Inbound {
				in++
			}
		}
		if busy == 0 && in >= r.sent {
			return
		}
		time.Sleep(time.Second) // reading all of it is work for the box
	}
	r.t.Log("the last box did not come to rest")
}

// air reads the network's record: how often each part of each text was taken.
func (r *rig) air() map[string]int {
	f, err := os.Open(r.path("air.jsonl"))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	taken := make(map[string]int)
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var row struct {
			Kind, PDU string
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			r.t.Fatalf("record: %v in %s", err, lines.Text())
		}
		if row.Kind == "submit" {
			taken[row.PDU]++
		}
	}
	if len(taken) == 0 {
		r.t.Fatal("the record holds no submit: this test proves nothing")
	}
	return taken
}

// compare holds the ledger against the air.
func (r *rig) compare() killFate {
	var fate killFate
	air := r.air()
	for pdu, n := range air {
		if n > 1 {
			fate.note(&fate.twice, "%d times on the air: %s", n, pdu)
		}
	}
	byID := make(map[string]storage.Message)
	inbound := make(map[string]int)
	for _, m := range r.messages() {
		byID[m.ID] = m
		if m.Dir == storage.Inbound {
			inbound[m.Text]++
			if m.Copies > 1 || m.State != storage.Received {
				fate.note(&fate.inTwice, "inbound %s is %s, %d copies", m.Text[:7], m.State, m.Copies)
			}
		}
	}
	onAir := r.onAir()
	for text, id := range r.acked {
		fate.out++
		m, ok := byID[id]
		if !ok {
			fate.note(&fate.lost, "%s was accepted as %s and is not in the ledger", text[:7], id)
			continue
		}
		r.judge(&fate, text, m, onAir[text[:7]])
	}
	fate.in = r.sent
	for n := range r.sent {
		text := fmt.Sprintf("h%06d", n)
		if n%10 == 9 {
			text = strings.Repeat(text+" ", 40)
		}
		switch got := inbound[text]; {
		case got == 0:
			fate.note(&fate.inLost, "%s was sent by the handset and is not in the ledger", text[:7])
		case got > 1:
			fate.note(&fate.inTwice, "%s is %d times in the ledger", text[:7], got)
		}
	}
	return fate
}

// onAir counts the parts that the network took, by the first word of their text.
func (r *rig) onAir() map[string]int {
	b, err := os.ReadFile(r.path("air.jsonl"))
	if err != nil {
		r.t.Fatal(err)
	}
	taken := make(map[string]int)
	for line := range bytes.Lines(b) {
		var row struct {
			Kind, Text string
		}
		if json.Unmarshal(line, &row); row.Kind != "submit" {
			continue
		}
		if i := strings.IndexByte(row.Text, 'm'); i >= 0 && len(row.Text) >= i+7 {
			taken[row.Text[i:i+7]]++
		}
	}
	return taken
}

func (r *rig) judge(fate *killFate, text string, m storage.Message, taken int) {
	switch m.State {
	case storage.Sent, storage.Delivered:
		if taken != m.Total {
			fate.note(&fate.lost, "%s says %s, and %d of %d parts were on the air", text[:7], m.State, taken, m.Total)
		}
	case storage.Unconfirmed:
		fate.unconfirmed++
		for _, p := range m.Parts {
			if p.State == storage.Queued || p.State == storage.Sending {
				fate.note(&fate.wrong, "%s: part %d is %s still", text[:7], p.N, p.State)
			}
		}
	default:
		fate.note(&fate.wrong, "%s is %s (%s), %d parts on the air", text[:7], m.State, m.Reason, taken)
	}
}
