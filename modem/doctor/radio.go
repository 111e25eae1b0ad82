package doctor

import (
	"cmp"
	"fmt"
	"strings"

	"smsbridge/modem"
)

// Limits that people in the field give; dBm of the strength of the carrier.
const (
	weak     = -105 // below, texts go out at the second try or not at all
	hot      = 70   // °C; the makers allow 75 to 85 and radios grow deaf before
	crowded  = 80   // percent of a memory
	nightly  = 100  // percent: the network keeps what comes, and gives up after a day or a week
	noRadius = 0    // Status.Signal when there is none
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
	case s.Signal == noRadius:
		return one(Fault, "Screw the antenna on, or move modem and antenna to a window; away from the box and its USB 3 sockets, on a cable if need be. In a house without any cover the modem finds nothing either.",
			"The modem receives no network: there is no signal.")
	}
	return one(Fault, "Wait two minutes. If it stays so: does the modem know the bands that this operator still has? A modem for 2G finds nothing where 2G is switched off.",
		"The modem receives a network (%d dBm) and is not registered with it (%s).", s.Signal, words(s.Registration.String()))
}

func signal(_ Picture, p Port) []Finding {
	if s := p.Status.Signal; !p.Status.Registration.Registered() || s == noRadius || s >= weak {
		return nil
	}
	return one(Warning, "Move the antenna to a window or use a longer cable: some steps are often 10 dB.", "The signal is weak (%d dBm): texts may be late or fail.", p.Status.Signal)
}

// ims is an LTE network that carries texts neither over SGs nor over IMS: data
// works, the modem is registered, and no text goes either way.
func ims(_ Picture, p Port) []Finding {
	s := p.Status
	if !s.EPS.Registered() || circuit(p) || s.EPS == modem.HomeSMS || s.EPS == modem.RoamingSMS {
		return nil
	}
	if f, ok := fact(p, "ims"); ok && f.State == modem.Good {
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
	"quectel-ec25": `AT+QCFG="ims",1`,
	"quectel-bg9x": `AT+QCFG="ims",1`,
}

// circuit reports whether the modem is registered for what is not packets.
func circuit(p Port) bool {
	f, ok := fact(p, "registration_cs")
	return !ok || f.State == modem.Good
}

func fact(p Port, name string) (modem.Fact, bool) {
	for _, f := range p.Facts {
		if f.Name == name {
			return f, true
		}
	}
	return modem.Fact{}, false
}

func roaming(_ Picture, p Port) []Finding {
	if !p.Status.Roaming {
		return nil
	}
	return one(Note, "Look at the price list; a limit on parts a day is in smsbridge line limit.", "The SIM is abroad, or on another operator's network: texts may cost more.")
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
		if u.Used*100 >= u.Total*nightly {
			f.Level = Fault
			f.Cause = fmt.Sprintf("The memory %s is full (%d of %d): no text comes in until there is room. The network keeps them for some days.", u.Memory, u.Used, u.Total)
		}
		found = append(found, f)
	}
	return found
}

func indications(_ Picture, p Port) []Finding {
	f, ok := fact(p, "indications")
	if !ok || f.State != modem.Bad && f.State != modem.Missing {
		return nil
	}
	return one(Warning, "Nothing need be done. Texts come up to five seconds later; another port of the same modem may tell them at once.",
		"The modem does not announce what it receives (%s), so smsbridge looks by itself.", cmp.Or(f.Answer, "no answer to "+f.Command))
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
		found = append(found, Finding{Level: Note, Cause: q.Words})
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
	if p.Status.Signal != noRadius {
		parts = append(parts, fmt.Sprintf("%d dBm", p.Status.Signal))
	}
	return strings.Join(parts, ", ") + ": sends and receives."
}

func words(s string) string { return strings.ReplaceAll(s, "_", " ") }
