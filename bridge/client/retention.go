package client

import (
	"context"

	"smsbridge/storage"
)

// Retention tells how long texts are kept: of all lines first, then of those
// that have their own.
func (c *Client) Retention(ctx context.Context) ([]storage.Retention, error) {
	var out struct{ Retention []storage.Retention }
	err := c.call(ctx, "GET", "/retention", nil, nil, &out)
	return out.Retention, err
}

// SetRetention sets how long texts are kept; usual takes a line's own days away.
func (c *Client) SetRetention(ctx context.Context, r storage.Retention, usual bool) (storage.Retention, error) {
	in := struct {
		Line  string `json:"line"`
		Days  int    `json:"days"`
		Usual bool   `json:"usual"`
	}{r.Line, r.Days, usual}
	var out struct{ Retention storage.Retention }
	err := c.call(ctx, "PUT", "/retention", nil, in, &out)
	return out.Retention, err
}

// Sweep deletes what has been kept long enough, or tells what that would be.
func (c *Client) Sweep(ctx context.Context, preview bool) (storage.Swept, error) {
	in := struct {
		Preview bool `json:"preview"`
	}{preview}
	var out struct{ Swept storage.Swept }
	err := c.call(ctx, "POST", "/retention/sweep", nil, in, &out)
	return out.Swept, err
}
