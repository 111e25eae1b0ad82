package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/pdu"
)

func newPDUDecodeCommand() *cobra.Command {
	var output, direction string
	var strict bool
	cmd := &cobra.Command{
		Use:   "decode [HEX...]",
		Short: "Show what is in a PDU",
		Long: `Reads PDUs as modems write them: hex, service centre first, one on a line of the
input or one in each argument.

The table shows the octets of each field, the clause of the standard and the meaning. With
-o jsonl every line gives one object, in order; with -o json they stand in one array.
A line that cannot be read gives {"ok":false,"error":"..."} and the next is read. The exit
code is 0 when at least one line could be read, 1 when none could.

--direction deliver (also: status-report) is for what came from the network, and knows each
type by its octets; --direction submit (also: command) is for what goes to it.

Reading is lenient: what is not as the standard has it is named under "warnings". --strict makes
an error of it.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkPDUOutput(output); err != nil {
				return err
			}
			d, err := parseDirection(direction)
			if err != nil {
				return err
			}
			p := pduPrinter{out: cmd.OutOrStdout(), output: output, direction: d, reader: pdu.Reader{Strict: strict}}
			if len(args) > 0 {
				for _, line := range args {
					p.line(line)
				}
			} else if err := p.lines(cmd.InOrStdin()); err != nil {
				return err
			}
			return p.close()
		},
	}
	pduOutput(cmd, &output)
	cmd.Flags().StringVar(&direction, "direction", "deliver", "deliver, submit, status-report, submit-report, deliver-report or command")
	cmd.Flags().BoolVar(&strict, "strict", false, "take only what is as the standard has it")
	return cmd
}

func parseDirection(s string) (pdu.Direction, error) {
	switch s {
	case "deliver", "status-report", "submit-report":
		return pdu.MobileTerminated, nil
	case "submit", "command", "deliver-report":
		return pdu.MobileOriginated, nil
	}
	return 0, pduUsage{fmt.Sprintf("--direction: %q is not one of deliver, submit, status-report, submit-report, deliver-report, command", s)}
}

// pduPrinter reads lines and shows them.
type pduPrinter struct {
	out       io.Writer
	output    string
	direction pdu.Direction
	reader    pdu.Reader

	read, good int
	array      []pduObject
	err        error // of writing
}

func (p *pduPrinter) lines(in io.Reader) error {
	scanner := bufio.NewScanner(in)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		if p.output == "table" && strings.TrimSpace(scanner.Text()) == "" {
			continue
		}
		if p.line(scanner.Text()); p.err != nil {
			return p.err
		}
	}
	if err := scanner.Err(); err != nil {
		return fmt.Errorf("read line %d of the input: %w", p.read+1, err)
	}
	return nil
}

func (p *pduPrinter) line(line string) {
	line = strings.Join(strings.Fields(line), "")
	frame, err := p.reader.Frame(line, p.direction)
	p.read++
	if err == nil {
		p.good++
	}
	switch p.output {
	case "table":
		p.table(line, frame, err)
	case "json":
		p.array = append(p.array, newPDUObject(frame, err))
	default:
		p.keep(writePDUJSON(p.out, newPDUObject(frame, err)))
	}
}

func (p *pduPrinter) keep(err error) { p.err = errors.Join(p.err, err) }

func (p *pduPrinter) close() error {
	if p.output == "json" {
		if p.array == nil {
			p.array = []pduObject{}
		}
		p.keep(writePDUJSON(p.out, p.array))
	}
	switch {
	case p.err != nil:
		return p.err
	case p.read == 0:
		return errors.New("there was no PDU in the input; give hex lines, service centre first, as AT+CMGR shows them")
	case p.good == 0:
		return fmt.Errorf("none of %d lines could be read; see the errors above, and --direction if they are submits", p.read)
	}
	return nil
}
