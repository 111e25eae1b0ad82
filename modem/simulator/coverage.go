package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Coverage is what the network is to a SIM at the place where its modem is.
type Coverage string

const (
	Home           Coverage = "home"
	Roaming        Coverage = "roaming"
	SMSOnly        Coverage = "sms-only"         // stat 6
	SMSOnlyRoaming Coverage = "sms-only-roaming" // stat 7
	LTEOnly        Coverage = "lte-only"         // +CEREG alone knows of it: 0,1 where +CREG says 0,0
	NoIMS          Coverage = "no-ims"           // as lte-only, and no message gets through: CMS 350
	Searching      Coverage = "searching"
	Denied         Coverage = "denied"
	Emergency      Coverage = "emergency" // stat 8
)

// coverages are the stat of +CREG, +CGREG and +CEREG: 3GPP TS 27.007, 7.2 and 10.1.
var coverages = map[Coverage][3]int{
	Home: {1, 1, 1}, Roaming: {5, 5, 5}, SMSOnly: {6, 0, 6}, SMSOnlyRoaming: {7, 0, 7},
	LTEOnly: {0, 0, 1}, NoIMS: {0, 0, 1}, Searching: {2, 2, 2}, Denied: {3, 3, 3}, Emergency: {8, 8, 8},
}

var registrationCommands = []string{"+CREG", "+CGREG", "+CEREG"}

// inService reports whether a stat is a registration, be it for messages only.
func inService(stat int) bool { return stat == 1 || stat >= 5 && stat <= 7 }

// attached reports whether there is a packet service.
func (c Coverage) attached() bool { return c != SMSOnly && c != SMSOnlyRoaming }

// stat is what a registration command says: 0 not looking, 2 searching.
func (m *Modem) stat(command string) int {
	switch {
	case m.locked || m.cardless || m.function != 1:
		return 0
	case m.away:
		return coverages[Searching][0]
	}
	return coverages[m.coverage][slices.Index(registrationCommands, command)]
}

// registered reports whether any of them says so.
func (m *Modem) registered() bool {
	return slices.ContainsFunc(registrationCommands, func(name string) bool { return inService(m.stat(name)) })
}

// signal is <rssi> of +CSQ: 27.007, 8.5.
func (m *Modem) signal() int {
	if !m.plugged || m.stat("+CEREG") == 0 && m.stat("+CREG") == 0 || m.away || m.coverage == Searching {
		return 99
	}
	return m.csq
}

// SetCoverage brings the modem to another place. Who asked to be told of the registration is told.
func (m *Modem) SetCoverage(c Coverage) error {
	if _, ok := coverages[c]; !ok {
		names := slices.Sorted(maps.Keys(coverages))
		return fmt.Errorf("coverage: there is no %q; there are %s", c, strings.Join(asText(names), ", "))
	}
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	if m.coverage == c {
		return nil
	}
	m.coverage = c
	m.announce()
	m.take()
	return nil
}

func asText[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = string(x)
	}
	return texts
}

// SetSignal sets <rssi> of +CSQ, 0 to 31 or 99, which the vendors' commands follow.
func (m *Modem) SetSignal(csq int) error {
	if (csq < 0 || csq > 31) && csq != 99 {
		return fmt.Errorf("signal: %d; it goes from 0 to 31, and 99 is unknown", csq)
	}
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.csq = csq
	return nil
}

// SetTemperature sets what the commands say that some families have for it, in degrees Celsius.
func (m *Modem) SetTemperature(celsius int) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.celsius = celsius
}
