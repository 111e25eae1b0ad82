package pdu

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

var bob = Address{TON: TONInternational, NPI: NPITelephone, Value: "46705550123"}

// octetsOf writes a message as the lines of its Submits, without the service centre.
func octetsOf(t *testing.T, m Message) []string {
	t.Helper()
	submits, err := m.Submits()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, s := range submits {
		hex, err := Frame{TPDU: s}.AppendHex(nil)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(hex[2:]))
	}
	return lines
}

// TestSubmitFaultsOfOthers goes through the faults that other libraries have in sending, E01 to E25
// of the list that this package was begun with.
func TestSubmitFaultsOfOthers(t *testing.T) {
	to := func(s string) Address {
		a, err := ParseAddress(s)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	zero := Class0
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"E01 a short code is of unknown type", Message{To: to("12345"), Text: "Hi"}, "010005812143F5000002C834"},
		{"E02 separators are left out", Message{To: to("+1 (555) 123-4567"), Text: "Hi"}, "01000B915155214365F7000002C834"},
		{"E04 an empty text is one message", Message{To: bob}, "01000B916407550521F3000000"},
		{"E07 five minutes are 0", Message{To: bob, Text: "Hi", Validity: RelativeValidity(5 * time.Minute)}, "11000B916407550521F300000002C834"},
		{"E08 ports set TP-UDHI, data are 8-bit", Message{To: bob, Data: []byte{1, 2, 3}, Ports: &Ports{2948, 9200, true}}, "41000B916407550521F300040A0605040B8423F0010203"},
		{"E12 TP-VPF follows TP-VP", Message{To: bob, Text: "Hi", Validity: AbsoluteValidity(at2026)}, "19000B916407550521F300006210825103740002C834"},
		{"E14 UCS-2 from UTF-8", Message{To: bob, Text: "Grüß", Unicode: true}, "01000B916407550521F300080800470072" + "00FC00DF"},
		{"E22 an enhanced validity of 99 hours", Message{To: bob, Text: "Hi", Validity: EnhancedValidity(99*time.Hour, false)}, "09000B916407550521F30000" + "03990000000000" + "02C834"},
		{"E24 every flag", Message{To: bob, Text: "Hi", StatusReport: true, ReplyPath: true, RejectDuplicates: true, PID: 0x41, Class: &zero}, "A5000B916407550521F3411002C834"},
		{"8-bit ports", Message{To: bob, Text: "Hi", Ports: &Ports{Destination: 0xF0, Source: 0xF1}}, "41000B916407550521F3000008040402F0F1" + "20D3"},
		{"data of class 0", Message{To: bob, Data: []byte{}, Class: &zero}, "01000B916407550521F3001400"},
		{"a national language", Message{To: bob, Text: strings.Repeat("ş", 71), Languages: []Language{Turkish}}, ""},
	} {
		lines := octetsOf(t, c.m)
		if len(lines) != 1 || c.want != "" && lines[0] != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, lines, c.want)
		}
		if lines[0] != strings.ToUpper(lines[0]) {
			t.Errorf("E25: %s has lower-case digits", lines[0])
		}
	}
}

