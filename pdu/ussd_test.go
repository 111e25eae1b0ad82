package pdu

import (
	"fmt"
	"strings"
	"testing"
)

// TestUSSD holds the packed forms of TS 23.038, 6.1.2.3.1 against the octets that Huawei sticks take for them.
func TestUSSD(t *testing.T) {
	for _, c := range []struct{ text, packed string }{
		{"*100#", "AA180C3602"},
		{"*#06#", "AA11CC3602"},
		{"1", "31"},
		{"1234567", "31D98C56B3DD1A"}, // seven bits are left over: a carriage return
		{"12345678", "31D98C56B3DD70"},
		{"", ""},
		{"€", "9B32"},
	} {
		packed, ok := AppendUSSD(nil, c.text)
		if got := strings.ToUpper(fmt.Sprintf("%x", packed)); !ok || got != c.packed {
			t.Errorf("%q: %s, %v, want %s", c.text, got, ok, c.packed)
		}
		if got := USSDText(packed); got != c.text {
			t.Errorf("%s reads as %q, want %q", c.packed, got, c.text)
		}
	}
	if _, ok := AppendUSSD(nil, "баланс"); ok {
		t.Error("the default alphabet has no Cyrillic letters")
	}
	// The control: without the carriage return, seven unused bits read as an @.
	if got := USSDText([]byte{0x31, 0xD9, 0x8C, 0x56, 0xB3, 0xDD, 0x00}); got != "1234567@" {
		t.Errorf("unfilled septets read as %q", got)
	}
}

func FuzzUSSDText(f *testing.F) {
	f.Add([]byte{0xAA, 0x18, 0x0C, 0x36, 0x02})
	f.Fuzz(func(t *testing.T, octets []byte) {
		text := USSDText(octets)
		packed, ok := AppendUSSD(nil, text)
		if !ok {
			t.Fatalf("%x reads as %q, which the alphabet does not have", octets, text)
		}
		if again := USSDText(packed); again != text && !strings.HasSuffix(text, "\r") {
			t.Fatalf("%q comes back as %q", text, again)
		}
	})
}
