package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newLimitCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "limit", Short: "How many parts may be accepted in a time: what bounds the bill"}
	cmd.AddCommand(newLimitListCommand(), newLimitSetCommand())
	return cmd
}

func newLimitListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "Show every limit and how it stands",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				limits, err := c.Limits(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"of", "id", "per", "parts", "used", "left", "again"}}
				for _, l := range limits {
					again := ""
					if !l.RefillsAt.IsZero() {
						again = clock(l.RefillsAt)
					}
					t.add(l, string(l.Subject), l.ID, string(l.Window), number(l.Parts), strconv.Itoa(l.Used), number(max(l.Left, storage.Unlimited)), again)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

// many is how many parts a limit lets pass.
func many(n int) string {
	if n == storage.Unlimited {
		return "any number of parts"
	}
	return parts(n)
}

// number is a limit in a table.
func number(parts int) string {
	if parts == storage.Unlimited {
		return "any"
	}
	return strconv.Itoa(parts)
}

func newLimitSetCommand() *cobra.Command {
	var b box
	var id string
	cmd := &cobra.Command{
		Use: "set box|line|agent|token minute|hour|day|month PARTS|any", Short: "Set a limit",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 3 {
				return fail(exitUsage, "%s wants whose limit it is, its time, and the parts; see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			l := storage.Limit{Subject: storage.Subject(args[0]), ID: id, Window: storage.Window(args[1]), Parts: storage.Unlimited}
			if args[2] != "any" {
				n, err := strconv.Atoi(args[2])
				if err != nil || n < 0 {
					return fail(exitUsage, "%q is no number of parts; write 0 or more, or any", args[2])
				}
				l.Parts = n
			}
			if err := l.Check(); err != nil {
				return fail(exitUsage, "%w", err)
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				if err := c.SetLimit(cmd.Context(), l); err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s: %s within one %s\n", strings.TrimSpace(string(l.Subject)+" "+l.ID), many(l.Parts), l.Window)
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&id, "id", "", "one line, account or token (default: each that has no limit of its own)")
	return cmd
}
