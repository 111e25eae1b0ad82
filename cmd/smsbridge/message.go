package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newMessageCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "message", Short: "One text: what became of it, and what can still be done"}
	act := func(verb, short string, do func(*client.Client, context.Context, string) (storage.Message, error)) *cobra.Command {
		return newMessageActCommand(verb+" MESSAGE", short, nil, func(ctx context.Context, c *client.Client, args []string) (storage.Message, error) {
			return do(c, ctx, args[0])
		})
	}
	cmd.AddCommand(
		newMessageSearchCommand(),
		newMessageQueueCommand(),
		newMessageShowCommand(),
		act("cancel", "Call back a text of which nothing has begun to leave", (*client.Client).Cancel),
		act("hold", "Let a text wait until somebody releases it", (*client.Client).Hold),
		act("release", "Let a held text go; what a rule holds takes a manager", (*client.Client).Release),
		newMessageActCommand("priority MESSAGE high|normal|low", "Put a text before others, or behind them", []string{"high", "normal", "low"},
			func(ctx context.Context, c *client.Client, args []string) (storage.Message, error) {
				return c.Prioritize(ctx, args[0], storage.Priority(args[1]))
			}),
		newMessageActCommand("close MESSAGE sent|failed", "Write down what you know of an unconfirmed text", []string{"sent", "failed"},
			func(ctx context.Context, c *client.Client, args []string) (storage.Message, error) {
				return c.CloseUnconfirmed(ctx, args[0], storage.MessageState(args[1]))
			}),
		newMessageAgainCommand("retry", "Send again, as a new text, what is known not to have arrived", (*client.Client).Retry),
		newMessageAgainCommand("resend", "Send an unconfirmed text again: it may arrive twice", (*client.Client).Resend),
		newMessageDeleteCommand(),
	)
	return cmd
}

// newMessageActCommand does something with one text and prints it; the last
// argument is one of words, if there are any.
func newMessageActCommand(use, short string, words []string, do func(context.Context, *client.Client, []string) (storage.Message, error)) *cobra.Command {
	var b box
	var format string
	cmd := &cobra.Command{
		Use: use, Short: short, ValidArgs: words,
		Args: func(cmd *cobra.Command, args []string) error {
			want := 1 + min(len(words), 1)
			if len(args) != want {
				return fail(exitUsage, "%s is used as: %s", cmd.CommandPath(), use)
			}
			return (&output{format: format}).check()
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				m, err := do(cmd.Context(), c, args)
				if err != nil {
					return err
				}
				return printMessage(cmd.OutOrStdout(), format, m)
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "table", "table, json or jsonl")
	return cmd
}

func newMessageAgainCommand(verb, short string, do func(*client.Client, context.Context, string, string, string) (client.Sent, error)) *cobra.Command {
	var b box
	var from, key, format string
	cmd := &cobra.Command{
		Use: verb + " MESSAGE", Short: short,
		Args: exactly("the id of a text"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := (&output{format: format}).check(); err != nil {
				return err
			}
			if key == "" {
				key = rand.Text()
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				sent, err := do(c, cmd.Context(), args[0], from, key)
				if err != nil {
					return err
				}
				return printMessage(cmd.OutOrStdout(), format, sent.Message)
			})
		},
	}
	b.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "another line to send from (default: the same)")
	f.StringVar(&key, "idem", "", "idempotency key: the same key is the same new text (default: a new one)")
	f.StringVarP(&format, "output", "o", "table", "table, json or jsonl")
	return cmd
}

func printMessage(w io.Writer, format string, m storage.Message) error {
	if format != "table" {
		return printJSON(w, m)
	}
	_, err := fmt.Fprintln(w, plain(fmt.Sprintf("%s to %s from %s, %s: %s", m.ID, m.To, m.From, parts(m.Total), word(&m))))
	return err
}

func newMessageShowCommand() *cobra.Command {
	var b box
	var format string
	cmd := &cobra.Command{
		Use: "show MESSAGE", Short: "Show a text, its times and its parts",
		Args: exactly("the id of a text"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := (&output{format: format}).check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				m, err := c.Message(cmd.Context(), args[0])
				if err == nil {
					err = printMessage(cmd.OutOrStdout(), format, m)
				}
				if err == nil && format == "table" {
					printDetails(cmd.OutOrStdout(), m)
				}
				return err
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVarP(&format, "output", "o", "table", "table, json or jsonl")
	return cmd
}

// printDetails prints what was said, when what became of it, and each part that
// has something of its own to tell.
func printDetails(w io.Writer, m storage.Message) {
	fmt.Fprintln(w, "  text       "+plain(m.Text))
	for _, at := range []struct {
		what string
		time storage.Time
	}{{"accepted", m.CreatedAt}, {"due", m.DueAt}, {"expires", m.ExpiresAt}, {"received", m.ReceivedAt}, {"sent", m.SentAt}, {"delivered", m.DeliveredAt}} {
		if at.what == "accepted" && m.Dir == storage.Inbound || at.time.IsZero() {
			continue
		}
		fmt.Fprintf(w, "  %-9s  %s\n", at.what, clock(at.time))
	}
	for _, p := range m.Parts {
		if m.Total > 1 || p.Attempts > 1 {
			fmt.Fprintln(w, plain(strings.TrimSpace(fmt.Sprintf("  part %d     %s, tries %d  %s", p.N, p.State, p.Attempts, p.Reason))))
		}
	}
}

func newMessageQueueCommand() *cobra.Command {
	var b box
	var o output
	var limit int
	cmd := &cobra.Command{
		Use: "queue", Short: "List what has not gone out, and what each text waits for",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				q, err := c.Queue(cmd.Context(), limit)
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "place", "line", "to", "priority", "why", "until", "text"}}
				for _, w := range q.Messages {
					m, place, until := w.Message, "", ""
					if w.Position > 0 {
						place = fmt.Sprint(w.Position)
					}
					if !w.Until.IsZero() {
						until = clock(w.Until)
					}
					t.add(w, m.ID, place, m.Line, m.To, string(m.Priority), string(w.Why), until, short(m.Text, 40))
				}
				if q.Stop.Stopped {
					fmt.Fprintln(cmd.ErrOrStderr(), "All sending is stopped; `smsbridge resume-sending` lets texts leave again.")
				}
				if err := o.print(cmd.OutOrStdout(), t); err != nil {
					return err
				}
				if len(q.Messages) < q.Total {
					fmt.Fprintf(cmd.ErrOrStderr(), "%d more wait; ask with --limit.\n", q.Total-len(q.Messages))
				}
				return nil
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many, up to 200")
	return cmd
}

func newStopSendingCommand() *cobra.Command {
	var b box
	var reason string
	cmd := &cobra.Command{
		Use: "stop-sending", Short: "Let no text leave any more, by any line",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				_, err := c.StopSending(cmd.Context(), reason)
				if err == nil {
					fmt.Fprintln(cmd.ErrOrStderr(), "No text leaves any more; what waits is kept. `smsbridge resume-sending` lets them go.")
				}
				return err
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&reason, "reason", "", "what others should know")
	return cmd
}

func newResumeSendingCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "resume-sending", Short: "Let texts leave again after stop-sending",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				_, err := c.ResumeSending(cmd.Context())
				if err == nil {
					fmt.Fprintln(cmd.ErrOrStderr(), "Texts leave again.")
				}
				return err
			})
		},
	}
	b.flags(cmd)
	return cmd
}
