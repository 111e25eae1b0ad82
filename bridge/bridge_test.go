package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"smsbridge/bridge/client"
	"smsbridge/bridge/gateway"
	"smsbridge/modem/simulator"
	"smsbridge/storage"
	"smsbridge/storage/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a whole box with one modem, and a program at its desk.
type desk struct {
	*client.Client
	number string
	seen   chan storage.Message
}

// start starts a bridge on modems, and ends it with the test. It answers at url,
// and to the administrator at socket.
func start(t *testing.T, sims ...*simulator.Modem) (url, socket string) {
	t.Helper()
	folder := t.TempDir()
	ledger, err := sqlite.Open(t.Context(), filepath.Join(folder, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(folder, "admin.sock")
	admin, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	desks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var ports []gateway.Port
	for i, sim := range sims {
		ports = append(ports, gateway.Port{Name: fmt.Sprint("sim", i), Open: func(context.Context) (io.ReadWriteCloser, error) { return sim.TryOpen() }})
	}
	b := New(Config{Store: ledger, Log: slog.New(slog.DiscardHandler), Ports: ports})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := b.Run(ctx, desks, admin); err != nil {
			t.Errorf("the bridge ended with %v", err)
		}
		ledger.Close()
	})
	t.Cleanup(func() { cancel(); running.Wait() })
	<-b.Settled()
	return "http://" + desks.Addr().String(), socket
}

// box starts a bridge on a modem and a desk that follows it.
func box(t *testing.T, sim *simulator.Modem) *desk {
	t.Helper()
	_, socket := start(t, sim)
	c, err := client.New(client.Options{Socket: socket})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Client: c, number: sim.Number(), seen: make(chan storage.Message, 100)}
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	live := make(chan struct{})
	following.Go(func() {
		c.Follow(ctx, client.FollowOptions{Events: []string{"message.*"}, Live: func(storage.Head) { close(live) }}, d.see)
	})
	<-live
	t.Cleanup(func() { cancel(); following.Wait(); c.Close() })
	return d
}

func (d *desk) see(e client.Event) error {
	m, err := messageOf(e)
	if err == nil {
		d.seen <- m
	}
	return err
}

// until waits for a message at this desk.
func (d *desk) until(t *testing.T, what string, ok func(storage.Message) bool) storage.Message {
	t.Helper()
	patience := time.After(20 * time.Second)
	for {
		select {
		case m := <-d.seen:
			if ok(m) {
				return m
			}
		case <-patience:
			t.Fatalf("it never came to: %s", what)
		}
	}
}

func TestTwoDesks_S7_S9_S41(t *testing.T) {
	network := simulator.NewNetwork(simulator.Options{})
	t.Cleanup(func() { network.Close() })
	ana := box(t, network.AddModem(simulator.ModemOptions{}))
	bob := box(t, network.AddModem(simulator.ModemOptions{}))
	say := func(from, to *desk, text string) {
		sent, err := from.Send(t.Context(), client.Draft{To: to.number, Text: text, Key: text})
		if err != nil {
			t.Fatal(err)
		}
		came := to.until(t, "the text arrives", func(m storage.Message) bool { return m.State == storage.Received })
		if came.Text != text || came.From != from.number || came.To != to.number {
			t.Fatalf("came %+v", came)
		}
		from.until(t, "it is delivered", func(m storage.Message) bool {
			return m.ID == sent.Message.ID && m.State == storage.Delivered
		})
	}
	say(ana, bob, "Is the van ready?")
	say(bob, ana, "After three o'clock 😀, and bring the keys, the papers, the lamp, the rope, the ladder, the paint, the brushes, and a good lunch for all of us")
	say(ana, bob, "OK")
}

func messageOf(e client.Event) (storage.Message, error) {
	var d struct{ Message storage.Message }
	err := json.Unmarshal(e.Data, &d)
	return d.Message, err
}
