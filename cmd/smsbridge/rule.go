package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newRuleCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "rule", Short: "Which numbers may be texted"}
	cmd.AddCommand(
		newRuleChangeCommand("list", "Show the rules", false, func(c *client.Client, ctx context.Context, _ storage.Rules) (storage.Rules, error) {
			return c.Rules(ctx)
		}),
		newRuleChangeCommand("set", "Add to the rules", true, (*client.Client).SetRules),
		newRuleChangeCommand("delete", "Take something out of the rules", true, (*client.Client).DeleteRules))
	return cmd
}

func newRuleChangeCommand(verb, short string, named bool, do func(*client.Client, context.Context, storage.Rules) (storage.Rules, error)) *cobra.Command {
	var b box
	var o output
	var r storage.Rules
	cmd := &cobra.Command{
		Use: verb, Short: short, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if named && len(r.Destinations)+len(r.Blocked)+len(r.Held)+len(r.Costly) == 0 {
				return fail(exitUsage, "%s wants at least one flag; see %s --help", cmd.CommandPath(), cmd.CommandPath())
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				rules, err := do(c, cmd.Context(), r)
				if err != nil {
					return err
				}
				t := table{heads: []string{"rule", "value"}}
				t.add(rules, "destinations", strings.Join(rules.Destinations, " "))
				if o.format == "table" || o.format == "csv" {
					t.add(nil, "blocked", strings.Join(rules.Blocked, " "))
					t.add(nil, "held", strings.Join(rules.Held, " "))
					t.add(nil, "costly", rules.Costly)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	if !named {
		return cmd
	}
	f := cmd.Flags()
	f.StringSliceVar(&r.Destinations, "destination", nil, "country, such as DE; home for the SIM's own, * for every one")
	f.StringSliceVar(&r.Blocked, "block", nil, "beginning of numbers that are refused")
	f.StringSliceVar(&r.Held, "hold", nil, "beginning of numbers that wait for a manager")
	if verb == "set" {
		f.StringVar(&r.Costly, "costly", "", "what becomes of a text to a premium number: hold, refuse or send")
	}
	return cmd
}
