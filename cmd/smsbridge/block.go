package main

import (
	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newBlockCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "block", Short: "Numbers and words that are kept, but call nobody"}
	cmd.AddCommand(newBlockListCommand(), newBlockAddCommand(), newBlockRemoveCommand())
	return cmd
}

func blockTable(all ...storage.Block) table {
	t := table{heads: []string{"id", "kind", "value", "note", "since"}}
	for _, b := range all {
		t.add(b, b.ID, string(b.Kind), b.Value, b.Note, clock(b.At))
	}
	return t
}

func newBlockListCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "list", Short: "Show the block list", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		all, err := c.Blocks(cmd.Context())
		return blockTable(all...), err
	})
}

func newBlockAddCommand() *cobra.Command {
	var b storage.Block
	cmd := showing(&cobra.Command{
		Use: "add VALUE", Short: "Put a number, a beginning of numbers, or words on the block list",
		Args: exactly("a number or words"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		b.Value = args[0]
		kept, err := c.AddBlock(cmd.Context(), b)
		return blockTable(kept), err
	})
	cmd.Flags().StringVar((*string)(&b.Kind), "kind", string(storage.BlockNumber), "number, begins or keyword")
	cmd.Flags().StringVar(&b.Note, "note", "", "why")
	return cmd
}

func newBlockRemoveCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "remove ENTRY", Short: "Take an entry off the block list, by its id or its value", Args: exactly("an entry"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		b, err := c.RemoveBlock(cmd.Context(), args[0])
		return blockTable(b), err
	})
}
