package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// ussdPatience is how long a verb waits for the network, which has a minute.
const (
	ussdPatience = 70 * time.Second
	ussdLook     = 250 * time.Millisecond
)

func newUSSDCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "ussd", Short: "Ask the network: menus such as *100#, and the credit of a card"}
	cmd.AddCommand(newUSSDSendCommand(), newUSSDAnswerCommand(), newUSSDCancelCommand(), newUSSDListCommand(),
		newUSSDBalanceCommand(), newUSSDRuleCommand(), newUSSDScheduleCommand())
	return cmd
}

// newTalkCommand is a verb that begins something with the network, and shows
// what it says.
func newTalkCommand(cmd *cobra.Command, begin func(context.Context, *client.Client, []string) (storage.USSDSession, error)) *cobra.Command {
	var b box
	var o output
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			s, err := begin(cmd.Context(), c, args)
			if err != nil {
				return err
			}
			if s, err = heard(cmd.Context(), c, s); err != nil {
				return err
			}
			return showUSSD(cmd.OutOrStdout(), o, s)
		})
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

// heard waits until it is not the network's turn any more.
func heard(ctx context.Context, c *client.Client, s storage.USSDSession) (storage.USSDSession, error) {
	ctx, stop := context.WithTimeout(ctx, ussdPatience)
	defer stop()
	tick := time.NewTicker(ussdLook)
	defer tick.Stop()
	for s.State == storage.USSDWaiting {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return s, fail(exitRadio, "the network has not answered yet; see `smsbridge ussd list`")
		}
		var err error
		if s, err = c.USSD(ctx, s.ID); err != nil {
			return s, err
		}
	}
	return s, nil
}

// showUSSD shows what the network said last, and what can be done then.
func showUSSD(w io.Writer, o output, s storage.USSDSession) error {
	if o.format != "table" {
		t := table{heads: ussdHeads}
		t.add(s, ussdRow(s)...)
		return o.print(w, t)
	}
	if s.State == storage.USSDFailed {
		return fail(exitRadio, "%s", s.Reason)
	}
	for _, turn := range s.Turns[max(len(s.Turns)-1, 0):] {
		fmt.Fprintln(w, turn.Text)
	}
	if s.State == storage.USSDAsking {
		fmt.Fprintf(w, "\nIt waits for an answer: smsbridge ussd answer %s TEXT\n", s.ID)
	}
	return nil
}

func newUSSDSendCommand() *cobra.Command {
	var line string
	cmd := newTalkCommand(&cobra.Command{
		Use: "send CODE", Short: "Ask the network something",
		Args: cobra.ExactArgs(1),
	}, func(ctx context.Context, c *client.Client, args []string) (storage.USSDSession, error) {
		id, err := theLine(ctx, c, line)
		if err != nil {
			return storage.USSDSession{}, err
		}
		return c.SendUSSD(ctx, id, args[0])
	})
	lineFlag(cmd, &line)
	return cmd
}

func newUSSDAnswerCommand() *cobra.Command {
	return newTalkCommand(&cobra.Command{
		Use: "answer SESSION TEXT", Short: "Answer a menu", Args: cobra.ExactArgs(2),
	}, func(ctx context.Context, c *client.Client, args []string) (storage.USSDSession, error) {
		return c.AnswerUSSD(ctx, args[0], args[1])
	})
}

func newUSSDCancelCommand() *cobra.Command {
	return newTalkCommand(&cobra.Command{
		Use: "cancel SESSION", Short: "End a session that waits", Args: cobra.ExactArgs(1),
	}, func(ctx context.Context, c *client.Client, args []string) (storage.USSDSession, error) {
		return c.CancelUSSD(ctx, args[0])
	})
}

func newUSSDBalanceCommand() *cobra.Command {
	var line string
	cmd := newTalkCommand(&cobra.Command{
		Use: "balance", Short: "Ask for the credit of a card, by the rule of its operator",
		Args: cobra.NoArgs,
	}, func(ctx context.Context, c *client.Client, _ []string) (storage.USSDSession, error) {
		id, err := theLine(ctx, c, line)
		if err != nil {
			return storage.USSDSession{}, err
		}
		return c.Balance(ctx, id)
	})
	lineFlag(cmd, &line)
	return cmd
}

var ussdHeads = []string{"id", "line", "state", "began", "asked", "answer", "reason"}

func ussdRow(s storage.USSDSession) []string {
	asked, answer := "", ""
	for _, t := range s.Turns {
		if t.Dir == storage.Inbound {
			answer = t.Text
		} else if asked == "" {
			asked = t.Text
		}
	}
	return []string{s.ID, s.Line, string(s.State), clock(s.StartedAt), asked, fmt.Sprintf("%.60q", answer), s.Reason}
}

func newUSSDListCommand() *cobra.Command {
	var b box
	var o output
	var line string
	cmd := &cobra.Command{
		Use: "list", Short: "List the newest sessions", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				found, err := c.USSDSessions(cmd.Context(), line, 50)
				if err != nil {
					return err
				}
				t := table{heads: ussdHeads}
				for _, s := range found {
					t.add(s, ussdRow(s)...)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	cmd.Flags().StringVar(&line, "line", "", "only of this line")
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func newUSSDRuleCommand() *cobra.Command {
	var b box
	var r storage.BalanceRule
	cmd := &cobra.Command{
		Use: "rule", Short: "Say how an operator is asked for the credit, and how its answer is read",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := r.Check(); err != nil {
				return fail(exitUsage, "%w", err)
			}
			return b.ask(cmd.Context(), func(c *client.Client) error { return c.SaveBalanceRule(cmd.Context(), r) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Operator, "operator", "", "MCC and MNC such as 26201, or the name that the line shows")
	f.StringVar(&r.Code, "code", "", "what to ask, such as *100#")
	f.StringVar(&r.Pattern, "pattern", "", "regular expression with a group named amount, perhaps currency and expiry")
	f.Float64Var(&r.Low, "low", 0, "warn once when the credit is below")
	b.flags(cmd)
	cmd.AddCommand(newUSSDRuleListCommand(), newUSSDRuleDeleteCommand())
	return cmd
}

func newUSSDRuleListCommand() *cobra.Command {
	return newUSSDRulesCommand(&cobra.Command{
		Use: "list", Short: "List the rules of all operators", Args: cobra.NoArgs,
	}, func(context.Context, *client.Client, []string) error { return nil })
}

func newUSSDRuleDeleteCommand() *cobra.Command {
	return newUSSDRulesCommand(&cobra.Command{
		Use: "delete OPERATOR", Short: "Forget the rule of an operator", Args: exactly("an operator"),
	}, func(ctx context.Context, c *client.Client, args []string) error {
		return c.DeleteBalanceRule(ctx, args[0])
	})
}

// newUSSDRulesCommand does something with the rules, and lists them.
func newUSSDRulesCommand(cmd *cobra.Command, do func(context.Context, *client.Client, []string) error) *cobra.Command {
	return showing(cmd, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		t := table{heads: []string{"operator", "code", "pattern", "low"}}
		if err := do(cmd.Context(), c, args); err != nil {
			return t, err
		}
		all, err := c.BalanceRules(cmd.Context())
		for _, r := range all {
			t.add(r, r.Operator, r.Code, r.Pattern, strconv.FormatFloat(r.Low, 'f', -1, 64))
		}
		return t, err
	})
}
