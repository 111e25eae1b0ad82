package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// SaveContact keeps a contact: without an ID a new one, or the one that has
// the number.
func (c *Client) SaveContact(ctx context.Context, contact storage.Contact) (storage.Contact, error) {
	var out struct{ Contact storage.Contact }
	err := c.call(ctx, "POST", "/contacts", nil, contact, &out)
	return out.Contact, err
}

// Contacts lists contacts by their names; text, part of a name or number,
// leaves out the others.
func (c *Client) Contacts(ctx context.Context, text string, p storage.Page) (storage.ContactPage, error) {
	q := cursor(p)
	if text != "" {
		q.Set("q", text)
	}
	var out storage.ContactPage
	err := c.call(ctx, "GET", "/contacts", q, nil, &out)
	return out, err
}

// Lookup is the contact that has a number.
func (c *Client) Lookup(ctx context.Context, number string) (storage.Contact, error) {
	var out struct{ Contact storage.Contact }
	err := c.call(ctx, "GET", "/contacts/lookup", url.Values{"number": {number}}, nil, &out)
	return out.Contact, err
}

// Contact is one contact.
func (c *Client) Contact(ctx context.Context, id string) (storage.Contact, error) {
	var out struct{ Contact storage.Contact }
	err := c.call(ctx, "GET", "/contacts/"+url.PathEscape(id), nil, nil, &out)
	return out.Contact, err
}

// DeleteContact forgets a contact; what was said with it stays.
func (c *Client) DeleteContact(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", "/contacts/"+url.PathEscape(id), nil, nil, nil)
}

// MergeContacts makes from a part of the contact id.
func (c *Client) MergeContacts(ctx context.Context, id, from string) (storage.Merge, error) {
	in := struct {
		From string `json:"from"`
	}{from}
	var out struct{ Merge storage.Merge }
	err := c.call(ctx, "POST", "/contacts/"+url.PathEscape(id)+"/merge", nil, in, &out)
	return out.Merge, err
}

// UnmergeContacts takes a MergeContacts back.
func (c *Client) UnmergeContacts(ctx context.Context, merge string) ([]storage.Contact, error) {
	in := struct {
		ID string `json:"id"`
	}{merge}
	var out struct{ Contacts []storage.Contact }
	err := c.call(ctx, "POST", "/contacts/unmerge", nil, in, &out)
	return out.Contacts, err
}

// Find looks for whom to write to.
func (c *Client) Find(ctx context.Context, text string) ([]storage.Found, error) {
	var out struct{ Found []storage.Found }
	err := c.call(ctx, "GET", "/people", url.Values{"q": {text}}, nil, &out)
	return out.Found, err
}
