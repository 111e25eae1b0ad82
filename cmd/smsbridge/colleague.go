package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// numberLike tells whether who is named is a number, right or wrong; names do
// not begin like one.
func numberLike(s string) bool {
	return s != "" && strings.ContainsRune("+0123456789( ", rune(s[0]))
}

// colleague talks with somebody who works on this box.
func colleague(ctx context.Context, c *client.Client, in io.Reader, out io.Writer, name string) error {
	me, err := c.Me(ctx)
	if err != nil {
		return err
	}
	mine := cmp.Or(me.Agent, me.Account)
	if mine == nil {
		return fail(exitDenied, "colleagues write to each other from their own accounts: use --url with a token that `smsbridge agent pair` made, or one of `smsbridge token create --agent NAME`")
	}
	other, err := findColleague(ctx, c, name)
	if err != nil {
		return err
	}
	if err := pastWith(ctx, c, out, mine.ID, other); err != nil {
		return err
	}
	if !other.Presence.Here {
		fmt.Fprintf(out, "  %s is not here, and will see it at the next login\n", plain(other.Name))
	}
	pair := func(m storage.Message) bool {
		return m.Channel == storage.ChannelChat && (m.From == other.ID && m.To == mine.ID || m.From == mine.ID && m.To == other.ID)
	}
	return converse(ctx, c, in, func(m storage.Message) {
		if pair(m) {
			fmt.Fprintln(out, said(m, mine.ID, other.Name))
		}
	}, func(ctx context.Context, text string) error {
		_, err := c.Chat(ctx, client.Word{To: other.ID, Text: text, Key: rand.Text()})
		return err
	}, out)
}

// pastWith prints the last few words with a colleague.
func pastWith(ctx context.Context, c *client.Client, out io.Writer, me string, other storage.Colleague) error {
	page := storage.Page{}
	for {
		found, err := c.Threads(ctx, page)
		if err != nil {
			return err
		}
		for _, t := range found.Threads {
			if !slices.ContainsFunc(t.Members, func(m storage.Member) bool { return m.ID == other.ID }) {
				continue
			}
			past, err := c.Messages(ctx, t.ID, storage.Page{Limit: 10})
			for _, m := range past.Messages {
				fmt.Fprintln(out, said(m, me, other.Name))
			}
			return err
		}
		if page.Before = found.Next; page.Before == "" {
			return nil
		}
	}
}

func said(m storage.Message, me, other string) string {
	if m.Sender == me {
		other = "me"
	}
	return plain(fmt.Sprintf("%s %s: %s", m.CreatedAt.Local().Format("15:04:05"), other, m.Text))
}

func findColleague(ctx context.Context, c *client.Client, name string) (storage.Colleague, error) {
	all, err := c.Colleagues(ctx)
	if err != nil {
		return storage.Colleague{}, err
	}
	for _, a := range all {
		if a.ID == name || strings.EqualFold(a.Name, name) {
			return a, nil
		}
	}
	return storage.Colleague{}, fail(exitRefused, "to: there is no colleague %q; see `smsbridge agent directory`", name)
}

func newAgentDirectoryCommand() *cobra.Command {
	var b box
	var o output
	cmd := &cobra.Command{
		Use: "directory", Short: "List the colleagues, and who is there", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return b.ask(cmd.Context(), func(c *client.Client) error {
				all, err := c.Colleagues(cmd.Context())
				if err != nil {
					return err
				}
				t := table{heads: []string{"id", "name", "role", "here", "phone"}}
				for _, a := range all {
					t.add(a, a.ID, a.Name, string(a.Role), yesNo(a.Presence.Here), string(a.Presence.Phone))
				}
				return o.print(cmd.OutOrStdout(), t)
			})
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}
