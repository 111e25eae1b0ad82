package pdu_test

import (
	"fmt"
	"strings"
	"time"

	"smsbridge/pdu"
)

// What a modem hands over after +CMGR.
func ExampleParseFrame() {
	f, err := pdu.ParseFrame("06916407050501040B916407550521F300006210825103744005C8329BFD06", pdu.MobileTerminated)
	if err != nil {
		fmt.Println(err)
		return
	}
	if d, ok := f.TPDU.(*pdu.Deliver); ok {
		text, _ := d.UD.Text(d.DCS)
		at, _ := d.SCTS.Time()
		fmt.Println(d.OA, at, text)
	}
	// Output: +46705550123 2026-01-28 15:30:47 +0100 +0100 Hello
}

// What goes behind AT+CMGS.
func ExampleMessage() {
	to, err := pdu.ParseAddress("+46 70-555 01 23")
	if err != nil {
		fmt.Println(err)
		return
	}
	submits, err := pdu.Message{To: to, Text: "Hello", StatusReport: true}.Submits()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range submits {
		f := pdu.Frame{TPDU: s}
		n, _ := f.Length()
		hex, _ := f.AppendHex(nil)
		fmt.Printf("AT+CMGS=%d\n%s\n", n, hex)
	}
	// Output:
	// AT+CMGS=18
	// 0021000B916407550521F3000005C8329BFD06
}

func ExampleMeasure() {
	m, _ := pdu.Measure("Price: 5 €")
	fmt.Println(m.Alphabet, m.Units, m.Parts, m.Left)
	// Output: gsm7 11 1 149
}

// A character that a word processor put in makes a message twice as long. Nobody replaces it unasked.
func ExampleSuggest() {
	text := "Don’t worry"
	m, _ := pdu.Measure(text)
	fmt.Println(m.Alphabet, m.Left, m.Costly[0].Char, *m.Costly[0].Replacement)
	if instead, ok := pdu.Suggest(text); ok {
		m, _ = pdu.Measure(instead)
		fmt.Println(instead, m.Alphabet, m.Left)
	}
	// Output:
	// ucs2 59 ’ '
	// Don't worry gsm7 149
}

// The tables of a national language make one part of what would be two.
func ExampleMessage_languages() {
	text := "İğneyi kendine, çuvaldızı başkasına batır. Ağaç yaşken eğilir, güneş balçıkla sıvanmaz."
	for _, allowed := range [][]pdu.Language{nil, {pdu.Turkish}} {
		m, _ := pdu.Message{Text: text, Languages: allowed}.Measure()
		fmt.Println(m.Alphabet, m.Parts, m.Locking, m.Single)
	}
	// Output:
	// ucs2 2 none none
	// gsm7 1 Turkish none
}

// The parts of a long message, in the order in which they happened to come.
func ExampleAssembler() {
	from, _ := pdu.ParseAddress("+46705550123")
	dcs, parts, _ := pdu.Segments(strings.Repeat("A long story. ", 15), 7, false)
	asm := pdu.Assembler{Store: &pdu.MemoryStore{}} // a ledger, in a program that may be stopped
	for _, i := range []int{1, 0} {
		r, err := asm.Add(&pdu.Deliver{OA: from, DCS: dcs, UD: parts[i]}, time.Now())
		fmt.Println(err, r.Outcome == pdu.Complete, len(r.Text))
	}
	// Output:
	// <nil> false 0
	// <nil> true 210
}

// Every octet, with what it is and where the standard says so.
func ExampleFields() {
	fields, err := pdu.Fields("000100"+"62108251037440", pdu.MobileTerminated)
	for _, f := range fields {
		fmt.Printf("%d % X %s, %s: %s\n", f.Offset, f.Octets, f.Name, f.Clause, f.Meaning)
	}
	fmt.Println(err)
	// Output:
	// 0 00 SMSC, 24.011 8.2.5: no service centre: the one kept on the SIM
	// 1 01 TP-MTI, 23.040 9.2.3.1: submit report
	// 2 00 TP-PI, 23.040 9.2.3.27: what follows: nothing
	// 3 62 10 82 51 03 74 40 TP-SCTS, 23.040 9.2.3.11: service centre time 2026-01-28T15:30:47+01:00
	// <nil>
}

// A modem that announces another length than it gives, and a caller who will not have that.
func ExampleReader() {
	line := "00040B916407550521F300006210825103744002C834"
	f, _ := pdu.Reader{Length: 22}.Frame(line, pdu.MobileTerminated)
	fmt.Println(f.Warnings)
	_, err := pdu.Reader{Length: 22, Strict: true}.Frame(line, pdu.MobileTerminated)
	fmt.Println(err)
	// Output:
	// length_differs
	// length: not as the standard has it: length_differs
}
