package plan

import (
	"regexp"
	"strings"
)

// region is one line of the table: a country's plan.
type region struct {
	id, code string
	fields   []string
	patterns [columns]*regexp.Regexp // compiled when they are needed
}

// The columns of the table. What is a pattern matches a national number.
const (
	id        = iota
	code      // of the country
	idd       // pattern: what is dialled for abroad
	trunk     // pattern: what is dialled at home before the number
	transform // what takes the trunk prefix's place
	leading   // pattern: how numbers begin that are this region's and not another's with the same code
	sample    // a mobile number
	general   // pattern: every number of the plan
	premium   // patterns of the kinds
	free
	shared
	other
	fixed
	mobile
	columns
)

func newRegion(line string) *region {
	f := strings.Split(line, "\t")
	return &region{id: f[id], code: f[code], fields: f}
}

func (r *region) field(n int) string { return r.fields[n] }

// pattern is nil where the plan has none.
func (r *region) pattern(n int) *regexp.Regexp {
	mu.Lock()
	defer mu.Unlock()
	if r.patterns[n] == nil && r.fields[n] != "" {
		end := "$"
		if n == idd || n == trunk || n == leading {
			end = ""
		}
		r.patterns[n] = regexp.MustCompile("^(?:" + r.fields[n] + ")" + end)
	}
	return r.patterns[n]
}

func (r *region) matches(n int, digits string) bool {
	p := r.pattern(n)
	return p != nil && p.MatchString(digits)
}

// abroad takes off what is dialled at home for other countries; empty if the
// digits do not begin with it.
func (r *region) abroad(digits string) string {
	p := r.pattern(idd)
	if p == nil {
		return ""
	}
	rest := digits[len(p.FindString(digits)):]
	if rest == digits || rest == "" || rest[0] == '0' {
		return ""
	}
	return rest
}

// strip takes off the trunk prefix, unless that would spoil a number of the
// plan.
func (r *region) strip(digits string) string {
	p := r.pattern(trunk)
	if p == nil {
		return digits
	}
	at := p.FindStringSubmatchIndex(digits)
	if at == nil {
		return digits
	}
	bare := digits[at[1]:]
	if rule := r.fields[transform]; rule != "" && at[len(at)-1] >= 0 {
		bare = p.ReplaceAllString(digits, rule)
	}
	if r.matches(general, digits) && !r.matches(general, bare) {
		return digits
	}
	return bare
}

// number judges a national number.
func (r *region) number(national string) Number {
	return Number{E164: "+" + r.code + national, Country: r.id, Code: r.code, Kind: r.kind(national)}
}

func (r *region) kind(national string) Kind {
	if !r.matches(general, national) {
		return Unknown
	}
	for _, k := range []struct {
		column int
		kind   Kind
	}{{premium, Premium}, {free, Free}, {shared, Shared}, {other, Other}, {fixed, Fixed}, {mobile, Mobile}} {
		if !r.matches(k.column, national) {
			continue
		}
		if r.id == world && k.kind != Premium && k.kind != Free && k.kind != Shared {
			return Satellite
		}
		return k.kind
	}
	return Unknown
}
