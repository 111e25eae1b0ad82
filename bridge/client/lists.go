package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// BadRow is a row that was left out, from 1.
type BadRow struct {
	Row    int    `json:"row"`
	Detail string `json:"detail"`
}

func listPath(ref, what string) string { return "/lists/" + url.PathEscape(ref) + what }

func (c *Client) aList(ctx context.Context, verb, path string, in any) (storage.List, []BadRow, error) {
	var out struct {
		List    storage.List
		Refused []BadRow
	}
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.List, out.Refused, err
}

// Lists lists the lists of people to write to.
func (c *Client) Lists(ctx context.Context) ([]storage.List, error) {
	var out struct{ Lists []storage.List }
	err := c.call(ctx, "GET", "/lists", nil, nil, &out)
	return out.Lists, err
}

// CreateList makes a list of nobody. A list goes by its id or its name.
func (c *Client) CreateList(ctx context.Context, name string) (storage.List, error) {
	l, _, err := c.aList(ctx, "POST", "/lists", map[string]string{"name": name})
	return l, err
}

// RenameList gives a list another name.
func (c *Client) RenameList(ctx context.Context, ref, name string) (storage.List, error) {
	l, _, err := c.aList(ctx, "PATCH", listPath(ref, ""), map[string]string{"name": name})
	return l, err
}

// DeleteList forgets a list; its contacts stay.
func (c *Client) DeleteList(ctx context.Context, ref string) (storage.List, error) {
	l, _, err := c.aList(ctx, "DELETE", listPath(ref, ""), nil)
	return l, err
}

// ListRows lists who is in a list.
func (c *Client) ListRows(ctx context.Context, ref string, p storage.Page) (storage.RowPage, error) {
	var out storage.RowPage
	err := c.call(ctx, "GET", listPath(ref, "/rows"), cursor(p), nil, &out)
	return out, err
}

// rowsIn is how rows are handed in, at most storage.MostRows at once.
type rowsIn struct {
	Rows []storage.Row `json:"rows"`
	Skip bool          `json:"skip_bad,omitempty"`
}

// AddToList puts people into a list; skip leaves rows out that cannot be taken.
func (c *Client) AddToList(ctx context.Context, ref string, rows []storage.Row, skip bool) (storage.List, []BadRow, error) {
	return c.aList(ctx, "POST", listPath(ref, "/rows"), rowsIn{rows, skip})
}

// RemoveFromList takes people out of a list, by contact or number.
func (c *Client) RemoveFromList(ctx context.Context, ref string, who []string) (storage.List, error) {
	l, _, err := c.aList(ctx, "POST", listPath(ref, "/remove"), map[string]any{"who": who})
	return l, err
}
