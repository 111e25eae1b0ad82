package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newAuditCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "audit", Short: "Who did what, and whether the record is whole"}
	cmd.AddCommand(newAuditListCommand(), newAuditVerifyCommand())
	return cmd
}

func newAuditListCommand() *cobra.Command {
	var b box
	var o output
	limit, before := 50, int64(0)
	cmd := &cobra.Command{
		Use: "list", Short: "List what was changed, by whom, and what was refused; the newest first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				rows, err := c.Audit(cmd.Context(), before, limit)
				if err != nil {
					return err
				}
				t := table{heads: []string{"row", "at", "by", "what", "about", "outcome"}}
				for _, r := range rows {
					by := r.Author.Kind
					if r.Author.Name != "" {
						by += " " + r.Author.Name
					}
					t.add(r, fmt.Sprint(r.Seq), clock(r.At), by, r.Method, r.Object, r.Outcome)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", limit, "how many rows, 200 at most")
	cmd.Flags().Int64Var(&before, "before", 0, "only rows older than this one")
	return cmd
}

func newAuditVerifyCommand() *cobra.Command {
	var b box
	var head string
	cmd := &cobra.Command{
		Use: "verify", Short: "Check that no row was changed, taken out, put in or cut off",
		Long: `Check the chain of hashes over every row, and print the newest row's number and
hash. Keep that line somewhere else: who can write the ledger file could write
the whole chain anew, and only a hash from before shows it. Give it back with
--head to check that the chain still passes through it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				v, err := c.VerifyAudit(cmd.Context(), head)
				if err != nil {
					return err
				}
				if v.Fault != "" {
					return fail(exitRefused, "the audit is not whole: %s", v.Fault)
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%d rows, all in order. The newest:\n", v.Rows)
				fmt.Fprintln(cmd.OutOrStdout(), v.Head)
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&head, "head", "", "what an earlier verification printed")
	return cmd
}
