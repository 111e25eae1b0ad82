package gateway

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smsbridge/modem/simulator"
	"smsbridge/pdu"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bank is a radio bank on a real ledger, with one simulated modem.
type bank struct {
	testing.TB
	db      *sqlite.DB
	network *simulator.Network
	sim     *simulator.Modem
	phone   *simulator.Handset
	gateway *Gateway
	line    string
	stop    func()
}

const customer = "+15550100"

// open starts a bank and waits until its line is ready.
func open(t testing.TB, o simulator.ModemOptions) *bank {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{TB: t, db: db, network: simulator.NewNetwork(simulator.Options{})}
	b.sim, b.phone = b.network.AddModem(o), b.network.Handset(customer)
	t.Cleanup(func() { b.network.Close(); db.Close() })
	b.start()
	return b
}

func (b *bank) start() {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.gateway = New(b.db, []Port{{Name: "sim", Open: func(context.Context) (io.ReadWriteCloser, error) { return b.sim.TryOpen() }}},
		Options{Prompt: time.Second, Result: time.Second, Late: time.Second, Sweep: time.Minute})
	var running sync.WaitGroup
	running.Go(func() { b.gateway.Run(ctx) })
	b.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	b.Cleanup(b.stop)
	<-b.gateway.Settled()
	lines, _, err := b.db.Lines(ctx)
	if err != nil || len(lines) != 1 || lines[0].State != storage.LineReady {
		b.Fatalf("lines %+v %v, modems %+v", lines, err, b.gateway.Modems())
	}
	b.line = lines[0].ID
}

func (b *bank) send(to, text string) string {
	b.Helper()
	count, err := Count(text)
	if err != nil {
		b.Fatal(err)
	}
	m, _, err := b.db.Compose(context.Background(), storage.Draft{To: to, Text: text, Count: count})
	if err != nil {
		b.Fatal(err)
	}
	return m.ID
}

// until waits for the ledger to change until ok, woken by its bell.
func (b *bank) until(what string, ok func() bool) {
	b.Helper()
	patience := time.After(20 * time.Second)
	for {
		changed := b.db.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-patience:
			b.Fatalf("it never came to: %s; %+v", what, b.all())
		}
	}
}

// becomes waits for a message to reach a state.
func (b *bank) becomes(id string, state storage.MessageState) storage.Message {
	b.Helper()
	var m storage.Message
	b.until(id+" "+string(state), func() bool {
		var err error
		if m, err = b.db.Message(context.Background(), id); err != nil {
			b.Fatal(err)
		}
		return m.State == state
	})
	return m
}

// all lists every message of the ledger.
func (b *bank) all() []storage.Message {
	page, err := b.db.Threads(context.Background(), storage.Page{})
	if err != nil {
		b.Fatal(err)
	}
	var all []storage.Message
	for _, t := range page.Threads {
		messages, err := b.db.Messages(context.Background(), t.ID, storage.Page{})
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, messages.Messages...)
	}
	return all
}

