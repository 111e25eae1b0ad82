package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// Blocks lists the block list, the newest first.
func (c *Client) Blocks(ctx context.Context) ([]storage.Block, error) {
	var out struct{ Blocks []storage.Block }
	err := c.call(ctx, "GET", "/blocks", nil, nil, &out)
	return out.Blocks, err
}

// AddBlock puts an entry on the block list.
func (c *Client) AddBlock(ctx context.Context, b storage.Block) (storage.Block, error) {
	var out struct{ Block storage.Block }
	err := c.call(ctx, "POST", "/blocks", nil, map[string]string{"kind": string(b.Kind), "value": b.Value, "note": b.Note}, &out)
	return out.Block, err
}

// RemoveBlock takes an entry off, by its id or its value.
func (c *Client) RemoveBlock(ctx context.Context, ref string) (storage.Block, error) {
	var out struct{ Block storage.Block }
	err := c.call(ctx, "DELETE", "/blocks/"+url.PathEscape(ref), nil, nil, &out)
	return out.Block, err
}
