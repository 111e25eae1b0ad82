package client

import (
	"context"
	"net/url"
	"strings"

	"smsbridge/storage"
)

func statsQuery(f storage.StatsFilter) url.Values {
	query := url.Values{}
	line := ""
	if len(f.Lines) > 0 {
		line = f.Lines[0]
	}
	for name, value := range map[string]string{"from": f.From, "to": f.To, "agent": f.Agent, "line": line, "by": strings.Join(f.By, ",")} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// Usage asks what went over the lines; of f.Lines the first counts.
func (c *Client) Usage(ctx context.Context, f storage.StatsFilter) ([]storage.Usage, error) {
	var out struct{ Usage []storage.Usage }
	err := c.call(ctx, "GET", "/stats/usage", statsQuery(f), nil, &out)
	return out.Usage, err
}

// Answers asks how long people waited for answers, who waits now, and how many
// do.
func (c *Client) Answers(ctx context.Context, f storage.StatsFilter) ([]storage.Answers, []storage.Waits, int64, error) {
	var out struct {
		Answers []storage.Answers
		Waiting []storage.Waits
		Count   int64 `json:"waiting_count"`
	}
	err := c.call(ctx, "GET", "/stats/answer", statsQuery(f), nil, &out)
	return out.Answers, out.Waiting, out.Count, err
}

// Latency asks how long inbound messages took from the modem to the ledger.
func (c *Client) Latency(ctx context.Context) ([]storage.Latency, error) {
	var out struct{ Latency []storage.Latency }
	err := c.call(ctx, "GET", "/stats/latency", nil, nil, &out)
	return out.Latency, err
}
