package pdu

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/warthog618/sms/encoding/gsm7/charset"
)

// typedTwice reads the second typing of the tables: what stands at a position of a table, by
// "Turkish locking 04".
func typedTwice(t testing.TB) map[string]rune {
	t.Helper()
	f, err := os.Open("testdata/language.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	cells := make(map[string]rune)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var language, shift string
		var at, r int
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "%s %s %X %X", &language, &shift, &at, &r); err != nil {
			t.Fatalf("%q: %v", lines.Text(), err)
		}
		cells[fmt.Sprintf("%s %s %02X", language, shift, at)] = rune(r)
	}
	if len(cells) < 2000 {
		t.Fatalf("only %d cells", len(cells))
	}
	return cells
}

func eachCell(do func(name string, cell rune, l Language, at byte, locking bool)) {
	for l := Turkish; l < languages; l++ {
		for at := range byte(128) {
			if at == escape {
				continue
			}
			if l.hasLocking() {
				do(fmt.Sprintf("%s locking %02X", l, at), rune(lockingTables[l][at]), l, at, true)
			}
			do(fmt.Sprintf("%s single %02X", l, at), rune(singleTables[l][at]), l, at, false)
		}
	}
}

func TestTablesAreTypedTwice(t *testing.T) {
	second := typedTwice(t)
	seen := 0
	eachCell(func(name string, cell rune, _ Language, _ byte, _ bool) {
		if second[name] != 0 {
			seen++
		}
		if cell != second[name] {
			t.Errorf("%s: %U, the second typing has %U", name, cell, second[name])
		}
	})
	if seen != len(second) {
		t.Errorf("%d of %d cells were compared", seen, len(second))
	}
}

// TestTablesOfWarthog compares the tables with those of another library. What is not the same is
// listed, with who is right: the page of the standard is in the name.
func TestTablesOfWarthog(t *testing.T) {
	known := map[string]rune{
		"Portuguese single 1F": 0,        // A.2.3 has Ê there; so have they, since v0.3.0
		"Hindi locking 00":     '\u0981', // A.3.6 has the Devanagari signs; theirs are Bengali
		"Hindi locking 01":     '\u0982',
		"Hindi locking 02":     '\u0983',
	}
	eachCell(func(name string, cell rune, l Language, at byte, locking bool) {
		theirs := charset.NewExtDecoder(int(l))[at]
		if locking {
			theirs = charset.NewDecoder(int(l))[at]
		} else if at == 0x0D {
			return // a control that the standard reserves; ours falls through to the CR of the main table
		}
		if wrong, ok := known[name]; ok && wrong == theirs && cell != theirs {
			delete(known, name)
		} else if cell != theirs {
			t.Errorf("%s: %U, theirs %U", name, cell, theirs)
		}
	})
	if len(known) > 0 {
		t.Errorf("no disagreement any more about %v", known)
	}
}

func TestLanguageNames(t *testing.T) {
	for _, l := range append(Languages(), NoLanguage) {
		name, _ := l.MarshalText()
		var back Language
		if err := back.UnmarshalText(name); err != nil || back != l {
			t.Errorf("%s comes back as %v, %v", name, back, err)
		}
	}
	if _, ok := ParseLanguage("Klingon"); ok || len(Languages()) != 13 || Language(14).String() != "unknown" {
		t.Error("there are languages that there are not")
	}
	if new(Language).UnmarshalText([]byte("Klingon")) == nil {
		t.Error("Klingon is read")
	}
}

// TestEveryNationalCharacter sends every character of every table, and reads it back.
func TestEveryNationalCharacter(t *testing.T) {
	eachCell(func(name string, cell rune, l Language, _ byte, _ bool) {
		if cell == 0 {
			return
		}
		text := strings.Repeat(string(cell), 75) // one part in no alphabet but a locking one
		m := Message{Text: text, Languages: []Language{l}}
		dcs, parts, err := m.Segments()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if joined, w := Join(dcs, parts); joined != text || w != 0 {
			t.Errorf("%s: %q, %v", name, joined, w)
		}
	})
}

// TestDefaultCharactersBesideASingleShift sends every character of the default alphabet in a message
// that has a single shift and no locking one: the space, above all, stands in that table twice.
func TestDefaultCharactersBesideASingleShift(t *testing.T) {
	for l := Turkish; l < languages; l++ {
		for _, r := range alphabetOf(&defaultAlphabet) {
			s := shifts{single: l}
			octets, n := s.appendPacked(nil, string(r))
			ud := UserData{UDH: UDH{{IESingleShift, []byte{byte(l)}}}, Octets: octets, Septets: n}
			if text, w := ud.Text(DCSGSM7); text != string(r) || w != 0 {
				t.Errorf("%s: %q reads %q, %v", l, r, text, w)
			}
		}
	}
}

// TestLanguagesOnlyWhenAllowed holds that nobody gets letters that an old phone shows wrong, unless
// that was asked for and saves something.
func TestLanguagesOnlyWhenAllowed(t *testing.T) {
	long := strings.Repeat("ğüşiöçı ", 12)
	for _, c := range []struct {
		text      string
		languages []Language
		alphabet  string
		parts     int
	}{
		{long, nil, "ucs2", 2},
		{long, []Language{Turkish}, "gsm7", 1},
		{long, []Language{Hindi, Urdu}, "ucs2", 2},
		{long, Languages(), "gsm7", 1},
		{"ğ", Languages(), "ucs2", 1}, // saves nothing
		{strings.Repeat("a", 200), Languages(), "gsm7", 2},
		{strings.Repeat("a€", 80), Languages(), "gsm7", 2},
		{strings.Repeat("a€", 75), []Language{Turkish}, "gsm7", 1},
		{strings.Repeat("नमस्ते ", 20), []Language{Hindi}, "gsm7", 1},
		{strings.Repeat("नमस्ते😀", 20), []Language{Hindi}, "ucs2", 3},
	} {
		m, err := Message{Text: c.text, Languages: c.languages}.Measure()
		if err != nil || m.Alphabet != c.alphabet || m.Parts != c.parts {
			t.Errorf("%.20q with %v: %+v, %v, want %s and %d", c.text, c.languages, m, err, c.alphabet, c.parts)
		}
	}
	if m, _ := (Message{Text: long, Languages: Languages(), Unicode: true}).Measure(); m.Alphabet != "ucs2" {
		t.Errorf("UCS-2 was asked for: %+v", m)
	}
}

func TestJoinAcrossTables(t *testing.T) {
	turkish := UDH{{IESingleShift, []byte{byte(Turkish)}}}
	a, b := septetsOf('a', escape), septetsOf('g', 'b')
	b.UDH = turkish
	if text, w := Join(DCSGSM7, []UserData{a, b}); text != "ağb" || w != 0 {
		t.Errorf("an escape cut from a national character: %q, %v", text, w)
	}
}
