package modem

import (
	"cmp"
	"slices"

	"smsbridge/modem/at"
)

// Class says what an error asks of the sender.
type Class uint8

const (
	Transient Class = iota // try again later
	Permanent              // the same message will be refused again
	Uncertain              // it may have been sent: do not try again unasked
	Hold                   // the SIM or its owner must act first: pause the line, the message is blameless
	Duplicate              // the service centre has it already: count it as sent
)

func (c Class) String() string {
	return [...]string{"transient", "permanent", "uncertain", "hold", "duplicate"}[c]
}

// Class sorts the error, by the table in class_table.go. It is a total function. What the table calls
// uncertain is so only after Ctrl-Z; before, nothing was sent, and it is transient.
func (e *Error) Class() Class {
	if e.Outcome == Unknown {
		return Uncertain
	}
	class := Uncertain
	if r, ok := ruleOf(e.Kind, e.Code); ok {
		class = r.class
	}
	if class == Uncertain && !e.sent {
		return Transient
	}
	return class
}

// rule is a row of the table: the codes from one to another, both included, and the clause that gives
// them their meaning.
type rule struct {
	from, to int
	class    Class
	clause   string
	meaning  string // of a range; a single code has its name from the specification
	note     string // why, where the clause alone does not say it; what was seen in the field
}

// codeMax is the highest code of the table; a modem may invent higher ones, which say nothing.
const codeMax = 65535

// rulesOf returns the table of a kind: in order, without gap or overlap.
func rulesOf(k ErrorKind) []rule {
	switch k {
	case CMS:
		return cmsRules
	case CME:
		return cmeRules
	}
	return nil
}

func ruleOf(k ErrorKind, code int) (rule, bool) {
	rules := rulesOf(k)
	i, _ := slices.BinarySearchFunc(rules, code, func(r rule, code int) int { return cmp.Compare(r.to, code) })
	if i == len(rules) || code < rules[i].from {
		return rule{}, false
	}
	return rules[i], true
}

// text is the meaning of the row.
func (r rule) text(k ErrorKind) string {
	switch {
	case r.meaning != "":
		return r.meaning
	case k == CME:
		return at.CMEText(r.from)
	}
	return at.CMSText(r.from)
}
