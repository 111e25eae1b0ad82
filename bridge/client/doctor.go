package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

// Diagnose has the doctor look at the box and its modems, which may take some
// seconds.
func (c *Client) Diagnose(ctx context.Context) (storage.Diagnosis, error) {
	var out struct{ Diagnosis storage.Diagnosis }
	err := c.call(ctx, "GET", "/doctor", nil, nil, &out)
	return out.Diagnosis, err
}

// Type runs an AT line on the modem at a port or of a line. What is more than a
// question needs unsafe.
func (c *Client) Type(ctx context.Context, modem, line string, unsafe bool) (storage.Typed, error) {
	var out struct{ Answer storage.Typed }
	err := c.call(ctx, "POST", "/modems/at", nil, map[string]any{"modem": modem, "line": line, "unsafe": unsafe}, &out)
	return out.Answer, err
}

// Restart resets a modem by its own command.
func (c *Client) Restart(ctx context.Context, modem string) error {
	return c.call(ctx, "POST", "/modems/reset", nil, map[string]any{"modem": modem}, nil)
}

// Transcript returns what was said at a port, or at all, behind after; if there
// is nothing, it waits for so many seconds.
func (c *Client) Transcript(ctx context.Context, port string, after int64, wait int) ([]storage.Said, error) {
	var out struct{ Said []storage.Said }
	query := url.Values{"seq": {strconv.FormatInt(after, 10)}, "wait_s": {strconv.Itoa(wait)}}
	if port != "" {
		query.Set("port", port)
	}
	err := c.call(ctx, "GET", "/modems/transcript", query, nil, &out)
	return out.Said, err
}
