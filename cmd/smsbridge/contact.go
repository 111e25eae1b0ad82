package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newContactCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "contact", Short: "The people and firms that are texted"}
	cmd.AddCommand(newContactListCommand(), newContactSaveCommand(), newContactLookupCommand(), newContactDeleteCommand(),
		newContactMergeCommand(), newContactUnmergeCommand(), newContactImportCommand(), newContactExportCommand())
	return cmd
}

func contactTable(contacts ...storage.Contact) table {
	t := table{heads: []string{"id", "name", "numbers", "emails", "organisation"}}
	for _, c := range contacts {
		var numbers, emails []string
		for _, n := range c.Numbers {
			numbers = append(numbers, strings.TrimSpace(n+" "+c.Type(n)))
		}
		for _, e := range c.Emails {
			emails = append(emails, e.Address)
		}
		t.add(c, c.ID, c.Name, strings.Join(numbers, ", "), strings.Join(emails, ", "), c.Organisation)
	}
	return t
}

// contactVerb is a verb that ends with contacts to show.
func contactVerb(cmd *cobra.Command, do func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error)) *cobra.Command {
	return showing(cmd, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		found, err := do(cmd, c, args)
		return contactTable(found...), err
	})
}

func newContactListCommand() *cobra.Command {
	limit := 50
	cmd := &cobra.Command{
		Use: "list [NAME|NUMBER]", Short: "List contacts, all or those with a part of a name or number",
		Args: cobra.MaximumNArgs(1),
	}
	cmd.Flags().IntVar(&limit, "limit", limit, "at most so many, up to 200")
	return contactVerb(cmd, func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error) {
		page, err := c.Contacts(cmd.Context(), strings.Join(args, " "), storage.Page{Limit: limit})
		return page.Contacts, err
	})
}

func newContactSaveCommand() *cobra.Command {
	var in storage.Contact
	var kind, email string
	cmd := &cobra.Command{
		Use: "save NAME NUMBER...", Aliases: []string{"add"}, Short: "Save a contact; one that has a number already is renamed and gets the others",
		Args: cobra.MinimumNArgs(2),
	}
	f := cmd.Flags()
	f.StringVar(&in.ID, "id", "", "of the contact to change; its numbers are these alone then")
	f.StringVar(&in.First, "first-name", "", "as templates write it: {{first_name}}")
	f.StringVar(&in.Last, "last-name", "", "as templates write it: {{last_name}}")
	f.StringVar(&in.Organisation, "organisation", "", "the firm, or whatever they are of")
	f.StringVar(&email, "email", "", "address for e-mail")
	f.StringVar(&in.Notes, "note", "", "what others should know")
	f.StringVar(&in.Language, "language", "", "that they speak, such as pt-BR")
	f.StringVar(&kind, "type", "", "of the numbers: "+strings.Join(storage.NumberTypes, ", "))
	return contactVerb(cmd, func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error) {
		in.Name, in.Numbers = args[0], args[1:]
		if email != "" {
			in.Emails = []storage.Email{{Address: email}}
		}
		if kind != "" {
			in.Types = make(map[string]string)
			for _, n := range in.Numbers {
				in.Types[n] = kind
			}
		}
		saved, err := c.SaveContact(cmd.Context(), in)
		return []storage.Contact{saved}, err
	})
}

func newContactLookupCommand() *cobra.Command {
	return contactVerb(&cobra.Command{
		Use: "lookup NUMBER", Short: "Say whose a number is",
		Args: exactly("a number"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error) {
		found, err := c.Lookup(cmd.Context(), args[0])
		return []storage.Contact{found}, err
	})
}

func newContactDeleteCommand() *cobra.Command {
	var b box
	cmd := &cobra.Command{
		Use: "delete CONTACT", Short: "Forget a contact; what was said with it stays, under its numbers",
		Args: exactly("the id of a contact"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return b.ask(cmd.Context(), func(c *client.Client) error {
				if err := c.DeleteContact(cmd.Context(), args[0]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "Contact %s is forgotten.\n", args[0])
				return nil
			})
		},
	}
	b.flags(cmd)
	return cmd
}

func newContactMergeCommand() *cobra.Command {
	return contactVerb(&cobra.Command{
		Use: "merge CONTACT OTHER", Short: "Make one of two contacts that are the same person",
		Args: cobra.ExactArgs(2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error) {
		m, err := c.MergeContacts(cmd.Context(), args[0], args[1])
		if err == nil {
			fmt.Fprintf(cmd.ErrOrStderr(), "Take it back with `smsbridge contact unmerge %s`.\n", m.ID)
		}
		return []storage.Contact{m.Contact}, err
	})
}

func newContactUnmergeCommand() *cobra.Command {
	return contactVerb(&cobra.Command{
		Use: "unmerge MERGE", Short: "Make two again of what merge made one",
		Args: exactly("what merge said"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) ([]storage.Contact, error) {
		return c.UnmergeContacts(cmd.Context(), args[0])
	})
}
