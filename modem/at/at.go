// Package at is the grammar of AT lines: ITU-T V.250 for the line and the final results, 3GPP
// TS 27.007 and TS 27.005 for the forms of parameters and errors. It serves both ends of the wire:
// modem writes commands and reads answers with it, the simulator the other way round.
//
// It knows no command by name and keeps no state. Where a real modem strays from the letter (a
// missing colon, a blank too many, a bare word where a string is due) the parsers take what can only
// have been meant; they never fail on an answer, because an answer nobody can read is still an answer.
//
// Start with ParseCommand for what a terminal says and with ParseResult and ParseParams for what a
// modem says.
package at

import (
	"strconv"
	"strings"
)

// Param is one field of a parameter list.
type Param struct {
	Text   string
	Quoted bool // it stood between quotes, so it is a string even if it looks like a number
}

// Params is a parameter list, the part after the colon of an answer or after = of a command.
type Params []Param

// ParseParams takes a list apart at its commas. Quotes are removed, commas within them kept, and
// \22 and \5C within them are a quote and a backslash (V.250, 5.4.2.2). Empty fields are kept; an empty
// or blank list has no field. A quote that is never closed runs to the end.
func ParseParams(s string) Params {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	var list Params
	for {
		field, rest, more := cutOutside(s, ',')
		list = append(list, parseParam(field))
		if !more {
			return list
		}
		s = rest
	}
}

func parseParam(s string) Param {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		return Param{Text: s}
	}
	text, tail, _ := strings.Cut(s[1:], `"`)
	return Param{Text: unescape(text) + tail, Quoted: true}
}

var (
	escapes   = strings.NewReplacer(`\`, `\5C`, `"`, `\22`)
	unescapes = strings.NewReplacer(`\5C`, `\`, `\5c`, `\`, `\22`, `"`)
)

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	return unescapes.Replace(s)
}

// Quote returns s as a string constant (V.250, 5.4.2.2). What it returns, ParseParams gives back.
func Quote(s string) string {
	return `"` + escapes.Replace(s) + `"`
}

// Text returns field i, or "" when there is none.
func (p Params) Text(i int) string {
	if i < 0 || i >= len(p) {
		return ""
	}
	return p[i].Text
}

// Int returns field i as a decimal number and whether it is one. Quotes do not matter: modems differ.
func (p Params) Int(i int) (int, bool) {
	n, err := strconv.Atoi(p.Text(i))
	return n, err == nil
}

// cutOutside is strings.Cut at the first sep that stands outside quotes.
func cutOutside(s string, sep byte) (before, after string, found bool) {
	quoted := false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == sep && !quoted:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}
