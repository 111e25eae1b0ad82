package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newTokenCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Keys for programs"}
	cmd.AddCommand(newTokenCreateCommand(), newTokenListCommand(), newTokenRevokeCommand())
	return cmd
}

func newTokenCreateCommand() *cobra.Command {
	var b box
	var in storage.Token
	var quiet bool
	cmd := &cobra.Command{
		Use: "create", Short: "Make a token; it is shown once",
		Long: "Make a token; it is shown once and kept as a hash only.\n\nScopes: " + strings.Join(storage.Scopes, ", ") + ".",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				token, secret, err := c.CreateTokenFor(cmd.Context(), in)
				if err != nil {
					return err
				}
				if !quiet {
					fmt.Fprintf(cmd.ErrOrStderr(), "Token %s (%s) may %s. It is not shown again:\n", token.ID, token.Label, strings.Join(token.Scopes, ", "))
				}
				fmt.Fprintln(cmd.OutOrStdout(), secret)
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&in.Label, "label", "", "whose it is")
	cmd.Flags().StringSliceVar(&in.Scopes, "scope", nil, "what it may do (repeatable, or with commas)")
	cmd.Flags().StringSliceVar(&in.Lines, "line", nil, "the line it may see and send from (repeatable; default: every line)")
	cmd.Flags().StringVar(&in.Agent, "agent", "", "the account whose it is; it may no more than that, and ends with it")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the token alone")
	return cmd
}

func newTokenListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the tokens, the revoked ones too",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				tokens, err := c.Tokens(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "label", "scopes", "created", "revoked"}}
				for _, k := range tokens {
					revoked := ""
					if !k.RevokedAt.IsZero() {
						revoked = clock(k.RevokedAt)
					}
					t.add(k, k.ID, k.Label, strings.Join(k.Scopes, " "), clock(k.CreatedAt), revoked)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func newTokenRevokeCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "revoke ID", Short: "End a token for good",
		Args: exactly("the id of a token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				token, err := c.RevokeToken(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Token %s (%s) is revoked.\n", token.ID, token.Label)
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}
