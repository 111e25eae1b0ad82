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
		cmd.Args = func(cmd *cobra.Command, args []string) error { return usage(cmd, args, check(cmd, args)) }
	}
}

// unknownVerb is what a command does that only holds others: it helps, and
// refuses words that are none of them.
func unknownVerb(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return cmd.Help()
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fail(exitUsage, "there is no `%s %s`; did you mean `%s %s`?", cmd.CommandPath(), args[0], cmd.CommandPath(), strings.Join(near, " or "))
	}
	return fail(exitUsage, "there is no `%s %s`; see %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())
}

// usage says how a command is called, in place of an error of cobra's about its
// arguments; our own say more already.
func usage(cmd *cobra.Command, args []string, err error) error {
	var coded *failure
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return fail(exitUsage, "%s has %s here; it is called as: %s", cmd.CommandPath(), arguments(len(args)), cmd.UseLine())
}

func arguments(n int) string {
	switch n {
	case 0:
		return "no argument"
	case 1:
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", n)
}
