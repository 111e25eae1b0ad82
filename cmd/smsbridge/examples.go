package main

import (
	_ "embed"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed examples.txt
var examplesText string

// exampled gives cmd, and all commands below it, what examples.txt says under
// their names. A command that only holds others shows the first examples of
// the first of those.
func exampled(cmd *cobra.Command, sheet map[string][]string) {
	for _, c := range cmd.Commands() {
		exampled(c, sheet)
	}
	lines := sheet[nameOf(cmd)]
	if all := cmd.Commands(); lines == nil && len(all) == 1 {
		cmd.Example = all[0].Example
	} else if lines == nil {
		for _, c := range all[:min(len(all), 4)] {
			first, _, _ := strings.Cut(strings.TrimSpace(c.Example), "\n")
			lines = append(lines, first)
		}
	}
	if lines != nil {
		cmd.Example = "  " + strings.Join(lines, "\n  ")
	}
}

// nameOf is what stands behind "smsbridge" to call a command.
func nameOf(cmd *cobra.Command) string {
	return strings.TrimPrefix(strings.TrimPrefix(cmd.CommandPath(), "smsbridge"), " ")
}

// exampleSheet reads examples.txt: "# NAME", and below it a line for each example.
func exampleSheet(text string) map[string][]string {
	sheet := make(map[string][]string)
	_, text, _ = strings.Cut(text, "\n\n")
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			name = strings.TrimPrefix(heading, "smsbridge")
		} else if line != "" {
			sheet[name] = append(sheet[name], line)
		}
	}
	return sheet
}
