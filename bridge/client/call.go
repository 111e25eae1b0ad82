package client

import (
	"context"
	"net/url"
)

// Dial calls a number from a line.
func (c *Client) Dial(ctx context.Context, line, to string) error {
	return c.call(ctx, "POST", callPath(line), nil, map[string]string{"to": to}, nil)
}

// Hangup ends the call of a line.
func (c *Client) Hangup(ctx context.Context, line string) error {
	return c.call(ctx, "DELETE", callPath(line), nil, nil, nil)
}

// DTMF sends tones into the call of a line.
func (c *Client) DTMF(ctx context.Context, line, tones string) error {
	return c.call(ctx, "POST", callPath(line)+"/tones", nil, map[string]string{"tones": tones}, nil)
}

func callPath(line string) string { return "/lines/" + url.PathEscape(line) + "/call" }
