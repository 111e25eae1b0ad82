package pdu

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkFrame says what is wrong with how a line is read: the promise of the package comment.
func checkFrame(line string, d Direction, parse func(string, Direction) (Frame, error)) error {
	f, err := parse(line, d)
	if err != nil {
		if f.TPDU != nil {
			return fmt.Errorf("an error and a TPDU: %v", err)
		}
		return nil
	}
	if raw, _ := hex.DecodeString(strings.TrimSpace(line)); !bytes.Equal(raw, f.Raw) {
		return fmt.Errorf("Raw is %X", f.Raw)
	}
	for _, ud := range userDataOf(f.TPDU) {
		for _, scheme := range []DCS{DCSGSM7, DCSUCS2, 0x04, 0x20} {
			if text, _ := ud.Text(scheme); !utf8.ValidString(text) {
				return fmt.Errorf("text %q is not UTF-8", text)
			}
			if ud.Content(scheme).String() == "unknown" {
				return errors.New("user data of no known content")
			}
		}
	}
	_, err = Reader{Strict: true}.Frame(line, d)
	if (err == nil) != (f.Warnings == 0) || err != nil && !errors.Is(err, ErrStrict) {
		return fmt.Errorf("warnings %v, and read strictly %v", f.Warnings, err)
	}
	if err != nil {
		return nil
	}
	again, err := f.AppendHex(nil)
	if err != nil || string(again) != strings.ToUpper(strings.TrimSpace(line)) {
		return fmt.Errorf("writes %s, %v", again, err)
	}
	return nil
}

func userDataOf(t TPDU) []UserData {
	switch m := t.(type) {
	case *Deliver:
		return []UserData{m.UD}
	case *Submit:
		return []UserData{m.UD}
	case *StatusReport:
		return []UserData{m.UD}
	case *SubmitReport:
		return []UserData{m.UD}
	case *DeliverReport:
		return []UserData{m.UD}
	case *Command:
		return []UserData{m.Data}
	}
	return nil
}

func FuzzParseFrame(f *testing.F) {
	for _, file := range vectorFiles(f) {
		if file == encodeFile {
			continue
		}
		var vectors []vector
		loadVectors(f, file, &vectors)
		for _, v := range vectors {
			octets, _ := hex.DecodeString(v.Line)
			f.Add(octets, v.Direction == "mo")
		}
	}
	f.Fuzz(func(t *testing.T, octets []byte, mo bool) {
		d := MobileTerminated
		if mo {
			d = MobileOriginated
		}
		line := fmt.Sprintf("%X", octets)
		if err := checkFrame(line, d, ParseFrame); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		if _, err := Fields(line, d); err == nil && len(octets) > 0 {
			checkFields(t, line, d)
		}
		_, _ = ParseFrame(string(octets), d)
	})
}

// checkFields holds that the fields of a line are all of its octets, each once.
func checkFields(t *testing.T, line string, d Direction) {
	fields, _ := Fields(line, d)
	var all []byte
	for _, f := range fields {
		if f.Offset != len(all) || f.Name == "" || (f.Clause == "") != (f.Name == "filling") || f.Meaning == "" {
			t.Errorf("%s: field %+v is badly described", line, f)
		}
		all = append(all, f.Octets...)
	}
	if fmt.Sprintf("%X", all) != line {
		t.Errorf("%s: the fields are %X", line, all)
	}
}

// TestCheckFrameNoticesABug is the negative control of FuzzParseFrame: readers with a bug planted in
// them must be caught by the seeds alone.
func TestCheckFrameNoticesABug(t *testing.T) {
	var vectors []vector
	loadVectors(t, "testdata/header.json", &vectors)
	for name, plant := range map[string]func(f *Frame){
		"a septet lost behind the header": func(f *Frame) { f.TPDU.(*Deliver).UD.Septets-- },
		"a header lost":                   func(f *Frame) { f.TPDU.(*Deliver).UD.UDH = nil },
		"a zone lost":                     func(f *Frame) { f.TPDU.(*Deliver).SCTS[6] = 0 },
		"warnings lost":                   func(f *Frame) { f.Warnings = 0 },
		"octets lost":                     func(f *Frame) { f.Raw = f.Raw[1:] },
	} {
		noticed := false
		for _, v := range vectors {
			noticed = noticed || checkFrame(v.Line, MobileTerminated, func(line string, d Direction) (Frame, error) {
				f, err := ParseFrame(line, d)
				if err == nil {
					plant(&f)
				}
				return f, err
			}) != nil
		}
		if !noticed {
			t.Errorf("%s goes unnoticed", name)
		}
	}
}

func FuzzParsePush(f *testing.F) {
	var vectors []vector
	loadVectors(f, "testdata/data.json", &vectors)
	for _, v := range vectors {
		octets, _ := hex.DecodeString(v.Want.Data)
		f.Add(octets)
	}
	f.Fuzz(func(t *testing.T, octets []byte) {
		p, err := ParsePush(octets)
		if err != nil {
			if !errors.Is(err, ErrPush) {
				t.Error(err)
			}
			return
		}
		m, err := p.MMS()
		if err == nil && !utf8.ValidString(m.Subject) {
			t.Errorf("subject %q is not UTF-8", m.Subject)
		}
		if len(p.Headers)+len(p.Body) > len(octets) {
			t.Error("there is more in the push than there was")
		}
	})
}

// FuzzAssembler feeds the same parts in any order, more than once, and holds that the message comes
// out once, and whole.
func FuzzAssembler(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3})
	f.Add([]byte{3, 3, 2, 2, 1, 1, 0, 0})
	f.Fuzz(func(t *testing.T, order []byte) {
		text := strings.Repeat("0123456789", 50)
		parts := partsOf(t, "+46705550123", text, 9, false, at2026)
		asm := Assembler{Store: &MemoryStore{}}
		seen := map[int]bool{}
		for _, o := range order {
			i := int(o) % len(parts)
			r, err := asm.Add(parts[i], at2026)
			want := Incomplete
			if seen[i] {
				want = Duplicate
			}
			if seen[i] = true; want == Incomplete && len(seen) == len(parts) {
				want = Complete
			}
			if err != nil || r.Outcome != want || r.Outcome == Complete && r.Text != text {
				t.Fatalf("%v: part %d: %v %q, %v", order, i, r.Outcome, r.Text, err)
			}
		}
	})
}

func FuzzSegments(f *testing.F) {
	for _, text := range []string{"", "Hi", strings.Repeat("a", 152) + "€€", strings.Repeat("ж", 66) + "😀😀", "a\x1b", "\xff"} {
		f.Add(text, uint16(300), true)
		f.Add(text, uint16(300), false)
	}
	f.Fuzz(func(t *testing.T, text string, ref uint16, wide bool) {
		dcs, parts, err := Segments(text, ref, wide)
		m, measured := Message{Text: text, Wide: wide}.Measure()
		if (err == nil) != (measured == nil) {
			t.Fatalf("Segments says %v, Measure %v", err, measured)
		}
		if err != nil {
			return
		}
		if m.Parts != len(parts) {
			t.Errorf("measured %d parts, sent %d", m.Parts, len(parts))
		}
		if err := checkSegments(text, ref, wide, dcs, parts); err != nil {
			t.Error(err)
		}
	})
}
