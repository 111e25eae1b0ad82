package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newThreadCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "thread", Short: "What was said with whom"}
	cmd.AddCommand(newThreadListCommand(), newThreadShowCommand())
	cmd.AddCommand(newViewCommands()...)
	cmd.AddCommand(newDeleteCommand("THREAD|NUMBER", "Delete a thread with all that was said in it", func(cmd *cobra.Command, c *client.Client, ref string) error {
		id, err := findThread(cmd.Context(), c, ref)
		if err == nil {
			err = c.DeleteThread(cmd.Context(), id)
		}
		return err
	}))
	return cmd
}

func newThreadListCommand() *cobra.Command {
	var b box
	var o output
	var limit int
	var f storage.ThreadFilter
	cmd := &cobra.Command{
		Use: "list", Short: "List the threads, the newest activity first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				page, err := c.Threads(cmd.Context(), storage.Page{Limit: limit, Filter: f})
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "with", "last", "state", "text"}}
				for _, th := range page.Threads {
					row := []string{th.ID, who(th), "", "", ""}
					if m := th.Last; m != nil {
						row[2], row[3], row[4] = clock(m.CreatedAt), word(m), short(m.Text, 60)
					}
					t.add(th, row...)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many, up to 200")
	cmd.Flags().StringVar(&f.Text, "with", "", "part of a name or number")
	cmd.Flags().StringVar(&f.Line, "line", "", "what went over this line")
	cmd.Flags().StringVar(&f.Channel, "channel", "", "sms or chat")
	cmd.Flags().StringVar(&f.State, "state", "", "open, closed, muted or unread; with an account's token")
	return cmd
}

func newThreadShowCommand() *cobra.Command {
	var b box
	var o output
	var limit int
	cmd := &cobra.Command{
		Use: "show THREAD|NUMBER", Short: "Show the newest messages of a thread",
		Args: exactly("a thread or a number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := findThread(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				page, err := c.Messages(cmd.Context(), id, storage.Page{Limit: limit})
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "at", "from", "to", "state", "parts", "text"}}
				for _, m := range page.Messages {
					t.add(m, m.ID, clock(m.CreatedAt), m.From, m.To, word(&m), fmt.Sprint(m.Total), m.Text)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many, up to 200")
	return cmd
}

// findThread takes a thread's id or the number of its other end.
func findThread(ctx context.Context, c *client.Client, s string) (string, error) {
	if strings.HasPrefix(s, "th_") {
		return s, nil
	}
	text := s
	if number, err := storage.ParseNumber("number", s); err == nil {
		text = number
	}
	threads, err := c.Threads(ctx, storage.Page{Filter: storage.ThreadFilter{Text: text}})
	if err != nil {
		return "", err
	}
	for _, t := range threads.Threads {
		if t.Peer == text || t.Contact != nil && (strings.EqualFold(t.Contact.Name, s) || slices.Contains(t.Contact.Numbers, text)) {
			return t.ID, nil
		}
	}
	return "", fail(exitRefused, "nothing was ever said with %q; see `smsbridge thread list`", s)
}

// who is the other end of a thread, for people.
func who(t storage.Thread) string {
	if len(t.Members) > 0 {
		var names []string
		for _, m := range t.Members {
			names = append(names, m.Name)
		}
		return strings.Join(names, ", ")
	}
	if t.Contact != nil {
		return t.Contact.Name + " " + t.Peer
	}
	return t.Peer
}

// word is the state of a message and what stands behind it.
func word(m *storage.Message) string {
	s := string(m.State)
	if m.Dir == storage.Outbound && m.Total > 1 && !m.State.Final() {
		done := 0
		for _, p := range m.Parts {
			if p.State.Final() {
				done++
			}
		}
		s += fmt.Sprintf(" (part %d of %d)", min(done+1, m.Total), m.Total)
	}
	if m.Reason != "" {
		s += ": " + m.Reason
	}
	return s
}

func clock(t storage.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// exactly is one argument, called what people call it.
func exactly(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fail(exitUsage, "%s wants %s, and has %d arguments; see %s --help", cmd.CommandPath(), what, len(args), cmd.CommandPath())
		}
		return nil
	}
}
