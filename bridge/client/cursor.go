package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// Cursor is how far a device has come with the log.
type Cursor struct {
	storage.Cursor
	Behind int64  `json:"behind"`
	Lost   string `json:"lost"`   // why it cannot go on from there; empty: it can
	Online bool   `json:"online"` // a socket of it is open
}

// Cursors lists every device's cursor, the one that is furthest behind first.
func (c *Client) Cursors(ctx context.Context) ([]Cursor, error) {
	var out struct{ Cursors []Cursor }
	err := c.call(ctx, "GET", "/cursors", nil, nil, &out)
	return out.Cursors, err
}

// Acknowledge tells the box that a device of the caller's has dealt with
// everything up to an event. Follow does it by itself, with FollowOptions.Device.
func (c *Client) Acknowledge(ctx context.Context, device, epoch string, seq int64) error {
	in := struct {
		Epoch string `json:"epoch,omitempty"`
		Seq   int64  `json:"seq"`
	}{epoch, seq}
	return c.call(ctx, "PUT", "/cursors/"+url.PathEscape(device), nil, in, nil)
}
