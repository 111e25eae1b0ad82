package storage

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Hit is a message that a search found: with what was found marked in a piece
// of its text.
type Hit struct {
	Message Message  `json:"message"`
	Contact *Contact `json:"contact,omitempty"` // whose thread it is in
	Snippet string   `json:"snippet"`
	Marks   [][2]int `json:"marks"` // of Snippet, as begin and end in UTF-16 units
}

// HitPage is one answer of a search, the newest message first. Next goes on
// where it ended, and may lead to an empty page: a search looks at so many
// messages at a time, not more.
type HitPage struct {
	Hits []Hit  `json:"hits"`
	Next string `json:"next,omitempty"`
	Head Head   `json:"head"`
}

// A Query is what a search looks for.
type Query struct {
	Phrases [][]string // words that stand one after the other; the last may go on
	From    string     // who wrote it: a name, a number, or "me"
	Number  string     // of the other end, in any format
	Line    string     // own line: its id, number or name
	Thread  string
	Unread  bool
	Before  Time
	After   Time
}

// ParseQuery reads a search as people type it: words and "exact phrases", and
// from:, number:, line:, in:, before:, after: and is:unread.
func ParseQuery(text string) (Query, error) {
	var q Query
	for _, piece := range pieces(text) {
		name, value, filter := strings.Cut(piece, ":")
		value = strings.Trim(value, `"`)
		into := map[string]*string{"from": &q.From, "number": &q.Number, "line": &q.Line, "in": &q.Thread}[strings.ToLower(name)]
		switch {
		case filter && value != "" && into != nil:
			*into = value
		case filter && strings.EqualFold(piece, "is:unread"):
			q.Unread = true
		case filter && (strings.EqualFold(name, "before") || strings.EqualFold(name, "after")):
			day, err := time.ParseInLocation(time.DateOnly, value, time.Local)
			if err != nil {
				return q, Refuse(CodeInvalid, "q", "%s takes a day, such as %s:2026-11-20", piece, strings.ToLower(name))
			}
			if strings.EqualFold(name, "after") {
				q.After = At(day.AddDate(0, 0, 1))
			} else {
				q.Before = At(day)
			}
		default:
			if words := Words(piece); len(words) > 0 {
				q.Phrases = append(q.Phrases, words)
			}
		}
	}
	if len(q.Phrases) == 0 && q.From == "" && q.Number == "" && q.Line == "" && q.Thread == "" {
		return q, Refuse(CodeInvalid, "q", "say what to look for: a word, or from:, number:, line: or in:")
	}
	return q, nil
}

// pieces divides at blanks that do not stand between quotes.
func pieces(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' || r == '“' || r == '”' {
			quoted = !quoted
		}
		return unicode.IsSpace(r) && !quoted
	})
}

// GoesOn tells whether a last word of a phrase stands for all that begin with
// it. Shorter ones would stand for too much.
func GoesOn(word string) bool { return utf8.RuneCountInString(word) >= 3 }

// Find looks for every phrase in a text: where they stand, as bytes; false if
// one is missing.
func (q Query) Find(text string) (found [][2]int, ok bool) {
	words := SplitWords(text)
	for _, phrase := range q.Phrases {
		here := false
		for i := range words {
			if stands(words[i:], phrase) {
				found = append(found, [2]int{words[i].Start, words[i+len(phrase)-1].End})
				here = true
			}
		}
		if !here {
			return nil, false
		}
	}
	slices.SortFunc(found, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(b[1], a[1])) })
	apart := found[:0]
	for _, f := range found {
		if n := len(apart); n == 0 || f[0] >= apart[n-1][1] {
			apart = append(apart, f)
		}
	}
	return apart, true
}

func stands(words []Word, phrase []string) bool {
	if len(words) < len(phrase) {
		return false
	}
	for i, p := range phrase {
		w := words[i].Text
		if w != p && !(i == len(phrase)-1 && GoesOn(p) && strings.HasPrefix(w, p)) {
			return false
		}
	}
	return true
}

// around is how many bytes of a text a snippet shows on either side of the
// first mark.
const around = 60

// Snip cuts a piece of a text around what was found in it.
func Snip(text string, found [][2]int) (snippet string, marks [][2]int) {
	start, end := 0, min(3*around, len(text))
	if len(found) > 0 {
		start, end = max(found[0][0]-around, 0), min(found[0][1]+2*around, len(text))
	}
	start, end = edge(text, start), edge(text, end)
	head := ""
	if start > 0 {
		head = "…"
	}
	snippet = head + text[start:end]
	if end < len(text) {
		snippet += "…"
	}
	marks = [][2]int{}
	for _, f := range found {
		if f[0] >= start && f[1] <= end {
			from := units(head) + units(text[start:f[0]])
			marks = append(marks, [2]int{from, from + units(text[f[0]:f[1]])})
		}
	}
	return snippet, marks
}

// edge goes back to where a character begins.
func edge(text string, i int) int {
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i--
	}
	return i
}

// units is the length of s in UTF-16, which scripts in a page count in.
func units(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
