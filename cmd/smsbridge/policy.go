package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// newLinePolicyCommand shows how texts leave by the lines, after it has changed
// what a flag names.
func newLinePolicyCommand() *cobra.Command {
	var b box
	var o output
	var p storage.Policy
	cmd := &cobra.Command{
		Use: "policy [LINE]", Short: "Show or set how texts leave: pace, pool, longest text",
		Long: `Show how texts leave by each line, or set it for LINE; without LINE for every
line that has no settings of its own. A flag that is not given keeps its value.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) (err error) {
				if p.Line, err = lineNamed(cmd.Context(), c, strings.Join(args, "")); err != nil {
					return err
				}
				all, err := c.Policies(cmd.Context())
				if err != nil {
					return err
				}
				if anyGiven(cmd, "pace", "pool", "max-parts", "max-characters") {
					seen := cmd.Context()
					for _, old := range all {
						if old.Line == p.Line {
							p, seen = over(cmd, old, p), client.IfRev(seen, old.Rev) // what keeps its value keeps that of now
						}
					}
					if err := c.SetPolicy(seen, p); err != nil {
						return err
					}
					if all, err = c.Policies(cmd.Context()); err != nil {
						return err
					}
				}
				t := table{heads: []string{"line", "pace", "pool", "max_parts", "max_characters"}}
				for _, p := range all {
					t.add(p, p.Line, strconv.Itoa(p.Pace), strconv.FormatBool(p.Pool), strconv.Itoa(p.MaxParts), strconv.Itoa(p.MaxCharacters))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&p.Pace, "pace", 0, "parts a minute; 0: as fast as the modem takes them")
	f.BoolVar(&p.Pool, "pool", false, "take turns with the others of the pool for new recipients")
	f.IntVar(&p.MaxParts, "max-parts", 0, "most parts of one text; 0: what the box allows")
	f.IntVar(&p.MaxCharacters, "max-characters", 0, "most characters of one text; 0: any")
	return cmd
}

func anyGiven(cmd *cobra.Command, flags ...string) bool {
	for _, f := range flags {
		if cmd.Flags().Changed(f) {
			return true
		}
	}
	return false
}

// over puts what was given over what was set before.
func over(cmd *cobra.Command, old, p storage.Policy) storage.Policy {
	for flag, keep := range map[string]func(){
		"pace": func() { p.Pace = old.Pace }, "pool": func() { p.Pool = old.Pool },
		"max-parts": func() { p.MaxParts = old.MaxParts }, "max-characters": func() { p.MaxCharacters = old.MaxCharacters },
	} {
		if !cmd.Flags().Changed(flag) {
			keep()
		}
	}
	return p
}
