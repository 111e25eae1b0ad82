package client

import (
	"context"
	"net/url"
	"time"

	"smsbridge/storage"
)

// Taken is a case as it opens for who has it now.
type Taken struct {
	Offer    *storage.Offer    `json:"offer"`
	Case     storage.Case      `json:"case"`
	Messages []storage.Message `json:"messages"`
	Prev     string            `json:"prev"`
	Head     storage.Head      `json:"head"`
}

func offerPath(id, what string) string { return "/offers/" + url.PathEscape(id) + what }

// Offers lists the offers that stand open, the longest wait first.
func (c *Client) Offers(ctx context.Context) ([]storage.Offer, error) {
	var out struct{ Offers []storage.Offer }
	err := c.call(ctx, "GET", "/offers", nil, nil, &out)
	return out.Offers, err
}

// AnswerOffer takes an offer; choice says whether the last case goes on or a
// new one begins. Agent is for callers without an account: for whom.
func (c *Client) AnswerOffer(ctx context.Context, id, agent string, choice storage.Sequel) (Taken, error) {
	var out Taken
	err := c.call(ctx, "POST", offerPath(id, "/answer"), nil, map[string]string{"agent": agent, "choice": string(choice)}, &out)
	return out, err
}

// DeclineOffer lets an offer ring no longer for the caller, or for agent.
func (c *Client) DeclineOffer(ctx context.Context, id, agent string) (storage.Offer, error) {
	var out struct{ Offer storage.Offer }
	err := c.call(ctx, "POST", offerPath(id, "/decline"), nil, map[string]string{"agent": agent}, &out)
	return out.Offer, err
}

// ExtendOffer lets an offer ring for longer, from now on.
func (c *Client) ExtendOffer(ctx context.Context, id, agent string, longer time.Duration) (storage.Offer, error) {
	var out struct{ Offer storage.Offer }
	err := c.call(ctx, "POST", offerPath(id, "/extend"), nil, map[string]any{"agent": agent, "seconds": int(longer / time.Second)}, &out)
	return out.Offer, err
}
