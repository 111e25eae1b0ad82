package main

import (
	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

// showing makes a verb of cmd that asks the box for something and prints it as
// a table.
func showing(cmd *cobra.Command, do func(cmd *cobra.Command, c *client.Client, args []string) (table, error)) *cobra.Command {
	var b box
	var o output
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			t, err := do(cmd, c, args)
			if err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), t)
		})
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
