package main

import (
	"context"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newQuietCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "quiet", Short: "The hours in which no text leaves"}
	cmd.AddCommand(newQuietListCommand(), newQuietSetCommand(), newQuietDeleteCommand())
	return cmd
}

func newQuietListCommand() *cobra.Command {
	return newQuietDoCommand(&cobra.Command{
		Use: "list", Short: "Show the quiet hours", Args: cobra.NoArgs,
	}, func(context.Context, *client.Client, []string) error { return nil })
}

func newQuietSetCommand() *cobra.Command {
	var q storage.Quiet
	cmd := newQuietDoCommand(&cobra.Command{
		Use: "set FROM TO ZONE", Short: "Set quiet hours",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 3 {
				return fail(exitUsage, "%s wants two times of the day and a time zone; see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
	}, func(ctx context.Context, c *client.Client, args []string) error {
		q.From, q.To, q.Zone = args[0], args[1], args[2]
		return c.SetQuiet(ctx, q)
	})
	cmd.Flags().StringVar(&q.Line, "line", "", "one line (default: each that has no hours of its own)")
	cmd.Flags().BoolVar(&q.Recipient, "recipient", false, "on the clock of the recipient's country, where it has one; ZONE is for the others")
	cmd.Flags().StringVar(&q.Policy, "policy", storage.QuietHold, "what becomes of a text then: hold or refuse")
	return cmd
}

func newQuietDeleteCommand() *cobra.Command {
	var line string
	cmd := newQuietDoCommand(&cobra.Command{
		Use: "delete", Short: "Take quiet hours away", Args: cobra.NoArgs,
	}, func(ctx context.Context, c *client.Client, _ []string) error { return c.DeleteQuiet(ctx, line) })
	cmd.Flags().StringVar(&line, "line", "", "one line (default: the hours of those that have none of their own)")
	return cmd
}

// newQuietDoCommand does something with the quiet hours, and lists them.
func newQuietDoCommand(cmd *cobra.Command, do func(context.Context, *client.Client, []string) error) *cobra.Command {
	return showing(cmd, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		t := table{heads: []string{"line", "from", "to", "zone", "policy", "clock of"}}
		if err := do(cmd.Context(), c, args); err != nil {
			return t, err
		}
		all, err := c.Quiet(cmd.Context())
		for _, q := range all {
			whose := "the zone"
			if q.Recipient {
				whose = "the recipient"
			}
			t.add(q, q.Line, q.From, q.To, q.Zone, q.Policy, whose)
		}
		return t, err
	})
}
