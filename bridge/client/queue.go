package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

// Queue lists what has not gone out, line by line in the order in which it will,
// and what each text waits for.
func (c *Client) Queue(ctx context.Context, limit int) (storage.Queue, error) {
	var out storage.Queue
	err := c.call(ctx, "GET", "/queue", url.Values{"limit": {strconv.Itoa(limit)}}, nil, &out)
	return out, err
}

// Cancel calls a message back of which nothing has begun to leave.
func (c *Client) Cancel(ctx context.Context, id string) (storage.Message, error) {
	return c.act(ctx, id, "cancel", nil)
}

// Hold makes a message wait until somebody releases it.
func (c *Client) Hold(ctx context.Context, id string) (storage.Message, error) {
	return c.act(ctx, id, "hold", nil)
}

// Release lets a held message go its way; what a rule holds takes a manager.
func (c *Client) Release(ctx context.Context, id string) (storage.Message, error) {
	return c.act(ctx, id, "release", nil)
}

// Prioritize puts a message that waits among those of another priority.
func (c *Client) Prioritize(ctx context.Context, id string, p storage.Priority) (storage.Message, error) {
	return c.act(ctx, id, "priority", map[string]storage.Priority{"priority": p})
}

// CloseUnconfirmed writes down what a person knows of a text of which the box
// does not: that it was sent, or that it failed.
func (c *Client) CloseUnconfirmed(ctx context.Context, id string, as storage.MessageState) (storage.Message, error) {
	return c.act(ctx, id, "close", map[string]storage.MessageState{"as": as})
}

func (c *Client) act(ctx context.Context, id, what string, in any) (storage.Message, error) {
	var out struct{ Message storage.Message }
	err := c.call(ctx, "POST", "/messages/"+url.PathEscape(id)+"/"+what, nil, in, &out)
	return out.Message, err
}

// Retry sends again, as a new message, one that is known not to have arrived:
// by another line, if from names one. The same key is the same new message.
func (c *Client) Retry(ctx context.Context, id, from, key string) (Sent, error) {
	return c.again(ctx, id, "retry", from, key)
}

// Resend sends an unconfirmed message again, as a new one: the recipient may get
// the text twice.
func (c *Client) Resend(ctx context.Context, id, from, key string) (Sent, error) {
	return c.again(ctx, id, "resend", from, key)
}

func (c *Client) again(ctx context.Context, id, what, from, key string) (Sent, error) {
	var out Sent
	err := c.call(ctx, "POST", "/messages/"+url.PathEscape(id)+"/"+what, nil, map[string]string{"from": from, "idem": key}, &out)
	return out, err
}
