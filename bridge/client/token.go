package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// CreateToken makes a token for every line. The secret is in this answer only.
func (c *Client) CreateToken(ctx context.Context, label string, scopes []string) (t storage.Token, secret string, err error) {
	return c.CreateTokenFor(ctx, storage.Token{Label: label, Scopes: scopes})
}

// CreateTokenFor makes a token with the label, scopes, lines and account of in.
func (c *Client) CreateTokenFor(ctx context.Context, in storage.Token) (t storage.Token, secret string, err error) {
	var out struct {
		Token  storage.Token
		Secret string
	}
	err = c.call(ctx, "POST", "/tokens", nil, in, &out)
	return out.Token, out.Secret, err
}

// Tokens lists every token, the revoked ones too.
func (c *Client) Tokens(ctx context.Context) ([]storage.Token, error) {
	var out struct{ Tokens []storage.Token }
	err := c.call(ctx, "GET", "/tokens", nil, nil, &out)
	return out.Tokens, err
}

// RevokeToken ends a token for good.
func (c *Client) RevokeToken(ctx context.Context, id string) (storage.Token, error) {
	var out struct{ Token storage.Token }
	err := c.call(ctx, "DELETE", "/tokens/"+url.PathEscape(id), nil, nil, &out)
	return out.Token, err
}

// SetupCode makes a one-time code for signing in on the page.
func (c *Client) SetupCode(ctx context.Context) (code string, expires storage.Time, err error) {
	var out struct {
		Code    string
		Expires storage.Time `json:"expires_at"`
	}
	err = c.call(ctx, "POST", "/setup/code", nil, nil, &out)
	return out.Code, out.Expires, err
}
