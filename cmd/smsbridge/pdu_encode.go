package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/pdu"
)

func newPDUEncodeCommand() *cobra.Command {
	var e pduEncoder
	cmd := &cobra.Command{
		Use:   "encode --to NUMBER --text TEXT",
		Short: "Write a text as the PDUs that a modem would be given",
		Long: `Writes one PDU for each part: hex, with the service centre left to the SIM ("00"), and the
length that AT+CMGS wants. TEXT may be - for the input.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return pduUsage{fmt.Sprintf("%q belongs to no flag; the text goes after --text, in quotes", args[0])}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return e.run(cmd) },
	}
	flags := cmd.Flags()
	pduOutput(cmd, &e.output)
	flags.StringVar(&e.to, "to", "", "recipient: +46705550123, or digits as they are to be dialled")
	flags.StringVar(&e.text, "text", "", "what to send; - reads it from the input")
	flags.BoolVar(&e.report, "report", false, "ask for status reports")
	flags.Uint16Var(&e.ref, "ref", 0, "reference that the parts of a long text share")
	flags.BoolVar(&e.wide, "wide", false, "send 16 bits of the reference instead of 8")
	flags.DurationVar(&e.validity, "validity", 0, "how long the service centre is to try, as 36h")
	flags.StringSliceVar(&e.languages, "language", nil, "language whose tables may be used if that saves parts, as Turkish; or all")
	flags.BoolVar(&e.unicode, "unicode", false, "write UCS-2 even where the GSM alphabet would do")
	flags.StringVar(&e.data, "data", "", "8-bit data in hex, in the place of --text")
	flags.StringVar(&e.port, "port", "", "port that the message is for, as 2948, and from, as 2948:9200")
	flags.BoolVar(&e.rejectDuplicates, "reject-duplicates", false, "ask the service centre to refuse a repeat")
	flags.BoolVar(&e.replyPath, "reply-path", false, "ask that the answer takes the same service centre")
	flags.Uint8Var(&e.pid, "pid", 0, "protocol identifier; 65 to 71 replace an earlier message")
	flags.IntVar(&e.class, "class", -1, "message class 0 to 3; 0 is shown at once and not kept")
	return cmd
}

// pduEncoder is what was asked of pdu encode.
type pduEncoder struct {
	output, to, text string
	report, wide     bool

	languages                            []string
	data, port                           string
	unicode, rejectDuplicates, replyPath bool
	pid                                  uint8

	ref      uint16
	validity time.Duration
	class    int
}

// pduLine is one part in the output of pdu encode.
type pduLine struct {
	PDU    string `json:"pdu"`
	Length int    `json:"length"`
	Part   int    `json:"part"`
	Parts  int    `json:"parts"`
}

func (e *pduEncoder) run(cmd *cobra.Command) error {
	if err := checkPDUOutput(e.output); err != nil {
		return err
	}
	m, err := e.message(cmd.InOrStdin())
	if err != nil {
		return err
	}
	submits, err := m.Submits()
	if err != nil {
		return fmt.Errorf("--text: %w", err)
	}
	lines := make([]pduLine, len(submits))
	for i, s := range submits {
		frame := pdu.Frame{TPDU: s}
		hex, err := frame.AppendHex(nil)
		if err != nil {
			return fmt.Errorf("part %d: %w", i+1, err)
		}
		n, err := frame.Length()
		if err != nil {
			return fmt.Errorf("part %d: %w", i+1, err)
		}
		lines[i] = pduLine{PDU: string(hex), Length: n, Part: i + 1, Parts: len(submits)}
	}
	return writePDULines(cmd.OutOrStdout(), e.output, lines)
}

func (e *pduEncoder) message(in io.Reader) (pdu.Message, error) {
	m := pdu.Message{StatusReport: e.report, Validity: pdu.RelativeValidity(e.validity), Ref: e.ref, Wide: e.wide,
		Unicode: e.unicode, RejectDuplicates: e.rejectDuplicates, ReplyPath: e.replyPath, PID: e.pid}
	var err error
	switch {
	case e.to == "":
		return m, pduUsage{"--to: give the recipient, as --to +46705550123"}
	case e.class < -1 || e.class > 3:
		return m, pduUsage{fmt.Sprintf("--class: %d is not a message class; there are 0, 1, 2 and 3", e.class)}
	case e.validity < 0:
		return m, pduUsage{fmt.Sprintf("--validity: %v is in the past; give a period such as 36h", e.validity)}
	case e.ref > 0xFF && !e.wide:
		return m, pduUsage{fmt.Sprintf("--ref: %d does not fit into 8 bits; give 0 to 255, or --wide", e.ref)}
	}
	if e.class >= 0 {
		m.Class = new(pdu.Class(e.class))
	}
	if m.To, err = pdu.ParseAddress(e.to); err != nil {
		return m, fmt.Errorf("--to: %w; write a number as +46705550123", err)
	}
	if m.Languages, err = parseLanguages(e.languages); err != nil {
		return m, err
	}
	if m.Ports, err = parsePorts(e.port); err != nil {
		return m, err
	}
	if e.data != "" {
		m.Data, err = hex.DecodeString(e.data)
		if err != nil {
			return m, pduUsage{fmt.Sprintf("--data: %v", err)}
		}
		if e.text == "" {
			return m, nil
		}
	}
	m.Text, err = textOrInput(in, e.text)
	return m, err
}

func parseLanguages(names []string) ([]pdu.Language, error) {
	var all []pdu.Language
	for _, name := range names {
		if name == "all" {
			return pdu.Languages(), nil
		}
		l, ok := pdu.ParseLanguage(name)
		if !ok {
			return nil, pduUsage{fmt.Sprintf("--language: %q is none of %v", name, pdu.Languages())}
		}
		all = append(all, l)
	}
	return all, nil
}

func parsePorts(s string) (*pdu.Ports, error) {
	if s == "" {
		return nil, nil
	}
	to, from, both := strings.Cut(s, ":")
	destination, err := strconv.ParseUint(to, 10, 16)
	source := uint64(0)
	if both && err == nil {
		source, err = strconv.ParseUint(from, 10, 16)
	}
	if err != nil {
		return nil, pduUsage{fmt.Sprintf("--port: %q is no port; give 0 to 65535, or two as 2948:9200", s)}
	}
	return &pdu.Ports{Destination: uint16(destination), Source: uint16(source), Wide: true}, nil
}

func writePDULines(out io.Writer, output string, lines []pduLine) error {
	if output == "json" {
		return writePDUJSON(out, lines)
	}
	for _, line := range lines {
		var err error
		if output == "jsonl" {
			err = writePDUJSON(out, line)
		} else {
			_, err = fmt.Fprintf(out, "AT+CMGS=%d\n%s\n", line.Length, line.PDU)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
