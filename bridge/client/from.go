package client

import (
	"context"

	"smsbridge/storage"
)

// From asks what a text to a number could be sent from, and what is filled in.
func (c *Client) From(ctx context.Context, number string) (storage.FromOptions, error) {
	in := map[string]any{}
	if number != "" {
		in["to"] = map[string]string{"number": number}
	}
	var out storage.FromOptions
	err := c.call(ctx, "POST", "/from", nil, in, &out)
	return out, err
}
