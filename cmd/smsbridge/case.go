package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newCaseCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "case", Short: "Pieces of work with one number, and who has them"}
	cmd.AddCommand(
		newCaseListCommand(),
		newCaseDoCommand("show CASE", "Show a case with its notes", "", 1,
			func(ctx context.Context, c *client.Client, a []string, _ string) (storage.Case, error) {
				return c.Case(ctx, a[0])
			}),
		newCaseOpenCommand(),
		newCaseDoCommand("close CASE [OUTCOME]", "End a case; nothing is sent", "", 2,
			func(ctx context.Context, c *client.Client, a []string, _ string) (storage.Case, error) {
				return c.CloseCase(ctx, a[0], a[1])
			}),
		newCaseContinueCommand(),
		newCaseDoCommand("transfer CASE ACCOUNT", "Give a case to somebody else, with a note for them", "speaks French", 2,
			func(ctx context.Context, c *client.Client, a []string, note string) (storage.Case, error) {
				return c.TransferCase(ctx, a[0], a[1], note)
			}),
		newCaseDoCommand("release CASE", "Give a case back: it is offered to the others", "gone for lunch", 1,
			func(ctx context.Context, c *client.Client, a []string, note string) (storage.Case, error) {
				return c.ReleaseCase(ctx, a[0], note)
			}),
		newCaseDoCommand("note CASE TEXT", "Write a note beside a case; nobody outside sees it", "", 2,
			func(ctx context.Context, c *client.Client, a []string, _ string) (storage.Case, error) {
				return c.NoteCase(ctx, a[0], a[1])
			}),
		newCaseDoCommand("outcome CASE OUTCOME", "Write down what came of a case", "", 2,
			func(ctx context.Context, c *client.Client, a []string, _ string) (storage.Case, error) {
				return c.CaseOutcome(ctx, a[0], a[1])
			}))
	return cmd
}

var caseHeads = []string{"id", "reference", "with", "state", "owner", "started", "waiting", "outcome"}

func addCase(t *table, c storage.Case) {
	with := c.Number
	if c.Contact != nil {
		with = c.Contact.Name + " " + c.Number
	}
	waiting := ""
	if !c.WaitingSince.IsZero() {
		waiting = age(time.Since(c.WaitingSince.Time))
	}
	t.add(c, c.ID, c.Reference, with, string(c.State), cmp.Or(c.OwnerName, c.Owner), clock(c.StartedAt), waiting, c.Outcome)
}

// printCase shows a case for people.
func printCase(w io.Writer, c storage.Case) {
	fmt.Fprintln(w, plain(fmt.Sprintf("%s  %s  %s  owner %s", c.ID, c.Reference, c.State, cmp.Or(c.OwnerName, "nobody"))))
	if l := c.Lookup; l != nil && l.Name != "" {
		fmt.Fprintln(w, plain(fmt.Sprintf("  %s %s (%s)", l.Name, l.Address, l.Source)))
	}
	if c.Outcome != "" {
		fmt.Fprintln(w, plain("  outcome: "+c.Outcome))
	}
	if c.Pop != "" {
		fmt.Fprintln(w, plain("  "+c.Pop))
	}
	for _, n := range c.Notes {
		fmt.Fprintln(w, plain(strings.TrimSuffix(fmt.Sprintf("  %s %s by %s: %s", clock(n.At), n.Kind, cmp.Or(n.Author.Name, n.Author.Kind), n.Text), ": ")))
	}
}

func newCaseListCommand() *cobra.Command {
	var b box
	var o output
	var state string
	var f storage.CaseFilter
	var p storage.Page
	cmd := &cobra.Command{
		Use: "list", Short: "List cases, the newest first",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				page, err := c.Cases(cmd.Context(), state, f, p)
				if err != nil {
					return err
				}
				t := table{heads: caseHeads}
				for _, found := range page.Cases {
					addCase(&t, found)
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().StringVar(&state, "state", "", "open, closed, or unanswered: open, and the person waits")
	cmd.Flags().StringVar(&f.Owner, "owner", "", "id of the account that has it")
	cmd.Flags().StringVar(&f.Thread, "thread", "", "only of this thread")
	cmd.Flags().StringVar(&f.Search, "reference", "", "a reference, or a piece of one")
	cmd.Flags().StringVar(&p.Before, "before", "", "only cases older than this one")
	cmd.Flags().IntVar(&p.Limit, "limit", 50, "at most so many, up to 200")
	return cmd
}

// newCaseDoCommand is a verb that does something with one case and shows it.
// most is how many words it takes, the last of which may be missing if it is
// written in brackets; example makes a flag --note and stands in its help.
func newCaseDoCommand(use, short, example string, most int, do func(context.Context, *client.Client, []string, string) (storage.Case, error)) *cobra.Command {
	var b box
	var o output
	var note string
	least := most
	if use[len(use)-1] == ']' {
		least--
	}
	cmd := &cobra.Command{
		Use: use, Short: short,
		Args: cobra.RangeArgs(least, most),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			args = append(args, "")
			return b.ask(cmd.Context(), func(c *client.Client) error {
				found, err := do(cmd.Context(), c, args, note)
				if err != nil {
					return err
				}
				return printTaken(cmd, o, client.Taken{Case: found})
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	if example != "" {
		cmd.Flags().StringVar(&note, "note", "", "a note for whoever has it next, such as "+`"`+example+`"`)
	}
	return cmd
}

func newCaseOpenCommand() *cobra.Command {
	var from string
	cmd := newCaseTakeCommand(&cobra.Command{
		Use: "open NUMBER", Short: "Begin a case before anything was said; the reply lands in it",
		Args: exactly("a number"),
	}, func(ctx context.Context, c *client.Client, number, agent string) (client.Taken, error) {
		return c.OpenCase(ctx, number, from, agent)
	})
	cmd.Flags().StringVar(&from, "from", "", "the line to write from; default as for send")
	return cmd
}

func newCaseContinueCommand() *cobra.Command {
	return newCaseTakeCommand(&cobra.Command{
		Use: "continue CASE", Short: "Open a closed case again",
		Args: exactly("a case"),
	}, func(ctx context.Context, c *client.Client, id, agent string) (client.Taken, error) {
		return c.ContinueCase(ctx, id, agent)
	})
}

// newCaseTakeCommand is a verb by which an agent comes to have a case.
func newCaseTakeCommand(cmd *cobra.Command, take func(ctx context.Context, c *client.Client, what, agent string) (client.Taken, error)) *cobra.Command {
	var b box
	var o output
	var agent string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			taken, err := take(cmd.Context(), c, args[0], agent)
			if err != nil {
				return err
			}
			return printTaken(cmd, o, taken)
		})
	}
	b.flags(cmd)
	o.flags(cmd)
	forAgent(cmd, &agent)
	return cmd
}
