package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/pdu"
)

// newCountCommand returns "smsbridge count", which measures with the codec that sends.
func newCountCommand() *cobra.Command {
	var output string
	var wide bool
	cmd := &cobra.Command{
		Use:   "count [TEXT|-]",
		Short: "Count the parts that a text needs",
		Long: `Counts as sending does: parts, units (septets or UTF-16 code units), alphabet, units left in
the last part, and which characters force the shorter UCS-2 parts. Without TEXT, or with -, the
text is the input, less one line end at its end.`,
		Example: `  smsbridge count "See you at 5"
  smsbridge count -o json - < letter.txt`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return pduUsage{"count takes one text; put it in quotes"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" && output != "jsonl" {
				return pduUsage{fmt.Sprintf("--output: %q is not one of text, json, jsonl", output)}
			}
			text, err := textOrInput(cmd.InOrStdin(), append(args, "-")[0])
			if err != nil {
				return err
			}
			return writeCount(cmd.OutOrStdout(), output, pdu.Message{Text: text, Wide: wide})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json or jsonl")
	cmd.Flags().BoolVar(&wide, "wide", false, "count with 16-bit references")
	return cmd
}

// maxText is far above the 39,015 characters that 255 parts can hold.
const maxText = 1 << 20

// textOrInput returns arg, or the input when arg is "-", less one line end at its end.
func textOrInput(in io.Reader, arg string) (string, error) {
	if arg != "-" {
		return arg, nil
	}
	b, err := io.ReadAll(io.LimitReader(in, maxText+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the text: %w", err)
	case len(b) > maxText:
		return "", errors.New("the input is too long for a text message; 255 parts hold at most 39015 characters")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// textCount is what smsbridge count -o json prints.
type textCount struct {
	pdu.Measurement
	Costly []string `json:"costly,omitempty"` // the characters that force UCS-2, each once
}

func writeCount(out io.Writer, output string, m pdu.Message) error {
	measured, err := m.Measure()
	if err != nil {
		return err
	}
	c := textCount{Measurement: measured}
	if measured.Alphabet == pdu.UCS2.String() {
		c.Costly = costlyCharacters(m.Text)
	}
	if output != "text" {
		return writePDUJSON(out, c)
	}
	_, err = fmt.Fprintf(out, "parts     %d\nunits     %d\nalphabet  %s\nleft      %d\n", c.Parts, c.Units, c.Alphabet, c.Left)
	if err == nil && len(c.Costly) > 0 {
		_, err = fmt.Fprintf(out, "because   %q\n", c.Costly)
	}
	return err
}

// costlyCharacters returns the characters of text that the GSM alphabet does not have, each once.
func costlyCharacters(text string) []string {
	var found []string
	seen := make(map[rune]bool)
	for _, r := range text {
		if !seen[r] && !pdu.InGSM7(r) {
			found = append(found, string(r))
		}
		seen[r] = true
	}
	return found
}
