package storage

import (
	"slices"
	"strings"

	"smsbridge/storage/plan"
)

// Rules say which numbers may be texted, beside being numbers at all. Short
// codes have no country: for them the lists of beginnings count alone.
type Rules struct {
	// Destinations are the countries that may be texted (ISO 3166-1, such as
	// DE); Home stands for the SIM's own, and Everywhere for every one.
	Destinations []string `json:"destinations"`

	// Blocked are beginnings of numbers that are refused, Held those that wait
	// until a manager releases them, such as +4990 or 88.
	Blocked []string `json:"blocked"`
	Held    []string `json:"held"`

	// Costly says what becomes of a text to a premium, shared-cost or satellite
	// number: hold, refuse or send.
	Costly string `json:"costly"`

	Rev int64 `json:"rev,omitempty"` // 0: nobody has changed them yet
}

// Words in Rules.
const (
	Home       = "home"
	Everywhere = "*"

	CostlyHold   = "hold"
	CostlyRefuse = "refuse"
	CostlySend   = "send"
)

// DefaultRules hold until somebody says otherwise: the SIM's own country only,
// and what is dear waits for a person. A box that does not know its country
// (no --country, and a SIM of a test network) texts every one.
func DefaultRules() Rules {
	return Rules{Destinations: []string{Home}, Blocked: []string{}, Held: []string{}, Costly: CostlyHold}
}

// NotInPlan warns of a number that its country's numbering plan does not have.
// It is sent all the same: plans change, and the network knows best.
const NotInPlan = "number_not_in_plan"

// Check refuses rules that say nothing, and writes them the one way they are
// kept.
func (r Rules) Check() (Rules, error) {
	for i, c := range r.Destinations {
		if c != Home && c != Everywhere {
			c = strings.ToUpper(c)
			if !plan.Known(c) {
				return r, Refuse(CodeInvalid, "destinations", "%q is no country; write two letters such as DE, or %s for the SIM's own, or %s for every one", c, Home, Everywhere)
			}
		}
		r.Destinations[i] = c
	}
	for field, list := range map[string][]string{"blocked": r.Blocked, "held": r.Held} {
		for _, b := range list {
			if digits := strings.TrimPrefix(b, "+"); digits == "" || strings.Trim(digits, "0123456789") != "" {
				return r, Refuse(CodeInvalid, field, "%q is no beginning of a number; write it as +4990, or as 88 for short codes", b)
			}
		}
	}
	if r.Costly == "" {
		r.Costly = CostlyHold
	}
	if !slices.Contains([]string{CostlyHold, CostlyRefuse, CostlySend}, r.Costly) {
		return r, Refuse(CodeInvalid, "costly", "costly is %q; it takes hold, refuse or send", r.Costly)
	}
	return r, nil
}

// Verdict is what the rules say of a number that is not refused.
type Verdict struct {
	Hold    string // why it waits for a person; empty: it does not
	Warning string
}

// Judge applies the rules to a number as the ledger keeps it. home is the
// country of the SIM, or empty.
func (r Rules) Judge(to, home string) (Verdict, error) {
	if b, found := beginning(to, r.Blocked); found {
		return Verdict{}, Refuse(CodeRule, "to", "%s begins with %s, which this box does not text; whoever looks after it can change that with `smsbridge rule set`", to, b)
	}
	var v Verdict
	if b, found := beginning(to, r.Held); found {
		v.Hold = "numbers that begin with " + b + " wait until a manager releases them"
	}
	digits, plus := strings.CutPrefix(to, "+")
	if !plus {
		return v, nil
	}
	n, ok := plan.Read(digits, true, "")
	if !ok && home != "" {
		v.Warning = NotInPlan
	}
	if n.Kind.Costly() {
		return r.costly(v, to, n)
	}
	if !r.reaches(n, home) {
		return v, Refuse(CodeRule, "to", "%s is in %s, and this box texts %s only; whoever looks after it can add a country with `smsbridge rule set --destination`",
			to, whose(n), strings.Join(r.countries(home), ", "))
	}
	return v, nil
}

func (r Rules) costly(v Verdict, to string, n plan.Number) (Verdict, error) {
	switch r.Costly {
	case CostlyRefuse:
		return v, Refuse(CodeRule, "to", "%s is a %s number, and this box does not text those; whoever looks after it can change that with `smsbridge rule set --costly`", to, n.Kind)
	case CostlyHold:
		v.Hold = "a " + string(n.Kind) + " number may cost more than a usual text; it waits until a manager releases it"
	}
	return v, nil
}

// reaches tells whether a number's country may be texted. A number that no plan
// has counts as that of the main country of its code.
func (r Rules) reaches(n plan.Number, home string) bool {
	for _, c := range r.Destinations {
		if c == Everywhere || c == Home && (home == "" || n.Country == home) || c == n.Country {
			return true
		}
	}
	return false
}

func (r Rules) countries(home string) []string {
	names := slices.Clone(r.Destinations)
	for i, c := range names {
		if c == Home {
			names[i] = home
		}
	}
	if len(names) == 0 {
		return []string{"no country"}
	}
	return names
}

func whose(n plan.Number) string {
	switch {
	case n.Country == "":
		return "no country"
	case !plan.Known(n.Country):
		return "no country (+" + n.Code + ")"
	}
	return n.Country
}

func beginning(to string, list []string) (string, bool) {
	i := slices.IndexFunc(list, func(b string) bool { return strings.HasPrefix(to, b) })
	if i < 0 {
		return "", false
	}
	return list[i], true
}

// HomeOf is the country of a line: the one that the box was told, or that of
// its SIM; empty if neither is known.
func HomeOf(country string, l Line) string {
	if country != "" {
		return strings.ToUpper(country)
	}
	return plan.Home(l.IMSI)
}

// Written is a number as people in a country write it; country may be empty.
func Written(number, country string) string { return plan.Written(number, country) }

// With adds to the lists of r, and takes over the word that add says.
func (r Rules) With(add Rules) Rules {
	r.Destinations = union(r.Destinations, add.Destinations)
	r.Blocked, r.Held = union(r.Blocked, add.Blocked), union(r.Held, add.Held)
	if add.Costly != "" {
		r.Costly = add.Costly
	}
	return r
}

// Without takes out of the lists of r what stands in those of out.
func (r Rules) Without(out Rules) Rules {
	r.Destinations = difference(r.Destinations, out.Destinations)
	r.Blocked, r.Held = difference(r.Blocked, out.Blocked), difference(r.Held, out.Held)
	return r
}

func union(a, b []string) []string { return append(difference(a, b), b...) }

// difference is what of a is not in b, whatever the case.
func difference(a, b []string) []string {
	return slices.DeleteFunc(append([]string{}, a...), func(s string) bool {
		return slices.ContainsFunc(b, func(t string) bool { return strings.EqualFold(s, t) })
	})
}
