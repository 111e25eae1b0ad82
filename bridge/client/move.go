package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

// Move gives a line the card of another; a preview only tells what it would do.
func (c *Client) Move(ctx context.Context, from, to string, preview bool) (storage.Move, error) {
	var out struct{ Move storage.Move }
	in := struct {
		To      string `json:"to"`
		Preview bool   `json:"preview"`
	}{to, preview}
	err := c.call(ctx, "POST", "/lines/"+url.PathEscape(from)+"/move", nil, in, &out)
	return out.Move, err
}

// Journal reads the newest sentences of the journal, the oldest first.
func (c *Client) Journal(ctx context.Context, limit int) ([]storage.Note, error) {
	var out struct{ Notes []storage.Note }
	err := c.call(ctx, "GET", "/journal", url.Values{"limit": {strconv.Itoa(limit)}}, nil, &out)
	return out.Notes, err
}
