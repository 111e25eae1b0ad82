package client

import (
	"context"
	"net/url"
	"strconv"
	"time"

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
	if p.Around != "" {
		q.Set("around", p.Around)
	}
	if !p.At.IsZero() {
		q.Set("at", p.At.UTC().Format(time.RFC3339Nano))
	}
	for name, value := range map[string]string{
		"channel": p.Filter.Channel, "line": p.Filter.Line, "state": p.Filter.State, "q": p.Filter.Text,
	} {
		if value != "" {
			q.Set(name, value)
		}
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

// Thread is one thread, with how the caller's account sees it.
func (c *Client) Thread(ctx context.Context, id string) (storage.Thread, error) {
	var out struct{ Thread storage.Thread }
	err := c.call(ctx, "GET", "/threads/"+url.PathEscape(id), nil, nil, &out)
	return out.Thread, err
}

// DeleteThread deletes a thread, for everybody.
func (c *Client) DeleteThread(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", "/threads/"+url.PathEscape(id), nil, nil, nil)
}

// ChangeView changes how an account sees a thread. agent is for the
// administrator; empty is the caller's own.
func (c *Client) ChangeView(ctx context.Context, thread, agent string, change storage.ViewChange) (storage.View, error) {
	in := struct {
		Agent  string  `json:"agent,omitempty"`
		ReadTo *string `json:"read_to,omitempty"`
		Unread *bool   `json:"unread,omitempty"`
		Closed *bool   `json:"closed,omitempty"`
		Muted  *bool   `json:"muted,omitempty"`
		Draft  *string `json:"draft,omitempty"`
		Rev    *int64  `json:"draft_rev,omitempty"`
	}{agent, change.ReadTo, change.Unread, change.Closed, change.Muted, change.Draft, change.DraftRev}
	var out struct{ View storage.View }
	err := c.call(ctx, "PATCH", "/threads/"+url.PathEscape(thread)+"/view", nil, in, &out)
	return out.View, err
}

// ReadAll marks everything as read; UndoReadAll takes that back.
func (c *Client) ReadAll(ctx context.Context, agent string) (storage.ReadAll, error) {
	return c.readAll(ctx, "/threads/read-all", agent, "")
}

// UndoReadAll takes a ReadAll back by its Undo.
func (c *Client) UndoReadAll(ctx context.Context, agent, undo string) (storage.ReadAll, error) {
	return c.readAll(ctx, "/threads/read-all/undo", agent, undo)
}

func (c *Client) readAll(ctx context.Context, path, agent, undo string) (storage.ReadAll, error) {
	in := struct {
		Agent string `json:"agent,omitempty"`
		Undo  string `json:"undo,omitempty"`
	}{agent, undo}
	var out struct{ Read storage.ReadAll }
	err := c.call(ctx, "POST", path, nil, in, &out)
	return out.Read, err
}

// Search finds messages by their words; see storage.ParseQuery for the rest.
func (c *Client) Search(ctx context.Context, query string, p storage.Page) (storage.HitPage, error) {
	q := cursor(p)
	q.Set("q", query)
	var out storage.HitPage
	err := c.call(ctx, "GET", "/messages", q, nil, &out)
	return out, err
}

// DeleteMessage deletes one message in the box; the phone keeps what it has.
func (c *Client) DeleteMessage(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", "/messages/"+url.PathEscape(id), nil, nil, nil)
}
