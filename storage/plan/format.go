package plan

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

//go:embed format.txt
var formats string

// The columns of the table of formats: what has a pattern is written in the
// form of its first row that fits.
const (
	formatCode     = iota // of the country
	formatPattern         // of the whole national number
	formatLeading         // pattern of how it begins; empty: any way
	formatNational        // the form at home; empty: none
	formatAbroad          // the form behind the country's code; empty: none
	formatColumns
)

// Written is a number in E.164 as people in country write it: their own in the
// form they use among themselves, all others with + and the country's code (ITU-T
// E.123, 2). What the plans do not know stays as it is.
func Written(e164, country string) string {
	digits, plus := strings.CutPrefix(e164, "+")
	if !plus {
		return e164
	}
	n, ok := Read(digits, true, "")
	if !ok {
		return e164
	}
	national := strings.TrimPrefix(n.E164, "+"+n.Code)
	if strings.EqualFold(n.Country, country) {
		return formatted(n.Code, national, formatNational)
	}
	return "+" + n.Code + " " + formatted(n.Code, national, formatAbroad)
}

// formatted writes a national number in one of the forms of its code; where
// none fits, in one piece.
func formatted(code, national string, form int) string {
	for _, f := range formatsOf(code) {
		if f.fields[form] == "" || f.leading != nil && !f.leading.MatchString(national) || !f.pattern.MatchString(national) {
			continue
		}
		return f.pattern.ReplaceAllString(national, f.fields[form])
	}
	return national
}

// format is one row, compiled.
type format struct {
	pattern, leading *regexp.Regexp
	fields           []string
}

var (
	formatsMu sync.Mutex // guards what follows
	formatsBy = make(map[string][]format)
)

// formatsOf gives the rows of a code; they are compiled once.
func formatsOf(code string) []format {
	formatsMu.Lock()
	defer formatsMu.Unlock()
	list, done := formatsBy[code]
	if done {
		return list
	}
	for row := range strings.Lines(formats) {
		if !strings.HasPrefix(row, code+"\t") {
			continue
		}
		f := format{fields: strings.Split(strings.TrimSuffix(row, "\n"), "\t")}
		f.pattern = regexp.MustCompile("^(?:" + f.fields[formatPattern] + ")$")
		if f.fields[formatLeading] != "" {
			f.leading = regexp.MustCompile("^(?:" + f.fields[formatLeading] + ")")
		}
		list = append(list, f)
	}
	formatsBy[code] = list
	return list
}
