package main

import (
	"cmp"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newMeCommand() *cobra.Command {
	var b box
	var voice, chat string
	cmd := &cobra.Command{
		Use: "me", Short: "Show who the box takes you for and what you missed, or change how you are reached",
		Long: `Show who the box takes you for, what came while you were away, and what this box
can do for you. With a flag, change how you are reached: the phone that rings for
calls, which is no number to text from, and whether colleagues see that you are
there.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var p storage.Profile
			if cmd.Flags().Changed("voice") {
				p.Voice = &voice
			}
			if cmd.Flags().Changed("chat") {
				on := chat == "on"
				if !on && chat != "off" {
					return fail(exitUsage, "chat: %q is neither on nor off", chat)
				}
				p.Chat = &on
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				if p != (storage.Profile{}) {
					if _, err := c.SetMe(cmd.Context(), p); err != nil {
						return err
					}
				}
				me, err := c.Me(cmd.Context())
				if err == nil {
					showMe(cmd.OutOrStdout(), me)
				}
				return err
			})
		},
	}
	b.flags(cmd)
	cmd.Flags().StringVar(&voice, "voice", "", "the phone that rings for calls; empty: none")
	cmd.Flags().StringVar(&chat, "chat", "", "on or off: colleagues see that you are there")
	return cmd
}

func showMe(w io.Writer, me client.Me) {
	switch a := cmp.Or(me.Agent, me.Account); {
	case a != nil:
		fmt.Fprintf(w, "%s (%s), %s; phone %s\n", plain(a.Name), a.ID, a.Role, cmp.Or(a.Voice, "not known"))
	case me.Token != nil:
		fmt.Fprintf(w, "the box's token %s (%s)\n", plain(me.Token.Label), me.Token.ID)
	default:
		fmt.Fprintln(w, "the administrator of the box")
	}
	if m := me.Missed; m != nil {
		fmt.Fprintf(w, "missed: %d messages in %d threads\n", m.Messages, m.Threads)
	}
	if o := me.Offers; o != nil {
		fmt.Fprintf(w, "texts: %s; calls: %s; video: %s\n", onOff(o.SMS), o.Call, onOff(o.Video))
	}
}
