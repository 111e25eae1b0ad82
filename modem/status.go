package modem

import (
	"context"

	"smsbridge/modem/at"
)

// RegistrationState is the <stat> of +CREG and its kin: TS 27.007, 7.2.
type RegistrationState uint8

const (
	NotRegistered RegistrationState = iota
	Home
	Searching
	Denied
	RegistrationUnknown
	Roaming
	HomeSMS    // for messages only
	RoamingSMS // for messages only
	EmergencyOnly
	HomeNoCSFB    // no fallback for calls is preferred
	RoamingNoCSFB //
)

var registrationNames = [...]string{
	"not_registered", "home", "searching", "denied", "unknown", "roaming", "home_sms_only",
	"roaming_sms_only", "emergency_only", "home_csfb_not_preferred", "roaming_csfb_not_preferred",
}

func (s RegistrationState) String() string {
	if int(s) < len(registrationNames) {
		return registrationNames[s]
	}
	return registrationNames[RegistrationUnknown]
}

// Registered reports whether messages can be sent.
func (s RegistrationState) Registered() bool {
	switch s {
	case Home, Roaming, HomeSMS, RoamingSMS, HomeNoCSFB, RoamingNoCSFB:
		return true
	}
	return false
}

// Status is how the modem is doing.
type Status struct {
	Registration RegistrationState // where messages go: of the circuit switched network, or of LTE if there is none
	Packet, EPS  RegistrationState // +CGREG and +CEREG; RegistrationUnknown if the modem does not tell
	Roaming      bool              // registered in a network that is not the card's own
	SMSOnly      bool              // registered for messages only
	Operator     string            // name or number of the network, empty if there is none
	Access       string            // 2G, 3G, LTE, NB-IoT, 5G; empty if not known

	Signal         int    // dBm, 0 if not known
	SignalOf       string // what was measured: RSSI, RSCP (3G), RSRP (LTE, some 15 dB below RSSI); empty if not known
	Temperature    int    // °C, of the hottest sensor
	HasTemperature bool

	PIN string // what the SIM asks for: READY, SIM PIN, ...; empty if not known
}

// Status asks how the modem is doing. What it does not tell is left empty; an error means that nothing
// could be asked. What a modem does not know it is asked once only.
func (m *Modem) Status(ctx context.Context) (Status, error) {
	var s Status
	for _, step := range []func(context.Context, *Status) error{
		m.registrations, m.operator, m.signal, m.temperature,
	} {
		if err := step(ctx, &s); err != nil {
			return s, err
		}
	}
	var err error
	if s.PIN, err = m.pin(ctx); gone(ctx, err) {
		return s, err
	}
	return s, nil
}

// registrations asks all three networks, and takes the best for messages: TS 27.007, 7.2, 10.1.20, 10.1.22.
func (m *Modem) registrations(ctx context.Context, s *Status) error {
	s.Registration, s.Packet, s.EPS = RegistrationUnknown, RegistrationUnknown, RegistrationUnknown
	for _, network := range []struct {
		name string
		to   *RegistrationState
	}{
		{"+CREG", &s.Registration}, {"+CEREG", &s.EPS}, {"+CGREG", &s.Packet},
	} {
		if network.name == "+CEREG" && !m.eps {
			continue
		}
		p, err := m.perhaps(ctx, network.name+"?", shape{prefix: network.name, fits: isRegistrationRead, need: true})
		if err != nil {
			return err
		}
		if p == nil {
			continue
		}
		*network.to = parseRegistration(p)
		if network.to.Registered() && s.Access == "" {
			s.Access = access(number(p, 4, -1))
		}
	}
	if r := s.Registration; !r.Registered() && (s.EPS.Registered() || r == RegistrationUnknown || r == NotRegistered) &&
		s.EPS != RegistrationUnknown {
		s.Registration = s.EPS
	}
	switch s.Registration {
	case Roaming, RoamingSMS, RoamingNoCSFB:
		s.Roaming = true
	}
	s.SMSOnly = s.Registration == HomeSMS || s.Registration == RoamingSMS
	return nil
}

// operator is +COPS: TS 27.007, 7.3.
func (m *Modem) operator(ctx context.Context, s *Status) error {
	p, err := m.perhaps(ctx, "+COPS?", shape{prefix: "+COPS", need: true})
	s.Operator = p.Text(2)
	if by := access(number(p, 3, -1)); by != "" {
		s.Access = by
	}
	return err
}

// access names an <AcT>: TS 27.007, 7.3.
func access(act int) string {
	names := [...]string{
		"2G", "2G", "3G", "2G", "3G", "3G", "3G", "LTE", "2G", "NB-IoT", "LTE", "5G", "5G", "5G",
	}
	if act < 0 || act >= len(names) {
		return ""
	}
	return names[act]
}

// isRegistrationRead tells the answer to +CREG? from the URC, which begins with the state and goes on, if
// at all, with an area code in hexadecimal of four digits or more, in quotes or not.
func isRegistrationRead(p at.Params) bool {
	return len(p) >= 2 && digits(p.Text(0), 1, 1) && !p[1].Quoted && digits(p.Text(1), 1, 2)
}

// parseRegistration takes either form.
func parseRegistration(p at.Params) RegistrationState {
	i := 0
	if isRegistrationRead(p) {
		i = 1
	}
	n := number(p, i, int(RegistrationUnknown))
	if n < 0 || n >= len(registrationNames) {
		return RegistrationUnknown
	}
	return RegistrationState(n)
}
