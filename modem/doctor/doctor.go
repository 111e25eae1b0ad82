// Package doctor says in plain words what is wrong with a modem, and what to do
// next. It judges a Picture that others have gathered and asks nobody anything:
// what can be seen without opening a port comes from package usb, what a modem
// said of itself from package modem.
//
// Start with Examine. Each rule is a function of its own in rules.go and looks
// for one thing; a new way to fail gets a new rule, and a row in the test that
// reads like the person who has the trouble.
package doctor

import (
	"cmp"
	"slices"

	"smsbridge/modem"
	"smsbridge/modem/profile"
	"smsbridge/modem/usb"
)

// Picture is all that is known of a box and its modems.
type Picture struct {
	Ports        []Port
	Sticks       []usb.Stick // known sticks that still play CD-ROM
	ModemManager bool        // it runs
	Looking      bool        // smsbridge looks for modems by itself; false: only at ports that were named
}

// Port is a place where a modem may be.
type Port struct {
	usb.Port
	Access  usb.Access
	Holder  usb.Process // zero: nobody was seen
	Ignored bool        // ModemManager has been told to leave it alone
	Skip    string      // why it is not worth opening; empty: it is

	// What came of opening it.
	Opened   bool
	Err      error // of modem.Open
	Identity modem.Identity
	Profile  profile.Profile
	Status   modem.Status
	Usage    []modem.Usage
	Facts    []modem.Fact
}

// Level says how bad it is.
type Level string

const (
	Fault   Level = "fault"   // nothing goes until this is mended
	Warning Level = "warning" // it goes, and not as well as it could
	Note    Level = "note"    // good to know
	Fine    Level = "fine"
)

var levels = []Level{Fault, Warning, Note, Fine}

// Finding is one thing that the doctor has to say.
type Finding struct {
	Level Level  `json:"level"`
	Rule  string `json:"rule"`            // its name, for programs and for looking it up
	Where string `json:"where,omitempty"` // the port, the memory or the stick
	Cause string `json:"cause"`           // what is wrong
	Next  string `json:"next,omitempty"`  // the next step
}

// Examine judges the picture. The worst comes first, and it never says nothing.
func Examine(p Picture) []Finding {
	var found []Finding
	for _, r := range boxRules {
		found = append(found, named(r.name, r.look(p))...)
	}
	for _, port := range p.Ports {
		found = append(found, examinePort(p, port)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Compare(slices.Index(levels, a.Level), slices.Index(levels, b.Level))
	})
	return found
}

// examinePort applies the rules of a port in their order. A fault that keeps
// the port shut ends it: what lies behind it nobody has seen.
func examinePort(p Picture, port Port) []Finding {
	if port.Skip != "" {
		return nil
	}
	var found []Finding
	for _, r := range portRules {
		if !r.shut && !port.Opened {
			return found // nobody has asked
		}
		for _, f := range named(r.name, r.look(p, port)) {
			f.Where = cmp.Or(f.Where, port.Path, port.Name)
			found = append(found, f)
		}
		if r.shut && len(found) > 0 {
			return found
		}
	}
	if port.Opened && port.Err == nil && !slices.ContainsFunc(found, serious) {
		found = append(found, Finding{Level: Fine, Rule: "fine", Where: cmp.Or(port.Path, port.Name), Cause: well(port)})
	}
	return found
}

func serious(f Finding) bool { return f.Level == Fault || f.Level == Warning }

func named(rule string, found []Finding) []Finding {
	for i := range found {
		found[i].Rule = rule
	}
	return found
}

// Healthy reports whether nothing keeps the box from its work.
func Healthy(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return f.Level == Fault })
}
