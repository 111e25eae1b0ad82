package pdu

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// texts draws texts that stress the cutting: escapes and surrogate pairs near the ends of parts.
func texts() *rapid.Generator[string] {
	gsm := rapid.SampledFrom([]rune("aé@\nΩ €[]{}\\~^|\f"))
	any := rapid.OneOf(gsm, rapid.SampledFrom([]rune("ж日😀\uFFFD\U0010FFFF")), rapid.Rune())
	return rapid.Custom(func(t *rapid.T) string {
		letters := rapid.SampledFrom([]*rapid.Generator[rune]{gsm, any}).Draw(t, "letters")
		filler := strings.Repeat("x", rapid.IntRange(0, 320).Draw(t, "filler"))
		text := filler + rapid.StringOfN(letters, 0, 200, -1).Draw(t, "text")
		return strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\x1b", "")
	})
}

// checkSegments says what is wrong with the parts of a text. It is written without a look at how
// Segments cuts, so that a bug in there does not excuse itself.
func checkSegments(text string, ref uint16, wide bool, dcs DCS, parts []UserData) error {
	joined, w := Join(dcs, parts)
	if joined != text || w != 0 {
		return errors.New("does not read back: " + joined + " " + w.String())
	}
	var apart strings.Builder
	for i, p := range parts {
		s, w := p.Text(dcs)
		if w != 0 {
			return errors.New("a pair is cut: " + w.String())
		}
		apart.WriteString(s)
		if _, err := p.append(nil, dcs, maxOctets); err != nil {
			return err
		}
		c, ok := p.UDH.Concat()
		if ok != (len(parts) > 1) {
			return errors.New("concatenation where there should be none, or the other way round")
		}
		want := Concat{Ref: ref, Total: uint8(len(parts)), Seq: uint8(i + 1), Wide: wide}
		if !wide {
			want.Ref &= 0xFF
		}
		if ok && c != want {
			return errors.New("wrong concatenation")
		}
	}
	if apart.String() != text {
		return errors.New("an escape is cut from its character")
	}
	return nil
}

func TestSegmentsReadBack_S30(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		ref, wide := rapid.Uint16().Draw(t, "ref"), rapid.Bool().Draw(t, "wide")
		dcs, parts, err := Segments(text, ref, wide)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkSegments(text, ref, wide, dcs, parts); err != nil {
			t.Fatal(err)
		}
	})
}

// TestCutPairsAreNoticed is the negative control of TestSegmentsReadBack_S30: a cutter that counts units
// and does not look at what it cuts must be caught.
func TestCutPairsAreNoticed(t *testing.T) {
	gsm := []UserData{septetsOf('a', escape), septetsOf(0x65)}
	ucs := []UserData{{Octets: []byte{0xD8, 0x3D}}, {Octets: []byte{0xDE, 0x00}}}
	addConcat(gsm, 7, false)
	addConcat(ucs, 7, false)
	if checkSegments("a€", 7, false, DCSGSM7, gsm) == nil {
		t.Error("a cut escape goes unnoticed")
	}
	if checkSegments("😀", 7, false, DCSUCS2, ucs) == nil {
		t.Error("a cut surrogate pair goes unnoticed")
	}
	good := []UserData{septetsOf('a'), septetsOf(escape, 0x65)}
	addConcat(good, 7, false)
	if err := checkSegments("a€", 7, false, DCSGSM7, good); err != nil {
		t.Errorf("the check is never content: %v", err)
	}
	if checkSegments("a€", 8, false, DCSGSM7, good) == nil {
		t.Error("another reference goes unnoticed")
	}
}

// TestFewestParts compares the number of parts with the fewest that any cutting could need.
func TestFewestParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		wide := rapid.Bool().Draw(t, "wide")
		_, parts, err := Segments(text, 0, wide)
		if err != nil {
			t.Fatal(err)
		}
		if want := fewestParts(text, wide); len(parts) != want {
			t.Fatalf("%d parts, %d would do", len(parts), want)
		}
	})
}

// fewestParts counts from the standard's figures, filling each part from the end of the text.
func fewestParts(text string, wide bool) int {
	single, room, width := 160, 153, map[rune]int{}
	if wide {
		room = 152
	}
	for _, r := range text {
		if strings.ContainsRune("\f^{}\\[~]|€", r) {
			width[r] = 2
		} else if strings.ContainsRune(alphabetOf(&defaultAlphabet), r) {
			width[r] = 1
		} else {
			single, room = 70, 67
			if wide {
				room = 66
			}
		}
	}
	if single == 70 {
		for _, r := range text {
			width[r] = utf8.RuneLen(r)/4 + 1
		}
	}
	runes, all := []rune(text), 0
	for _, r := range runes {
		all += width[r]
	}
	if all <= single {
		return 1
	}
	parts, used := 1, 0
	for i := len(runes) - 1; i >= 0; i-- {
		if used += width[runes[i]]; used > room {
			parts, used = parts+1, width[runes[i]]
		}
	}
	return parts
}

