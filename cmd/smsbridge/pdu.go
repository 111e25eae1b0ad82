package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// newPDUCommand returns "smsbridge pdu", which needs neither modem nor ledger.
func newPDUCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pdu",
		Short: "Read and write PDUs without a modem",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(newPDUDecodeCommand(), newPDUEncodeCommand())
	return cmd
}

// pduUsage is a mistake in how the verb was called, and not in a PDU: exit code 2.
type pduUsage struct{ sentence string }

func (e pduUsage) Error() string { return e.sentence }
func (e pduUsage) ExitCode() int { return 2 }

func pduOutput(cmd *cobra.Command, output *string) {
	cmd.Flags().StringVarP(output, "output", "o", "table", "table, json or jsonl")
}

func checkPDUOutput(output string) error {
	switch output {
	case "table", "json", "jsonl":
		return nil
	}
	return pduUsage{fmt.Sprintf("--output: %q is not one of table, json, jsonl", output)}
}

func writePDUJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
