package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// hooked is what the box answers about one hook.
type hooked struct {
	Hook   storage.Hook
	Secret string
}

func hookPath(id, what string) string { return "/webhooks/" + url.PathEscape(id) + what }

// Hooks lists the endpoints that events are pushed to.
func (c *Client) Hooks(ctx context.Context) ([]storage.Hook, error) {
	var out struct{ Hooks []storage.Hook }
	err := c.call(ctx, "GET", "/webhooks", nil, nil, &out)
	return out.Hooks, err
}

// CreateHook makes a hook from URL, Label, Events, Lines, Order and Template.
// The secret is in this answer only.
func (c *Client) CreateHook(ctx context.Context, h storage.Hook) (made storage.Hook, secret string, err error) {
	in := map[string]any{"url": h.URL, "label": h.Label, "events": h.Events, "lines": h.Lines, "order": h.Order, "template": h.Template}
	var out hooked
	err = c.call(ctx, "POST", "/webhooks", nil, in, &out)
	return out.Hook, out.Secret, err
}

// UpdateHook changes what is not nil.
func (c *Client) UpdateHook(ctx context.Context, id string, change storage.HookChange) (storage.Hook, error) {
	in := make(map[string]any)
	add(in, "url", change.URL)
	add(in, "label", change.Label)
	add(in, "events", change.Events)
	add(in, "lines", change.Lines)
	add(in, "order", change.Order)
	add(in, "template", change.Template)
	add(in, "disabled", change.Disabled)
	var out hooked
	err := c.call(ctx, "PATCH", hookPath(id, ""), nil, in, &out)
	return out.Hook, err
}

func add[T any](to map[string]any, name string, value *T) {
	if value != nil {
		to[name] = *value
	}
}

// DeleteHook forgets a hook and its deliveries.
func (c *Client) DeleteHook(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", hookPath(id, ""), nil, nil, nil)
}

// TestHook tries a hook once; what came of it is in the delivery.
func (c *Client) TestHook(ctx context.Context, id string) (storage.Delivery, error) {
	var out struct{ Delivery storage.Delivery }
	err := c.call(ctx, "POST", hookPath(id, "/test"), nil, nil, &out)
	return out.Delivery, err
}

// Deliveries lists what became of events at a hook, the newest first; with
// state, only those in it.
func (c *Client) Deliveries(ctx context.Context, id, state string, p storage.Page) (storage.DeliveryPage, error) {
	q := cursor(p)
	if state != "" {
		q.Set("state", state)
	}
	var out storage.DeliveryPage
	err := c.call(ctx, "GET", hookPath(id, "/deliveries"), q, nil, &out)
	return out, err
}

// ReplayDelivery tells a hook of one event again.
func (c *Client) ReplayDelivery(ctx context.Context, id string, seq int64) (storage.Hook, error) {
	return c.replay(ctx, id, map[string]int64{"seq": seq})
}

// ReplaySince tells a hook of every event after seq again.
func (c *Client) ReplaySince(ctx context.Context, id string, seq int64) (storage.Hook, error) {
	return c.replay(ctx, id, map[string]int64{"since": seq})
}

func (c *Client) replay(ctx context.Context, id string, in map[string]int64) (storage.Hook, error) {
	var out hooked
	err := c.call(ctx, "POST", hookPath(id, "/replay"), nil, in, &out)
	return out.Hook, err
}

// RotateHook makes a new secret, in this answer only; those before it hold for
// so many hours more.
func (c *Client) RotateHook(ctx context.Context, id string, keepHours int) (h storage.Hook, secret string, err error) {
	var out hooked
	err = c.call(ctx, "POST", hookPath(id, "/rotate"), nil, map[string]int{"keep_hours": keepHours}, &out)
	return out.Hook, out.Secret, err
}