// TestMeasureIsWhatIsSent is the promise of the counter: it never says other than what goes out.
func TestMeasureIsWhatIsSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := texts().Draw(t, "text")
		wide := rapid.Bool().Draw(t, "wide")
		dcs, parts, err := Segments(text, 1, wide)
		if err != nil {
			t.Fatal(err)
		}
		measured, err := Message{Text: text, Wide: wide}.Measure()
		if err != nil {
			t.Fatal(err)
		}
		measured.Costly = nil
		sent := Measurement{Alphabet: dcs.Alphabet().String(), Parts: len(parts), Breaks: []int{}}
		char := 0
		for i, p := range parts {
			if i > 0 {
				sent.Breaks = append(sent.Breaks, char)
			}
			s, _ := p.Text(dcs)
			char += utf8.RuneCountInString(s)
			units, room := p.Septets, (140-p.UDH.headerLen())*8/7
			if dcs == DCSUCS2 {
				units, room = len(p.Octets)/2, (140-p.UDH.headerLen())/2
			}
			sent.Units += units
			sent.Left = room - units
		}
		if !reflect.DeepEqual(measured, sent) {
			t.Fatalf("measured %+v, sent %+v", measured, sent)
		}
	})
}

func TestMeasure(t *testing.T) {
	for _, c := range []struct {
		text string
		want Measurement
	}{
		{"", Measurement{Alphabet: "gsm7", Units: 0, Parts: 1, Left: 160, Breaks: []int{}}},
		{"Hi €", Measurement{Alphabet: "gsm7", Units: 5, Parts: 1, Left: 155, Breaks: []int{}}},
		{strings.Repeat("a", 161), Measurement{Alphabet: "gsm7", Units: 161, Parts: 2, Left: 145, Breaks: []int{153}}},
		{strings.Repeat("€", 81), Measurement{Alphabet: "gsm7", Units: 162, Parts: 2, Left: 143, Breaks: []int{76}}},
		{"😀", Measurement{Alphabet: "ucs2", Units: 2, Parts: 1, Left: 68, Breaks: []int{}}},
		{strings.Repeat("😀", 36), Measurement{Alphabet: "ucs2", Units: 72, Parts: 2, Left: 61, Breaks: []int{33}}},
	} {
		got, err := Measure(c.text)
		got.Costly = nil
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v, want %+v", c.text, got, err, c.want)
		}
	}
}

func TestTooLong(t *testing.T) {
	for _, c := range []struct {
		letter string
		fits   int
		wide   bool
	}{{"a", 255 * 153, false}, {"a", 255 * 152, true}, {"ж", 255 * 67, false}, {"ж", 255 * 66, true}} {
		text := strings.Repeat(c.letter, c.fits)
		if _, parts, err := Segments(text, 0, c.wide); err != nil || len(parts) != 255 {
			t.Errorf("%d of %q: %d parts, %v", c.fits, c.letter, len(parts), err)
		}
		if _, _, err := Segments(text+c.letter, 0, c.wide); !errors.Is(err, ErrTooLong) {
			t.Errorf("%d of %q: %v", c.fits+1, c.letter, err)
		}
		m, err := Message{Text: text + c.letter, Wide: c.wide}.Measure()
		if !errors.Is(err, ErrTooLong) || m.Parts != 256 {
			t.Errorf("measured %d parts, %v", m.Parts, err)
		}
	}
}

func TestTextsThatAreRefused(t *testing.T) {
	for text, want := range map[string]error{
		"a\x1bb":       ErrEscape,
		"a\xffb":       ErrNotUTF8,
		"\xed\xa0\x80": ErrNotUTF8, // half a pair written as UTF-8
	} {
		if _, _, err := Segments(text, 0, false); !errors.Is(err, want) {
			t.Errorf("Segments(%q): %v, want %v", text, err, want)
		}
		if _, err := Measure(text); !errors.Is(err, want) {
			t.Errorf("Measure(%q): %v, want %v", text, err, want)
		}
		if _, err := (Message{To: Address{Value: "1"}, Text: text}).Submits(); !errors.Is(err, want) {
			t.Errorf("Submits of %q: %v, want %v", text, err, want)
		}
	}
	if _, err := (Message{Text: "Hi"}).Submits(); !errors.Is(err, ErrNoRecipient) {
		t.Errorf("without a recipient: %v", err)
	}
	if _, _, err := Segments("\uFFFD", 0, false); err != nil {
		t.Errorf("a real U+FFFD: %v", err)
	}
}

// alphabetOf returns the characters of a table.
func alphabetOf(table *[128]uint16) string {
	var all []rune
	for _, r := range table {
		if r != 0 {
			all = append(all, rune(r))
		}
	}
	return string(all)
}

// addConcat gives each part its header.
func addConcat(parts []UserData, ref uint16, wide bool) {
	for i := range parts {
		c := Concat{Ref: ref, Total: uint8(len(parts)), Seq: uint8(i + 1), Wide: wide}
		parts[i].UDH = append(UDH{c.IE()}, parts[i].UDH...)
	}
}
