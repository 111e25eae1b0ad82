package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newSelfTestCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "selftest", Short: "Prove that texts arrive: the box texts itself"}
	cmd.AddCommand(newSelfTestRunCommand(), newSelfTestReportCommand())
	return cmd
}

func newSelfTestRunCommand() *cobra.Command {
	var b box
	var line string
	cmd := &cobra.Command{
		Use: "run", Short: "Text a line from another, or from itself", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := theLine(cmd.Context(), c, line)
				if err != nil {
					return err
				}
				t, err := c.SelfTest(cmd.Context(), id)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: a text is on its way from %s to %s; see `smsbridge selftest report`\n", t.ID, t.Source, t.Target)
				return nil
			})
		},
	}
	lineFlag(cmd, &line)
	b.flags(cmd)
	return cmd
}

func newSelfTestReportCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "report", Short: "Show the newest tests, how long they took and what they cost",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				tests, cost, err := c.SelfTests(cmd.Context(), 50)
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "began", "from", "to", "state", "latency_ms", "texts", "reason"}}
				for _, s := range tests {
					t.add(s, s.ID, clock(s.StartedAt), s.Source, s.Target, string(s.State), strconv.FormatInt(s.Latency, 10), strconv.Itoa(s.Cost), s.Reason)
				}
				if err := o.print(cmd.OutOrStdout(), t); err != nil || o.format != "table" || o.quiet {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Texts within 24 hours: %d\n", cost)
				return nil
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
