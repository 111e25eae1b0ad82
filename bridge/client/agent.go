package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// Agents lists every account.
func (c *Client) Agents(ctx context.Context) ([]storage.Agent, error) {
	var out struct{ Agents []storage.Agent }
	err := c.call(ctx, "GET", "/agents", nil, nil, &out)
	return out.Agents, err
}

// Invitation is an account with the code that signs it in once; a service has
// none.
type Invitation struct {
	Agent   storage.Agent `json:"agent"`
	Code    string        `json:"code"`
	Expires storage.Time  `json:"expires_at"`
}

// AddAgent makes an account.
func (c *Client) AddAgent(ctx context.Context, name string, role storage.Role) (Invitation, error) {
	in := struct {
		Name string       `json:"name"`
		Role storage.Role `json:"role"`
	}{name, role}
	var out Invitation
	err := c.call(ctx, "POST", "/agents", nil, in, &out)
	return out, err
}

// Invite makes a new code for an account, which may be named by id or name.
func (c *Client) Invite(ctx context.Context, agent string) (Invitation, error) {
	var out Invitation
	err := c.call(ctx, "POST", "/agents/"+url.PathEscape(agent)+"/invite", nil, nil, &out)
	return out, err
}

// ChangeAgent changes role and switches of an account.
func (c *Client) ChangeAgent(ctx context.Context, agent string, change storage.AgentChange) (storage.Agent, error) {
	return c.agent(ctx, "PATCH", "/agents/"+url.PathEscape(agent), change)
}

// SetPassword sets an account's password; where it is signed in, it is signed
// out.
func (c *Client) SetPassword(ctx context.Context, agent, password string) (storage.Agent, error) {
	return c.agent(ctx, "POST", "/agents/"+url.PathEscape(agent)+"/password", struct {
		Password string `json:"password"`
	}{password})
}

// Assign lets an account work on a line.
func (c *Client) Assign(ctx context.Context, line, agent string) (storage.Agent, error) {
	return c.agent(ctx, "POST", "/lines/"+url.PathEscape(line)+"/agents", struct {
		Agent string `json:"agent"`
	}{agent})
}

// Unassign takes a line away from an account.
func (c *Client) Unassign(ctx context.Context, line, agent string) (storage.Agent, error) {
	return c.agent(ctx, "DELETE", "/lines/"+url.PathEscape(line)+"/agents/"+url.PathEscape(agent), nil)
}

func (c *Client) agent(ctx context.Context, verb, path string, in any) (storage.Agent, error) {
	var out struct{ Agent storage.Agent }
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.Agent, err
}

// SwitchLine lets texts leave by a line, or no longer.
func (c *Client) SwitchLine(ctx context.Context, line string, on bool) (storage.Line, error) {
	in := struct {
		Enabled bool `json:"enabled"`
	}{on}
	var out struct{ Line storage.Line }
	err := c.call(ctx, "PUT", "/lines/"+url.PathEscape(line)+"/sms", nil, in, &out)
	return out.Line, err
}

// Sessions lists where an account is signed in.
func (c *Client) Sessions(ctx context.Context, agent string) ([]storage.Session, error) {
	var out struct{ Sessions []storage.Session }
	err := c.call(ctx, "GET", "/sessions", url.Values{"agent": {agent}}, nil, &out)
	return out.Sessions, err
}

// EndSession signs a browser out.
func (c *Client) EndSession(ctx context.Context, id string) error {
	return c.call(ctx, "DELETE", "/sessions/"+url.PathEscape(id), nil, nil, nil)
}
