package modem

import (
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/warthog618/modem/trace"
)

// transcribe lets w see all that passes: time, > for what we say and < for what we hear, and the octets
// as a quoted string.
func transcribe(port io.ReadWriteCloser, w io.Writer) io.ReadWriteCloser {
	if w == nil {
		return port
	}
	t := trace.New(port,
		trace.WithLogger(&transcript{w: w}),
		trace.WithReadFormat("< %q"),
		trace.WithWriteFormat("> %q"))
	return struct {
		io.ReadWriter
		io.Closer
	}{t, port}
}

// transcript is written to by reader and writer.
type transcript struct {
	mu sync.Mutex // guards w
	w  io.Writer
}

// Printf is what package trace asks for.
func (t *transcript) Printf(format string, v ...any) {
	text := time.Now().Format("15:04:05.000000 ") + fmt.Sprintf(format, v...) + "\n"
	t.mu.Lock()
	defer t.mu.Unlock()
	io.WriteString(t.w, text)
}

// shorten is a line for the log: of a PDU only the length, for it holds a text and a number.
type shorten struct{ text string }

// LogValue is called only if somebody logs.
func (s shorten) LogValue() slog.Value {
	if len(s.text) > 16 && isHex(s.text) {
		return slog.StringValue(fmt.Sprintf("(PDU of %d octets)", len(s.text)/2))
	}
	return slog.StringValue(s.text)
}
