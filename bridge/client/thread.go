package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

func cursor(p storage.Page) url.Values {
	q := url.Values{}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	if p.Before != "" {
		q.Set("before", p.Before)
	}
	if p.After != "" {
		q.Set("after", p.After)
	}
	return q
}

// Threads lists threads, those with the newest activity first.
func (c *Client) Threads(ctx context.Context, p storage.Page) (storage.ThreadPage, error) {
	var out storage.ThreadPage
	err := c.call(ctx, "GET", "/threads", cursor(p), nil, &out)
	return out, err
}

// Messages lists the messages of a thread, the oldest first.
func (c *Client) Messages(ctx context.Context, thread string, p storage.Page) (storage.MessagePage, error) {
	var out storage.MessagePage
	err := c.call(ctx, "GET", "/threads/"+url.PathEscape(thread)+"/messages", cursor(p), nil, &out)
	return out, err
}

// Snapshot is what a desk begins with; a stream from Head on misses nothing of
// it.
type Snapshot struct {
	Threads []storage.Thread `json:"threads"`
	Next    string           `json:"next"` // cursor of the threads
	Lines   []storage.Line   `json:"lines"`
	Head    storage.Head     `json:"head"`
}

// Snapshot asks for the newest threads and the lines.
func (c *Client) Snapshot(ctx context.Context) (Snapshot, error) {
	var out Snapshot
	err := c.call(ctx, "GET", "/snapshot", nil, nil, &out)
	return out, err
}
