package client

import (
	"context"
	"encoding/json"
	"net/url"

	"smsbridge/storage"
)

// Settings lists how the box is set.
func (c *Client) Settings(ctx context.Context) ([]storage.Setting, error) {
	var out struct{ Settings []storage.Setting }
	err := c.call(ctx, "GET", "/settings", nil, nil, &out)
	return out.Settings, err
}

// Set sets one setting of the box; null makes it as it is by default.
func (c *Client) Set(ctx context.Context, key string, value json.RawMessage) (storage.Setting, error) {
	var out struct{ Setting storage.Setting }
	err := c.call(ctx, "PUT", "/settings/"+url.PathEscape(key), nil, valueOf(value), &out)
	return out.Setting, err
}

// Preferences lists what the caller prefers.
func (c *Client) Preferences(ctx context.Context) ([]storage.Setting, error) {
	var out struct{ Preferences []storage.Setting }
	err := c.call(ctx, "GET", "/preferences", nil, nil, &out)
	return out.Preferences, err
}

// Prefer sets one preference of the caller's.
func (c *Client) Prefer(ctx context.Context, key string, value json.RawMessage) (storage.Setting, error) {
	var out struct{ Preference storage.Setting }
	err := c.call(ctx, "PUT", "/preferences/"+url.PathEscape(key), nil, valueOf(value), &out)
	return out.Preference, err
}

func valueOf(value json.RawMessage) map[string]json.RawMessage {
	return map[string]json.RawMessage{"value": value}
}
