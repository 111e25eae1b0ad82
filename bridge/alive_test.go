package bridge

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"smsbridge/bridge/gateway"
)

// probed is a ledger whose probe a test decides.
type probed struct {
	Store
	probe func(context.Context) error
}

func (p probed) Probe(ctx context.Context) error { return p.probe(ctx) }

func TestAlive(t *testing.T) {
	status := http.StatusOK
	desks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer desks.Close()
	deaf, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	hung := make(chan struct{}, 1) // whoever hangs says so, and the time that there is ends
	called := make(chan net.Conn, 1)
	go func() {
		if c, err := deaf.Accept(); err == nil {
			hung <- struct{}{}
			called <- c
		}
	}()
	well := func(context.Context) error { return nil }
	hangs := func(ctx context.Context) error { hung <- struct{}{}; <-ctx.Done(); return ctx.Err() }
	for _, c := range []struct {
		name   string
		probe  func(context.Context) error
		status int
		at     net.Addr
		want   string
	}{
		{"all is well", well, 200, desks.Listener.Addr(), ""},
		{"the ledger refuses", func(context.Context) error { return errors.New("disk full") }, 200, desks.Listener.Addr(), "disk full"},
		{"the ledger hangs", hangs, 200, desks.Listener.Addr(), "the ledger"},
		{"the desk bank is ill", well, 503, desks.Listener.Addr(), "503"},
		{"the desk bank hangs", well, 200, deaf.Addr(), "the desk bank"},
	} {
		status = c.status
		b := &Bridge{store: probed{probe: c.probe}, radio: gateway.New(nil, nil, gateway.Options{})}
		ctx, cancel := context.WithCancel(t.Context())
		var clock sync.WaitGroup
		clock.Go(func() {
			select {
			case <-hung:
				cancel()
			case <-ctx.Done():
			}
		})
		err := b.Alive(ctx, c.at)
		cancel()
		clock.Wait()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	(<-called).Close()
}
