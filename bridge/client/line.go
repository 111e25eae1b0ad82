package client

import (
	"context"

	"smsbridge/storage"
)

// Lines lists the box's own numbers, with the position of the log that the
// list stands for.
func (c *Client) Lines(ctx context.Context) ([]storage.Line, storage.Head, error) {
	var out struct {
		Lines []storage.Line
		Head  storage.Head
	}
	err := c.call(ctx, "GET", "/lines", nil, nil, &out)
	return out.Lines, out.Head, err
}

// Modems lists what is plugged in.
func (c *Client) Modems(ctx context.Context) ([]storage.Modem, error) {
	var out struct{ Modems []storage.Modem }
	err := c.call(ctx, "GET", "/modems", nil, nil, &out)
	return out.Modems, err
}
