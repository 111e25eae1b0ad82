package client

import (
	"context"

	"smsbridge/storage"
)

// OptOuts lists who wants no texts.
func (c *Client) OptOuts(ctx context.Context, p storage.Page) (storage.OptOutPage, error) {
	var out storage.OptOutPage
	err := c.call(ctx, "GET", "/opt-outs", cursor(p), nil, &out)
	return out, err
}

// SetOptOut records that somebody wants no texts (Out), or agreed to them again:
// then Note says how.
func (c *Client) SetOptOut(ctx context.Context, o storage.OptOut) (storage.OptOut, error) {
	path := "/opt-outs/remove"
	if o.Out {
		path = "/opt-outs"
	}
	var out struct {
		OptOut storage.OptOut `json:"opt_out"`
	}
	err := c.call(ctx, "POST", path, nil, map[string]string{"number": o.Number, "line": o.Line, "note": o.Note}, &out)
	return out.OptOut, err
}
