package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// NewTemplate is a template to be kept.
type NewTemplate struct {
	Name     string `json:"name"`
	Text     string `json:"text"`
	Language string `json:"language,omitempty"`
	Personal bool   `json:"personal,omitempty"` // for the caller's own account alone
}

// Rendered is how a text with fields reads to somebody.
type Rendered struct {
	Text    string        `json:"text"`
	Count   storage.Count `json:"count"`
	Missing []string      `json:"missing"` // fields without a value
}

func templatePath(id, what string) string { return "/templates/" + url.PathEscape(id) + what }

func (c *Client) aTemplate(ctx context.Context, verb, path string, in any) (storage.Template, error) {
	var out struct{ Template storage.Template }
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.Template, err
}

// Templates lists what the caller can use: everybody's, and its own.
func (c *Client) Templates(ctx context.Context) ([]storage.Template, error) {
	var out struct{ Templates []storage.Template }
	err := c.call(ctx, "GET", "/templates", nil, nil, &out)
	return out.Templates, err
}

// AddTemplate keeps a new one.
func (c *Client) AddTemplate(ctx context.Context, t NewTemplate) (storage.Template, error) {
	return c.aTemplate(ctx, "POST", "/templates", t)
}

// ChangeTemplate changes what is not nil.
func (c *Client) ChangeTemplate(ctx context.Context, id string, change storage.TemplateChange) (storage.Template, error) {
	return c.aTemplate(ctx, "PATCH", templatePath(id, ""), change)
}

// DeleteTemplate forgets one.
func (c *Client) DeleteTemplate(ctx context.Context, id string) (storage.Template, error) {
	return c.aTemplate(ctx, "DELETE", templatePath(id, ""), nil)
}

// Render asks how a template reads to a number, and what it costs then. Values
// go before those of the contact.
func (c *Client) Render(ctx context.Context, id, to string, values map[string]string) (Rendered, error) {
	in := map[string]any{"values": values}
	if to != "" {
		in["to"] = map[string]string{"number": to}
	}
	var out Rendered
	err := c.call(ctx, "POST", templatePath(id, "/render"), nil, in, &out)
	return out, err
}
