package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newModemCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "modem", Short: "The ports of this box and what is plugged into them"}
	cmd.AddCommand(newModemListCommand(), newModemProbeCommand(), newModemAtCommand(), newModemResetCommand(),
		newModemTranscriptCommand("transcript", "What was said to modems and by them", false),
		newModemTranscriptCommand("watch", "The same, and what is said from now on", true))
	return cmd
}

func newModemListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the modems, and why one is not ready",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				modems, err := c.Modems(cmd.Context())
				if err != nil {
					return err
				}
				if len(modems) == 0 && o.format == "table" && !o.quiet {
					fmt.Fprintln(cmd.OutOrStdout(), "No modem is plugged in, and none was named with `smsbridge serve --modem PORT`.")
					return nil
				}
				t := table{heads: []string{"port", "state", "line", "number", "modem", "imei", "commands", "reason"}}
				for _, m := range modems {
					t.add(m, m.Port, m.State, m.Line, m.Number, m.Manufacturer+" "+m.Model, m.IMEI, fmt.Sprint(m.Commands), m.Reason)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