func TestSubmitErrorsOfOthers(t *testing.T) {
	for name, c := range map[string]struct {
		m    Message
		want error
	}{
		"E05 257 parts":            {Message{To: bob, Text: strings.Repeat("a", 39_169)}, ErrTooLong},
		"E05 257 parts of data":    {Message{To: bob, Data: make([]byte, 257*134)}, ErrTooLong},
		"E09 a bare escape":        {Message{To: bob, Text: "a\x1be"}, ErrEscape},
		"E10 not UTF-8":            {Message{To: bob, Text: "a\xffb"}, ErrNotUTF8},
		"E15 25 digits":            {Message{To: Address{Value: strings.Repeat("1", 25)}, Text: "Hi"}, ErrTooLong},
		"text and data":            {Message{To: bob, Text: "Hi", Data: []byte{1}}, ErrMismatch},
		"narrow ports that do not": {Message{To: bob, Text: "Hi", Ports: &Ports{Destination: 256}}, ErrMismatch},
	} {
		if submits, err := c.m.Submits(); !errors.Is(err, c.want) || submits != nil {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	// E11 and E16: what is built by hand and does not fit.
	for name, ud := range map[string]UserData{
		"E11 300 octets":             {Octets: make([]byte, 300)},
		"E16 a header of 132 octets": {UDH: UDH{{0x70, make([]byte, 129)}}, Octets: make([]byte, 20)},
	} {
		if octets, err := (&Submit{DA: bob, DCS: DCSData8, UD: ud}).Append(nil); !errors.Is(err, ErrTooLong) {
			t.Errorf("%s: %X, %v", name, octets, err)
		}
	}
}

// TestReferences is E06 and E13: the reference is the caller's, in 8 or 16 bits, and nothing counts
// behind his back.
func TestReferences(t *testing.T) {
	text := strings.Repeat("a", 200)
	for range 2 {
		if got := octetsOf(t, Message{To: bob, Text: text, Ref: 0x1234})[1]; !strings.Contains(got, "050003340202") {
			t.Errorf("8 bits of 1234: %s", got)
		}
		if got := octetsOf(t, Message{To: bob, Text: text, Ref: 0x1234, Wide: true})[1]; !strings.Contains(got, "06080412340202") {
			t.Errorf("16 bits of 1234: %s", got)
		}
	}
}

// TestDataOfManyParts sends octets in parts and reads them back.
func TestDataOfManyParts(t *testing.T) {
	data := make([]byte, 1000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	m := Message{To: bob, Data: data, Ports: &Ports{PortPush, 9200, true}, Ref: 9}
	dcs, parts, err := m.Segments()
	if err != nil || dcs != DCSData8 || len(parts) != 8 {
		t.Fatalf("%v, %d parts, %v", dcs, len(parts), err)
	}
	for i, p := range parts {
		c, _ := p.UDH.Concat()
		ports, _ := p.UDH.Ports()
		if c != (Concat{Ref: 9, Total: 8, Seq: uint8(i + 1)}) || ports != *m.Ports {
			t.Errorf("part %d: %+v, %+v", i, c, ports)
		}
	}
	if back, ok := Data(parts); !ok || fmt.Sprintf("%X", back) != fmt.Sprintf("%X", data) {
		t.Error("the data come back otherwise")
	}
	parts[3].Octets = nil
	if _, ok := Data(parts); ok {
		t.Error("that a part is missing goes unnoticed")
	}
	measured, err := m.Measure()
	if err != nil || measured.Alphabet != "8bit" || measured.Parts != 8 || measured.Units != 1000 || measured.Left != 24 {
		t.Errorf("%+v, %v", measured, err)
	}
}

func TestEnhancedValidity(t *testing.T) {
	for ask, get := range map[time.Duration]time.Duration{
		0: 0, -time.Hour: 0, time.Second: time.Second, 255 * time.Second: 255 * time.Second, 256 * time.Second: 256 * time.Second,
		1500 * time.Millisecond: 2 * time.Second,
		100*time.Hour - 1:       99*time.Hour + 60*time.Minute, // 100 hours, which the clock cannot say; see below
		5 * day:                 5 * day, 31 * day: 5 * week,
	} {
		got, ok := EnhancedValidity(ask, true).Duration()
		if ask == 100*time.Hour-1 {
			get = 5 * day
		}
		if got != get || ok != (get > 0) {
			t.Errorf("%v gives %v, %v, want %v", ask, got, ok, get)
		}
		if !EnhancedValidity(ask, true).SingleShot() || EnhancedValidity(ask, false).SingleShot() {
			t.Errorf("%v: one attempt, or not", ask)
		}
	}
}

func TestRounded(t *testing.T) {
	for v, want := range map[Validity]time.Duration{
		{}:                                 0,
		RelativeValidity(7 * time.Minute):  10 * time.Minute,
		RelativeValidity(36 * time.Hour):   2 * day,
		EnhancedValidity(time.Hour, false): time.Hour,
		AbsoluteValidity(at2026.Add(90*time.Second + 300*time.Millisecond)): 90 * time.Second,
		{Format: ValidityAbsolute}: 0,
	} {
		if got, ok := v.Rounded(at2026); got != want || ok != (want != 0) {
			t.Errorf("%+v is %v, %v, want %v", v, got, ok, want)
		}
	}
}

func TestLength(t *testing.T) {
	for _, n := range []int{0, len(plainDeliver)/2 - 1, 30} {
		f, err := Reader{Length: n}.Frame(plainDeliver, MobileTerminated)
		if err != nil || (f.Warnings == LengthDiffers) != (n == 30) {
			t.Errorf("announced %d: %v, %v", n, f.Warnings, err)
		}
		if _, err := (Reader{Length: n, Strict: true}).Frame(plainDeliver, MobileTerminated); (err != nil) != (n == 30) {
			t.Errorf("announced %d, strictly: %v", n, err)
		}
		_, w, err := Reader{Length: n}.TPDU(f.Octets(), MobileTerminated)
		if err != nil || (w == LengthDiffers) != (n == 30) {
			t.Errorf("announced %d: %v, %v", n, w, err)
		}
	}
	if _, _, err := (Reader{Strict: true}).TPDU([]byte{0, 0, 0xFF}, MobileOriginated); !errors.Is(err, ErrStrict) {
		t.Errorf("strictly: %v", err)
	}
}

func TestCostly(t *testing.T) {
	m, err := Measure("“Grüß” – 5 € ´😀 €")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range m.Costly {
		s := fmt.Sprintf("%s%d:%d*%d", c.Char, c.At, c.Count, c.Units)
		if c.Forces {
			s += "!"
		}
		if c.Replacement != nil {
			s += *c.Replacement
		}
		got = append(got, s)
	}
	if s := strings.Join(got, " "); s != `“0:1*1!" ”5:1*1!" –7:1*1!- ´13:1*1!' 😀14:1*2!` {
		t.Errorf("costly are %s", s)
	}
	m, _ = Measure("5 € [a]")
	if len(m.Costly) != 3 || m.Costly[0].Forces || m.Costly[0].Units != 2 {
		t.Errorf("costly are %+v", m.Costly)
	}
	var chinese strings.Builder
	for r := range rune(200) {
		chinese.WriteRune('一' + r)
	}
	if m, _ = Measure(chinese.String()); len(m.Costly) != mostCostly {
		t.Errorf("%d costly characters", len(m.Costly))
	}
}

func TestSuggest(t *testing.T) {
	for text, want := range map[string]string{
		"“Hi”\u00a0– it’s 5…": `"Hi" - it's 5...`,
		"zero\u200bwidth":     "zerowidth",
		"plain":               "",
		"naïve’":              "", // would not fit even so
		"\xff":                "",
	} {
		if got, ok := Suggest(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, ok, want)
		}
	}
	for r, s := range replacements {
		for _, c := range s {
			if !InGSM7(c) {
				t.Errorf("%q is replaced by %q, which does not fit", r, s)
			}
		}
		if InGSM7(r) {
			t.Errorf("%q needs no replacement", r)
		}
	}
}

func TestWords(t *testing.T) {
	for c := range 256 {
		if Cause(c).String() == "" || CommandType(c).String() == "" || PIDText(byte(c)) == "" || DCS(c).words() == "" || (IE{ID: byte(c)}).words() == "" {
			t.Errorf("%02X has no words", c)
		}
		if r := Cause(c).Reserved(); r != strings.Contains(Cause(c).String(), "reserved") && c != 0 {
			t.Errorf("cause %02X is reserved, or not", c)
		}
	}
	for _, s := range []fmt.Stringer{Content(99), WaitingKind(99), Alphabet(0), MessageType(99), StatusClass(99)} {
		if s.String() == "" {
			t.Errorf("%T has no words", s)
		}
	}
	if !DCS(0x40).AutoDelete() || DCS(0xC0).AutoDelete() {
		t.Error("deleted, or not")
	}
}
