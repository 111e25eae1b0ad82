package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"
)

// output is how a verb prints a list: a table for people, or objects with the
// API's own keys for programs.
type output struct {
	format  string
	quiet   bool
	columns []string // of a table or CSV; none: all

	cmd *cobra.Command // that prints
}

func (o *output) flags(cmd *cobra.Command) {
	o.cmd = cmd
	cmd.Flags().StringVarP(&o.format, "output", "o", "table", "table, json, jsonl or csv")
	cmd.Flags().BoolVarP(&o.quiet, "quiet", "q", false, "print ids only")
	cmd.Flags().StringSliceVar(&o.columns, "columns", nil, "print these columns of a table or CSV only, in this order")
}

func (o *output) check() error {
	switch o.format {
	case "table", "json", "jsonl", "csv":
		return nil
	}
	return fail(exitUsage, "output: %q is none of table, json, jsonl, csv", o.format)
}

// table is a list of things, each as an object and as a row; the first cell of
// a row is its id.
type table struct {
	heads   []string
	rows    [][]string
	objects []any
}

func (t *table) add(object any, cells ...string) {
	t.objects = append(t.objects, object)
	t.rows = append(t.rows, cells)
}

// pick leaves the columns that were asked for.
func (o *output) pick(t table) (table, error) {
	if len(o.columns) == 0 {
		return t, nil
	}
	picked := table{heads: o.columns, rows: make([][]string, len(t.rows)), objects: t.objects}
	for _, name := range o.columns {
		at := slices.Index(t.heads, name)
		if at < 0 {
			return t, fail(exitUsage, "columns: there is no column %q; these are: %s", name, strings.Join(t.heads, ", "))
		}
		for i, row := range t.rows {
			picked.rows[i] = append(picked.rows[i], row[at])
		}
	}
	return picked, nil
}

func (o *output) print(w io.Writer, t table) error {
	ids := t.rows
	t, err := o.pick(t)
	if err != nil {
		return err
	}
	switch {
	case o.quiet:
		for _, row := range ids {
			fmt.Fprintln(w, row[0])
		}
		return nil
	case o.format == "json":
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		if t.objects == nil {
			t.objects = []any{}
		}
		return e.Encode(t.objects)
	case o.format == "jsonl":
		for _, object := range t.objects {
			if err := printJSON(w, object); err != nil {
				return err
			}
		}
		return nil
	case o.format == "csv":
		c := csv.NewWriter(w)
		c.Write(t.heads)
		c.WriteAll(t.rows)
		return c.Error()
	}
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, strings.ToUpper(strings.Join(t.heads, "\t")))
	for _, row := range t.rows {
		fmt.Fprintln(tab, plain(strings.Join(row, "\t")))
	}
	err = tab.Flush()
	if len(t.rows) == 0 && o.cmd != nil {
		fmt.Fprintln(o.cmd.ErrOrStderr(), none(o.cmd))
	}
	return err
}

// none is what people are told of an empty list: that it is one, and which verb
// makes something that would stand in it.
func none(cmd *cobra.Command) string {
	if cmd.Name() == "list" && cmd.HasParent() {
		if of := cmd.Parent().Name(); of == "line" || of == "modem" {
			return "None; `smsbridge doctor` says why."
		}
		for _, c := range cmd.Parent().Commands() {
			switch c.Name() {
			case "add", "create", "save", "set", "send":
				return fmt.Sprintf("None yet; make one with `%s`.", c.CommandPath())
			}
		}
	}
	return "None."
}

// parts is a number of parts in words.
func parts(n int) string {
	if n == 1 {
		return "1 part"
	}
	return fmt.Sprintf("%d parts", n)
}

// printJSON prints one object on one line.
func printJSON(w io.Writer, object any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(object)
}

// plain makes a text from anywhere safe for a terminal: what would steer it is
// shown as a mark instead.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) {
			return r
		}
		if r == '\n' {
			return '⏎'
		}
		return '�'
	}, s)
}

// short cuts a text for a table.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
