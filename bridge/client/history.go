package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

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

// ExportThread writes a thread to w: as text, csv, jsonl or html, with times in
// a zone; empty is the box's.
func (c *Client) ExportThread(ctx context.Context, w io.Writer, thread, format, zone string) error {
	q := url.Values{"thread": {thread}, "format": {format}}
	if zone != "" {
		q.Set("zone", zone)
	}
	return c.copy(ctx, w, "/export/thread", q)
}

// ExportContacts writes the contacts to w, as vcard or csv.
func (c *Client) ExportContacts(ctx context.Context, w io.Writer, format string) error {
	return c.copy(ctx, w, "/export/contacts", url.Values{"format": {format}})
}

// ExportAll writes all texts and contacts to w, as JSON lines.
func (c *Client) ExportAll(ctx context.Context, w io.Writer) error {
	return c.copy(ctx, w, "/export", nil)
}

// copy writes an answer to w as it comes. What took it must not be thought whole
// if this answers an error.
func (c *Client) copy(ctx context.Context, w io.Writer, path string, query url.Values) error {
	answer, err := c.answer(ctx, http.MethodGet, path, query, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("GET %s: the answer broke off: %w", path, err)
	}
	return nil
}

// ContactsImport asks for contacts of a file to be kept.
type ContactsImport struct {
	Text     string            `json:"text,omitempty"` // vCards or CSV
	Contacts []storage.Contact `json:"contacts,omitempty"`
	Country  string            `json:"country,omitempty"` // calling code of numbers without one
	Rule     string            `json:"rule,omitempty"`    // fill, replace, skip
	Preview  bool              `json:"preview,omitempty"`
}

// ContactsImported is what came of it.
type ContactsImported struct {
	Added     int               `json:"added"`
	Changed   int               `json:"changed"`
	Unchanged int               `json:"unchanged"`
	Left      int               `json:"left_out"`
	Faults    []string          `json:"faults,omitempty"`
	Preview   bool              `json:"preview,omitempty"`
	Contacts  []storage.Contact `json:"contacts"`
}

// ImportContacts keeps contacts, or tells what would become of them.
func (c *Client) ImportContacts(ctx context.Context, in ContactsImport) (ContactsImported, error) {
	var out struct{ Import ContactsImported }
	err := c.call(ctx, "POST", "/contacts/import", nil, in, &out)
	return out.Import, err
}
