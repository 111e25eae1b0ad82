package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newLineShowCommand() *cobra.Command {
	var b box
	var quiet bool
	cmd := &cobra.Command{
		Use: "show [LINE]", Short: "Show a line's own number, to give to clients, and as a QR code",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			named := ""
			if len(args) > 0 {
				named = args[0]
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := theLine(cmd.Context(), c, named)
				if err != nil {
					return err
				}
				lines, _, err := c.Lines(cmd.Context())
				if err != nil {
					return err
				}
				for _, l := range lines {
					if l.ID == id {
						return showLine(cmd.OutOrStdout(), l, quiet)
					}
				}
				return fail(exitRefused, "line: %s has just gone", id)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "print the number alone")
	return cmd
}

func showLine(w io.Writer, l storage.Line, quiet bool) error {
	if l.Number == "" {
		return fail(exitRefused, "number: the card of %s does not tell its number; the operator knows it", l.ID)
	}
	if quiet {
		fmt.Fprintln(w, l.Number)
		return nil
	}
	tested := "never; `smsbridge selftest run` tries whether texts arrive"
	if !l.TestedAt.IsZero() {
		tested = clock(l.TestedAt) + ", a text arrived"
	}
	fmt.Fprintf(w, "%s   %s\n", l.Number, plain(cmp.Or(l.Name, l.Operator)))
	fmt.Fprintf(w, "  line    %s\n  state   %s %s\n  texts   %s\n  tested  %s\n  link    sms:%s\n",
		l.ID, l.State, plain(l.Reason), onOff(!l.SMSDisabled), tested, l.Number)
	return printQR(w, "sms:"+l.Number)
}
