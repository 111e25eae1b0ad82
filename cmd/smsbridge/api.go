package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/bridge/client"
	"smsbridge/bridge/conform"
	"smsbridge/bridge/web"
)

func newAPICommand() *cobra.Command {
	cmd := &cobra.Command{Use: "api", Short: "The documents of the API, and whether a box keeps them"}
	cmd.AddCommand(newAPISpecCommand(), newAPICheckCommand())
	return cmd
}

func newAPISpecCommand() *cobra.Command {
	return &cobra.Command{
		Use: "spec openapi|asyncapi", Short: "Print a description of the API of this version",
		Long: `Print what a box of this version serves at /api/v1/openapi.json (OpenAPI 3.1: REST
and webhooks) or /api/v1/asyncapi.json (AsyncAPI 3.0: WebSocket and events). No
box is asked.`,
		Args:      exactly("openapi or asyncapi"),
		ValidArgs: []string{"openapi", "asyncapi"},
		RunE: func(cmd *cobra.Command, args []string) error {
			openapi, asyncapi, err := web.Documents(version)
			if err != nil {
				return err
			}
			text, known := map[string][]byte{"openapi": openapi, "asyncapi": asyncapi}[args[0]]
			if !known {
				return fail(exitUsage, "there is no description %q; say openapi or asyncapi", args[0])
			}
			_, err = cmd.OutOrStdout().Write(text)
			return err
		},
	}
}

func newAPICheckCommand() *cobra.Command {
	var b box
	var o output
	var in conform.Options
	var person string
	cmd := &cobra.Command{
		Use: "check [URL]", Short: "Look whether a box keeps what its protocol promises",
		Long: `Look from outside whether a box keeps what its protocol promises: hello, open and
live, resume, lost positions, prev and beat, refusals, repeated sends, wrong
JSON, the streams, and every example of the documents that it serves.

It only reads, unless --everything allows what changes the box; that is for a
demo box (smsbridge serve --demo). With --send-to it sends three texts. Without
URL the box on this machine is asked. The exit code is 8 when a check failed.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if len(args) == 1 {
				b.url = args[0]
			}
			err := b.locate()
			if err != nil {
				return err
			}
			if person != "" {
				text, err := os.ReadFile(person)
				if err != nil {
					return fail(exitUsage, "person-token-file: %w", err)
				}
				in.Person = strings.TrimSpace(string(text))
			}
			if in.URL, in.Token = b.url, ""; b.url != "" {
				if in.Token, err = b.token(); err != nil {
					return err
				}
				if b.pin != "" {
					if in.TLS, err = client.Pinned(b.pin); err != nil {
						return fail(exitUsage, "pin: %w", err)
					}
				}
			} else {
				in.Socket = b.admin
			}
			t := table{heads: []string{"check", "outcome", "detail"}}
			count := make(map[conform.Outcome]int)
			err = conform.Run(cmd.Context(), in, func(r conform.Result) {
				count[r.Outcome]++
				t.add(r, r.Name, string(r.Outcome), r.Detail)
			})
			if err != nil && len(t.rows) == 0 {
				if errors.Is(err, client.ErrPin) {
					return b.explain(err)
				}
				return fail(exitUnreachable, "%w", err)
			}
			if err := o.print(cmd.OutOrStdout(), t); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "%d passed, %d failed, %d skipped.\n", count[conform.Passed], count[conform.Failed], count[conform.Skipped])
			if count[conform.Failed] > 0 {
				return fail(exitPartly, "%d checks failed; the details say what was awaited", count[conform.Failed])
			}
			return err
		},
	}
	b.flags(cmd)
	o.flags(cmd)
	cmd.Flags().StringVar(&person, "person-token-file", "", "file with a token that belongs to an account, for what only a person has")
	cmd.Flags().BoolVar(&in.Everything, "everything", false, "try also what changes the box: only for a demo box")
	cmd.Flags().StringVar(&in.SendTo, "send-to", "", "the number to which texts may be sent (default: none is sent)")
	cmd.Flags().BoolVar(&in.Quick, "quick", false, "do not wait for a heartbeat of the socket")
	return cmd
}
