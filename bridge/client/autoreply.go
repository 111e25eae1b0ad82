package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

func (c *Client) anAutoReply(ctx context.Context, verb, path string, in any) (storage.AutoReply, error) {
	var out struct {
		AutoReply storage.AutoReply `json:"auto_reply"`
	}
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.AutoReply, err
}

// AutoReplies lists the rules that answer.
func (c *Client) AutoReplies(ctx context.Context) ([]storage.AutoReply, error) {
	var out struct {
		AutoReplies []storage.AutoReply `json:"auto_replies"`
	}
	err := c.call(ctx, "GET", "/auto-replies", nil, nil, &out)
	return out.AutoReplies, err
}

// AddAutoReply makes a rule.
func (c *Client) AddAutoReply(ctx context.Context, a storage.AutoReply) (storage.AutoReply, error) {
	return c.anAutoReply(ctx, "POST", "/auto-replies", a)
}

// ChangeAutoReply changes the fields of a rule that are named.
func (c *Client) ChangeAutoReply(ctx context.Context, id string, change map[string]any) (storage.AutoReply, error) {
	return c.anAutoReply(ctx, "PATCH", "/auto-replies/"+url.PathEscape(id), change)
}

// DeleteAutoReply forgets a rule.
func (c *Client) DeleteAutoReply(ctx context.Context, id string) (storage.AutoReply, error) {
	return c.anAutoReply(ctx, "DELETE", "/auto-replies/"+url.PathEscape(id), nil)
}
