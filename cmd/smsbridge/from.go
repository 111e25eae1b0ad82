package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newLineFromCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "from [NUMBER]", Short: "Show what a text to a number would be sent from, and why",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			to := ""
			if len(args) > 0 {
				to = args[0]
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				f, err := c.From(cmd.Context(), to)
				if err != nil {
					return err
				}
				t := table{heads: []string{"line", "number", "name", "state", "texts", "filled", "last", "changes"}}
				for _, p := range f.Options {
					t.add(p, p.Line, p.Number, p.Name, string(p.State), onOff(!p.Off), yesNo(p.Filled), yesNo(p.Last), yesNo(p.Changes))
				}
				if f.Detail != "" {
					fmt.Fprintln(cmd.ErrOrStderr(), f.Detail)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
