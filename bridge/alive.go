package bridge

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
)

// Alive tells whether the bridge still works, as a watchdog wants to know: the
// ledger takes a change, the radio bank says what it has, and the desk bank
// answers at the listener's address. Where one of them hangs, the error comes
// when ctx ends, and the goroutine that asked is left behind: the caller is about
// to end the process.
func (b *Bridge) Alive(ctx context.Context, desks net.Addr) error {
	answer := make(chan error, 1)
	var at atomic.Value // what is asked
	at.Store("the ledger")
	go func() {
		if err := b.store.Probe(ctx); err != nil {
			answer <- fmt.Errorf("the ledger takes no change: %w", err)
			return
		}
		at.Store("the radio bank")
		b.radio.Modems()
		at.Store("the desk bank")
		answer <- knock(ctx, desks)
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s does not answer: %w", at.Load(), context.Cause(ctx))
	}
}

// knock asks the desk bank for its health, by the way that desks take.
func knock(ctx context.Context, at net.Addr) error {
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, at.Network(), at.String())
	}}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/api/v1/health", nil)
	if err != nil {
		return err
	}
	answer, err := c.Do(r)
	if err != nil {
		return fmt.Errorf("the desk bank does not answer: %w", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the desk bank answers its health with %s", answer.Status)
	}
	return nil
}
