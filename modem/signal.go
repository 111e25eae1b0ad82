package modem

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"smsbridge/modem/at"
)

// signal asks the profile's questions until one is answered with something known, and +CESQ last.
func (m *Modem) signal(ctx context.Context, s *Status) error {
	questions := m.profile.Signal
	if !slices.Contains(questions, "+CESQ") {
		questions = append(slices.Clone(questions), "+CESQ")
	}
	for _, text := range questions {
		read := signals[text]
		if read == nil {
			continue
		}
		p, err := m.perhaps(ctx, text, shape{prefix: strings.TrimSuffix(text, "?"), need: true})
		if err != nil {
			return err
		}
		if level, of := read(p); level != 0 {
			s.Signal, s.SignalOf = level, of
			return nil
		}
	}
	return nil
}

// signals reads the answers, in dBm; 0 is not known.
var signals = map[string]func(at.Params) (level int, of string){
	"+CSQ":   func(p at.Params) (int, string) { return dBm(number(p, 0, 99)), "RSSI" },
	"+CESQ":  extendedQuality,
	"+QCSQ":  quectelQuality,
	"^HCSQ?": huaweiQuality,
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

// extendedQuality is +CESQ: <rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>, one of which is known: TS 27.007, 8.69.
func extendedQuality(p at.Params) (int, string) {
	if rsrp := number(p, 5, 255); 0 <= rsrp && rsrp <= 97 {
		return rsrp - 141, "RSRP"
	}
	if rscp := number(p, 2, 255); 0 <= rscp && rscp <= 96 {
		return rscp - 121, "RSCP"
	}
	if rxlev := number(p, 0, 99); 0 <= rxlev && rxlev <= 63 {
		return rxlev - 111, "RSSI"
	}
	return 0, ""
}

// quectelQuality is +QCSQ: "LTE",<rssi>,<rsrp>,<sinr>,<rsrq>, in dBm.
func quectelQuality(p at.Params) (int, string) {
	if level := number(p, 1, 0); -150 < level && level < 0 {
		return level, "RSSI"
	}
	return 0, ""
}

// huaweiQuality is ^HCSQ: "LTE",<rssi>,<rsrp>,<sinr>,<rsrq>; the first is 0 at -120 dBm and 96 at -25.
func huaweiQuality(p at.Params) (int, string) {
	if level := number(p, 1, 255); 0 <= level && level <= 96 {
		return level - 121, "RSSI"
	}
	return 0, ""
}

// temperature asks where the profile knows how. The hottest sensor counts.
func (m *Modem) temperature(ctx context.Context, s *Status) error {
	text := m.profile.Temperature
	if text == "" || m.unknown.has(text) {
		return nil
	}
	lines, err := m.ask(ctx, text, shape{prefix: strings.TrimSuffix(text, "?"), need: true})
	if gone(ctx, err) {
		return err
	}
	m.unknown.note(text, err)
	s.Temperature, s.HasTemperature = hottest(text, lines)
	return nil
}

// hottest reads numbers and takes those that can be temperatures of something that works: Huawei's ^CHIPTEMP is in
// tenths and says 65535 for a sensor it does not have.
func hottest(text string, lines []string) (degrees int, known bool) {
	for _, line := range lines {
		for _, f := range at.ParseParams(payload(line)) {
			n, err := strconv.Atoi(strings.TrimSpace(f.Text))
			if strings.HasPrefix(text, "^CHIPTEMP") {
				n /= 10
			}
			if err == nil && -40 <= n && n <= 125 && (!known || n > degrees) {
				degrees, known = n, true
			}
		}
	}
	return degrees, known
}
