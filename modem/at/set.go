package at

import (
	"slices"
	"strconv"
	"strings"
)

// Set is one group of a test answer: the values a parameter may take, such as (0-3,5) or ("SM","ME").
type Set struct {
	spans []span
	names []string
}

type span struct{ low, high int }

// numbersMax bounds Numbers: (0-4294967295) is a legal group.
const numbersMax = 1024

// ParseSets takes the groups of a test answer apart: (0-3),(0,1),(0,2),(0-1),(0). A value outside
// any parentheses is a group of its own; an empty field or group is an empty Set, so positions hold. A
// group around groups, as in (("SM","SR"),("SM")), stands for what it contains.
func ParseSets(s string) []Set {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil
	}
	var sets []Set
	for {
		field, rest, more := cutGroup(s)
		sets = appendSets(sets, strings.TrimSpace(field))
		if !more {
			return sets
		}
		s = rest
	}
}

func appendSets(sets []Set, field string) []Set {
	inner, grouped := strings.CutPrefix(field, "(")
	if !grouped {
		return append(sets, parseSet(field))
	}
	inner = strings.TrimSuffix(inner, ")")
	if _, _, nested := cutOutside(inner, '('); nested {
		return append(sets, ParseSets(inner)...)
	}
	return append(sets, parseSet(inner))
}

// cutGroup cuts at the first comma outside quotes and parentheses.
func cutGroup(s string) (before, after string, found bool) {
	depth, quoted := 0, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth <= 0:
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

func parseSet(s string) Set {
	var set Set
	for _, p := range ParseParams(s) {
		low, high, ok := parseSpan(p.Text)
		if ok {
			set.spans = append(set.spans, span{low, high})
		}
		if p.Text != "" && (p.Quoted || !ok) {
			set.names = append(set.names, p.Text)
		}
	}
	return set
}

func parseSpan(s string) (low, high int, ok bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, n, true
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, false
	}
	low, err := strconv.Atoi(strings.TrimSpace(from))
	if err != nil {
		return 0, 0, false
	}
	high, err = strconv.Atoi(strings.TrimSpace(to))
	return low, high, err == nil && low <= high
}

// Has reports whether the number is in the group.
func (s Set) Has(n int) bool {
	return slices.ContainsFunc(s.spans, func(r span) bool { return r.low <= n && n <= r.high })
}

// Names returns the words of the group, in its order.
func (s Set) Names() []string { return slices.Clone(s.names) }

// Numbers returns the numbers of the group in its order, ranges written out; the first 1024 of them.
func (s Set) Numbers() []int {
	var list []int
	for _, r := range s.spans {
		for n := r.low; n <= r.high && len(list) < numbersMax; n++ {
			list = append(list, n)
		}
	}
	return list
}
