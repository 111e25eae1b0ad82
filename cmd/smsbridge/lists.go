package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newListCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "list", Short: "Named groups of people to write to"}
	cmd.AddCommand(newListListCommand(), newListShowCommand(), newListCreateCommand(), newListRenameCommand(),
		newListAddCommand(), newListRemoveCommand(), newListDeleteCommand())
	return cmd
}

func listTable(lists ...storage.List) table {
	t := table{heads: []string{"id", "name", "people"}}
	for _, l := range lists {
		t.add(l, l.ID, l.Name, fmt.Sprint(l.People))
	}
	return t
}

func newListListCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "list", Short: "List the lists", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		all, err := c.Lists(cmd.Context())
		return listTable(all...), err
	})
}

func newListShowCommand() *cobra.Command {
	var p storage.Page
	cmd := showing(&cobra.Command{
		Use: "show LIST", Short: "Show who is in a list", Args: exactly("a list"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		page, err := c.ListRows(cmd.Context(), args[0], p)
		t := table{heads: []string{"who", "values"}}
		for _, r := range page.Rows {
			t.add(r, r.Contact+r.Number, valuesOf(r))
		}
		return t, err
	})
	cmd.Flags().IntVar(&p.Limit, "limit", 50, "at most so many, up to 200")
	cmd.Flags().StringVar(&p.After, "after", "", "those after this contact or number")
	return cmd
}

// valuesOf are the fields that a row of a list fills, in order of their names.
func valuesOf(r storage.Row) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(r.Values)) {
		words = append(words, name+"="+r.Values[name])
	}
	return strings.Join(words, ", ")
}

func newListCreateCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "create NAME", Short: "Make a list", Args: exactly("a name"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		l, err := c.CreateList(cmd.Context(), args[0])
		return listTable(l), err
	})
}

func newListRenameCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "rename LIST NAME", Short: "Give a list another name", Args: cobra.ExactArgs(2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		l, err := c.RenameList(cmd.Context(), args[0], args[1])
		return listTable(l), err
	})
}

func newListAddCommand() *cobra.Command {
	var r rowsFile
	cmd := showing(&cobra.Command{
		Use: "add LIST [NUMBER|CONTACT]...", Short: "Put people into a list, by number, contact, or from a file",
		Args: cobra.MinimumNArgs(1),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		rows, err := r.rows(cmd, args[1:])
		if err != nil || r.validate {
			return table{heads: listTable().heads}, err
		}
		var l storage.List
		err = pieces(rows, func(some []storage.Row) error {
			var bad []client.BadRow
			l, bad, err = c.AddToList(cmd.Context(), args[0], some, r.skip)
			leftOut(cmd.ErrOrStderr(), bad)
			return err
		})
		return listTable(l), err
	})
	r.flags(cmd, "put into it")
	return cmd
}

// rows are those that arguments name, and those of the file.
func (r *rowsFile) rows(cmd *cobra.Command, args []string) (rows []storage.Row, err error) {
	if r.file != "" {
		if rows, err = r.read(cmd.InOrStdin(), cmd.ErrOrStderr()); err != nil {
			return nil, err
		}
	}
	for _, a := range args {
		if len(a) > 3 && a[:3] == "ct_" {
			rows = append(rows, storage.Row{Contact: a})
		} else {
			rows = append(rows, storage.Row{Number: a})
		}
	}
	if len(rows) == 0 {
		return nil, fail(exitUsage, "%s wants numbers, contacts, or --file", cmd.CommandPath())
	}
	if r.validate {
		fmt.Fprintf(cmd.ErrOrStderr(), "%d people can be read; nothing was changed.\n", len(rows))
	}
	return rows, nil
}

func leftOut(w io.Writer, bad []client.BadRow) {
	for _, b := range bad {
		fmt.Fprintf(w, "row %d is left out: %s\n", b.Row, plain(b.Detail))
	}
}

func newListRemoveCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "remove LIST NUMBER|CONTACT...", Short: "Take people out of a list", Args: cobra.MinimumNArgs(2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		l, err := c.RemoveFromList(cmd.Context(), args[0], args[1:])
		return listTable(l), err
	})
}

func newListDeleteCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "delete LIST", Short: "Forget a list; its contacts stay", Args: exactly("a list"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		l, err := c.DeleteList(cmd.Context(), args[0])
		return listTable(l), err
	})
}
