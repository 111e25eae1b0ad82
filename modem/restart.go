package modem

import (
	"context"
	"errors"
	"io"
)

// restarts are the orders to start again, the usual one first: TS 27.007, 8.2,
// <fun>=1 with <rst>=1; 16 and 15 are those of Cinterion and of older ones.
var restarts = []string{"+CFUN=1,1", "+CFUN=16", "+CFUN=15"}

// Restart orders a modem to start again that does not get through the start of
// Open. The port belongs to it, and is closed. It returns when the modem has
// taken the order, or has fallen silent upon it, not when it is back.
func Restart(ctx context.Context, port io.ReadWriteCloser, o Options) error {
	m := start(port, o.filled())
	defer m.Close()
	var refused error
	for _, text := range restarts {
		err := m.set(ctx, text)
		if err == nil || errors.Is(err, ErrLost) && ctx.Err() == nil {
			return nil
		}
		if gone(ctx, err) {
			return err
		}
		refused = err
	}
	return refused
}
