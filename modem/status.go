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
	Registration RegistrationState
	Operator     string // name or number of the network, empty if there is none
	Signal       int    // dBm, 0 if not known
	PIN          string // what the SIM asks for: READY, SIM PIN, ...; empty if not known
}

// Status asks how the modem is doing. What it does not tell is left empty; an error means that nothing
// could be asked.
func (m *Modem) Status(ctx context.Context) (Status, error) {
	var s Status
	var err error
	if s.Registration, err = m.registration(ctx); err != nil {
		return s, err
	}
	p, err := m.first(ctx, "+COPS?", "+COPS")
	if gone(ctx, err) {
		return s, err
	}
	s.Operator = p.Text(2)
	p, err = m.first(ctx, "+CSQ", "+CSQ")
	if gone(ctx, err) {
		return s, err
	}
	s.Signal = dBm(number(p, 0, 99))
	s.PIN, err = m.pin(ctx)
	if gone(ctx, err) {
		return s, err
	}
	return s, nil
}

// registration is that of the circuit switched network, or of LTE if there is none.
func (m *Modem) registration(ctx context.Context) (RegistrationState, error) {
	names := []string{"+CREG"}
	if m.eps {
		names = append(names, "+CEREG")
	}
	state := RegistrationUnknown
	for _, name := range names {
		lines, err := m.ask(ctx, name+"?", shape{prefix: name, fits: isRegistrationRead, need: true})
		if gone(ctx, err) {
			return state, err
		}
		if err != nil {
			continue
		}
		told := parseRegistration(at.ParseParams(payload(lines[0])))
		if told.Registered() {
			return told, nil
		}
		if state == RegistrationUnknown || state == NotRegistered {
			state = told
		}
	}
	return state, nil
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

// dBm reads <rssi> of +CSQ: TS 27.007, 8.5. Values from 100 on are for TD-SCDMA.
func dBm(rssi int) int {
	switch {
	case 0 <= rssi && rssi <= 31:
		return 2*rssi - 113
	case 100 <= rssi && rssi <= 191:
		return rssi - 216
	}
	return 0
}
