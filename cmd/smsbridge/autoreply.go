package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newAutoReplyCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "auto-reply", Short: "Rules that answer a text by themselves; off until somebody switches them on"}
	cmd.AddCommand(newAutoReplyListCommand(), newAutoReplyAddCommand(), newAutoReplyEditCommand(),
		newAutoReplySwitchCommand("on", "Let a rule answer", true), newAutoReplySwitchCommand("off", "Let a rule answer no more", false),
		newAutoReplyDeleteCommand())
	return cmd
}

func autoReplyTable(all ...storage.AutoReply) table {
	t := table{heads: []string{"id", "name", "now", "when", "every", "text"}}
	for _, a := range all {
		var when []string
		for _, w := range []struct{ is, words string }{
			{a.Line, "by " + a.Line}, {a.Keyword, "with " + a.Keyword}, {a.From, a.From + "-" + a.To + " " + strings.Join(a.Days, " ") + " " + a.Zone},
		} {
			if w.is != "" {
				when = append(when, w.words)
			}
		}
		if a.First {
			when = append(when, "the first text")
		}
		t.add(a, a.ID, a.Name, onOff(a.On), strings.Join(when, ", "), fmt.Sprintf("%d h", a.Every), a.Text)
	}
	return t
}

func newAutoReplyListCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "list", Short: "List the rules; the first that is about a text answers it", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		all, err := c.AutoReplies(cmd.Context())
		return autoReplyTable(all...), err
	})
}

// conditions are the flags that say when a rule answers.
func conditions(cmd *cobra.Command, a *storage.AutoReply) {
	f := cmd.Flags()
	f.StringVar(&a.Line, "line", "", "only what comes by this line")
	f.BoolVar(&a.First, "first", false, "only the first text of somebody")
	f.StringVar(&a.Keyword, "keyword", "", "only if these words are in it")
	f.StringVar(&a.From, "from", "", "only from this hour, such as 18:00")
	f.StringVar(&a.To, "to", "", "until this one")
	f.StringSliceVar(&a.Days, "days", nil, "only on these: mon, tue, wed, thu, fri, sat, sun")
	f.StringVar(&a.Zone, "zone", "", "time zone of the hours, such as Europe/Berlin")
	f.IntVar(&a.Every, "every", 24, "at most once in so many hours for each thread")
}

func newAutoReplyAddCommand() *cobra.Command {
	var a storage.AutoReply
	cmd := showing(&cobra.Command{
		Use: "add NAME TEXT", Short: "Make a rule; it is off until --on, or auto-reply on",
		Args: cobra.ExactArgs(2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		a.Name, a.Text = args[0], args[1]
		kept, err := c.AddAutoReply(cmd.Context(), a)
		return autoReplyTable(kept), err
	})
	conditions(cmd, &a)
	cmd.Flags().BoolVar(&a.On, "on", false, "switch it on at once")
	return cmd
}

func newAutoReplyEditCommand() *cobra.Command {
	var a storage.AutoReply
	cmd := showing(&cobra.Command{
		Use: "edit RULE", Short: "Change what the flags name of a rule",
		Args: exactly("a rule"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		change := make(map[string]any)
		for flag, value := range map[string]any{
			"name": a.Name, "text": a.Text, "line": a.Line, "first": a.First, "keyword": a.Keyword,
			"from": a.From, "to": a.To, "days": append([]string{}, a.Days...), "zone": a.Zone,
		} {
			if cmd.Flags().Changed(flag) {
				change[flag] = value
			}
		}
		if cmd.Flags().Changed("every") {
			change["every_hours"] = a.Every
		}
		kept, err := c.ChangeAutoReply(cmd.Context(), args[0], change)
		return autoReplyTable(kept), err
	})
	conditions(cmd, &a)
	cmd.Flags().StringVar(&a.Name, "name", "", "another name")
	cmd.Flags().StringVar(&a.Text, "text", "", "another text")
	return cmd
}

func newAutoReplySwitchCommand(verb, short string, on bool) *cobra.Command {
	return showing(&cobra.Command{
		Use: verb + " RULE", Short: short, Args: exactly("a rule"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		kept, err := c.ChangeAutoReply(cmd.Context(), args[0], map[string]any{"on": on})
		return autoReplyTable(kept), err
	})
}

func newAutoReplyDeleteCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "delete RULE", Short: "Forget a rule", Args: exactly("a rule"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		a, err := c.DeleteAutoReply(cmd.Context(), args[0])
		return autoReplyTable(a), err
	})
}
