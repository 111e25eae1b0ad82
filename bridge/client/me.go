package client

import (
	"context"

	"smsbridge/storage"
)

// Me is who the caller is, and for an account what it has missed and what the
// box can do for it.
type Me struct {
	Kind    string          `json:"kind"` // agent, token, admin
	Agent   *storage.Agent  `json:"agent"`
	Token   *storage.Token  `json:"token"`
	Account *storage.Agent  `json:"account"` // that the token belongs to
	Scopes  []string        `json:"scopes"`
	Missed  *storage.Missed `json:"missed"`
	Offers  *struct {
		SMS   bool   `json:"sms"`
		Call  string `json:"call"` // tel, hook, modem, none
		Video bool   `json:"video"`
	} `json:"offers"`
}

// Me asks who the caller is.
func (c *Client) Me(ctx context.Context) (Me, error) {
	var out Me
	err := c.call(ctx, "GET", "/me", nil, nil, &out)
	return out, err
}

// SetMe changes how the caller is reached.
func (c *Client) SetMe(ctx context.Context, p storage.Profile) (storage.Agent, error) {
	return c.agent(ctx, "PATCH", "/me", changed(p))
}

// changed leaves out what stays as it is.
func changed(p storage.Profile) map[string]any {
	in := make(map[string]any)
	if p.Chat != nil {
		in["chat_enabled"] = *p.Chat
	}
	if p.Voice != nil {
		in["voice_number"] = *p.Voice
	}
	return in
}
