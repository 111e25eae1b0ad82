package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// Stop tells whether all sending is stopped.
func (c *Client) Stop(ctx context.Context) (storage.Stop, error) {
	return c.stop(ctx, "GET", "", nil)
}

// StopSending lets no text leave any more, by any line, until ResumeSending.
func (c *Client) StopSending(ctx context.Context, reason string) (storage.Stop, error) {
	return c.stop(ctx, "POST", "/stop", map[string]string{"reason": reason})
}

// ResumeSending lets texts leave again.
func (c *Client) ResumeSending(ctx context.Context) (storage.Stop, error) {
	return c.stop(ctx, "POST", "/resume", nil)
}

func (c *Client) stop(ctx context.Context, verb, path string, in any) (storage.Stop, error) {
	var out struct{ Stop storage.Stop }
	err := c.call(ctx, verb, "/sending"+path, nil, in, &out)
	return out.Stop, err
}

// Policies lists how texts leave by the lines.
func (c *Client) Policies(ctx context.Context) ([]storage.Policy, error) {
	var out struct{ Policies []storage.Policy }
	err := c.call(ctx, "GET", "/policies", nil, nil, &out)
	return out.Policies, err
}

// SetPolicy sets how texts leave by a line, or, without Line, by every line that
// has no settings of its own.
func (c *Client) SetPolicy(ctx context.Context, p storage.Policy) error {
	return c.call(ctx, "PUT", "/policies", nil, p, nil)
}

// Quiet lists the quiet hours.
func (c *Client) Quiet(ctx context.Context) ([]storage.Quiet, error) {
	var out struct{ Quiet []storage.Quiet }
	err := c.call(ctx, "GET", "/quiet-hours", nil, nil, &out)
	return out.Quiet, err
}

// SetQuiet sets the quiet hours of a line, or, without Line, of those that have
// none of their own.
func (c *Client) SetQuiet(ctx context.Context, q storage.Quiet) error {
	return c.call(ctx, "PUT", "/quiet-hours", nil, q, nil)
}

// DeleteQuiet takes quiet hours away.
func (c *Client) DeleteQuiet(ctx context.Context, line string) error {
	return c.call(ctx, "DELETE", "/quiet-hours", url.Values{"line": {line}}, nil, nil)
}

// Limits tells how the limits of parts stand.
func (c *Client) Limits(ctx context.Context) ([]storage.LimitStatus, error) {
	var out struct{ Limits []storage.LimitStatus }
	err := c.call(ctx, "GET", "/limits", nil, nil, &out)
	return out.Limits, err
}

// SetLimit sets a limit in place of the one before.
func (c *Client) SetLimit(ctx context.Context, l storage.Limit) error {
	return c.call(ctx, "PUT", "/limits", nil, l, nil)
}

// Rules are those of the numbers that may be texted.
func (c *Client) Rules(ctx context.Context) (storage.Rules, error) {
	return c.rules(ctx, "GET", nil)
}

// SetRules adds to the lists of the rules, and sets what is one word.
func (c *Client) SetRules(ctx context.Context, add storage.Rules) (storage.Rules, error) {
	return c.rules(ctx, "POST", add)
}

// DeleteRules takes out of the lists of the rules what is named.
func (c *Client) DeleteRules(ctx context.Context, out storage.Rules) (storage.Rules, error) {
	return c.rules(ctx, "DELETE", out)
}

func (c *Client) rules(ctx context.Context, verb string, in any) (storage.Rules, error) {
	var out struct{ Rules storage.Rules }
	err := c.call(ctx, verb, "/rules", nil, in, &out)
	return out.Rules, err
}
