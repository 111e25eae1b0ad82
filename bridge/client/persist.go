package client

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"time"
)

// persistMost is how long a request is asked again when its caller has set no
// limit of his own.
const persistMost = 30 * time.Second

// newKey is an idempotency key that nobody has used.
func newKey() string { return rand.Text() }

// persist asks until there is an answer that counts. It is for requests that
// carry an idempotency key: one whose answer was lost is asked again, and done
// once. The box's wish how long to wait is obeyed, otherwise the waits are those
// of Follow. A box that was never reached is told at once, as long as nothing
// has been sent: to wait for it is the caller's choice.
func (c *Client) persist(ctx context.Context, ask func(context.Context) error) error {
	end := time.Now().Add(persistMost)
	sent := false
	for try := 0; ; try++ {
		err := ask(ctx)
		wait, again := c.worth(err, &sent)
		if !again || ctx.Err() != nil {
			return err
		}
		wait = max(wait, c.waits.jitter(try))
		if until, ok := ctx.Deadline(); ok && time.Now().Add(wait).After(until) || time.Now().Add(wait).After(end) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// worth tells whether to ask again, and what the box asks to wait.
func (c *Client) worth(err error, sent *bool) (wait time.Duration, again bool) {
	if err == nil {
		return 0, false
	}
	if e, ok := errors.AsType[*Error](err); ok {
		*sent = true
		// Only what passes by itself in a moment: a modem that is absent or a
		// number that is refused are news for the caller.
		passing := e.Type == "idem_in_progress" || e.Type == "rate_limited" || e.Type == "shutting_down"
		return time.Duration(e.After) * time.Millisecond, passing
	}
	if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
		return 0, *sent
	}
	*sent = true
	return 0, true
}
