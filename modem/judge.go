package modem

import (
	"fmt"

	"smsbridge/modem/at"
)

// What the answers of an examination mean, in words for a person. nil fields are an answer that did not come.

func judgeRadio(p at.Params, _ *Status) (FactState, string) {
	switch n, ok := p.Int(0); {
	case !ok:
		return Unknowable, ""
	case n == 1:
		return Good, "the radio is on"
	case n == 4:
		return Bad, "flight mode: the radio is off; reset the modem, or send AT+CFUN=1"
	}
	return Bad, "the radio is off; reset the modem, or send AT+CFUN=1"
}

func judgeLock(p at.Params, s *Status) (FactState, string) {
	switch s.PIN = p.Text(0); s.PIN {
	case "READY":
		return Good, "the card is open"
	case "":
		return Bad, "the modem cannot use its card: is one in, and the right way round?"
	case "SIM PIN":
		return Bad, "the card asks for its PIN. " + (&PINError{Tries: -1}).Advice()
	case "SIM PUK":
		return Bad, "the card asks for its PUK. " + (&PUKError{Tries: -1}).Advice()
	}
	return Bad, "the modem is locked to a network or asks for another code: " + s.PIN
}

func judgeTries(p at.Params, _ *Status) (FactState, string) {
	n, ok := p.Int(1)
	switch {
	case !ok:
		return Unknowable, ""
	case n == 0:
		return Bad, "no try is left for the PIN. " + (&PUKError{Tries: -1}).Advice()
	case n == 1:
		return Bad, "one try is left. " + (&PINError{Tries: 1}).Advice()
	}
	return Good, fmt.Sprintf("%d tries left for the PIN", n)
}

func judgeCentre(p at.Params, _ *Status) (FactState, string) {
	if p == nil {
		return Unknowable, ""
	}
	if p.Text(0) == "" {
		return Bad, "the card knows no service centre, so nothing can be sent; ask the operator for its number and set it"
	}
	return Good, "messages go by the service centre of the card"
}

// judgeRegistration looks at one network. Only that of LTE, asked last, is bad if no network has taken the card.
func judgeRegistration(text string) func(at.Params, *Status) (FactState, string) {
	return func(p at.Params, s *Status) (FactState, string) {
		state := RegistrationUnknown
		if p != nil {
			state = parseRegistration(p)
		}
		last := text == "+CEREG?"
		switch {
		case text == "+CREG?":
			s.Registration = state
		case last:
			s.EPS = state
		}
		if state.Registered() {
			return Good, registrationWords(state)
		}
		if last && !s.Registration.Registered() {
			if s.Registration != RegistrationUnknown && s.Registration != NotRegistered {
				state = s.Registration
			}
			return Bad, "no network has taken the card: " + registrationWords(state)
		}
		if p == nil {
			return Unknowable, ""
		}
		return Unknowable, registrationWords(state)
	}
}

func registrationWords(s RegistrationState) string {
	switch s {
	case Home, HomeNoCSFB:
		return "registered in the home network"
	case Roaming, RoamingNoCSFB:
		return "registered in another network: messages may cost more"
	case HomeSMS, RoamingSMS:
		return "registered for messages only, which is all this bridge needs"
	case Searching:
		return "it searches; if that goes on for minutes, look at the antenna and the signal"
	case Denied:
		return "the network refuses the card: is it activated, paid for, and allowed here?"
	case EmergencyOnly:
		return "for emergency calls only: the card is refused or missing"
	case NotRegistered:
		return "not registered and not searching; check the antenna, and AT+COPS=0"
	}
	return "not known; there may be no coverage"
}

func judgeOperator(p at.Params, s *Status) (FactState, string) {
	name, by := p.Text(2), access(number(p, 3, -1))
	s.Operator, s.Access = name, by
	switch {
	case p == nil:
		return Unknowable, ""
	case p.Text(0) == "2":
		return Bad, "the modem was told to leave the network: AT+COPS=0 lets it choose again"
	case name == "":
		return Unknowable, "no network chosen yet"
	case p.Text(0) == "1":
		return Good, name + ", chosen by hand: it stays there even where another would be better"
	case by != "":
		return Good, name + " by " + by
	}
	return Good, name
}

func judgeSignal(p at.Params, _ *Status) (FactState, string) {
	level := dBm(number(p, 0, 99))
	switch {
	case level == 0:
		return Unknowable, "no signal is measured; look at the antenna if +CESQ knows none either"
	case level < -105:
		return Bad, fmt.Sprintf("%d dBm: too weak to be relied on; move the antenna to a window, away from the computer", level)
	case level < -95:
		return Good, fmt.Sprintf("%d dBm: weak", level)
	}
	return Good, fmt.Sprintf("%d dBm", level)
}

func judgeMode(p at.Params, _ *Status) (FactState, string) {
	switch n, ok := p.Int(0); {
	case !ok:
		return Unknowable, ""
	case n == 0:
		return Good, "PDU mode"
	}
	return Bad, "text mode: another program may be using this modem too"
}

func judgeMemories(p at.Params, _ *Status) (FactState, string) {
	for i := 0; i+2 < len(p); i += 3 {
		used, total := number(p, i+1, 0), number(p, i+2, 0)
		if total > 0 && used >= total {
			return Bad, fmt.Sprintf("%s is full (%d of %d): no more messages come in until some are removed", p.Text(i), used, total)
		}
	}
	if p == nil {
		return Unknowable, ""
	}
	return Good, fmt.Sprintf("%s holds %d of %d", p.Text(0), number(p, 1, 0), number(p, 2, 0))
}

func judgeIndications(p at.Params, _ *Status) (FactState, string) {
	mt, ok := p.Int(1)
	switch {
	case !ok:
		return Unknowable, "messages are found by the sweep only, within a minute"
	case mt != 1 && mt != 2:
		return Bad, "the modem does not tell of messages; they are found by the sweep only, within a minute"
	case number(p, 3, 0) == 0:
		return Good, "it tells of messages; delivery reports are not asked for or not supported"
	}
	return Good, "it tells of messages and reports"
}

// judgeWay is +CGSMS: TS 27.007, 10.1.21.
func judgeWay(p at.Params, s *Status) (FactState, string) {
	n, ok := p.Int(0)
	switch {
	case !ok:
		return Unknowable, ""
	case n == 0 && s.Access != "LTE":
		return Bad, "messages go by packet service only, which many networks do not carry: AT+CGSMS=1 or 3"
	}
	return Good, [...]string{
		"by packet service", "by the circuit switched network", "by packet service where possible", "by the circuit switched network where possible",
	}[min(max(n, 0), 3)]
}

// judgeIMS is +CIREG: TS 27.007, 8.71. On LTE without a circuit switched network beside it, messages need IMS.
func judgeIMS(p at.Params, s *Status) (FactState, string) {
	i := 0
	if len(p) > 1 {
		i = 1
	}
	alone := s.EPS.Registered() && !s.Registration.Registered()
	switch n, ok := p.Int(i); {
	case ok && n == 1:
		return Good, "registered with IMS"
	case alone:
		return Bad, "registered by LTE only and not with IMS: messages may neither come nor go. Let the modem use 2G or " +
			"3G, try AT+CGSMS=1, or switch its IMS on (Quectel: AT+QCFG=\"ims\",1), and ask the operator"
	case !ok:
		return Unknowable, ""
	}
	return Good, "not registered with IMS, which is not needed here"
}
