package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newStatsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "stats", Short: "Figures: usage, answer times, latency, delivery"}
	cmd.AddCommand(
		newStatsVerb("usage", "What went over the lines: received, sent, failed, parts", []string{"day", "line", "agent"}, statsUsage),
		newStatsVerb("answer", "How long people waited for answers, and who waits now", nil, statsAnswer),
		newStatsVerb("latency", "From the modem's notice to the ledger, in milliseconds", nil, statsLatency),
		newStatsVerb("delivery", "How much of what was sent is known to have come", []string{"day", "line"}, statsDelivery))
	return cmd
}

type statsVerb func(ctx context.Context, c *client.Client, f storage.StatsFilter) (table, error)

func newStatsVerb(name, short string, by []string, do statsVerb) *cobra.Command {
	var b box
	var o output
	f := storage.StatsFilter{By: by}
	line := ""
	cmd := &cobra.Command{
		Use: name, Short: short,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if line != "" {
				f.Lines = []string{line}
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				t, err := do(cmd.Context(), c, f)
				if err != nil {
					return err
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	if name != "latency" {
		cmd.Flags().StringVar(&f.From, "from", "", "from this day on, such as 2026-11-01")
		cmd.Flags().StringVar(&f.To, "to", "", "up to this day")
		cmd.Flags().StringVar(&line, "line", "", "only this line")
		cmd.Flags().StringVar(&f.Agent, "agent", "", "only this account, by its id")
	}
	if by != nil {
		cmd.Flags().StringSliceVar(&f.By, "by", by, "told apart by day, line, agent")
	}
	return cmd
}

func statsUsage(ctx context.Context, c *client.Client, f storage.StatsFilter) (table, error) {
	found, err := c.Usage(ctx, f)
	t := table{heads: []string{"day", "line", "agent", "received", "sent", "delivered", "undelivered", "failed", "unconfirmed", "parts"}}
	for _, u := range found {
		row := []string{u.Day, u.Line, u.Agent}
		for _, n := range []int64{u.Received, u.Sent, u.Delivered, u.Undelivered, u.Failed, u.Unconfirmed, u.Parts} {
			row = append(row, fmt.Sprint(n))
		}
		t.add(u, row...)
	}
	return t, err
}

func statsAnswer(ctx context.Context, c *client.Client, f storage.StatsFilter) (table, error) {
	answers, waiting, _, err := c.Answers(ctx, f)
	t := table{heads: []string{"agent", "answers", "half within", "nine of ten within", "waiting since"}}
	within := func(s int64) string {
		if s == 0 {
			return "longer than a day"
		}
		return (time.Duration(s) * time.Second).String()
	}
	for _, a := range answers {
		t.add(a, cmp.Or(a.Agent, "-"), fmt.Sprint(a.Count), within(a.Within50), within(a.Within90), "")
	}
	for _, w := range waiting {
		t.add(w, cmp.Or(w.Owner, "-"), "", "", "", w.Number+" "+clock(w.Since))
	}
	return t, err
}

func statsLatency(ctx context.Context, c *client.Client, _ storage.StatsFilter) (table, error) {
	found, err := c.Latency(ctx)
	t := table{heads: []string{"line", "messages", "p50 ms", "p99 ms", "worst ms"}}
	for _, l := range found {
		t.add(l, l.Line, fmt.Sprint(l.Count), fmt.Sprintf("%.1f", l.P50), fmt.Sprintf("%.1f", l.P99), fmt.Sprintf("%.1f", l.Worst))
	}
	return t, err
}

func statsDelivery(ctx context.Context, c *client.Client, f storage.StatsFilter) (table, error) {
	found, err := c.Usage(ctx, f)
	t := table{heads: []string{"day", "line", "sent", "delivered", "undelivered", "rate"}}
	for _, u := range found {
		rate := ""
		if u.Delivered+u.Undelivered > 0 {
			rate = fmt.Sprintf("%.1f %%", 100*u.Rate())
		}
		t.add(u, u.Day, u.Line, fmt.Sprint(u.Sent), fmt.Sprint(u.Delivered), fmt.Sprint(u.Undelivered), rate)
	}
	return t, err
}
