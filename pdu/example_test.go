package pdu_test

import (
	"fmt"

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
