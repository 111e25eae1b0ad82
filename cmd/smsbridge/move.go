package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newLineMoveCommand() *cobra.Command {
	var b box
	var o output
	var yes bool
	cmd := &cobra.Command{
		Use: "move OLD NEW", Short: "Give the line OLD the card that the line NEW is: threads, rights and From stay",
		Long: `Give a line another card, after the number was ported or the card replaced. OLD keeps
its id, threads, rights and what waits to be sent; what the new card has received joins it,
and NEW ends. Without --yes it only tells what would happen.`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				m, err := c.Move(cmd.Context(), args[0], args[1], !yes)
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				if o.format != "table" {
					t := table{heads: []string{"line", "done"}}
					t.add(m, m.Line.ID, fmt.Sprint(m.Done))
					return o.print(out, t)
				}
				for _, words := range m.Words {
					fmt.Fprintln(out, words)
				}
				if !m.Done {
					fmt.Fprintln(out, "Nothing has changed yet; say --yes if this is what you want.")
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&yes, "yes", false, "do it")
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
