package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newCallCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "call", Short: "Call a client by phone; or let a modem call, without sound"}
	cmd.AddCommand(
		newCallStartCommand(),
		newPhoneCommand(&cobra.Command{
			Use: "dial NUMBER", Short: "Call a number", Args: cobra.ExactArgs(1),
		}, func(ctx context.Context, c *client.Client, line string, args []string) error {
			return c.Dial(ctx, line, args[0])
		}),
		newPhoneCommand(&cobra.Command{
			Use: "hangup", Short: "End the call, or turn down the one that rings", Args: cobra.NoArgs,
		}, func(ctx context.Context, c *client.Client, line string, _ []string) error { return c.Hangup(ctx, line) }),
		newPhoneCommand(&cobra.Command{
			Use: "tones TONES", Short: "Send tones into the call", Args: cobra.ExactArgs(1),
		}, func(ctx context.Context, c *client.Client, line string, args []string) error {
			return c.DTMF(ctx, line, args[0])
		}),
	)
	return cmd
}

func newCallStartCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "start NUMBER", Short: "Call a client in the way that the box is set up for",
		Long: `Call a client in the way that the box is set up for (smsbridge setting set
call_way): by a telephone system, which rings your phone first, by a modem, or by
a tel: link, which is printed.`,
		Args: exactly("a number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				s, err := c.StartCall(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), cmp.Or(s.URL, s.Way+": "+s.To))
				if s.Hint != nil {
					fmt.Fprintln(cmd.ErrOrStderr(), s.Hint.Detail)
				}
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newPhoneCommand(cmd *cobra.Command, do func(context.Context, *client.Client, string, []string) error) *cobra.Command {
	var b box
	var line string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return b.ask(cmd.Context(), func(c *client.Client) error {
			id, err := theLine(cmd.Context(), c, line)
			if err != nil {
				return err
			}
			return do(cmd.Context(), c, id, args)
		})
	}
	lineFlag(cmd, &line)
	b.flags(cmd)
	return cmd
}

func lineFlag(cmd *cobra.Command, line *string) {
	cmd.Flags().StringVar(line, "line", "", "id, number or name of the line (default: the only one)")
}

// lineNamed is the id of a line, where one is named at all: no line stays none,
// and what looks like an id is taken for one without asking.
func lineNamed(ctx context.Context, c *client.Client, named string) (string, error) {
	if named == "" || strings.HasPrefix(named, "ln_") {
		return named, nil
	}
	return theLine(ctx, c, named)
}

// theLine is the id of the line that a person names by its id, its number or its
// name; or of the only one, when they name none.
func theLine(ctx context.Context, c *client.Client, named string) (string, error) {
	lines, _, err := c.Lines(ctx)
	if err != nil {
		return "", err
	}
	slices.SortFunc(lines, func(a, b storage.Line) int { return cmp.Compare(a.Number, b.Number) })
	var all []string
	for _, l := range lines {
		if named != "" && (l.ID == named || l.Number == named || strings.EqualFold(l.Name, named)) {
			return l.ID, nil
		}
		all = append(all, cmp.Or(l.Number, l.Name, l.ID))
	}
	switch {
	case named != "":
		return "", fail(exitUsage, "line: there is no line %q; see `smsbridge line list`", named)
	case len(lines) == 1:
		return lines[0].ID, nil
	case len(lines) == 0:
		return "", fail(exitRadio, "this box has no line yet; see `smsbridge modem list`")
	}
	return "", fail(exitUsage, "line: this box has %d lines; say which one: %s", len(lines), strings.Join(all, ", "))
}
