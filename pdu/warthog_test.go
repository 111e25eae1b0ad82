package pdu

import (
	"strings"
	"testing"

	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/pdumode"
	"github.com/warthog618/sms/encoding/tpdu"
	"pgregory.net/rapid"
)

// TestSecondOpinion lets another codec read what this one writes. It covers plain texts only: the
// library has faults of its own elsewhere.
func TestSecondOpinion(t *testing.T) {
	to, err := ParseAddress("+46705550123")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		if text == "" {
			return
		}
		submits, err := Message{To: to, Text: text, Ref: 7, Wide: rapid.Bool().Draw(t, "wide")}.Submits()
		if err != nil {
			t.Fatal(err)
		}
		var theirs []*tpdu.TPDU
		for _, s := range submits {
			hex, err := Frame{TPDU: s}.AppendHex(nil)
			if err != nil {
				t.Fatal(err)
			}
			p, err := pdumode.UnmarshalHexString(string(hex))
			if err != nil {
				t.Fatalf("%s: %v", hex, err)
			}
			m, err := sms.Unmarshal(p.TPDU, sms.AsMO)
			if err != nil {
				t.Fatalf("%s: %v", hex, err)
			}
			theirs = append(theirs, m)
		}
		read, err := sms.Decode(theirs)
		if err != nil || string(read) != text {
			t.Fatalf("they read %q, %v, sent %q", read, err, text)
		}
	})
}

// TestSameOctets compares what both write for a text of one part.
func TestSameOctets(t *testing.T) {
	for _, text := range []string{latin160, cyril70, "Hi €", "seven..@", "a😀"} {
		lines := encodeWarthog(t, text)
		theirs := strings.ToUpper(strings.Join(lines, ""))
		theirs = theirs[:4] + "00" + theirs[6:] // they count TP-MR, we leave it to the modem
		if ours := string(encode(t, nil, text)); ours != theirs {
			t.Errorf("%q:\n%s, they write\n%s", text, ours, theirs)
		}
	}
}
