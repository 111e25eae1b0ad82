package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
)

func newModemProbeCommand() *cobra.Command {
	var b box
	var o output
	var a alone
	cmd := &cobra.Command{
		Use: "probe", Short: "Ask every modem what it is and can do, with what each answer means",
		Long: "Asks the bridge. Where none runs, the ports are opened for the question, and closed again; no PIN is entered.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			d, err := diagnosis(cmd, b, a)
			if err != nil {
				return err
			}
			t := table{heads: []string{"port", "about", "command", "state", "answer", "meaning"}}
			for _, m := range d.Modems {
				for _, f := range m.Facts {
					t.add(f, m.Port, f.Name, f.Command, f.State, f.Answer, f.Words)
				}
			}
			if len(t.rows) == 0 {
				return fail(exitRadio, "no modem answers; `smsbridge doctor` says why")
			}
			return o.print(cmd.OutOrStdout(), t)
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	a.flags(cmd)
	return cmd
}

func newModemAtCommand() *cobra.Command {
	var b box
	var unsafe bool
	cmd := &cobra.Command{
		Use: "at MODEM LINE", Short: "Say one AT line to a modem; only questions, unless --unsafe",
		Long: "MODEM is the port or the line, as modem list names them. A line that is more than a question can cost money,\n" +
			"delete texts or stop the line, so it must be meant. Who typed what is written down.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				answer, err := c.Type(cmd.Context(), args[0], args[1], unsafe)
				if err != nil {
					return err
				}
				for _, line := range append(answer.Info, answer.Final) {
					fmt.Fprintln(cmd.OutOrStdout(), line)
				}
				return nil
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().BoolVar(&unsafe, "unsafe", false, "the line is more than a question, and meant")
	return cmd
}

func newModemResetCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "reset MODEM", Short: "Restart a modem by its own command; it is away for some seconds",
		Args: exactly("the port or the line of a modem"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				err := c.Restart(cmd.Context(), args[0])
				if err == nil {
					fmt.Fprintf(cmd.ErrOrStderr(), "%s restarts; `smsbridge modem list` tells when it is ready again.\n", args[0])
				}
				return err
			})
		},
	}
	b.flags(cmd)
	return cmd
}

// newModemTranscriptCommand is transcript, and watch, which goes on.
func newModemTranscriptCommand(verb, short string, watch bool) *cobra.Command {
	var b box
	var port string
	cmd := &cobra.Command{
		Use: verb, Short: short,
		Long: "Lines begin with the time, then > for what smsbridge says and < for what the modem says. PINs, texts and\nnumbers are taken out before they are kept.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				after, wait := int64(0), 0
				for {
					said, err := c.Transcript(cmd.Context(), port, after, wait)
					if err != nil {
						return err
					}
					for _, s := range said {
						fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", s.Port, s.Line)
						after = s.Seq
					}
					if !watch {
						return nil
					}
					wait = 20
				}
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&port, "port", "", "only this port (default: all)")
	return cmd
}
