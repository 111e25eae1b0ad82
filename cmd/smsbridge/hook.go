package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newHookCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "hook", Short: "Endpoints that events are pushed to (webhooks)", Aliases: []string{"webhook"}}
	cmd.AddCommand(newHookListCommand(), newHookAddCommand(), newHookTestCommand(), newHookDeliveriesCommand(),
		newHookReplayCommand(), newHookRotateCommand(), newHookEnableCommand(), newHookDisableCommand(), newHookRemoveCommand())
	return cmd
}

func newHookListCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "list", Short: "List the hooks and how they are doing",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				hooks, err := c.Hooks(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "label", "url", "events", "state", "at", "waiting", "dead"}}
				for _, h := range hooks {
					t.add(h, h.ID, h.Label, h.URL, strings.Join(h.Events, " "), hookState(h),
						strconv.FormatInt(h.Cursor, 10), strconv.Itoa(h.Waiting), strconv.Itoa(h.Dead))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func hookState(h storage.Hook) string {
	switch {
	case !h.DisabledAt.IsZero():
		return "disabled: " + h.Reason
	case h.Failures > 0:
		return "failing since " + clock(h.FailingSince)
	}
	return "ok"
}

func newHookAddCommand() *cobra.Command {
	var b box
	var h storage.Hook
	var quiet bool
	cmd := &cobra.Command{
		Use: "add URL", Short: "Push events to an endpoint from now on",
		Long: `Push events to an endpoint from now on, as signed POSTs (Standard Webhooks). The
secret is shown once. An address that is not of the public internet must be
allowed when the bridge is started: serve --hook-allow HOST.

With --order free an event that the endpoint does not take is tried again later
and holds up no other; with strict the next one waits for it.

A --template makes the body; it sees the event under its JSON names. So an ntfy
topic takes texts: add "?title=SMS" to its address.`,
		Args: exactly("the address of an endpoint"),
		RunE: func(cmd *cobra.Command, args []string) error {
			h.URL = args[0]
			return b.ask(cmd.Context(), func(c *client.Client) error {
				made, secret, err := c.CreateHook(cmd.Context(), h)
				if err != nil {
					return err
				}
				if !quiet {
					fmt.Fprintf(cmd.ErrOrStderr(), "Hook %s is told of what happens from now on; try it with `smsbridge hook test %s`. Its secret is not shown again:\n", made.ID, made.ID)
				}
				fmt.Fprintln(cmd.OutOrStdout(), secret)
				return nil
			})
		},
	}
	b.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&h.Label, "label", "", "what it is for")
	f.StringSliceVar(&h.Events, "event", nil, "only these types, such as message.* (repeatable)")
	f.StringSliceVar(&h.Lines, "line", nil, "only these lines (repeatable)")
	f.StringVar(&h.Order, "order", storage.HookFree, "free or strict")
	f.StringVar(&h.Template, "template", "", "makes the body, in the form of Go's text/template (default: the event as JSON)")
	f.BoolVarP(&quiet, "quiet", "q", false, "print the secret alone")
	return cmd
}

func newHookTestCommand() *cobra.Command {
	return newHookVerb("test ID", "Send a hook.ping event once and tell what came of it",
		func(cmd *cobra.Command, c *client.Client, id string) error {
			d, err := c.TestHook(cmd.Context(), id)
			if err != nil {
				return err
			}
			if d.State != storage.DeliveryDelivered {
				return fail(exitRefused, "the endpoint did not take it: %s", plain(d.Error))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d in %d ms\n", d.Status, d.Took)
			return nil
		})
}

// newHookVerb makes a verb that does one thing with one hook.
func newHookVerb(use, short string, do func(cmd *cobra.Command, c *client.Client, id string) error) *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: use, Short: short, Args: exactly("the id of a hook"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error { return do(cmd, c, args[0]) })
		},
	}
	b.flags(cmd)
	return cmd
}

func newHookDeliveriesCommand() *cobra.Command {
	var b box
	var o output
	var state, before string
	var limit int
	cmd := &cobra.Command{
		Use: "deliveries ID", Short: "List what became of events at a hook, the newest first",
		Args: exactly("the id of a hook"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				page, err := c.Deliveries(cmd.Context(), args[0], state, storage.Page{Limit: limit, Before: before})
				if err != nil {
					return err
				}
				t := table{heads: []string{"seq", "state", "attempts", "status", "took", "last try", "next try", "error"}}
				for _, d := range page.Deliveries {
					next := ""
					if !d.NextTry.IsZero() {
						next = clock(d.NextTry)
					}
					t.add(d, strconv.FormatInt(d.Seq, 10), d.State, strconv.Itoa(d.Attempts), strconv.Itoa(d.Status),
						fmt.Sprintf("%d ms", d.Took), clock(d.LastTry), next, short(d.Error, 60))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().StringVar(&state, "state", "", "only those that are waiting, delivered or dead")
	cmd.Flags().StringVar(&before, "before", "", "only events before this number")
	cmd.Flags().IntVar(&limit, "limit", 50, "at most so many")
	return cmd
}

func newHookReplayCommand() *cobra.Command {
	var seq, since int64
	cmd := newHookVerb("replay ID", "Tell a hook of one event again, or of all since one",
		func(cmd *cobra.Command, c *client.Client, id string) error {
			again, from := c.ReplayDelivery, seq
			if cmd.Flags().Changed("since") {
				again, from = c.ReplaySince, since
			}
			if cmd.Flags().Changed("since") == cmd.Flags().Changed("seq") {
				return fail(exitUsage, "give either --seq for one event or --since for all after it")
			}
			h, err := again(cmd.Context(), id, from)
			if err == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "Hook %s is told again, under the same ids.\n", h.ID)
			}
			return err
		})
	cmd.Flags().Int64Var(&seq, "seq", 0, "the number of one event")
	cmd.Flags().Int64Var(&since, "since", 0, "all events after this number")
	return cmd
}

func newHookRotateCommand() *cobra.Command {
	var keep int
	cmd := newHookVerb("rotate ID", "Make a new secret; it is shown once",
		func(cmd *cobra.Command, c *client.Client, id string) error {
			_, secret, err := c.RotateHook(cmd.Context(), id, keep)
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), secret)
			}
			return err
		})
	cmd.Flags().IntVar(&keep, "keep", 24, "for so many hours deliveries are signed with the old secret, too")
	return cmd
}

func newHookEnableCommand() *cobra.Command {
	return newHookVerb("enable ID", "Go on with a disabled hook from where it stopped", setHook(false))
}

func newHookDisableCommand() *cobra.Command {
	return newHookVerb("disable ID", "Stop a hook; its place in the log is kept", setHook(true))
}

func setHook(disabled bool) func(cmd *cobra.Command, c *client.Client, id string) error {
	return func(cmd *cobra.Command, c *client.Client, id string) error {
		h, err := c.UpdateHook(cmd.Context(), id, storage.HookChange{Disabled: &disabled})
		if err == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "Hook %s: %s.\n", h.ID, hookState(h))
		}
		return err
	}
}

func newHookRemoveCommand() *cobra.Command {
	return newHookVerb("remove ID", "Forget a hook and its deliveries",
		func(cmd *cobra.Command, c *client.Client, id string) error {
			err := c.DeleteHook(cmd.Context(), id)
			if err == nil {
				fmt.Fprintf(cmd.ErrOrStderr(), "Hook %s is removed.\n", id)
			}
			return err
		})
}
