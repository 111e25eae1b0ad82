package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// called lets cmd, and all commands below it, refuse what they are not called
// with: exit code 2, and how they are called. cobra itself would show the help
// for a verb that does not exist and end with 0, and a script would go on.
func called(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		called(c)
	}
	if cmd.HasSubCommands() && !cmd.Runnable() && cmd.HasParent() {
		cmd.Args, cmd.SuggestionsMinimumDistance = cobra.ArbitraryArgs, 2
		cmd.RunE = unknownVerb
	}
	if check := cmd.Args; check != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error { return usage(cmd, check(cmd, args)) }
	}
}

// unknownVerb is what a command does that only holds others: it helps, and
// refuses words that are none of them.
func unknownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	meant := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		meant = fmt.Sprintf("; did you mean %s %s?", cmd.CommandPath(), strings.Join(near, " or "))
	}
	return fail(exitUsage, "there is no %s %s%s; see %s --help", cmd.CommandPath(), args[0], meant, cmd.CommandPath())
}

// usage makes an error about arguments one with its exit code, unless it has one.
func usage(cmd *cobra.Command, err error) error {
	var coded *failure
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return fail(exitUsage, "%w; it is called as: %s", err, cmd.UseLine())
}
