package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newCursorCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "cursor", Short: "Who has come how far with the log"}
	cmd.AddCommand(newCursorListCommand())
	return cmd
}

func newCursorListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the devices that acknowledge events, the one that is furthest behind first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				all, err := c.Cursors(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"device", "of", "client", "event", "behind", "at", "here"}}
				for _, d := range all {
					behind, here := fmt.Sprint(d.Behind), "no"
					if d.Lost != "" {
						behind = d.Lost
					}
					if d.Online {
						here = "yes"
					}
					of := d.Owner.Kind
					if d.Owner.Name != "" {
						of += " " + d.Owner.Name
					}
					t.add(d, d.Device, of, d.Client, fmt.Sprint(d.Seq), behind, clock(d.At), here)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
