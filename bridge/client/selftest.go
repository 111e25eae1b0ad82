package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

// SelfTest sends a text to one of the box's own lines. What becomes of it comes
// later: read it with SelfTests, or follow selftest.updated.
func (c *Client) SelfTest(ctx context.Context, line string) (storage.SelfTest, error) {
	var out struct {
		SelfTest storage.SelfTest `json:"self_test"`
	}
	err := c.call(ctx, "POST", "/self-tests", nil, map[string]string{"line": line}, &out)
	return out.SelfTest, err
}

// SelfTests lists the newest tests, and what those of the last 24 hours have
// cost, in texts.
func (c *Client) SelfTests(ctx context.Context, limit int) (tests []storage.SelfTest, cost int, err error) {
	var out struct {
		SelfTests []storage.SelfTest `json:"self_tests"`
		Cost      int
	}
	err = c.call(ctx, "GET", "/self-tests", url.Values{"limit": {strconv.Itoa(limit)}}, nil, &out)
	return out.SelfTests, out.Cost, err
}
