package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smsbridge/modem"
)

// Limits that people in the field give; dBm of the strength of the carrier.
const (
	weak     = -105 // below, texts go out at the second try or not at all
	hot      = 70   // °C; the makers allow 75 to 85 and radios grow deaf before
	crowded  = 80   // percent of a memory
	noSignal = 0    // Status.Signal when there is none
)

func centre(_ Picture, p Port) []Finding {
	if p.Identity.ServiceCentre != "" {
		return nil
	}
	return one(Fault, "Ask the operator for the number of its SMS centre and set it once: smsbridge modem at --unsafe 'AT+CSCA=\"+NUMBER\",145'.",
		"The SIM knows no SMS centre, so no text can be sent.")
}

func registration(_ Picture, p Port) []Finding {
	s := p.Status
	switch {
	case s.Registration.Registered():
		return nil
	case s.Registration == modem.Denied:
		return one(Fault, "Try the SIM in a phone. Usual causes: a card that is not activated, no credit for months, a modem that the network has barred, or roaming that the contract does not allow.",
			"The network refuses the SIM.")
	case s.Registration == modem.EmergencyOnly:
		return one(Fault, "Try the SIM in a phone; ask the operator whether it is active.", "The network lets this SIM make emergency calls only.")
	case s.Signal == noSignal:
		return one(Fault, "Screw the antenna on, or move modem and antenna to a window; away from the box and its USB 3 sockets, on a cable if need be. In a house without any cover the modem finds nothing either.",
			"The modem receives no network: there is no signal.")
	}
	return one(Fault, "Wait two minutes. If it stays so: does the modem know the bands that this operator still has? A modem for 2G finds nothing where 2G is switched off.",
		"The modem receives a network (%d dBm) and is not registered with it (%s).", s.Signal, words(s.Registration.String()))
}

func signal(_ Picture, p Port) []Finding {
	if s := p.Status.Signal; !p.Status.Registration.Registered() || s == noSignal || s >= weak {
		return nil
	}
	return one(Warning, "Move the antenna to a window or use a longer cable: some steps are often 10 dB.", "The signal is weak (%d dBm): texts may be late or fail.", p.Status.Signal)
}

// ims is an LTE network that carries texts neither over SGs nor over IMS: data
// works, the modem is registered, and no text goes either way.
func ims(_ Picture, p Port) []Finding {
	if f := fact(p, "messages over IMS"); f.State != modem.Bad {
		return nil
	}
	next := "First: smsbridge modem at --unsafe 'AT+CGSMS=1' (texts over circuits)."
	if how := imsSwitch[p.Profile.Name]; how != "" {
		next += " If that does not help, switch IMS on: smsbridge modem at --unsafe '" + how + "', then smsbridge modem reset."
	}
	return one(Fault, next+" Else ask the operator for a contract with VoLTE or SMS over SGs for this modem, or set the modem to 3G or 2G where these are still on air.",
		"The modem is registered with LTE for data only: neither circuits nor IMS are there to carry a text.")
}

// imsSwitch is how the families are told to use IMS.
var imsSwitch = map[string]string{
	"quectel": `AT+QCFG="ims",1`,
}

// fact finds what the examination found out; one that was not asked says nothing.
func fact(p Port, name string) modem.Fact {
	for _, f := range p.Facts {
		if f.Name == name {
			return f
		}
	}
	return modem.Fact{Name: name, State: modem.Unknowable}
}

func roaming(_ Picture, p Port) []Finding {
	if !p.Status.Roaming {
		return nil
	}
	return one(Note, "Look at the price list; smsbridge limit sets how many parts a day may go out.", "The SIM is abroad, or on another operator's network: texts may cost more.")
}

func store(_ Picture, p Port) []Finding {
	var found []Finding
	for _, u := range p.Usage {
		if u.Total <= 0 || u.Used*100 < u.Total*crowded {
			continue
		}
		f := Finding{
			Level: Warning, Where: cmp.Or(p.Path, p.Name) + " " + u.Memory,
			Cause: fmt.Sprintf("The memory %s is nearly full: %d of %d.", u.Memory, u.Used, u.Total),
			Next:  "Start smsbridge serve: it files every text in the ledger and only then deletes it here. If it runs and this stays, smsbridge modem transcript shows which deletion is refused.",
		}
		if u.Used >= u.Total {
			f.Level = Fault
			f.Cause = fmt.Sprintf("The memory %s is full (%d of %d): no text comes in until there is room. The network keeps them for some days.", u.Memory, u.Used, u.Total)
		}
		found = append(found, f)
	}
	return found
}

func indications(_ Picture, p Port) []Finding {
	if fact(p, "indications").State != modem.Bad {
		return nil
	}
	return one(Warning, "Nothing need be done: smsbridge looks by itself. The second port of the same modem may tell at once: --modem PORT.",
		"The modem does not announce what it receives, so texts come in up to a minute late.")
}

// others is what the examination thinks ill of and no rule here has better
// words for.
func others(_ Picture, p Port) []Finding {
	var found []Finding
	for _, f := range p.Facts {
		if f.State == modem.Bad && !slices.Contains(spokenFor, f.Name) {
			found = append(found, Finding{Level: Warning, Cause: sentence(f.Words), Next: "smsbridge modem probe shows the question and the answer: " + f.Command + "."})
		}
	}
	return found
}

var spokenFor = []string{
	"service centre", "registration", "data registration", "LTE registration", "signal", "memories", "indications",
	"messages over IMS", "temperature", "SIM lock",
}

func heat(_ Picture, p Port) []Finding {
	if !p.Status.HasTemperature || p.Status.Temperature < hot {
		return nil
	}
	return one(Warning, "Give it air: out of the case, off the box, not behind a radiator.", "The modem is hot (%d °C).", p.Status.Temperature)
}

func quirks(_ Picture, p Port) []Finding {
	var found []Finding
	for _, q := range p.Profile.Quirks {
		found = append(found, Finding{Level: Note, Cause: fmt.Sprintf("Known of this family: %s. The sign: %s.", strings.TrimSuffix(q.Words, "."), q.Sign)})
	}
	return found
}

// well says how a port does that has nothing wrong.
func well(p Port) string {
	parts := []string{strings.TrimSpace(p.Identity.Manufacturer + " " + p.Identity.Model)}
	if p.Identity.Number != "" {
		parts = append(parts, "number "+p.Identity.Number)
	}
	parts = append(parts, "registered ("+words(p.Status.Registration.String())+")")
	if p.Status.Operator != "" {
		parts = append(parts, "with "+p.Status.Operator)
	}
	if p.Status.Signal != noSignal {
		parts = append(parts, fmt.Sprintf("%d dBm", p.Status.Signal))
	}
	return strings.Join(parts, ", ") + ": sends and receives."
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }
