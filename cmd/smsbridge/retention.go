package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newDBRetentionCommand() *cobra.Command {
	var b box
	var o output
	var line string
	var usual, sweep, preview bool
	cmd := &cobra.Command{
		Use: "retention [DAYS]", Short: "How long texts are kept: show, set, delete now what is over",
		Long: `Show or set after how many days texts are deleted, on all lines or on one. 0 keeps
them for ever, which is how a box begins. Once a day what is older goes for good:
the messages, their PDUs, and what the log says of them. What is still being sent
stays. Backups that were made before have it still.

The room of what was deleted is written over (SQLite's secure_delete), as far as
the disk lets a program: an SD card or SSD may keep an old block until it needs it.`,
		Args: cobra.MaximumNArgs(1),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		days, err := daysOf(args)
		if err != nil {
			return err
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			if sweep {
				swept, err := c.Sweep(cmd.Context(), preview)
				if err != nil {
					return err
				}
				t := table{heads: []string{"messages", "threads", "before", "done"}}
				t.add(swept, fmt.Sprint(swept.Messages), fmt.Sprint(swept.Threads), day(swept.Before), fmt.Sprint(!swept.Preview))
				return o.print(cmd.OutOrStdout(), t)
			}
			if len(args) > 0 || usual {
				if _, err := c.SetRetention(cmd.Context(), storage.Retention{Line: line, Days: days}, usual); err != nil {
					return err
				}
			}
			all, err := c.Retention(cmd.Context())
			if err != nil {
				return err
			}
			return o.print(cmd.OutOrStdout(), retentionTable(all))
		})
	}
	f := cmd.Flags()
	f.StringVar(&line, "line", "", "of this line (default: of all that have none of their own)")
	f.BoolVar(&usual, "usual", false, "let --line go by what holds for all again")
	f.BoolVar(&sweep, "sweep", false, "delete now what is over")
	f.BoolVar(&preview, "preview", false, "with --sweep: only tell what would go")
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func daysOf(args []string) (int, error) {
	if len(args) == 0 {
		return 0, nil
	}
	days, err := strconv.Atoi(args[0])
	if err != nil {
		return 0, fail(exitUsage, "days: %q is no number of days; 0 keeps texts for ever", args[0])
	}
	return days, nil
}

func retentionTable(all []storage.Retention) table {
	t := table{heads: []string{"line", "days"}}
	for _, r := range all {
		name, days := "all others", "for ever"
		if r.Line != "" {
			name = r.Line
		}
		if r.Days > 0 {
			days = fmt.Sprint(r.Days)
		}
		t.add(r, name, days)
	}
	return t
}
