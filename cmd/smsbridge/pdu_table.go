package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"smsbridge/pdu"
)

// octetsPerRow is how many octets stand in one row of the table.
const octetsPerRow = 12

func (p *pduPrinter) table(line string, f pdu.Frame, err error) {
	if p.read > 1 {
		fmt.Fprintln(p.out)
	}
	fields, _ := pdu.Fields(line, p.direction)
	tab := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "AT\tOCTETS\tFIELD\tCLAUSE\tMEANING")
	for _, field := range fields {
		head := field.Octets[:min(octetsPerRow, len(field.Octets))]
		fmt.Fprintf(tab, "%d\t% X\t%s\t%s\t%s\n", field.Offset, head, field.Name, field.Clause, plain(field.Meaning))
		for row := range slices.Chunk(field.Octets[len(head):], octetsPerRow) {
			fmt.Fprintf(tab, "\t% X\t\t\t\n", row)
		}
	}
	p.keep(tab.Flush())
	if err != nil {
		_, err = fmt.Fprintf(p.out, "cannot be read: %v\n", err)
		p.keep(err)
		return
	}
	p.notes(newPDUObject(f, nil))
}

// notes says below the table what no single field does.
func (p *pduPrinter) notes(o pduObject) {
	var notes []string
	if m := o.MMS; m != nil {
		notes = append(notes, fmt.Sprintf("multimedia message from %s, %q, %d octets, at %s", m.From, m.Subject, m.Size, m.URL))
	}
	if o.Warnings != nil {
		notes = append(notes, "not as the standard has it: "+strings.Join(o.Warnings, ", "))
	}
	for _, note := range notes {
		_, err := fmt.Fprintln(p.out, plain(note))
		p.keep(err)
	}
}
