package pdu

import (
	"strings"
	"testing"

	"github.com/warthog618/sms"
	"github.com/warthog618/sms/encoding/pdumode"
	"github.com/warthog618/sms/encoding/tpdu"
)

// Beside each benchmark stands the same work done by github.com/warthog618/sms, the other Go
// library for this: a line to fields and text, a number and text to lines.

// deliverLine builds the line of a Deliver with the given parts of a text.
func deliverLine(t testing.TB, text string, part int) string {
	t.Helper()
	dcs, parts, err := Segments(text, 200, false)
	if err != nil {
		t.Fatal(err)
	}
	smsc, _ := ParseAddress("+4670505010")
	oa, _ := ParseAddress("+46705550123")
	hex, err := Frame{SMSC: smsc, TPDU: &Deliver{OA: oa, DCS: dcs, SCTS: TimestampOf(at2026), UD: parts[part]}}.AppendHex(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(hex)
}

var (
	latin160 = strings.Repeat("The quick brown fox; jumps over ", 5)
	cyril70  = strings.Repeat("Съешь ещё ", 7)
	latin306 = strings.Repeat("The quick brown fox; jumps over ", 10)[:306]
)

func decode(t testing.TB, line string) {
	f, err := ParseFrame(line, MobileTerminated)
	if err != nil {
		t.Fatal(err)
	}
	d := f.TPDU.(*Deliver)
	if text, w := d.UD.Text(d.DCS); text == "" || f.Warnings|w != 0 {
		t.Fatal("the line of the benchmark is not clean")
	}
}

func decodeWarthog(t testing.TB, line string) {
	p, err := pdumode.UnmarshalHexString(line)
	if err != nil {
		t.Fatal(err)
	}
	m, err := sms.Unmarshal(p.TPDU)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sms.Decode([]*tpdu.TPDU{m}); err != nil {
		t.Fatal(err)
	}
}

func encode(t testing.TB, dst []byte, text string) []byte {
	to, err := ParseAddress("+46705550123")
	if err != nil {
		t.Fatal(err)
	}
	submits, err := Message{To: to, Text: text, Ref: 7}.Submits()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range submits {
		if dst, err = (Frame{TPDU: s}).AppendHex(dst); err != nil {
			t.Fatal(err)
		}
	}
	return dst
}

func encodeWarthog(t testing.TB, text string) (lines []string) {
	submits, err := sms.Encode([]byte(text), sms.To("+46705550123"), sms.AsSubmit)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range submits {
		b, err := s.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		hex, err := (&pdumode.PDU{TPDU: b}).MarshalHexString()
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, hex)
	}
	return lines
}

func benchDecode(b *testing.B, text string, part int) {
	line := deliverLine(b, text, part)
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decode(b, line)
		}
	})
	b.Run("warthog618", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			decodeWarthog(b, line)
		}
	})
}

func benchEncode(b *testing.B, text string) {
	b.Run("own", func(b *testing.B) {
		b.ReportAllocs()
		var dst []byte
		for b.Loop() {
			dst = encode(b, dst[:0], text)
		}
	})
	b.Run("warthog618", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encodeWarthog(b, text)
		}
	})
}

func BenchmarkDecodeGSM7_160(b *testing.B) { benchDecode(b, latin160, 0) }
func BenchmarkDecodeUCS2_70(b *testing.B)  { benchDecode(b, cyril70, 0) }
func BenchmarkDecodeConcat(b *testing.B)   { benchDecode(b, latin306, 0) }
func BenchmarkEncodeGSM7_160(b *testing.B) { benchEncode(b, latin160) }
func BenchmarkEncodeUCS2_70(b *testing.B)  { benchEncode(b, cyril70) }
func BenchmarkEncodeTwoParts(b *testing.B) { benchEncode(b, latin306) }
