package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// newViewCommand is a verb that changes how one account sees a thread.
func newViewCommand(verb, short string, change storage.ViewChange) *cobra.Command {
	var b box
	var agent string
	cmd := &cobra.Command{
		Use: verb + " THREAD|NUMBER", Short: short,
		Long: short + ".\n\nWhat is closed, muted or read differs by account: ask with a token that belongs to\none, or name it with --agent on the box itself.",
		Args: exactly("a thread or a number"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := findThread(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				w, err := c.ChangeView(cmd.Context(), id, agent, change)
				if err != nil {
					return err
				}
				state := "open"
				if !w.ClosedAt.IsZero() {
					state = "closed"
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Thread %s: %s, muted %s, %d unread.\n", id, state, yesNo(w.Muted), w.Unread)
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&agent, "agent", "", "whose view, by name or id; on the box itself only")
	return cmd
}

func newViewCommands() []*cobra.Command {
	yes, no := true, false
	return []*cobra.Command{
		newViewCommand("close", "Take a thread off the list until something is said in it", storage.ViewChange{Closed: &yes}),
		newViewCommand("open", "Put a closed thread back on the list", storage.ViewChange{Closed: &no}),
		newViewCommand("mute", "Let a thread make no noise", storage.ViewChange{Muted: &yes}),
		newViewCommand("unmute", "Let a thread make noise again", storage.ViewChange{Muted: &no}),
		newViewCommand("read", "Mark a thread as read", storage.ViewChange{Unread: &no}),
		newViewCommand("unread", "Mark the newest text of a thread as unread", storage.ViewChange{Unread: &yes}),
		newReadAllCommand(),
	}
}

func newReadAllCommand() *cobra.Command {
	var b box
	var agent, undo string
	cmd := &cobra.Command{
		Use: "read-all", Short: "Mark everything as read, or take that back",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				if undo != "" {
					done, err := c.UndoReadAll(cmd.Context(), agent, undo)
					if err == nil {
						fmt.Fprintf(cmd.ErrOrStderr(), "%s unread again.\n", threads(done.Threads))
					}
					return err
				}
				done, err := c.ReadAll(cmd.Context(), agent)
				if err == nil && done.Undo == "" {
					fmt.Fprintln(cmd.ErrOrStderr(), "Everything was read already.")
				} else if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s read. Take it back with --undo %s.\n", threads(done.Threads), done.Undo)
				}
				return err
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&agent, "agent", "", "whose view, by name or id; on the box itself only")
	cmd.Flags().StringVar(&undo, "undo", "", "what an earlier one said")
	return cmd
}

func threads(n int) string {
	if n == 1 {
		return "1 thread is"
	}
	return fmt.Sprintf("%d threads are", n)
}

// newDeleteCommand is a verb that deletes for everybody, and asks first.
func newDeleteCommand(what, short string, do func(cmd *cobra.Command, c *client.Client, id string) error) *cobra.Command {
	var b box
	var yes bool
	cmd := &cobra.Command{
		Use: "delete " + what, Short: short,
		Args: exactly("what to delete"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes {
				return fail(exitUsage, "delete: what is deleted is gone from the box for everybody (not from the phone); say --yes")
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				err := do(cmd, c, args[0])
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s is deleted, for everybody on this box.\n", args[0])
				}
				return err
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "yes, delete it")
	return cmd
}
