package client

import (
	"context"

	"smsbridge/storage"
)

// Import hands the box a batch of messages of another program, of at most
// storage.MaxImported.
func (c *Client) Import(ctx context.Context, i storage.Import) (storage.ImportResult, error) {
	in := struct {
		Line     string             `json:"line"`
		Source   string             `json:"source,omitempty"`
		Messages []storage.Imported `json:"messages"`
		Preview  bool               `json:"preview,omitempty"`
	}{i.Line, i.Source, i.Messages, i.Preview}
	var out struct{ Import storage.ImportResult }
	err := c.call(ctx, "POST", "/history", nil, in, &out)
	return out.Import, err
}
