package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newSetupCommand() *cobra.Command {
	var b box
	var quiet bool
	cmd := &cobra.Command{
		Use: "setup", Short: "Make a one-time code for signing in on the page, and check the modems",
		Long: `Make a one-time code for signing in on the page. The first one ever makes the
owner's account. Then tell how the modems stand.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				code, expires, err := c.SetupCode(cmd.Context())
				if err != nil {
					return err
				}
				out := cmd.OutOrStdout()
				if quiet {
					fmt.Fprintln(out, code)
					return nil
				}
				fmt.Fprintf(out, "Code: %s   (works once, until %s; type it on the page)\n\n", code, expires.Local().Format("15:04"))
				lines, _, err := c.Lines(cmd.Context())
				if err != nil {
					return err
				}
				return printLines(out, output{format: "table"}, lines)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the code alone")
	return cmd
}
