package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

func deskPath(line string) string { return "/lines/" + url.PathEscape(line) + "/desk" }

// Desk asks how what comes in by a line reaches people.
func (c *Client) Desk(ctx context.Context, line string) (storage.Desk, error) {
	var out struct{ Desk storage.Desk }
	err := c.call(ctx, "GET", deskPath(line), nil, nil, &out)
	return out.Desk, err
}

// SetDesk changes what is not nil.
func (c *Client) SetDesk(ctx context.Context, line string, change storage.DeskChange) (storage.Desk, error) {
	var out struct{ Desk storage.Desk }
	err := c.call(ctx, "PATCH", deskPath(line), nil, change, &out)
	return out.Desk, err
}
