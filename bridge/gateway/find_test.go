package gateway

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// sockets is a box's USB sockets, with simulated modems in them.
type sockets struct {
	mu      sync.Mutex
	devices map[string]Device
	changed chan struct{}
}

func (s *sockets) plug(place, port string, m *simulator.Modem) {
	s.change(func() {
		m.Replug()
		s.devices[place] = Device{Place: place, Known: true, Ports: []Port{
			{Name: port + "-silent", Open: func(context.Context) (io.ReadWriteCloser, error) { return nil, fs.ErrPermission }},
			{Name: port, Open: func(context.Context) (io.ReadWriteCloser, error) { return m.TryOpen() }},
		}}
	})
}

func (s *sockets) unplug(place string, m *simulator.Modem) {
	m.Unplug()
	s.change(func() { delete(s.devices, place) })
}

func (s *sockets) change(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *sockets) find(ctx context.Context, found func([]Device)) error {
	for {
		s.mu.Lock()
		var all []Device
		for _, d := range s.devices {
			all = append(all, d)
		}
		changed := s.changed
		s.mu.Unlock()
		found(all)
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// roam is a bank whose modems come and go.
func roam(t testing.TB, o Options) (*bank, *sockets) {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	s := &sockets{devices: make(map[string]Device), changed: make(chan struct{})}
	b := &bank{TB: t, db: db, network: simulator.NewNetwork(simulator.Options{})}
	b.phone = b.network.Handset(customer)
	t.Cleanup(func() { b.network.Close(); db.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	o.Find = s.find
	b.gateway = New(db, nil, o)
	var running sync.WaitGroup
	running.Go(func() { b.gateway.Run(ctx) })
	b.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(b.stop)
	return b, s
}

// plugged puts a new modem into a socket and waits for its line.
func (b *bank) plugged(s *sockets, place, port string) (*simulator.Modem, storage.Line) {
	b.Helper()
	m := b.network.AddModem(simulator.ModemOptions{})
	s.plug(place, port, m)
	return m, b.lineIs(m.ICCID(), storage.LineReady, port)
}

// lineIs waits for the line with a card to be in a state, at a port.
func (b *bank) lineIs(iccid string, state storage.LineState, port string) storage.Line {
	b.Helper()
	var found storage.Line
	b.until(fmt.Sprintf("%s %s at %s", iccid, state, port), func() bool {
		lines, _, err := b.db.Lines(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		for _, l := range lines {
			if l.ICCID == iccid && l.State == state && l.Port == port {
				found = l
				return true
			}
		}
		return false
	})
	return found
}

// reads waits for a sentence of the journal.
func (b *bank) reads(words string) storage.Note {
	b.Helper()
	var found storage.Note
	b.until("the journal says "+words, func() bool {
		notes, err := b.db.Journal(context.Background(), 200)
		if err != nil {
			b.Fatal(err)
		}
		for _, n := range notes {
			if strings.Contains(n.Step+": "+n.Words, words) {
				found = n
				return true
			}
		}
		return false
	})
	return found
}

func TestFind(t *testing.T) {
	b, s := roam(t, Options{})
	one, first := b.plugged(s, "1-1", "ttyUSB0")
	two, second := b.plugged(s, "1-2", "ttyUSB4")

	s.unplug("1-1", one)
	b.lineIs(one.ICCID(), storage.LineAbsent, "ttyUSB0")
	for _, m := range b.gateway.Modems() {
		if m.Place == "1-1" && m.State != absent {
			t.Errorf("%+v", m)
		}
	}
	b.reads("absent: the modem was unplugged")

	id := func() string {
		c, _ := Count("waits")
		m, _, err := b.db.Compose(context.Background(), storage.Draft{To: customer, Text: "waits", Line: first.ID, Count: c})
		if err != nil {
			t.Fatal(err)
		}
		return m.ID
	}()
	s.plug("1-3", "ttyUSB9", one) // another socket, another name
	if l := b.lineIs(one.ICCID(), storage.LineReady, "ttyUSB9"); l.ID != first.ID {
		t.Errorf("the line is %s now, and was %s", l.ID, first.ID)
	}
	b.becomes(id, storage.Delivered)
	if l := b.lineIs(two.ICCID(), storage.LineReady, "ttyUSB4"); l.ID != second.ID {
		t.Error("the other line was disturbed")
	}
	if n := len(b.gateway.Modems()); n != 2 {
		t.Errorf("%d modems are told of: %+v", n, b.gateway.Modems())
	}
}

// A second modem with the number of the first is refused by name, and the
// ledger does not hear of it: the line stays where it is.
func TestClaim(t *testing.T) {
	const imei = "350000000000017"
	b, s := roam(t, Options{})
	one := b.network.AddModem(simulator.ModemOptions{IMEI: imei})
	two := b.network.AddModem(simulator.ModemOptions{IMEI: imei})
	s.plug("1-1", "ttyUSB0", one)
	b.lineIs(one.ICCID(), storage.LineReady, "ttyUSB0")
	s.plug("1-2", "ttyUSB4", two)
	n := b.reads("no two modems have one number")
	if !strings.Contains(n.Words, "ttyUSB0") || !strings.Contains(n.Words, "ttyUSB4") {
		t.Errorf("the two are not named: %s", n.Words)
	}
	lines, _, _ := b.db.Lines(context.Background())
	if len(lines) != 1 || lines[0].Port != "ttyUSB0" || lines[0].State != storage.LineReady {
		t.Errorf("the refused one has changed the ledger: %+v", lines)
	}
	s.unplug("1-1", one)
	b.lineIs(two.ICCID(), storage.LineReady, "ttyUSB4") // the first is gone: now it may
}

func TestMoveLine(t *testing.T) {
	b, s := roam(t, Options{})
	old, was := b.plugged(s, "1-1", "ttyUSB0")
	card, other := b.plugged(s, "1-2", "ttyUSB4")
	ctx := context.Background()
	if _, err := b.gateway.Move(ctx, was.ID, other.ID, false); !isCode(err, storage.CodeConflict) {
		t.Fatalf("the old card is still in use, and the move was not refused: %v", err)
	}
	s.unplug("1-1", old)
	b.lineIs(old.ICCID(), storage.LineAbsent, "ttyUSB0")
	if _, err := b.gateway.Move(ctx, was.ID, other.ID, false); err != nil {
		t.Fatal(err)
	}
	if l := b.lineIs(card.ICCID(), storage.LineReady, "ttyUSB4"); l.ID != was.ID {
		t.Fatalf("the card is line %s", l.ID)
	}
	if err := b.phone.Send(card.Number(), "to the new card"); err != nil {
		t.Fatal(err)
	}
	b.until("it is in the old line's thread", func() bool {
		all := b.all()
		return len(all) == 1 && all[0].Line == was.ID
	})
}

// A modem that falls silent is noticed, opened again, and all of it can be read.
func TestWatch(t *testing.T) {
	b, s := roam(t, Options{Silence: time.Second})
	m, _ := b.plugged(s, "1-1", "ttyUSB0")
	b.sim = m
	b.becomes(b.send(customer, "the memories are read"), storage.Delivered)
	began := time.Now()
	b.fail(simulator.Fault{Name: simulator.Silence})
	b.reads("reopen: ")
	t.Logf("asked after %s without a sign, acted %s after the last octet", b.gateway.options.Silence, time.Since(began).Round(time.Millisecond))
	b.fail(simulator.Fault{Name: simulator.Clear})
	b.lineIs(m.ICCID(), storage.LineReady, "ttyUSB0")
}
