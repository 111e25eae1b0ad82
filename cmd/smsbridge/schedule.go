package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// newUSSDScheduleCommand shows the schedules of the credit, and sets one.
func newUSSDScheduleCommand() *cobra.Command {
	var b box
	var o output
	s := storage.BalanceSchedule{Every: -1}
	cmd := &cobra.Command{
		Use: "schedule [LINE]", Short: "Have the credit of a line asked for every some hours; without LINE: list",
		Long: `Ask the network for the credit of a line every so many hours, by the rule of its operator (ussd rule), while
nothing waits to be sent. Each asking may cost, so no more than --most a day are made, those without an answer
too. A credit below the rule's limit is told once, as line.balance_low.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if len(args) > 0 && s.Every < 0 {
				return fail(exitUsage, "every: say after how many hours, such as --every 24")
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				if len(args) > 0 {
					s.Line = args[0]
					if _, err := c.ScheduleBalance(cmd.Context(), s); err != nil {
						return err
					}
				}
				all, err := c.BalanceSchedules(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"line", "every_h", "most_a_day"}}
				for _, s := range all {
					t.add(s, s.Line, fmt.Sprint(s.Every), fmt.Sprint(s.Most))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&s.Every, "every", -1, "hours between two answers; 0 ends it")
	cmd.Flags().IntVar(&s.Most, "most", 2, "askings a day at most")
	return cmd
}
