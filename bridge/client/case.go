package client

import (
	"context"
	"net/url"
	"strconv"

	"smsbridge/storage"
)

func casePath(id, what string) string { return "/cases/" + url.PathEscape(id) + what }

// Cases lists cases, the newest first. State takes open, closed and unanswered;
// Owner an account's id, or me.
func (c *Client) Cases(ctx context.Context, state string, f storage.CaseFilter, p storage.Page) (storage.CasePage, error) {
	query := url.Values{}
	for name, value := range map[string]string{"state": state, "owner": f.Owner, "thread": f.Thread, "q": f.Search, "before": p.Before} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if p.Limit > 0 {
		query.Set("limit", strconv.Itoa(p.Limit))
	}
	var out storage.CasePage
	err := c.call(ctx, "GET", "/cases", query, nil, &out)
	return out, err
}

func (c *Client) aCase(ctx context.Context, verb, path string, in any) (storage.Case, error) {
	var out struct{ Case storage.Case }
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.Case, err
}

// Case asks for one case, with its notes.
func (c *Client) Case(ctx context.Context, id string) (storage.Case, error) {
	return c.aCase(ctx, "GET", casePath(id, ""), nil)
}

// OpenCase begins a case with a number before anything was said. Agent is for
// callers without an account: for whom.
func (c *Client) OpenCase(ctx context.Context, to, from, agent string) (Taken, error) {
	var out Taken
	err := c.call(ctx, "POST", "/cases", nil, map[string]any{"to": map[string]string{"number": to}, "from": from, "agent": agent}, &out)
	return out, err
}

// ContinueCase opens a closed case again.
func (c *Client) ContinueCase(ctx context.Context, id, agent string) (Taken, error) {
	var out Taken
	err := c.call(ctx, "POST", casePath(id, "/continue"), nil, map[string]string{"agent": agent}, &out)
	return out, err
}

// CloseCase ends a case; outcome may be empty.
func (c *Client) CloseCase(ctx context.Context, id, outcome string) (storage.Case, error) {
	return c.aCase(ctx, "POST", casePath(id, "/close"), map[string]string{"outcome": outcome})
}

// TransferCase gives a case to an agent, with a note.
func (c *Client) TransferCase(ctx context.Context, id, to, note string) (storage.Case, error) {
	return c.aCase(ctx, "POST", casePath(id, "/transfer"), map[string]string{"to": to, "note": note})
}

// ReleaseCase gives a case back: it is offered to the others.
func (c *Client) ReleaseCase(ctx context.Context, id, note string) (storage.Case, error) {
	return c.aCase(ctx, "POST", casePath(id, "/release"), map[string]string{"note": note})
}

// NoteCase writes a note beside a case.
func (c *Client) NoteCase(ctx context.Context, id, note string) (storage.Case, error) {
	return c.aCase(ctx, "POST", casePath(id, "/notes"), map[string]string{"note": note})
}

// CaseOutcome writes down what came of a case.
func (c *Client) CaseOutcome(ctx context.Context, id, outcome string) (storage.Case, error) {
	return c.aCase(ctx, "PUT", casePath(id, "/outcome"), map[string]string{"outcome": outcome})
}
