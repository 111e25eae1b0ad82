package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

func newTemplateCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "template", Short: "Texts that are kept to be sent again, with fields such as {{first_name}}"}
	cmd.AddCommand(newTemplateListCommand(), newTemplateAddCommand(), newTemplateEditCommand(), newTemplateRenderCommand(), newTemplateDeleteCommand())
	return cmd
}

func templateTable(all ...storage.Template) table {
	t := table{heads: []string{"id", "name", "language", "whose", "fields", "text"}}
	for _, x := range all {
		whose := "everybody"
		if x.Owner != "" {
			whose = x.Owner
		}
		t.add(x, x.ID, x.Name, x.Language, whose, strings.Join(x.Fields, ", "), x.Text)
	}
	return t
}

func newTemplateListCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "list", Short: "List templates", Args: cobra.NoArgs,
	}, func(cmd *cobra.Command, c *client.Client, _ []string) (table, error) {
		all, err := c.Templates(cmd.Context())
		return templateTable(all...), err
	})
}

func newTemplateAddCommand() *cobra.Command {
	var n client.NewTemplate
	cmd := showing(&cobra.Command{
		Use: "add NAME [TEXT|-]", Short: "Keep a text; without TEXT, or with -, it is read from stdin",
		Args: cobra.RangeArgs(1, 2),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		var err error
		if n.Text, err = argument(cmd.InOrStdin(), args[1:]); err != nil {
			return table{}, err
		}
		n.Name = args[0]
		t, err := c.AddTemplate(cmd.Context(), n)
		return templateTable(t), err
	})
	cmd.Flags().StringVar(&n.Language, "language", "", "of the text, such as pt-BR")
	cmd.Flags().BoolVar(&n.Personal, "personal", false, "for your own account alone")
	return cmd
}

func newTemplateEditCommand() *cobra.Command {
	var name, language, text string
	cmd := showing(&cobra.Command{
		Use: "edit TEMPLATE", Short: "Change a template, by its id or its name",
		Args: exactly("a template"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		var change storage.TemplateChange
		f := cmd.Flags()
		given(f.Changed("name"), &change.Name, &name)
		given(f.Changed("language"), &change.Language, &language)
		given(f.Changed("text"), &change.Text, &text)
		t, err := c.ChangeTemplate(cmd.Context(), args[0], change)
		return templateTable(t), err
	})
	cmd.Flags().StringVar(&name, "name", "", "another name")
	cmd.Flags().StringVar(&language, "language", "", "another language")
	cmd.Flags().StringVar(&text, "text", "", "another text")
	return cmd
}

func newTemplateRenderCommand() *cobra.Command {
	var to string
	var values map[string]string
	cmd := showing(&cobra.Command{
		Use: "render TEMPLATE", Short: "Show how a template reads to somebody, and what it costs; nothing is sent",
		Args: exactly("a template"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		r, err := c.Render(cmd.Context(), args[0], to, values)
		t := table{heads: []string{"text", "parts", "left", "alphabet", "missing"}}
		t.add(r, r.Text, fmt.Sprint(r.Count.Parts), fmt.Sprint(r.Count.Left), r.Count.Alphabet, strings.Join(r.Missing, ", "))
		return t, err
	})
	cmd.Flags().StringVar(&to, "to", "", "the number whose contact fills the fields")
	cmd.Flags().StringToStringVar(&values, "set", nil, "FIELD=VALUE, before those of the contact")
	return cmd
}

func newTemplateDeleteCommand() *cobra.Command {
	return showing(&cobra.Command{
		Use: "delete TEMPLATE", Short: "Forget a template", Args: exactly("a template"),
	}, func(cmd *cobra.Command, c *client.Client, args []string) (table, error) {
		t, err := c.DeleteTemplate(cmd.Context(), args[0])
		return templateTable(t), err
	})
}
