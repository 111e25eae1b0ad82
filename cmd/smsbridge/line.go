package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newLineCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "line", Short: "The SMS numbers of this box"}
	cmd.AddCommand(newLineListCommand(), newLineMoveCommand())
	return cmd
}

func newLineListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the lines: what a text can be sent from",
		Example: "  smsbridge line list\n  smsbridge line list -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				lines, _, err := c.Lines(cmd.Context())
				if err != nil {
					return err
				}
				return printLines(cmd.OutOrStdout(), o, lines)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func printLines(w io.Writer, o output, lines []storage.Line) error {
	t := table{heads: []string{"id", "number", "state", "operator", "signal", "port", "reason"}}
	for _, l := range lines {
		t.add(l, l.ID, l.Number, string(l.State), l.Operator, dbm(l.Signal), l.Port, l.Reason)
	}
	if len(lines) == 0 && o.format == "table" && !o.quiet {
		fmt.Fprintln(w, "No line yet: `smsbridge modem list` tells what is wrong with the modems.")
		return nil
	}
	return o.print(w, t)
}

func dbm(signal int) string {
	if signal == 0 {
		return ""
	}
	return fmt.Sprintf("%d dBm", signal)
}
