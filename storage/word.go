package storage

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Word is one word of a text as a search compares it: without case and
// accents, and where it stands in the text, as bytes.
type Word struct {
	Text       string
	Start, End int
}

// SplitWords divides a text into what a search finds it by. Scripts that write
// no blanks between words (Han, kana, Thai and their neighbours) give a word per
// character, and so do pictures; punctuation gives none.
func SplitWords(s string) []Word {
	var words []Word
	var b strings.Builder
	start := -1
	end := func(at int) {
		if start >= 0 && b.Len() > 0 {
			words = append(words, Word{b.String(), start, at})
		}
		start = -1
		b.Reset()
	}
	for i, r := range s {
		switch {
		case unicode.In(r, unbroken...) || r > 0x2100 && unicode.Is(unicode.So, r):
			end(i)
			words = append(words, Word{Fold(string(r)), i, i + utf8.RuneLen(r)})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) && start >= 0:
			if start < 0 {
				start = i
			}
			fold(&b, r)
		default:
			end(i)
		}
	}
	end(len(s))
	return words
}

// unbroken are the scripts without blanks.
var unbroken = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

// Words are the words of a text without their places.
func Words(s string) []string {
	found := SplitWords(s)
	words := make([]string, len(found))
	for i, w := range found {
		words[i] = w.Text
	}
	return words
}

// Fold is s without case and accents: "Ãngela Strauß" is "angela strauss".
func Fold(s string) string {
	var b strings.Builder
	for _, r := range s {
		fold(&b, r)
	}
	return b.String()
}

func fold(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		return
	case r >= 0xFF01 && r <= 0xFF5E: // full width
		fold(b, r-0xFF01+'!')
		return
	case unicode.In(r, accents):
		return
	}
	r = unicode.ToLower(r)
	if plain, ok := bases[r]; ok {
		b.WriteString(plain)
		return
	}
	b.WriteRune(r)
}

// accents are marks that stand by themselves after their letter: the combining
// ones, and the points of Hebrew and Arabic that most people leave out.
var accents = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0300, Hi: 0x036F, Stride: 1}, {Lo: 0x0591, Hi: 0x05BD, Stride: 1}, {Lo: 0x05BF, Hi: 0x05C7, Stride: 1},
	{Lo: 0x0640, Hi: 0x0640, Stride: 1}, {Lo: 0x064B, Hi: 0x065F, Stride: 1}, {Lo: 0x1AB0, Hi: 0x1AFF, Stride: 1},
	{Lo: 0x1DC0, Hi: 0x1DFF, Stride: 1}, {Lo: 0x20D0, Hi: 0x20FF, Stride: 1}, {Lo: 0xFE00, Hi: 0xFE0F, Stride: 1},
}}

// bases says which letters carry an accent in one piece, or are written as two
// where a keyboard lacks them.
var bases = func() map[rune]string {
	m := make(map[rune]string)
	for plain, letters := range map[string]string{
		"a": "àáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặ", "b": "ḃḅḇ", "c": "çćĉċčḉ", "d": "ďđḋḍḏḑḓð",
		"e": "èéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệ", "f": "ḟ", "g": "ĝğġģǧǵḡ", "h": "ĥħȟḣḥḧḩḫẖ",
		"i": "ìíîïĩīĭįıǐȉȋḭḯỉị", "j": "ĵǰ", "k": "ķǩḱḳḵ", "l": "ĺļľŀłḷḹḻḽ", "m": "ḿṁṃ", "n": "ñńņňŉǹṅṇṉṋ",
		"o": "òóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợ", "p": "ṕṗ", "r": "ŕŗřȑȓṙṛṝṟ", "s": "śŝşšșſṡṣṥṧṩ",
		"t": "ţťŧțṫṭṯṱẗ", "u": "ùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự", "v": "ṽṿ", "w": "ŵẁẃẅẇẉẘ", "x": "ẋẍ",
		"y": "ýÿŷȳẏẙỳỵỷỹ", "z": "źżžẑẓẕ",
		"ss": "ß", "ae": "æǣǽ", "oe": "œ", "th": "þ", "ij": "ĳ",
		"α": "άἀἁἂἃἄἅὰάᾰᾱᾶ", "ε": "έἐἑἔἕὲέ", "η": "ήἠἡἤἥὴήῆ", "ι": "ίϊΐἰἱἴἵὶίῐῑῖ", "ο": "όὀὁὄὅὸό",
		"υ": "ύϋΰὐὑὔὕὺύῦ", "ω": "ώὠὡὤὥὼώῶ", "σ": "ς", "е": "ёѐ", "и": "йѝ", "і": "ї", "г": "ґѓ", "к": "ќ", "у": "ў",
		"ا": "أإآٱ", "ه": "ة", "ی": "يى", "ک": "ك",
	} {
		for _, r := range letters {
			m[r] = plain
		}
	}
	return m
}()