// texts is what came in, in its order.
func (b *bank) texts() []string {
	var texts []string
	for _, m := range b.all() {
		if m.Dir == storage.Inbound && m.State == storage.Received {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func (b *bank) fail(f simulator.Fault) {
	b.Helper()
	if err := b.sim.Fail(f); err != nil {
		b.Fatal(err)
	}
}

// heard is what the customer's phone has received.
func (b *bank) heard() []string {
	var texts []string
	for _, m := range b.phone.Messages() {
		texts = append(texts, m.Text)
	}
	return texts
}

func TestOutbound(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	long := strings.Repeat("Grüße aus Köln, 100 € {bar} 😀 ", 12)
	for _, text := range []string{"hello", "@£$¥ []{}~^|\\ €", long, strings.Repeat("a", 161)} {
		id := b.send(customer, text)
		m := b.becomes(id, storage.Delivered)
		if m.DeliveredAt.IsZero() || m.SentAt.IsZero() || len(m.Parts) != m.Total {
			t.Errorf("%+v", m)
		}
		if heard := b.heard(); heard[len(heard)-1] != text {
			t.Errorf("the customer reads %q, sent was %q", heard[len(heard)-1], text)
		}
	}
}

func TestInbound(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	want := []string{"hi", strings.Repeat("long text with 😀 ", 30), "€", " "}
	for _, text := range want {
		if err := b.phone.Send(b.sim.Number(), text); err != nil {
			t.Fatal(err)
		}
	}
	b.until("all texts are in", func() bool { return len(b.texts()) == len(want) })
	if got := b.texts(); !slices.Equal(got, want) {
		t.Fatalf("got %q", got)
	}
	b.until("the SIM is empty", func() bool { b.send(customer, "."); return b.sim.Status().Used["SM"] == 0 })
}

func TestFaults(t *testing.T) {
	t.Run("a lost final result is unconfirmed and is never sent again", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.LoseFinal})
		b.fail(simulator.Fault{Name: simulator.LoseReport})
		m := b.becomes(b.send(customer, "once"), storage.Unconfirmed)
		if m.Reason == "" {
			t.Error("nobody is told why")
		}
		b.becomes(b.send(customer, "after"), storage.Delivered)
		if got := b.heard(); !slices.Equal(got, []string{"once", "after"}) {
			t.Fatalf("the customer reads %q", got)
		}
		b.becomes(m.ID, storage.Unconfirmed)
	})
	t.Run("a report settles what a lost final result left open", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.becomes(b.send(customer, "first"), storage.Delivered) // the TP-MR that comes next is known now
		b.fail(simulator.Fault{Name: simulator.LoseFinal})
		b.becomes(b.send(customer, "once"), storage.Delivered)
		if got := b.heard(); !slices.Equal(got, []string{"first", "once"}) {
			t.Fatalf("the customer reads %q", got)
		}
	})
	t.Run("a late final result makes unconfirmed sent", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.LoseReport})
		b.fail(simulator.Fault{Name: simulator.LateFinal, Delay: 1500 * time.Millisecond})
		id := b.send(customer, "late")
		b.becomes(id, storage.Unconfirmed)
		if m := b.becomes(id, storage.Sent); m.Parts[0].Ref == nil {
			t.Error("the late reference was dropped")
		}
	})
	t.Run("a refusal for good fails with its code, and holds up nobody", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.CMSError, Code: 1})
		m := b.becomes(b.send(customer, "barred"), storage.Failed)
		if m.Code != 1 || m.Reason == "" {
			t.Errorf("%+v", m)
		}
		b.becomes(b.send(customer, "next"), storage.Delivered)
	})
	t.Run("a refusal that may pass waits without holding up the next", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.CMSError, Code: 41})
		id := b.send(customer, "later")
		b.becomes(b.send(customer, "next"), storage.Delivered)
		if m := b.becomes(id, storage.Queued); m.Parts[0].Attempts != 1 || m.Parts[0].Code != 41 {
			t.Errorf("%+v", m.Parts)
		}
	})
	t.Run("no prompt means not sent, and it is tried again", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.NoPrompt})
		b.becomes(b.send(customer, "again"), storage.Delivered)
		if got := b.heard(); !slices.Equal(got, []string{"again"}) {
			t.Fatalf("the customer reads %q", got)
		}
	})
	t.Run("unplugged at any octet of a send, nothing is lost or sent twice", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		ids := make(map[string]string)
		for n := range 12 {
			text := fmt.Sprintf("n%02d", n)
			b.fail(simulator.Fault{Name: simulator.Unplug, Octets: 7 * n, Delay: time.Millisecond})
			ids[text] = b.send(customer, text)
			if err := b.phone.Send(b.sim.Number(), text); err != nil {
				t.Fatal(err)
			}
			b.until("an end", func() bool {
				m, _ := b.db.Message(context.Background(), ids[text])
				return m.State.Final() && len(b.texts()) == n+1
			})
		}
		count := make(map[string]int)
		for _, text := range b.heard() {
			count[text]++
		}
		for text, id := range ids {
			m, _ := b.db.Message(context.Background(), id)
			if count[text] > 1 || count[text] == 0 && m.State != storage.Unconfirmed {
				t.Errorf("%s is %s and was heard %d times", text, m.State, count[text])
			}
		}
	})
	t.Run("a full SIM is drained and what waited comes", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{SM: 3, ME: 1})
		b.stop()
		var want []string
		for n := range 20 {
			want = append(want, fmt.Sprintf("w%02d", n))
			if err := b.phone.Send(b.sim.Number(), want[n]); err != nil {
				t.Fatal(err)
			}
		}
		b.start()
		b.until("all are in", func() bool { return len(b.texts()) == len(want) })
		got := b.texts()
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("got %q", got)
		}
	})
	t.Run("what the network delivers twice is one message with two copies", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		b.fail(simulator.Fault{Name: simulator.Duplicate})
		if err := b.phone.Send(b.sim.Number(), "twin"); err != nil {
			t.Fatal(err)
		}
		b.until("the copy is counted", func() bool {
			all := b.all()
			return len(all) == 1 && all[0].Copies == 2
		})
	})
	t.Run("hostile PDUs are shown and do not stop the line", func(t *testing.T) {
		b := open(t, simulator.ModemOptions{})
		hostile := []string{"00", "00FF", "0004", "0004039121F3000022", "00440B915155100001F00008" + "62112022923300" + "FF" + strings.Repeat("FF", 140)}
		for _, pdu := range hostile {
			if err := b.phone.SendPDU(b.sim.Number(), pdu); err != nil {
				t.Fatalf("%s: %v", pdu, err)
			}
		}
		if err := b.phone.Send(b.sim.Number(), "after"); err != nil {
			t.Fatal(err)
		}
		b.until("the good text is in", func() bool { return slices.Contains(b.texts(), "after") })
		if n := len(b.all()); n != len(hostile)+1 {
			t.Fatalf("%d of %d PDUs are shown", n, len(hostile)+1)
		}
	})
}

