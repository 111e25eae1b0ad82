package pdu

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// many returns how often to try: few times in an ordinary run, all with SMSBRIDGE_LONG=1.
func many(few, all int) int {
	if os.Getenv("SMSBRIDGE_LONG") != "" {
		return all
	}
	return few
}

// randomTexts draws texts of all planes and languages, most of them short, some of 255 parts.
type randomTexts struct{ *rand.Rand }

func (r randomTexts) text() (string, []Language) {
	var allowed []Language
	draw := func() rune { return rune(ascii[r.IntN(96)+32]) }
	switch r.IntN(6) {
	case 0: // the default alphabet
		draw = func() rune {
			if r.IntN(8) == 0 {
				return []rune("^{}\\[~]|€\f")[r.IntN(10)]
			}
			return rune(defaultAlphabet[(r.IntN(128)&^0x1B)%128])
		}
	case 1, 2: // a language, or two mixed
		l, other := Language(1+r.IntN(13)), Language(1+r.IntN(13))
		allowed = Languages()
		if r.IntN(2) == 0 {
			allowed = []Language{l, other}
		}
		draw = func() rune {
			table := singleTables[l]
			if main := lockingTables[other]; r.IntN(3) > 0 {
				table = main
			}
			if c := table[r.IntN(128)]; c != 0 {
				return rune(c)
			}
			return 'a'
		}
	case 3: // any plane
		draw = func() rune { return rune(r.IntN(utf8.MaxRune)) }
	case 4: // cuts of pairs
		draw = func() rune { return []rune("a😀ж\U0010FFFF")[r.IntN(4)] }
	}
	n := r.IntN(200)
	switch r.IntN(200) {
	case 0:
		n = r.IntN(40_000)
	case 1, 2, 3, 4:
		n = r.IntN(2000)
	}
	var b strings.Builder
	for range n {
		if c := draw(); utf8.ValidRune(c) && c != escape && c != 0 {
			b.WriteRune(c)
		}
	}
	return b.String(), allowed
}

// TestManyTexts holds of random texts: what is sent is read, nothing is cut in two, the count is what
// is sent, and 255 parts are the most.
func TestManyTexts(t *testing.T) {
	r := randomTexts{rand.New(rand.NewPCG(23040, 23038))}
	n := many(4000, 1_000_000)
	parts, most, tooLong := 0, 0, 0
	for range n {
		text, allowed := r.text()
		m := Message{Text: text, Languages: allowed, Ref: uint16(r.Uint32()), Wide: r.IntN(2) == 0}
		dcs, uds, err := m.Segments()
		measured, err2 := m.Measure()
		if errors.Is(err, ErrTooLong) && errors.Is(err2, ErrTooLong) && measured.Parts > 255 {
			tooLong++
			continue
		}
		if err != nil || err2 != nil {
			t.Fatalf("%.60q: %v, %v", text, err, err2)
		}
		if measured.Parts != len(uds) {
			t.Fatalf("%.60q: counted %d parts, sent %d", text, measured.Parts, len(uds))
		}
		if err := checkSegments(text, m.Ref, m.Wide, dcs, uds); err != nil {
			t.Fatalf("%.60q with %v: %v", text, allowed, err)
		}
		parts, most = parts+len(uds), max(most, len(uds))
	}
	t.Logf("%d texts, %d parts, %d in the longest, %d too long", n, parts, most, tooLong)
	if most < 200 && n > 1000 {
		t.Errorf("the longest text had %d parts", most)
	}
}

// TestFewestPartsOfAllTables compares with brute force: every pair of tables, cut from the end.
func TestFewestPartsOfAllTables(t *testing.T) {
	tables := tablesTypedTwice(t)
	r := randomTexts{rand.New(rand.NewPCG(1, 2))}
	n := many(300, 10_000)
	saved := 0
	for range n {
		text, allowed := r.text()
		if len(text) > 3000 {
			text = strings.ToValidUTF8(text[:3000], "")
		}
		if allowed == nil {
			allowed = Languages()
		}
		m := Message{Text: text, Languages: allowed, Wide: r.IntN(2) == 0}
		_, uds, err := m.Segments()
		if err != nil {
			t.Fatal(err)
		}
		want := bruteForce(text, allowed, m.Wide, tables)
		if len(uds) != want {
			t.Fatalf("%q with %v: %d parts, %d would do", text, allowed, len(uds), want)
		}
		if len(uds) < fewestParts(text, m.Wide) {
			saved++
		}
	}
	if saved == 0 {
		t.Error("no language ever saved a part")
	}
	t.Logf("%d texts, a language saved parts of %d", n, saved)
}

// cells are the characters of the tables of one language, from the second typing.
type cells struct{ locking, single map[rune]bool }

func tablesTypedTwice(t *testing.T) map[Language]cells {
	all := make(map[Language]cells)
	for name, r := range typedTwice(t) {
		words := strings.Fields(name)
		l, _ := ParseLanguage(words[0])
		if all[l].locking == nil {
			all[l] = cells{make(map[rune]bool), make(map[rune]bool)}
		}
		if words[1] == "locking" {
			all[l].locking[r] = true
		} else {
			all[l].single[r] = true
		}
	}
	base := cells{make(map[rune]bool), make(map[rune]bool)}
	for _, r := range alphabetOf(&defaultAlphabet) {
		base.locking[r] = true
	}
	for _, r := range "\f^{}\\[~]|€" {
		base.single[r] = true
	}
	all[NoLanguage] = base
	return all
}

func bruteForce(text string, allowed []Language, wide bool, tables map[Language]cells) int {
	concat := 5
	if wide {
		concat = 6
	}
	best := partsFromTheEnd(text, 70, (140-1-concat)/2, func(r rune) int { return len(utf16.Encode([]rune{r})) })
	for _, locking := range append([]Language{NoLanguage}, allowed...) {
		for _, single := range append([]Language{NoLanguage}, allowed...) {
			if locking == Spanish {
				continue
			}
			elements := 0
			if locking != NoLanguage {
				elements += 3
			}
			if single != NoLanguage {
				elements += 3
			}
			alone := 160
			if elements > 0 {
				alone = (140 - 1 - elements) * 8 / 7
			}
			main, extra := tables[locking].locking, tables[single].single
			n := partsFromTheEnd(text, alone, (140-1-elements-concat)*8/7, func(r rune) int {
				if main[r] {
					return 1
				}
				if extra[r] {
					return 2
				}
				return 0
			})
			if n > 0 {
				best = min(best, n)
			}
		}
	}
	return best
}

// partsFromTheEnd cuts from the end, so that a mistake in cutting from the front shows. It returns 0
// when a character has no width.
func partsFromTheEnd(text string, alone, room int, width func(rune) int) int {
	runes, all := []rune(text), 0
	for _, r := range runes {
		w := width(r)
		if w == 0 {
			return 0
		}
		all += w
	}
	if all <= alone {
		return 1
	}
	parts, used := 1, 0
	for i := len(runes) - 1; i >= 0; i-- {
		w := width(runes[i])
		if used += w; used > room {
			parts, used = parts+1, w
		}
	}
	return parts
}
