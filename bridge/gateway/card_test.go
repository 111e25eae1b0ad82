package gateway

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"smsbridge/modem/simulator"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

// tapped counts the PINs that go over the wire.
type tapped struct {
	io.ReadWriteCloser
	pins *atomic.Int64
}

func (t tapped) Write(b []byte) (int, error) {
	t.pins.Add(int64(bytes.Count(bytes.ToUpper(b), []byte("+CPIN="))))
	return t.ReadWriteCloser.Write(b)
}

// locked is a box with one modem whose SIM asks for its PIN.
type locked struct {
	*bank
	pins atomic.Int64
}

func lock(t *testing.T, o simulator.ModemOptions) *locked {
	db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	b := &bank{TB: t, db: db, network: simulator.NewNetwork(simulator.Options{})}
	b.sim = b.network.AddModem(o)
	t.Cleanup(func() { b.network.Close(); db.Close() })
	return &locked{bank: b}
}

// restart runs the box until its modem was tried, and stops it.
func (l *locked) restart(pin string) storage.Modem {
	l.Helper()
	ctx, stop := context.WithCancel(context.Background())
	g := New(l.db, []Port{{Name: "sim", PIN: pin, Open: func(context.Context) (io.ReadWriteCloser, error) {
		p, err := l.sim.TryOpen()
		return tapped{p, &l.pins}, err
	}}}, Options{})
	var running sync.WaitGroup
	running.Go(func() { g.Run(ctx) })
	<-g.Settled()
	m := g.Modems()[0]
	stop()
	running.Wait()
	return m
}

// restarts is how often a box with a wrong PIN is started.
const restarts = 1000

func TestPIN(t *testing.T) {
	t.Run("a wrong one is entered once, however often the box starts", func(t *testing.T) {
		l := lock(t, simulator.ModemOptions{PIN: "1234", PINTries: 3})
		var last storage.Modem
		for range restarts {
			last = l.restart("9999")
		}
		if n := l.pins.Load(); n != 1 {
			t.Fatalf("%d starts, %d PINs on the wire", restarts, n)
		}
		if last.State != failed || last.Reason == "" {
			t.Errorf("nobody is told: %+v", last)
		}
		// The right one gets its own try, and goes on being used.
		for range 3 {
			l.sim.Unplug()
			l.sim.Replug()
			if m := l.restart("1234"); m.State != ready {
				t.Fatalf("%+v", m)
			}
		}
		if n := l.pins.Load(); n != 4 {
			t.Errorf("%d PINs", n)
		}
	})
	t.Run("the last try is not risked", func(t *testing.T) {
		l := lock(t, simulator.ModemOptions{PIN: "1234", PINTries: 1})
		for range 5 {
			l.restart("1234")
		}
		if n := l.pins.Load(); n != 0 {
			t.Fatalf("%d PINs on the wire", n)
		}
	})
	t.Run("negative control: without the ledger each start tries", func(t *testing.T) {
		l := lock(t, simulator.ModemOptions{PIN: "1234", PINTries: 3})
		for range 2 {
			l.restart("9999")
			l.db.Close()
			db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "other.db"))
			if err != nil {
				t.Fatal(err)
			}
			l.db = db
			t.Cleanup(func() { db.Close() })
		}
		if n := l.pins.Load(); n != 2 {
			t.Fatalf("the tap counts %d PINs of 2", n)
		}
	})
}
