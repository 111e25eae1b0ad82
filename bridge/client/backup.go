package client

import (
	"context"

	"smsbridge/storage"
)

// Backup has the box copy its ledger while it runs. file is a path on the box,
// for who asks at its Unix socket; empty is a new one in the box's folder.
func (c *Client) Backup(ctx context.Context, file string) (storage.Backup, error) {
	in := struct {
		File string `json:"file,omitempty"`
	}{file}
	var out struct{ Backup storage.Backup }
	err := c.call(ctx, "POST", "/backup", nil, in, &out)
	return out.Backup, err
}

// Backups lists the copies in the box's folder, the newest first.
func (c *Client) Backups(ctx context.Context) ([]storage.Backup, error) {
	var out struct{ Backups []storage.Backup }
	err := c.call(ctx, "GET", "/backup", nil, nil, &out)
	return out.Backups, err
}
