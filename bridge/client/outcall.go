package client

import (
	"context"

	"smsbridge/storage"
)

// Started is a call that was begun, or a link that begins it.
type Started struct {
	Way    string `json:"way"` // tel, hook, modem
	URL    string `json:"url"` // tel: to be opened
	To     string `json:"to"`
	Line   string `json:"line"`
	Number string `json:"show"` // of that line
	Hint   *struct {
		Type   string `json:"type"`
		Detail string `json:"detail"`
	} `json:"hint"`
	Message storage.Message `json:"message"`
}

// StartCall calls a number in the way that the box was set up for.
func (c *Client) StartCall(ctx context.Context, number string) (Started, error) {
	var out Started
	err := c.call(ctx, "POST", "/calls", nil, map[string]any{"to": map[string]string{"number": number}}, &out)
	return out, err
}
