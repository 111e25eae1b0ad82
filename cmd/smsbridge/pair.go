package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newAgentPairCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "pair", Short: "Let a program have a token by the code that it shows"}
	cmd.AddCommand(newPairShowCommand(), newPairApproveCommand(), newPairDenyCommand())
	return cmd
}

func newPairShowCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "show CODE", Short: "Tell which program shows a code; its four pictures must be the same",
		Args: exactly("the code that the program shows"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				p, err := c.ShowPairing(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s at %s asks for %s, until %s\n", strings.Join(p.Pictures, "  "),
					plain(p.Name), p.From, strings.Join(p.Scopes, ", "), p.Expires.Local().Format("15:04"))
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newPairApproveCommand() *cobra.Command {
	var b box
	var agent string
	var lines []string
	cmd := &cobra.Command{
		Use: "approve CODE", Short: "Approve the program that shows a code",
		Long: `Approve the program that shows a code: it gets a token of the account, may no more
than that, and ends with it. Compare its four pictures with those of
"smsbridge agent pair show" first.`,
		Args: exactly("the code that the program shows"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				p, err := c.ApprovePairing(cmd.Context(), args[0], agent, lines)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s (%s) is approved.\n", plain(p.Name), strings.Join(p.Pictures, " "))
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&agent, "agent", "", "the account whose program it is")
	cmd.Flags().StringSliceVar(&lines, "line", nil, "the line it may use (repeatable; default: those of the account)")
	return cmd
}

func newPairDenyCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "deny CODE", Short: "Refuse the program that shows a code",
		Args: exactly("the code that the program shows"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error { return c.DenyPairing(cmd.Context(), args[0]) })
		},
	}
	b.flags(cmd)
	return cmd
}
