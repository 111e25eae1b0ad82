package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// Pairing is a program that waits for a person to approve it.
type Pairing struct {
	Pair     string       `json:"pair"`
	Name     string       `json:"name"`
	Pictures []string     `json:"emoji"` // the same that the program shows
	Scopes   []string     `json:"scopes"`
	From     string       `json:"from"`
	Expires  storage.Time `json:"expires_at"`
}

// ShowPairing looks at the program that shows a code.
func (c *Client) ShowPairing(ctx context.Context, code string) (Pairing, error) {
	var out struct{ Pairing Pairing }
	err := c.call(ctx, "GET", "/pair", url.Values{"code": {code}}, nil, &out)
	return out.Pairing, err
}

// ApprovePairing lets it have a token of an account, for some lines or, with
// none, for those of the account.
func (c *Client) ApprovePairing(ctx context.Context, code, agent string, lines []string) (Pairing, error) {
	in := struct {
		Code  string   `json:"code"`
		Agent string   `json:"agent"`
		Lines []string `json:"lines,omitempty"`
	}{code, agent, lines}
	var out struct{ Pairing Pairing }
	err := c.call(ctx, "POST", "/pair/approve", nil, in, &out)
	return out.Pairing, err
}

// DenyPairing refuses it.
func (c *Client) DenyPairing(ctx context.Context, code string) error {
	return c.call(ctx, "POST", "/pair/deny", nil, map[string]string{"code": code}, nil)
}
