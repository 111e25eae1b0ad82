package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man [DIR]", Short: "Write the manual pages into a folder, or the first of them to stdout",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return manPage(cmd.OutOrStdout(), cmd.Root())
			}
			return manPages(args[0], cmd.Root())
		},
	}
}

// manPages writes the page of a command and of all below it.
func manPages(folder string, cmd *cobra.Command) error {
	f, err := os.Create(filepath.Join(folder, manName(cmd)+".1"))
	if err != nil {
		return fmt.Errorf("man: %w", err)
	}
	err = manPage(f, cmd)
	if e := f.Close(); err == nil {
		err = e
	}
	for _, c := range cmd.Commands() {
		if err == nil && c.IsAvailableCommand() {
			err = manPages(folder, c)
		}
	}
	return err
}

func manName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manPage writes one page in the language of man(7).
func manPage(w io.Writer, cmd *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1 \"\" \"smsbridge %s\"\n", strings.ToUpper(manName(cmd)), roff(version))
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", roff(manName(cmd)), roff(cmd.Short))
	fmt.Fprintf(&b, ".SH SYNOPSIS\n.B %s\n", roff(cmd.UseLine()))
	long := cmd.Long
	if long == "" {
		long = cmd.Short + "."
	}
	fmt.Fprintf(&b, ".SH DESCRIPTION\n.nf\n%s\n.fi\n", roff(long))
	if cmd.HasAvailableLocalFlags() {
		b.WriteString(".SH OPTIONS\n")
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			name := "--" + f.Name
			if f.Shorthand != "" {
				name = "-" + f.Shorthand + ", " + name
			}
			fmt.Fprintf(&b, ".TP\n.B %s\n%s\n", roff(name), roff(f.Usage))
		})
	}
	if cmd.Example != "" {
		fmt.Fprintf(&b, ".SH EXAMPLES\n.nf\n%s\n.fi\n", roff(cmd.Example))
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString(".SH SEE ALSO\n")
		for _, c := range cmd.Commands() {
			if c.IsAvailableCommand() {
				fmt.Fprintf(&b, ".BR %s (1),\n%s.\n.br\n", roff(manName(c)), roff(c.Short))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// roff makes text safe: a backslash is none, a dash can be copied, and no line
// begins with what man takes for a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	rows := strings.Split(text, "\n")
	for i, row := range rows {
		if strings.HasPrefix(row, ".") || strings.HasPrefix(row, "'") {
			rows[i] = `\&` + row
		}
	}
	return strings.Join(rows, "\n")
}
