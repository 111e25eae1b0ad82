package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// NewCampaign is a campaign to be made. Nothing is sent before it is started.
type NewCampaign struct {
	Name     string        `json:"name"`
	Text     string        `json:"text,omitempty"`
	Template string        `json:"template,omitempty"` // an id or a name, in place of Text
	List     string        `json:"list,omitempty"`
	Rows     []storage.Row `json:"rows,omitempty"`
	Skip     bool          `json:"skip_bad,omitempty"` // leave rows out that cannot be taken
	From     string        `json:"from,omitempty"`
	At       string        `json:"at,omitempty"`   // RFC 3339
	Pace     int           `json:"pace,omitempty"` // copies a minute
}

func campaignPath(id, what string) string { return "/campaigns/" + url.PathEscape(id) + what }

func (c *Client) aCampaign(ctx context.Context, verb, path string, in any) (storage.Campaign, []BadRow, error) {
	var out struct {
		Campaign storage.Campaign
		Refused  []BadRow
	}
	err := c.call(ctx, verb, path, nil, in, &out)
	return out.Campaign, out.Refused, err
}

// CreateCampaign makes a campaign.
func (c *Client) CreateCampaign(ctx context.Context, n NewCampaign) (storage.Campaign, []BadRow, error) {
	return c.aCampaign(ctx, "POST", "/campaigns", n)
}

// AddToCampaign adds people to a campaign that was not started.
func (c *Client) AddToCampaign(ctx context.Context, id string, rows []storage.Row, skip bool) (storage.Campaign, []BadRow, error) {
	return c.aCampaign(ctx, "POST", campaignPath(id, "/rows"), rowsIn{rows, skip})
}

// Campaigns lists campaigns, the newest first.
func (c *Client) Campaigns(ctx context.Context, p storage.Page) (storage.CampaignPage, error) {
	var out storage.CampaignPage
	err := c.call(ctx, "GET", "/campaigns", cursor(p), nil, &out)
	return out, err
}

// Campaign asks how far a campaign is.
func (c *Client) Campaign(ctx context.Context, id string) (storage.Campaign, error) {
	found, _, err := c.aCampaign(ctx, "GET", campaignPath(id, ""), nil)
	return found, err
}

// PreviewCampaign asks what a campaign would do if it were started now.
func (c *Client) PreviewCampaign(ctx context.Context, id string) (storage.Plan, error) {
	var out struct{ Plan storage.Plan }
	err := c.call(ctx, "POST", campaignPath(id, "/preview"), nil, struct{}{}, &out)
	return out.Plan, err
}

// PlanCampaign asks what a campaign would do that nobody has made. More rows
// than one request takes are asked for in pieces, each with the plan so far; nil
// for the first.
func (c *Client) PlanCampaign(ctx context.Context, n NewCampaign, soFar *storage.Plan) (storage.Plan, []BadRow, error) {
	in := struct {
		NewCampaign
		SoFar *storage.Plan `json:"so_far,omitempty"`
	}{n, soFar}
	var out struct {
		Plan    storage.Plan
		Refused []BadRow
	}
	err := c.call(ctx, "POST", "/campaigns/plan", nil, in, &out)
	return out.Plan, out.Refused, err
}

// StartCampaign is the press of Send for a whole campaign.
func (c *Client) StartCampaign(ctx context.Context, id string) (storage.Campaign, error) {
	return c.moveCampaign(ctx, id, "/start")
}

// PauseCampaign makes no more copies, and holds those that wait.
func (c *Client) PauseCampaign(ctx context.Context, id string) (storage.Campaign, error) {
	return c.moveCampaign(ctx, id, "/pause")
}

// ResumeCampaign goes on with a paused one.
func (c *Client) ResumeCampaign(ctx context.Context, id string) (storage.Campaign, error) {
	return c.moveCampaign(ctx, id, "/resume")
}

// CancelCampaign ends one, and calls back what waits.
func (c *Client) CancelCampaign(ctx context.Context, id string) (storage.Campaign, error) {
	return c.moveCampaign(ctx, id, "/cancel")
}

func (c *Client) moveCampaign(ctx context.Context, id, what string) (storage.Campaign, error) {
	found, _, err := c.aCampaign(ctx, "POST", campaignPath(id, what), struct{}{})
	return found, err
}

// CampaignReport lists its people and what became of each; state may be empty.
func (c *Client) CampaignReport(ctx context.Context, id string, state storage.CopyState, p storage.Page) (storage.CopyPage, error) {
	q := cursor(p)
	if state != "" {
		q.Set("state", string(state))
	}
	var out storage.CopyPage
	err := c.call(ctx, "GET", campaignPath(id, "/report"), q, nil, &out)
	return out, err
}
