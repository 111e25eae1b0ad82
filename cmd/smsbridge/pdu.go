package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"smsbridge/pdu"
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

func newPDUDecodeCommand() *cobra.Command {
	var output, direction string
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
type by its octets; --direction submit is for what goes to it.`,
		Example: `  smsbridge pdu decode 06916407050501040B916407550521F3000062108251037440024834
  smsbridge pdu decode -o jsonl --direction submit < pdus.txt`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkPDUOutput(output); err != nil {
				return err
			}
			d, err := parseDirection(direction)
			if err != nil {
				return err
			}
			p := pduPrinter{out: cmd.OutOrStdout(), output: output, direction: d}
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
	cmd.Flags().StringVar(&direction, "direction", "deliver", "deliver, submit or status-report")
	return cmd
}

func parseDirection(s string) (pdu.Direction, error) {
	switch s {
	case "deliver", "status-report":
		return pdu.MobileTerminated, nil
	case "submit":
		return pdu.MobileOriginated, nil
	}
	return 0, pduUsage{fmt.Sprintf("--direction: %q is not one of deliver, submit, status-report", s)}
}

// pduPrinter reads lines and shows them.
type pduPrinter struct {
	out       io.Writer
	output    string
	direction pdu.Direction

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
	frame, err := pdu.ParseFrame(line, p.direction)
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

func writePDUJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// pduObject is one line of pdu decode -o jsonl. What a message does not have is left out.
type pduObject struct {
	OK              bool       `json:"ok"`
	Error           string     `json:"error,omitempty"`
	Type            string     `json:"type,omitempty"`
	SMSC            string     `json:"smsc,omitempty"`
	Address         string     `json:"address,omitempty"`
	Text            *string    `json:"text,omitempty"`
	DataHex         *string    `json:"data_hex,omitempty"`
	Timestamp       string     `json:"timestamp,omitempty"`
	Discharge       string     `json:"discharge,omitempty"`
	MR              *uint8     `json:"mr,omitempty"`
	Status          *uint8     `json:"status,omitempty"`
	StatusClass     string     `json:"status_class,omitempty"`
	StatusText      string     `json:"status_text,omitempty"`
	Concat          *pduConcat `json:"concat,omitempty"`
	PID             *uint8     `json:"pid,omitempty"`
	DCS             *uint8     `json:"dcs,omitempty"`
	Alphabet        string     `json:"alphabet,omitempty"`
	Class           *uint8     `json:"class,omitempty"`
	ValiditySeconds *int64     `json:"validity_seconds,omitempty"`
	ValidUntil      string     `json:"valid_until,omitempty"`
	Warnings        []string   `json:"warnings,omitempty"`
}

type pduConcat struct {
	Ref   uint16 `json:"ref"`
	Total uint8  `json:"total"`
	Seq   uint8  `json:"seq"`
	Bits  int    `json:"bits"`
}

func newPDUObject(f pdu.Frame, err error) pduObject {
	if err != nil {
		return pduObject{Error: err.Error()}
	}
	o := pduObject{OK: true, Type: f.TPDU.MessageType().String(), SMSC: f.SMSC.String()}
	w := f.Warnings
	switch t := f.TPDU.(type) {
	case *pdu.Deliver:
		o.Address, o.Timestamp = t.OA.String(), rfc3339(t.SCTS)
		o.coding(t.PID, t.DCS)
		w |= o.userData(t.UD, t.DCS)
	case *pdu.Submit:
		o.Address, o.MR = t.DA.String(), &t.MR
		o.coding(t.PID, t.DCS)
		if d, ok := t.VP.Duration(); ok {
			o.ValiditySeconds = new(int64(d / time.Second))
		}
		if end, ok := t.VP.Time(); ok {
			o.ValidUntil = end.Format(time.RFC3339)
		}
		w |= o.userData(t.UD, t.DCS)
	case *pdu.StatusReport:
		o.Address, o.MR = t.RA.String(), &t.MR
		o.Timestamp, o.Discharge = rfc3339(t.SCTS), rfc3339(t.DT)
		o.Status, o.StatusClass, o.StatusText = new(uint8(t.ST)), t.ST.Class().String(), t.ST.String()
		if t.UD.Octets != nil {
			o.coding(t.PID, t.DCS)
			w |= o.userData(t.UD, t.DCS)
		}
	}
	o.Warnings = w.Names()
	return o
}

func (o *pduObject) coding(pid byte, d pdu.DCS) {
	o.PID, o.DCS, o.Alphabet = &pid, new(uint8(d)), d.Alphabet().String()
	if c, ok := d.Class(); ok {
		o.Class = new(uint8(c))
	}
}

func (o *pduObject) userData(ud pdu.UserData, d pdu.DCS) pdu.Warnings {
	text, w := ud.Text(d)
	if d.Alphabet() != pdu.Data8 {
		o.Text = &text
	}
	o.DataHex = new(fmt.Sprintf("%X", ud.Octets))
	if c, ok := ud.UDH.Concat(); ok {
		o.Concat = &pduConcat{Ref: c.Ref, Total: c.Total, Seq: c.Seq, Bits: 8}
		if c.Wide {
			o.Concat.Bits = 16
		}
	}
	return w
}

func rfc3339(ts pdu.Timestamp) string {
	t, ok := ts.Time()
	if !ok {
		return ""
	}
	return t.Format(time.RFC3339)
}

// octetsPerRow is how many octets stand in one row of the table.
const octetsPerRow = 12

func (p *pduPrinter) table(line string, f pdu.Frame, err error) {
	if p.read > 1 {
		fmt.Fprintln(p.out)
	}
	fields, _ := pdu.Fields(line, p.direction)
	tab := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "OCTETS\tFIELD\tCLAUSE\tMEANING")
	for _, field := range fields {
		head := field.Octets[:min(octetsPerRow, len(field.Octets))]
		fmt.Fprintf(tab, "% X\t%s\t%s\t%s\n", head, field.Name, field.Clause, field.Meaning)
		for row := range slices.Chunk(field.Octets[len(head):], octetsPerRow) {
			fmt.Fprintf(tab, "% X\t\t\t\n", row)
		}
	}
	p.keep(tab.Flush())
	switch {
	case err != nil:
		_, err = fmt.Fprintf(p.out, "cannot be read: %v\n", err)
		p.keep(err)
	default:
		if w := newPDUObject(f, nil).Warnings; w != nil {
			_, err = fmt.Fprintf(p.out, "not as the standard has it: %s\n", strings.Join(w, ", "))
			p.keep(err)
		}
	}
}

func newPDUEncodeCommand() *cobra.Command {
	var e pduEncoder
	cmd := &cobra.Command{
		Use:   "encode --to NUMBER --text TEXT",
		Short: "Write a text as the PDUs that a modem would be given",
		Long: `Writes one PDU for each part: hex, with the service centre left to the SIM ("00"), and the
length that AT+CMGS wants. TEXT may be - for the input.`,
		Example: `  smsbridge pdu encode --to +46705550123 --text "Hello" --report
  smsbridge pdu encode -o jsonl --to 71234 --text - --ref 7 < letter.txt`,
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
	flags.IntVar(&e.class, "class", -1, "message class 0 to 3; 0 is shown at once and not kept")
	return cmd
}

// pduEncoder is what was asked of pdu encode.
type pduEncoder struct {
	output, to, text string
	report, wide     bool
	ref              uint16
	validity         time.Duration
	class            int
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
	m := pdu.Message{StatusReport: e.report, Validity: pdu.RelativeValidity(e.validity), Ref: e.ref, Wide: e.wide}
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
	m.Text, err = textOrInput(in, e.text)
	return m, err
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
