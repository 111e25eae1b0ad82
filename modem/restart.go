package modem

import (
	"context"
	"io"

	"smsbridge/modem/profile"
)

// Restart orders a modem of that family to start again that does not get through
// the start of Open. The port belongs to it, and is closed. It returns as Reset
// does: when the modem has taken the order, not when it is back.
func Restart(ctx context.Context, port io.ReadWriteCloser, o Options, p profile.Profile) error {
	m := start(port, o.filled())
	defer m.Close()
	m.profile = p
	return m.Reset(ctx)
}
