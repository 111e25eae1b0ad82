package hook

import (
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"smsbridge/storage"
)

// TestWeek lets an endpoint be down for a week, in a bubble where that costs
// nothing: deliveries are tried for 72 h and then dead, no more of them wait
// than may, the hook is disabled after five days with an event that tells so,
// and goes on from where it stopped when somebody enables it.
func TestWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := openLedger(t)
		h, _, err := db.CreateHook(context.Background(), storage.Hook{URL: "http://example.com/", Events: []string{"contact.saved"}})
		if err != nil {
			t.Fatal(err)
		}
		var up atomic.Bool
		taken := atomic.Int64{}
		ctx, stop := context.WithCancel(context.Background())
		p := newPusher(db, New(db, Options{First: time.Hour}).o, inMemory(&up, &taken))
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		defer func() {
			stop()
			<-done
		}()
		write(t, db, 1)
		time.Sleep(71 * time.Hour)
		synctest.Wait()
		if now := hookOf(t, db, h.ID); now.Waiting != 1 || now.Dead != 0 || now.Failures < 10 || now.Failures > 30 {
			t.Errorf("after 71 h: %+v", now)
		}
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		if now := hookOf(t, db, h.ID); now.Waiting != 0 || now.Dead != 1 || !now.DisabledAt.IsZero() {
			t.Errorf("after 79 h: %+v", now)
		}
		time.Sleep(34 * time.Hour)
		write(t, db, waitingMost+500)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		now := hookOf(t, db, h.ID)
		if now.Waiting < waitingMost || now.Waiting > waitingMost+together {
			t.Errorf("%d deliveries wait", now.Waiting)
		}
		time.Sleep(14 * time.Hour)
		synctest.Wait()
		now = hookOf(t, db, h.ID)
		if now.DisabledAt.IsZero() || !strings.HasPrefix(now.Reason, "every try has failed since ") {
			t.Errorf("after five days: %+v", now)
		}
		head, err := db.Head(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		events, err := db.Events(context.Background(), head.Seq-1, 1)
		if err != nil || len(events) != 1 || events[0].Type != storage.HookUpdated || !strings.Contains(string(events[0].Data), "every try has failed") {
			t.Errorf("%+v %v", events, err)
		}
		up.Store(true)
		on := false
		if _, err := db.UpdateHook(context.Background(), h.ID, storage.HookChange{Disabled: &on}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(8 * time.Hour)
		synctest.Wait()
		if now := hookOf(t, db, h.ID); taken.Load() != waitingMost+500 || now.Waiting != 0 || now.Missed != 0 || now.Failures != 0 {
			t.Errorf("%d were taken: %+v", taken.Load(), now)
		}
	})
}

// inMemory dials a server that needs no network, which is what a bubble can
// wait for.
func inMemory(up *atomic.Bool, taken *atomic.Int64) func(context.Context, string, string) (net.Conn, error) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "close")
		if !up.Load() {
			w.WriteHeader(502)
			return
		}
		taken.Add(1)
	})
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		l := &oneConn{conns: make(chan net.Conn, 1)}
		l.conns <- there
		server := &http.Server{Handler: handler, ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				l.Close()
			}
		}}
		go server.Serve(l)
		return here, nil
	}
}

// oneConn is a listener with one caller.
type oneConn struct {
	conns  chan net.Conn
	closed atomic.Bool
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c, ok := <-l.conns; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (l *oneConn) Close() error {
	if l.closed.CompareAndSwap(false, true) {
		close(l.conns)
	}
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }
