package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newOfferCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "offer", Short: "Texts that wait for somebody to take them on",
		Long: `Texts that wait for somebody to take them on.

A text from somebody without an open case is offered to the agents of its line,
and the first answer has it. Lines do so when more than one agent is assigned,
or when it is switched on with ` + "`smsbridge line desk LINE --cases on`" + `.`}
	cmd.AddCommand(newOfferListCommand(), newOfferAnswerCommand(), newOfferDeclineCommand(), newOfferExtendCommand())
	return cmd
}

// forAgent is the flag for who has no account of his own, as at the Unix socket.
func forAgent(cmd *cobra.Command, agent *string) {
	cmd.Flags().StringVar(agent, "agent", "", "act for this account; needed where you have none, as on the box itself")
}

func newOfferListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the offers that stand open, the longest wait first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				found, err := c.Offers(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "reference", "title", "state", "since", "until", "for"}}
				for _, f := range found {
					until := ""
					if !f.Until.IsZero() {
						until = clock(f.Until)
					}
					t.add(f, f.ID, f.Reference, f.Title, string(f.State), clock(f.CreatedAt), until, strings.Join(f.To, " "))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func newOfferAnswerCommand() *cobra.Command {
	var choice string
	cmd := newCaseTakeCommand(&cobra.Command{
		Use: "answer OFFER", Short: "Take an offer; the case and what was said come back",
		Args: exactly("an offer"),
	}, func(ctx context.Context, c *client.Client, id, agent string) (client.Taken, error) {
		return c.AnswerOffer(ctx, id, agent, storage.Sequel(choice))
	})
	cmd.Flags().StringVar(&choice, "case", "", "new or continue, where there was a case before")
	return cmd
}

// printTaken shows a case that opens, and below it what was said.
func printTaken(cmd *cobra.Command, o output, taken client.Taken) error {
	w := cmd.OutOrStdout()
	if o.quiet || o.format != "table" {
		t := table{heads: caseHeads}
		addCase(&t, taken.Case)
		return o.print(w, t)
	}
	printCase(w, taken.Case)
	for _, m := range taken.Messages {
		fmt.Fprintln(w, plain(fmt.Sprintf("  %s %s: %s", clock(m.CreatedAt), m.From, m.Text)))
	}
	return nil
}

// age is a time that has passed, as people say it.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

func newOfferDeclineCommand() *cobra.Command {
	var b box
	var agent string
	cmd := &cobra.Command{
		Use: "decline OFFER", Short: "Let an offer ring for others only",
		Args: exactly("an offer"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				f, err := c.DeclineOffer(cmd.Context(), args[0], agent)
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s is %s\n", f.Reference, f.State)
				}
				return err
			})
		},
	}
	b.flags(cmd)
	forAgent(cmd, &agent)
	return cmd
}

func newOfferExtendCommand() *cobra.Command {
	var b box
	var agent string
	longer := time.Minute
	cmd := &cobra.Command{
		Use: "extend OFFER", Short: "Let an offer ring for longer before it goes to others",
		Args: exactly("an offer"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				f, err := c.ExtendOffer(cmd.Context(), args[0], agent, longer)
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s rings until %s\n", f.Reference, clock(f.Until))
				}
				return err
			})
		},
	}
	b.flags(cmd)
	forAgent(cmd, &agent)
	cmd.Flags().DurationVar(&longer, "by", longer, "from now on for so long")
	return cmd
}
