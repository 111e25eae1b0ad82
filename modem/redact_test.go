package modem

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`AT+CPIN="1234"`, `AT+CPIN=***`},
		{`at+cpin=1234`, `at+cpin=***`},
		{`AT+CPIN="12345678","4321"`, `AT+CPIN=***`},
		{`AT+CMEE=1;+CPIN = "1234";+CMGF=0`, `AT+CMEE=1;+CPIN = ***`},
		{`AT+CLCK="SC",1,"1234"`, `AT+CLCK=***`},
		{`AT+CPWD="SC","1234","4321"`, `AT+CPWD=***`},
		{`AT+CPIN?`, `AT+CPIN?`},
		{`AT+CPIN=?`, `AT+CPIN=?`},
		{`+CPIN: SIM PIN`, `+CPIN: SIM PIN`},
		{`+CPINR: SIM PIN,3,3`, `+CPINR: SIM PIN,3,3`},
		{`AT+CUSD=1,"*100*4711#",15`, `AT+CUSD=1,***`},
		{`+CUSD: 0,"Your credit is 5",15`, `+CUSD: 0,***`},
		{`+CUSD: 4`, `+CUSD: 4`},
		{`ATD+4915112345678;`, `ATD***678`},
		{`ATD110;`, `ATD***`},
		{`262010000000001`, `***0001`},
		{`+CCID: 8949000000000000001F`, `+CCID: ***001F`},
		{`0791947122723033040C9194715121436500`, `07919471(36 digits)`},
		{`+CNUM: "Anna","+4915112345678",145`, `+CNUM: "***","***678",145`},
		{`+CLIP: "015112345678",129,,,"Anna",0`, `+CLIP: "***678",129,,,"***",0`},
		{`+CMGL: 1,"REC UNREAD","+4915112345678",,"24/01/01,12:00:00+04"`, `+CMGL: 1,"REC UNREAD","***678",,"24/01/01,12:00:00+04"`},
		{`+CSCA: "+491710760000",145`, `+CSCA: "***000",145`},
		{`MISSED_CALL: 11:01AM 07712345678`, `MISSED_CALL: 11:01AM ***678`},
		{`+CSQ: 20,99`, `+CSQ: 20,99`},
		{`+CREG: 2,1,"00C3","0000ABCD",7`, `+CREG: 2,1,"00C3","0000ABCD",7`},
		{`+CMTI: "SM",3`, `+CMTI: "SM",3`},
	} {
		if got := Redact(c.line); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.line, got, c.want)
		}
	}
}

// TestRedactor: pieces are put together, and what belongs to the line before is known for it.
func TestRedactor(t *testing.T) {
	var out bytes.Buffer
	s := &transcript{w: NewRedactor(&out)}
	hear := func(texts ...string) {
		for _, text := range texts {
			s.Printf("< %q", text)
		}
	}
	s.Printf("> %q", "AT+CPIN=\"4711\"\r")
	hear("\r\nO", "K\r\n\r\n+CUSD: 1,\"Menu\r\n1 Cre", "dit of Zaphod\r\n2 OK\",15\r\n")
	hear("+CMGL: 1,\"REC READ\",\"+4915112345678\"\r\nDear Zap", "hod\r\nyours\r\nOK\r\n")
	hear("+CSQ: 20,99\r\nOK\r\n")
	text := out.String()
	for _, secret := range []string{"4711", "Zaphod", "Dear", "yours", "Credit", "4915112345"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is in the transcript\n%s", secret, text)
		}
	}
	for _, want := range []string{"> AT+CPIN=***\n", "< OK\n", "< +CSQ: 20,99\n", "(text of 11 octets)"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in the transcript\n%s", want, text)
		}
	}
	if strings.Contains(Redact("Dear Zaphod"), "Zaphod") == false {
		t.Error("Redact alone should not know a text: then the Redactor proves nothing")
	}
}

// FuzzRedact: a canary, in the places where secrets stand, never survives.
func FuzzRedact(f *testing.F) {
	f.Add(uint8(0), uint32(4711), "", "")
	f.Add(uint8(3), uint32(815), "AT+CMEE=1;", ";+CSQ")
	f.Add(uint8(5), uint32(99999), "> ", "\"")
	f.Fuzz(func(t *testing.T, kind uint8, n uint32, before, after string) {
		number := fmt.Sprintf("77%08d", n%100_000_000)
		pdu := fmt.Sprintf("07919471%032d00", n)
		lines := []struct{ line, canary string }{
			{`AT+CPIN="` + number[:8] + `"`, number[:8]},
			{`AT+CPIN="` + number[:8] + `","1111"`, number[:8]},
			{`+CLCK="SC",0,"` + number[:8] + `"`, number[:8]},
			{`AT+CPWD="SC","1111","` + number[:8] + `"`, number[:8]},
			{`AT+CUSD=1,"*100*` + number + `#",15`, number},
			{`+CUSD: 0,"` + number + `",15`, number},
			{"00" + pdu, pdu[10:]},
			{`+CNUM: "","+49` + number + `",145`, number[:7]},
			{"ATD" + number + ";", number[:7]},
			{"ATD+49" + number, number[:7]},
			{"^CPIN=" + number[:8], number[:8]},
		}
		c := lines[int(kind)%len(lines)]
		if strings.Contains(before+after, c.canary) {
			return
		}
		before = strings.Map(printable, before)
		after = strings.Map(printable, after)
		if got := Redact(c.line + after); strings.Contains(got, c.canary) {
			t.Errorf("%s survives in %s", c.canary, got)
		}
		if strings.HasPrefix(c.line, "ATD") || strings.ContainsAny(before, `"`) {
			return
		}
		if got := Redact(before + c.line); strings.Contains(got, c.canary) {
			t.Errorf("%s survives in %s", c.canary, got)
		}
	})
}

func printable(r rune) rune {
	if r < 0x20 || r > 0x7E {
		return -1
	}
	return r
}