func TestDoubt(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	b.stop()
	id := b.send(customer, "was on its way")
	err := b.db.Mark(context.Background(), storage.Change{Line: b.line, Message: id, N: 1, From: storage.Queued, To: storage.Sending, PDU: "00", Length: 1})
	if err != nil {
		t.Fatal(err)
	}
	b.start()
	b.becomes(id, storage.Unconfirmed)
	b.becomes(b.send(customer, "after"), storage.Delivered)
	if got := b.heard(); !slices.Equal(got, []string{"after"}) {
		t.Fatalf("what was found sending went out again: %q", got)
	}
}

// Two messages with one reference from one sender, their parts mixed and one
// of them late: the service centre's time tells them apart, also when smsbridge
// starts again in between. With the times equal, which part is whose cannot be
// known, and the test shows that it was the times that told (the control).
func TestSets(t *testing.T) {
	long := func(word string) string { return strings.Repeat(word+" ", 40) }
	parts := func(text string, at time.Time) []string {
		from, err := pdu.ParseAddress(customer)
		if err != nil {
			t.Fatal(err)
		}
		dcs, data, err := pdu.Segments(text, 7, false)
		if err != nil || len(data) != 2 {
			t.Fatalf("%d parts, %v", len(data), err)
		}
		var lines []string
		for _, ud := range data {
			line, err := pdu.Frame{TPDU: &pdu.Deliver{OA: from, DCS: dcs, SCTS: pdu.TimestampOf(at), UD: ud}}.AppendHex(nil)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, string(line))
		}
		return lines
	}
	play := func(apart time.Duration) []string {
		b := open(t, simulator.ModemOptions{})
		now := time.Now()
		first, second := parts(long("first"), now.Add(-apart)), parts(long("other"), now)
		for i, line := range []string{first[0], second[0], first[1]} {
			if err := b.phone.SendPDU(b.sim.Number(), line); err != nil {
				t.Fatal(err)
			}
			b.until("the part is kept", func() bool { return len(b.all()) >= min(i+1, 2) })
		}
		b.stop()
		b.start()
		if err := b.phone.SendPDU(b.sim.Number(), second[1]); err != nil {
			t.Fatal(err)
		}
		b.until("both are whole", func() bool { return len(b.texts()) == 2 })
		return b.texts()
	}
	if got, want := play(10*time.Minute), []string{long("first"), long("other")}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	mixed := false // by the moment of reading a part may fall to the right one by chance
	for range 12 {
		mixed = mixed || !slices.Equal(play(0), []string{long("first"), long("other")})
	}
	if !mixed {
		t.Error("with equal times the parts were told apart all the same: then it is not the times that do it")
	}
}

// A PDU that came inside an indication was kept, and then the process ended:
// nobody will hand it over again.
func TestResume(t *testing.T) {
	b := open(t, simulator.ModemOptions{})
	b.stop()
	line := "00040B915155100001F000006211202292330002E834"
	if _, err := b.db.Keep(context.Background(), b.line, nil, []storage.Kept{{Index: -1, PDU: line}}); err != nil {
		t.Fatal(err)
	}
	if got := b.texts(); len(got) != 0 {
		t.Fatalf("it was read already: %q", got)
	}
	b.start()
	b.until("it is read", func() bool { return slices.Equal(b.texts(), []string{"hi"}) })
}

// BenchmarkSend is the full path of one text on the radio bank: queued to sent
// and reported, every commit flushed, over an in-memory port.
func BenchmarkSend(b *testing.B) {
	bank := open(b, simulator.ModemOptions{})
	for b.Loop() {
		b.StopTimer()
		for range 100 {
			bank.send(customer, "benchmark")
		}
		b.StartTimer()
		bank.becomes(bank.send(customer, "last"), storage.Delivered)
	}
	b.ReportMetric(float64(101*b.N)/b.Elapsed().Seconds(), "texts/s")
}
