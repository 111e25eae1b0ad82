package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// newLineDeskCommand shows and changes how what comes in by a line reaches
// people.
func newLineDeskCommand() *cobra.Command {
	var b box
	var o output
	var d storage.Desk
	var change storage.DeskChange
	cmd := &cobra.Command{
		Use: "desk LINE", Short: "Show or change how what comes in by a line reaches people",
		Long: `Show or change how what comes in by a line reaches people.

With cases, a text from somebody new is offered to the agents of the line, and
the first to answer has it. That begins by itself when a second agent is
assigned (--cases auto); a shop of one or two who share everything keeps plain
threads.`,
		Args: exactly("a line"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			f := cmd.Flags()
			given(f.Changed("cases"), &change.Cases, &d.Cases)
			given(f.Changed("strategy"), &change.Strategy, &d.Strategy)
			given(f.Changed("wait"), &change.Wait, &d.Wait)
			given(f.Changed("after-close"), &change.AfterClose, &d.AfterClose)
			given(f.Changed("pop"), &change.Pop, &d.Pop)
			given(f.Changed("lookup"), &change.Lookup, &d.Lookup)
			return b.ask(cmd.Context(), func(c *client.Client) error {
				id, err := lineNamed(cmd.Context(), c, args[0])
				if err != nil {
					return err
				}
				now, err := c.Desk(cmd.Context(), id)
				if err == nil && change != (storage.DeskChange{}) {
					now, err = c.SetDesk(cmd.Context(), id, change)
				}
				if err != nil {
					return err
				}
				t := table{heads: []string{"line", "cases", "now", "strategy", "wait", "after close", "pop", "lookup"}}
				t.add(now, now.Line, string(now.Cases), onOff(now.Active), string(now.Strategy), fmt.Sprintf("%d s", now.Wait), string(now.AfterClose), now.Pop, now.Lookup)
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	f := cmd.Flags()
	f.StringVar((*string)(&d.Cases), "cases", "auto", "auto, on or off")
	f.StringVar((*string)(&d.Strategy), "strategy", "all", "whom offers ring for: all, round_robin, least_busy or last_owner")
	f.IntVar(&d.Wait, "wait", 60, "seconds that an offer rings before it goes to others")
	f.StringVar((*string)(&d.AfterClose), "after-close", "ask", "what a text means after its case was closed: ask, continue or new")
	f.StringVar(&d.Pop, "pop", "", "address of a CRM for an answered case, with {number}, {name}, {reference}, {case}, {thread}")
	f.StringVar(&d.Lookup, "lookup", "", "address that is asked who a number is, with {number}; answers JSON with name and address")
	return cmd
}

func given[T any](yes bool, to **T, from *T) {
	if yes {
		*to = from
	}
}
