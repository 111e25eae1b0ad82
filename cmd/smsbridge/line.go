package main

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newLineCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "line", Short: "The SMS numbers of this box"}
	cmd.AddCommand(newLineListCommand(), newLineShowCommand(), newLineFromCommand(),
		newLineChangeCommand("name LINE NAME", "Name a line, for people", func(v string) storage.LineChange { return storage.LineChange{Name: &v} }),
		newLineChangeCommand("number LINE NUMBER", "Say the number of a line whose card does not tell it", func(v string) storage.LineChange { return storage.LineChange{Number: &v} }),
		newLineMoveCommand(), newLineDeskCommand(), newLinePolicyCommand(),
		newLineAssignCommand("assign", "Let an account see a line and send from it", (*client.Client).Assign),
		newLineAssignCommand("unassign", "Take a line away from an account", (*client.Client).Unassign),
		newLineSwitchCommand("enable", "Let texts leave by a line again", true),
		newLineSwitchCommand("disable", "Let no text leave by a line; what comes in is kept", false))
	return cmd
}

func newLineAssignCommand(verb, short string, do func(*client.Client, context.Context, string, string) (storage.Agent, error)) *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: verb + " LINE NAME", Short: short,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := lineNamed(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				a, err := do(c, cmd.Context(), id, args[1])
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%s (%s) works on: %s\n", a.Name, a.Role, cmp.Or(worksOn(a), "no line"))
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newLineChangeCommand(use, short string, change func(string) storage.LineChange) *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := theLine(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				l, err := c.ChangeLine(cmd.Context(), id, change(args[1]))
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s is %s %s\n", l.ID, cmp.Or(l.Number, "without a number"), l.Name)
				}
				return err
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newLineSwitchCommand(verb, short string, on bool) *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: verb + " LINE", Short: short,
		Args: exactly("a line: its id, number or name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := lineNamed(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				l, err := c.SwitchLine(cmd.Context(), id, on)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Texts by %s are %s.\n", cmp.Or(l.Name, l.Number, l.ID), onOff(!l.SMSDisabled))
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newLineListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the lines: what a text can be sent from",
		Args: cobra.NoArgs,
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
