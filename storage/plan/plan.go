// Package plan knows the telephone numbering plans of the world: which country
// a number belongs to, what kind it is, and how a number that was typed the way
// people at home write it is written for the whole world (ITU-T E.164). It also
// knows in which countries it is the same time everywhere, and which.
//
// The plans are a table (table.txt), one country a line, of which only the
// lines that are asked for are ever read or compiled: a box that texts one
// country holds a few kilobytes. A plan changes somewhere every month, so what
// the table does not know is doubtful and not wrong: this room judges, and
// package storage decides what follows from it.
//
// Start with Read.
package plan

import (
	_ "embed"
	"strings"
	"sync"
)

// Kind is what a number is for, as far as the bill is concerned.
type Kind string

// The kinds. Shared is shared cost, dearer than a usual text; Satellite are the
// networks and operators without a country.
const (
	Unknown   Kind = "" // no number of its country's plan
	Mobile    Kind = "mobile"
	Fixed     Kind = "fixed" // or either, where the plan does not tell them apart
	Free      Kind = "free"
	Other     Kind = "other" // voice over IP, personal, pager, company, voice mail
	Shared    Kind = "shared"
	Premium   Kind = "premium"
	Satellite Kind = "satellite"
)

// Costly tells whether a text to such a number costs more than its writer may
// expect.
func (k Kind) Costly() bool { return k == Premium || k == Shared || k == Satellite }

// Number is what the plans say of a number.
type Number struct {
	E164    string // with +
	Country string // ISO 3166-1; 001: of no country; empty: no country has this code
	Code    string // of the country, as it is dialled
	Kind    Kind
}

// Read judges digits, which stood behind a + or not. Without it they are read
// as people in country write them: after the prefix for abroad, after the one
// for home, or bare. ok tells that the plans know such a number; if not, n is
// as near as they come, and empty when nothing is.
func Read(digits string, plus bool, country string) (n Number, ok bool) {
	if plus {
		return worldwide(digits)
	}
	home := lookup(country)
	if home == nil {
		return Number{}, false
	}
	if rest := home.abroad(digits); rest != "" {
		return worldwide(rest)
	}
	list := sharing(home.code)
	if n := judge(list, home.strip(digits)); n.Kind != Unknown {
		return n, true
	}
	if rest, found := strings.CutPrefix(digits, home.code); found { // the + was forgotten
		if n := judge(list, home.strip(rest)); n.Kind != Unknown {
			return n, true
		}
	}
	return home.number(home.strip(digits)), false
}

// worldwide reads digits that begin with a country's code, after which some
// people write the trunk prefix too, as in +49 (0)171.
func worldwide(digits string) (n Number, ok bool) {
	list := calling(digits)
	if len(list) == 0 {
		return Number{E164: "+" + digits}, false
	}
	bare := digits[len(list[0].code):]
	for _, national := range []string{list[0].strip(bare), bare} {
		if n := judge(list, national); n.Kind != Unknown {
			return n, true
		}
	}
	return judge(list, bare), false
}

// judge finds whose a national number is, of the regions that share a code. The
// main one has what is nobody's.
func judge(list []*region, national string) Number {
	for _, r := range list {
		if r.field(leading) != "" && r.matches(leading, national) ||
			r.field(leading) == "" && r.kind(national) != Unknown {
			return r.number(national)
		}
	}
	return list[0].number(national)
}

// Known tells whether there is a plan of a country.
func Known(country string) bool { return country != world && lookup(country) != nil }

// Code is the country's code, as it is dialled; empty if there is no plan.
func Code(country string) string {
	if r := lookup(country); r != nil {
		return r.code
	}
	return ""
}

// Sample is how a mobile number of a country looks, for people.
func Sample(country string) string {
	r := lookup(country)
	if r == nil || r.field(sample) == "" {
		return "+15550100"
	}
	return "+" + r.code + r.field(sample)
}

//go:embed table.txt
var table string

// world is the country of the codes that have none.
const world = "001"

var (
	mu      sync.Mutex // guards what follows
	regions = make(map[string]*region)
)

// lookup finds a country in the table; its line is read once.
func lookup(country string) *region {
	if len(country) != 2 && country != world {
		return nil
	}
	return find("\n" + strings.ToUpper(country) + "\t")
}

// find gives the region whose line begins with head.
func find(head string) *region {
	mu.Lock()
	defer mu.Unlock()
	if r, done := regions[head]; done {
		return r
	}
	var r *region
	if at := strings.Index(table, head); at >= 0 {
		r = newRegion(line(at + 1))
	}
	regions[head] = r
	return r
}

func line(at int) string {
	text, _, _ := strings.Cut(table[at:], "\n")
	return text
}

// calling lists the regions that share the code which the digits begin with,
// the main one first. No code is the beginning of another.
func calling(digits string) []*region {
	for n := 1; n <= min(3, len(digits)); n++ {
		if list := sharing(digits[:n]); len(list) > 0 {
			return list
		}
	}
	return nil
}

var codes = sync.OnceValue(func() map[string][]string {
	m := make(map[string][]string)
	for row := range strings.Lines(table) {
		if id, rest, found := strings.Cut(row, "\t"); found {
			code, _, _ := strings.Cut(rest, "\t")
			m[code] = append(m[code], id+"\t"+code)
		}
	}
	return m
})

func sharing(code string) []*region {
	var list []*region
	for _, head := range codes()[code] {
		list = append(list, find("\n"+head+"\t"))
	}
	return list
}
