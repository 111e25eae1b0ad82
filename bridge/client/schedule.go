package client

import (
	"context"
	"net/url"

	"smsbridge/storage"
)

// BalanceSchedules lists how often the credit of each line is asked for.
func (c *Client) BalanceSchedules(ctx context.Context) ([]storage.BalanceSchedule, error) {
	var out struct{ Schedules []storage.BalanceSchedule }
	err := c.call(ctx, "GET", "/balance-schedules", nil, nil, &out)
	return out.Schedules, err
}

// ScheduleBalance has the credit of a line asked for every so many hours while
// it is idle; 0 hours end it. It answers with the defaults filled in.
func (c *Client) ScheduleBalance(ctx context.Context, s storage.BalanceSchedule) (storage.BalanceSchedule, error) {
	var out struct{ Schedule storage.BalanceSchedule }
	in := map[string]int{"every_h": s.Every, "most_a_day": s.Most}
	err := c.call(ctx, "PUT", "/lines/"+url.PathEscape(s.Line)+"/balance-schedule", nil, in, &out)
	return out.Schedule, err
}
