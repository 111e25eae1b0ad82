// Command smsbridge lets a team text from a SIM: it drives GSM modems, keeps
// every text in one SQLite file, and serves a chat page, a WebSocket and REST
// API, and the verbs of this program.
//
// There is one file for each verb; this one starts them and ends the process.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the Makefile.
var version = "dev"

// Exit codes, for scripts.
const (
	exitError       = 1
	exitUsage       = 2
	exitUnreachable = 3 // no box at that address or socket
	exitDenied      = 4 // not signed in, or not allowed
	exitRefused     = 5 // a rule refused it
	exitRadio       = 6 // modem or network refused it
	exitUnconfirmed = 7 // fate unconfirmed, or the wait ran out
	exitPartly      = 8 // some of several things failed
)

// failure is an error with the exit code that it ends the program with.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }
func (f *failure) ExitCode() int { return f.code }

func fail(code int, format string, args ...any) error {
	return &failure{code, fmt.Errorf(format, args...)}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without its process, as tests call it.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(errs, "smsbridge: "+err.Error())
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	if strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitError
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "smsbridge",
		Short: "Text from a SIM as easily as from a phone",
		Long: `smsbridge drives GSM modems, keeps every text in one SQLite file, and gives the
people at their desks a chat page, an API and these verbs.

Every flag can be set as an environment variable too: --log-level is
SMSBRIDGE_LOG_LEVEL.`,
		Version:       version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return fromEnvironment(cmd)
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fail(exitUsage, "%w; see %s --help", err, cmd.CommandPath())
	})
	addCommands(root)
	exampled(root, exampleSheet(examplesText))
	called(root)
	return root
}
