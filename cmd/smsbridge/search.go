package main

import (
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newMessageDeleteCommand() *cobra.Command {
	return newDeleteCommand("MESSAGE", "Delete a message in the box; the phone keeps it", func(cmd *cobra.Command, c *client.Client, id string) error {
		return c.DeleteMessage(cmd.Context(), id)
	})
}

func newMessageSearchCommand() *cobra.Command {
	var b box
	var o output
	limit := 20
	cmd := &cobra.Command{
		Use: "search WORDS...", Short: "Find messages by their words, the newest first",
		Long: `Find messages by their words, the newest first. Accents and case do not matter, and
a word of three letters or more stands for all that begin with it.

"exact phrase", from:ANA, from:me, number:5550100, line:LINE, in:THREAD,
before:2026-11-20, after:2026-11-20 and is:unread say more.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				t := table{heads: []string{"id", "at", "with", "text"}}
				p := storage.Page{Limit: limit}
				for len(t.rows) < limit {
					page, err := c.Search(cmd.Context(), strings.Join(args, " "), p)
					if err != nil {
						return err
					}
					for _, h := range page.Hits {
						m := h.Message
						other := m.To
						if m.Dir == storage.Inbound {
							other = m.From
						}
						if h.Contact != nil {
							other = h.Contact.Name + " " + other
						}
						t.add(h, m.ID, clock(m.CreatedAt), other, h.Snippet)
					}
					if p.Before = page.Next; page.Next == "" {
						break
					}
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().IntVar(&limit, "limit", limit, "at most so many, up to 200")
	return cmd
}
