package main

import (
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
	var names []string
	cmd := &cobra.Command{
		Use:   "count [TEXT|-]",
		Short: "Count the parts that a text needs",
		Long: `Counts as sending does: parts, units (septets or UTF-16 code units), alphabet, units left in
the last part, where the parts break, which characters force the shorter UCS-2 parts or take two
units, and what could stand there instead. Nothing is replaced. Without TEXT, or with -, the text is
the input, less one line end at its end.`,
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
			languages, err := parseLanguages(names)
			if err != nil {
				return err
			}
			return writeCount(cmd.OutOrStdout(), output, pdu.Message{Text: text, Wide: wide, Languages: languages})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text, json or jsonl")
	cmd.Flags().BoolVar(&wide, "wide", false, "count with 16-bit references")
	cmd.Flags().StringSliceVar(&names, "language", nil, "language whose tables may be used if that saves parts, as Turkish; or all")
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
		return "", fail(exitUsage, "the input is too long for a text message; 255 parts hold at most 39015 characters")
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r"), nil
}

// textCount is what smsbridge count -o json prints.
type textCount struct {
	pdu.Measurement
	Costly     []string   `json:"costly,omitempty"`     // the characters that force UCS-2, each once
	Suggestion *suggested `json:"suggestion,omitempty"` // for a text that would be shorter with it
}

// suggested is the same text with other quotes, dashes and spaces, and how it would go out.
type suggested struct {
	Text  string `json:"text"`
	Parts int    `json:"parts"`
	Units int    `json:"units"`
}

func newTextCount(m pdu.Message) (textCount, error) {
	measured, err := m.Measure()
	if err != nil {
		return textCount{}, err
	}
	c := textCount{Measurement: measured}
	for _, char := range measured.Costly {
		if char.Forces {
			c.Costly = append(c.Costly, char.Char)
		}
	}
	text, ok := pdu.Suggest(m.Text)
	if !ok {
		return c, nil
	}
	m.Text = text
	if measured, err = m.Measure(); err == nil {
		c.Suggestion = &suggested{Text: text, Parts: measured.Parts, Units: measured.Units}
	}
	return c, nil
}

func writeCount(out io.Writer, output string, m pdu.Message) error {
	c, err := newTextCount(m)
	if err != nil {
		return err
	}
	if output != "text" {
		return writePDUJSON(out, c)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "parts     %d\nunits     %d\nalphabet  %s\nleft      %d\n", c.Parts, c.Units, c.Alphabet, c.Left)
	if len(c.Breaks) > 0 {
		fmt.Fprintf(&b, "breaks    before character %s\n", strings.Trim(fmt.Sprint(c.Breaks), "[]"))
	}
	if c.Locking != pdu.NoLanguage || c.Single != pdu.NoLanguage {
		fmt.Fprintf(&b, "tables    locking %s, single %s\n", c.Locking, c.Single)
	}
	for _, char := range c.Measurement.Costly {
		fmt.Fprintf(&b, "costly    %s\n", costlyWords(char))
	}
	if s := c.Suggestion; s != nil {
		fmt.Fprintf(&b, "instead   %q: gsm7, parts %d, units %d\n", s.Text, s.Parts, s.Units)
	}
	_, err = io.WriteString(out, b.String())
	return err
}

func costlyWords(c pdu.Costly) string {
	why := fmt.Sprintf("takes %d units", c.Units)
	if c.Forces {
		why = "forces UCS-2"
	}
	words := fmt.Sprintf("%q at %d, %d times, %s", c.Char, c.At, c.Count, why)
	if c.Replacement != nil {
		words += fmt.Sprintf("; could be %q", *c.Replacement)
	}
	return words
}
