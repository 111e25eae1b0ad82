package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/bridge/exchange"
	"smsbridge/storage"
)

func newExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "export", Short: "Write a thread, the contacts or everything to a file",
		Long: `Write what the box keeps to a file, or to the standard output.

In CSV what a spreadsheet would reckon with (=, +, -, @) begins with an
apostrophe, also numbers, so that no text of a stranger becomes a formula.`,
	}
	cmd.AddCommand(newExportThreadCommand(), newExportContactsCommand("contacts"), newExportAllCommand())
	return cmd
}

// exportVerb is a verb that writes to a file, or to the standard output.
func exportVerb(cmd *cobra.Command, do func(ctx context.Context, c *client.Client, args []string, w io.Writer) error) *cobra.Command {
	var b box
	var to string
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return b.ask(cmd.Context(), func(c *client.Client) error {
			if to == "" {
				return do(cmd.Context(), c, args, cmd.OutOrStdout())
			}
			return whole(to, func(w io.Writer) error { return do(cmd.Context(), c, args, w) })
		})
	}
	cmd.Flags().StringVarP(&to, "file", "f", "", "write to this file, for your eyes only (default: the standard output)")
	b.flags(cmd)
	return cmd
}

// whole writes a file that has its name only when it is complete.
func whole(name string, write func(w io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".smsbridge-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(write(f), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

func newExportThreadCommand() *cobra.Command {
	format, zone := "text", ""
	cmd := exportVerb(&cobra.Command{
		Use: "thread THREAD|NUMBER", Short: "A thread as text, csv, jsonl, or html to be printed",
		Args: exactly("the id of a thread, or a number"),
	}, func(ctx context.Context, c *client.Client, args []string, w io.Writer) error {
		if !slices.Contains(exchange.Formats, exchange.Format(format)) {
			return fail(exitUsage, "format: %q is none of %v", format, exchange.Formats)
		}
		id, err := findThread(ctx, c, args[0])
		if err != nil {
			return err
		}
		return c.ExportThread(ctx, w, id, format, zone)
	})
	cmd.Flags().StringVar(&format, "format", format, "text, csv, jsonl or html")
	cmd.Flags().StringVar(&zone, "zone", "", "zone of the times, such as Europe/Berlin (default: the box's)")
	return cmd
}

func newExportContactsCommand(name string) *cobra.Command {
	format := "vcard"
	cmd := exportVerb(&cobra.Command{
		Use: name, Short: "The contacts as vCard 4.0 or csv",
		Args: cobra.NoArgs,
	}, func(ctx context.Context, c *client.Client, _ []string, w io.Writer) error {
		return c.ExportContacts(ctx, w, format)
	})
	cmd.Flags().StringVar(&format, "format", format, "vcard or csv")
	return cmd
}

func newContactExportCommand() *cobra.Command { return newExportContactsCommand("export") }

func newExportAllCommand() *cobra.Command {
	return exportVerb(&cobra.Command{
		Use: "all", Short: "All texts and contacts as JSON lines; \"smsbridge import jsonl\" reads them",
		Args: cobra.NoArgs,
	}, func(ctx context.Context, c *client.Client, _ []string, w io.Writer) error { return c.ExportAll(ctx, w) })
}

// contactBatch is how many contacts go in one request.
const contactBatch = 50

func newContactImportCommand() *cobra.Command {
	var b box
	var o output
	var in client.ContactsImport
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Bring contacts from a vCard file (2.1, 3.0, 4.0) or a table",
		Long: `Bring contacts from a vCard file or from a table with a row of heads. One that is
known by a number already is filled up with what it lacks (--rule fill), gets what
the file says (replace), or stays as it is (skip).`,
		Args: exactly("the file to read"),
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := o.check(); err != nil {
			return err
		}
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close()
		read := exchange.ReadVCards(f)
		if strings.EqualFold(filepath.Ext(args[0]), ".csv") {
			read = exchange.ReadContacts(f)
		}
		return b.ask(cmd.Context(), func(c *client.Client) error {
			all, err := importContacts(cmd.Context(), c, in, read)
			for _, fault := range all.Faults {
				fmt.Fprintf(cmd.ErrOrStderr(), "left out: %s\n", glimpse(fault))
			}
			t := table{heads: []string{"added", "changed", "unchanged", "left_out"}}
			t.add(all, fmt.Sprint(all.Added), fmt.Sprint(all.Changed), fmt.Sprint(all.Unchanged), fmt.Sprint(all.Left))
			return errors.Join(err, o.print(cmd.OutOrStdout(), t))
		})
	}
	cmd.Flags().BoolVar(&in.Preview, "preview", false, "only tell what would come")
	cmd.Flags().StringVar(&in.Rule, "rule", "fill", "for those that are known: fill, replace or skip")
	cmd.Flags().StringVar(&in.Country, "country", "", "calling code of numbers without one, such as 49")
	b.flags(cmd)
	o.flags(cmd)
	return cmd
}

func importContacts(ctx context.Context, c *client.Client, in client.ContactsImport, read exchange.Cards) (all client.ContactsImported, err error) {
	all.Preview = in.Preview
	flush := func() error {
		if len(in.Contacts) == 0 {
			return nil
		}
		done, err := c.ImportContacts(ctx, in)
		all.Added, all.Changed, all.Unchanged = all.Added+done.Added, all.Changed+done.Changed, all.Unchanged+done.Unchanged
		all.Left, all.Faults, all.Contacts = all.Left+done.Left, append(all.Faults, done.Faults...), append(all.Contacts, done.Contacts...)
		in.Contacts = nil
		return err
	}
	var card storage.Contact
	for card, err = range read {
		if err != nil {
			all.Left, all.Faults = all.Left+1, append(all.Faults, err.Error())
			continue
		}
		if in.Contacts = append(in.Contacts, card); len(in.Contacts) == contactBatch {
			if err := flush(); err != nil {
				return all, err
			}
		}
	}
	return all, flush()
}
