package main

import (
	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newOptOutCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "optout", Short: "Who does not want texts"}
	cmd.AddCommand(newOptOutListCommand(),
		newOptOutSetCommand("add", "Record that somebody wants no texts; what waits to go to them is called back", true),
		newOptOutSetCommand("remove", "Record that somebody agreed to texts again, and how", false))
	return cmd
}

func optOutTable(all ...storage.OptOut) table {
	t := table{heads: []string{"number", "line", "wants", "since", "by", "word", "note"}}
	for _, o := range all {
		wants := "texts"
		if o.Out {
			wants = "none"
		}
		t.add(o, o.Number, o.Line, wants, clock(o.At), o.By.Kind+" "+o.By.Name, o.Word, o.Note)
	}
	return t
}

func newOptOutListCommand() *cobra.Command {
	var p storage.Page
	cmd := showing(&cobra.Command{
		Use: "list", Short: "List who wants no texts", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		page, err := c.OptOuts(cmd.Context(), p)
		return optOutTable(page.OptOuts...), err
	})
	cmd.Flags().IntVar(&p.Limit, "limit", 200, "at most so many, up to 200")
	cmd.Flags().StringVar(&p.After, "after", "", "those after this number")
	return cmd
}

func newOptOutSetCommand(verb, short string, out bool) *cobra.Command {
	o := storage.OptOut{Out: out}
	cmd := showing(&cobra.Command{
		Use: verb + " NUMBER", Short: short, Args: exactly("a number"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		o.Number = args[0]
		kept, err := c.SetOptOut(cmd.Context(), o)
		return optOutTable(kept), err
	})
	cmd.Flags().StringVar(&o.Line, "line", "", "texts of this line only (default: all)")
	cmd.Flags().StringVar(&o.Note, "note", "", "how they said so")
	return cmd
}
