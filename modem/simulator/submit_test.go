package simulator

import (
	"encoding/hex"
	"strings"
	"testing"

	"smsbridge/pdu"
)

// good is what every row below spoils: "hellohello" to +15550100, valid for a day, a report wanted, part
// 1 of 2. Octets by 3GPP TS 23.040, 9.2.2.2.
var good = strings.Join([]string{
	"00",           // no service centre
	"71",           // SUBMIT, VPF relative, SRR, UDHI
	"00",           // MR
	"089151551000", // DA
	"0000",         // PID, DCS
	"A7",           // VP
	"11",           // UDL: 7 septets of header and fill, 10 of text
	"050003070201", // UDH
	"D06536FB8D2EB3D96F",
}, "")

func TestReadSubmit(t *testing.T) {
	if _, reason := readSubmit(good, len(good)/2-1); reason != "" {
		t.Fatalf("the good one: %s", reason)
	}
	spoil := func(old, with string) string {
		t.Helper()
		if !strings.Contains(good, old) {
			t.Fatalf("no %s in it", old)
		}
		return strings.Replace(good, old, with, 1)
	}
	for _, c := range []struct {
		name, hex, reason string
		off               int // how much the length lies
	}{
		{"not hex", good[:20] + "X" + good[21:], "not hex", 0},
		{"odd digits", good + "0", "not hex", 0},
		{"empty", "", "service centre", 1},
		{"a CR in it", good + "\r", "not hex", 0},
		{"length too small", good, "+CMGS said", -1},
		{"length too large", good, "+CMGS said", 1},
		{"length counts the service centre", good, "+CMGS said", 1},
		{"service centre too long", "0C91" + strings.Repeat("1", 22) + good[2:], "service centre", -12},
		{"service centre of a type only", "0191" + good[2:], "service centre", -1},
		{"service centre cut off", "07", "service centre", 0},
		{"a DELIVER", "0004" + good[4:], "not that of a SUBMIT", 0},
		{"a COMMAND", "0002" + good[4:], "not that of a SUBMIT", 0},
		{"reserved type", "0003" + good[4:], "not that of a SUBMIT", 0},
		{"DA without digits", spoil("089151551000", "0091"), "0 digits", 0},
		{"DA of 21 digits", spoil("089151551000", "1591"+strings.Repeat("11", 10)+"F1"), "21 digits", 0},
		{"DA of letters", spoil("089151551000", "08D051551000"), "cannot be texted", 0},
		{"DA without the high bit", spoil("089151551000", "081151551000"), "cannot be texted", 0},
		{"DA odd, not filled", spoil("089151551000", "079151551000"), "not filled", 0},
		{"DA with a filler in the middle", spoil("089151551000", "08915155F100"), "digit", 0},
		{"DA with letters of digits", spoil("089151551000", "0891515510C0"), "digit", 0},
		{"UDL too small", spoil("A711", "A710"), "TP-UDL", 0},
		{"UDL too large", spoil("A711", "A713"), "TP-UDL", 0},
		{"UDL of 161", spoil("A711", "A7A1"), "more than 140", 0},
		{"octets behind", good + "00", "TP-UDL", 0},
		{"cut off", good[:len(good)-2], "TP-UDL", 0},
		{"cut off before the text", good[:24], "cut off", 0},
		{"header longer than the text", spoil("050003", "500003"), "header", 0},
		{"header empty", spoil("050003", "000003"), "header", 0},
		{"element cut off", spoil("050003", "050005"), "cut off", 0},
		{"part 0", spoil("070201", "070200"), "part 0 of 2", 0},
		{"part 3 of 2", spoil("070201", "070203"), "part 3 of 2", 0},
		{"of 0 parts", spoil("070201", "070001"), "part 1 of 0", 0},
		{"reserved DCS", spoil("0000A7", "000CA7"), "TP-UDL", 0},
		{"absolute validity that is no time", strings.Replace(spoil("0071", "0079"), "A711", "FFFFFFFFFFFFFF11", 1), "bad_vp", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, reason := readSubmit(c.hex, len(c.hex)/2-1+c.off)
			if !strings.Contains(reason, c.reason) || reason == "" {
				t.Errorf("reason %q, want one with %q\n%s", reason, c.reason, c.hex)
			}
		})
	}
}

// What is spoilt octet by octet must never bring the reader down.
func FuzzReadSubmit(f *testing.F) {
	f.Add(good, 26)
	f.Add("0011000891515510000000AA0AE8329BFD4697D9EC37", 21)
	f.Fuzz(func(t *testing.T, text string, length int) {
		x, reason := readSubmit(text, length)
		if reason != "" {
			return
		}
		b, err := x.AppendHex(nil)
		if err != nil || !strings.EqualFold(string(b), text) {
			t.Errorf("%s was taken and is %s, %v", text, b, err)
		}
	})
}

// Every PDU is refused at the wire as well: the final result, the record, and nothing on the air.
func TestSend_refused(t *testing.T) {
	var file strings.Builder
	_, m, h := lab(t, Options{Record: &file}, ModemOptions{})
	x := attach(t, m)
	for _, pdu := range []string{good + "00", "0004" + good[4:], "junk", ""} {
		x.ask("AT+CMGS=26", "\r\n> ")
		x.say(pdu + "\x1a")
		x.expect("\r\n+CMS ERROR: 304\r\n")
	}
	x.ask("AT+CMGS=26", "\r\n> ")
	x.say(strings.Repeat("0", 5000) + "\x1a")
	x.expect("\r\n+CMS ERROR: 304\r\n")
	for _, line := range []string{"AT+CMGS=0", "AT+CMGS=165", "AT+CMGS=x", "AT+CMGS", `AT+CMGS="+15550100"`, "AT+CMGS=26,1"} {
		x.ask(line, "\r\n+CMS ERROR: 304\r\n")
	}
	if got := strings.Count(file.String(), `"refused"`); got != 11 {
		t.Errorf("%d refusals in the record, want 11", got)
	}
	if len(h.Messages()) > 0 || m.mr != 0 {
		t.Error("something was sent")
	}
	x.ask(`AT+CSCA=""`, ok)
	x.ask(cmgs(good), "\r\n> ")
	x.say(good + "\x1a")
	x.expect("\r\n+CMS ERROR: 330\r\n") // a service centre neither here nor there
	with := "0591515500F0" + good[2:]
	x.ask(cmgs(with), "\r\n> ")
	x.say(with + "\x1a")
	x.expect(info("+CMGS: 0"))
}

// The codec's own PDUs must please the octets counted here, whatever their text.
func TestReadSubmit_agrees(t *testing.T) {
	for _, text := range []string{"", "a", strings.Repeat("x", 160), strings.Repeat("€", 80), strings.Repeat("ж", 70),
		strings.Repeat("€", 300), strings.Repeat("😀", 100)} {
		if text == "" {
			continue
		}
		for _, s := range compose(t, "+4915112345678901", text, true) {
			if _, reason := readSubmit(s, len(s)/2-1); reason != "" {
				t.Errorf("%.10s: %s", text, reason)
			}
		}
	}
	b, _ := hex.DecodeString(good)
	if _, _, err := pdu.ParseTPDU(b[1:], pdu.MobileOriginated); err != nil {
		t.Error(err)
	}
}
