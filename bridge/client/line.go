package client

import (
	"context"
	"net/url"

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

// ChangeLine names a line, or says the number that its card does not tell.
func (c *Client) ChangeLine(ctx context.Context, line string, change storage.LineChange) (storage.Line, error) {
	in := make(map[string]string)
	if change.Name != nil {
		in["name"] = *change.Name
	}
	if change.Number != nil {
		in["number"] = *change.Number
	}
	var out struct{ Line storage.Line }
	err := c.call(ctx, "PATCH", "/lines/"+url.PathEscape(line), nil, in, &out)
	return out.Line, err
}

// Modems lists what is plugged in.
func (c *Client) Modems(ctx context.Context) ([]storage.Modem, error) {
	var out struct{ Modems []storage.Modem }
	err := c.call(ctx, "GET", "/modems", nil, nil, &out)
	return out.Modems, err
}
