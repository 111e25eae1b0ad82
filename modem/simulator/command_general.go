package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// Commands about the modem itself: V.250 and 3GPP TS 27.007, 5 and 8.
var generalCommands = map[string]handler{
	"E": switchEcho, "Q": switchQuiet, "V": switchVerbose,
	"Z": reset, "&F": reset, "I": information,
	"X": nothing, "L": nothing, "M": nothing, "&C": nothing, "&D": nothing, "&W": nothing, "&K": nothing,
	"S0": register("000"), "S3": register("013"), "S4": register("010"), "S5": register("008"),
	"S7": register("060"), "+IPR": nothing, "+IFC": nothing, "+ICF": nothing,

	"+CGMI": says(func(m *Modem) string { return m.options.Manufacturer }),
	"+GMI":  says(func(m *Modem) string { return m.options.Manufacturer }),
	"+CGMM": says(func(m *Modem) string { return m.options.Model }),
	"+GMM":  says(func(m *Modem) string { return m.options.Model }),
	"+CGMR": says(func(m *Modem) string { return m.options.Revision }),
	"+GMR":  says(func(m *Modem) string { return m.options.Revision }),
	"+CGSN": says(func(m *Modem) string { return m.options.IMEI }),
	"+GSN":  says(func(m *Modem) string { return m.options.IMEI }),
	"+GCAP": says(func(*Modem) string { return "+GCAP: +CGSM" }),
	"+CIMI": says(func(m *Modem) string { return m.options.IMSI }),

	"+CMEE": toggle("+CMEE", "(0-2)", upTo(2), func(m *Modem) *int { return &m.cmee }),
	"+CSCS": charset,
	"+CFUN": function,
	"+CPAS": says(func(*Modem) string { return "+CPAS: 0" }),
	"+CCLK": clock,
	"+CPIN": pin, "+CPINR": pinTries, "+CLCK": lock,
	"+CNUM": ownNumber,
	"+CLAC": everything,
}

func switchEcho(m *Modem, c at.Command) reply {
	on, ok := flag(c)
	if !ok {
		return refuse()
	}
	m.echo = on
	return reply{}
}

func switchQuiet(m *Modem, c at.Command) reply {
	on, ok := flag(c)
	if !ok {
		return refuse()
	}
	m.quiet = on
	return reply{}
}

func switchVerbose(m *Modem, c at.Command) reply {
	on, ok := flag(c)
	if !ok {
		return refuse()
	}
	m.numeric = !on
	return reply{}
}

func reset(m *Modem, c at.Command) reply {
	if _, ok := flag(c); !ok {
		return refuse()
	}
	m.settings.reset(&m.family)
	return reply{}
}

func register(value string) handler {
	return func(_ *Modem, c at.Command) reply {
		if c.Op == at.Read {
			return tell(value)
		}
		return reply{}
	}
}

func information(m *Modem, _ at.Command) reply {
	o := m.options
	return tell(o.Manufacturer, o.Model, "Revision: "+o.Revision, "IMEI: "+o.IMEI)
}

var charsets = []string{"GSM", "IRA", "UCS2", "HEX"}

func charset(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell(`+CSCS: ("` + strings.Join(charsets, `","`) + `")`)
	case at.Read:
		return tell("+CSCS: " + at.Quote(m.charset))
	}
	name := strings.ToUpper(c.Params().Text(0))
	if !slices.Contains(charsets, name) {
		return cme(50)
	}
	m.charset = name
	return reply{}
}

// function is +CFUN: 27.007, 8.2. The second parameter 1 asks for a restart first.
func function(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell("+CFUN: " + m.family.Levels)
	case at.Read:
		return tell(fmt.Sprintf("+CFUN: %d", m.function))
	}
	level, again := 1, 0
	levels := at.ParseSets(m.family.Levels)
	if !numbers(c.Params(), &level, &again) || !levels[0].Has(level) || !levels[1].Has(again) {
		return cme(50)
	}
	if m.soon(m.busyUntil) {
		return cme(515)
	}
	return reply{after: func() {
		if again == 1 {
			m.reboot()
			return
		}
		if level == 1 {
			m.busyUntil = m.ago(-m.family.CFUNBusy)
		}
		if m.function != level {
			m.function = level
			m.announce()
		}
		m.take()
	}}
}

func clock(_ *Modem, c at.Command) reply {
	if c.Op != at.Read {
		return reply{}
	}
	t := time.Now()
	_, offset := t.Zone()
	return tell(fmt.Sprintf(`+CCLK: "%s%+03d"`, t.Format("06/01/02,15:04:05"), offset/900))
}

// pin is +CPIN: 27.007, 8.3.
func pin(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return reply{}
	case at.Read:
		switch {
		case m.cardless:
			return cme(10)
		case m.soon(m.cardBusy):
			return cme(14)
		}
		return tell("+CPIN: " + m.wants())
	case at.Execute:
		return cme(50)
	}
	p := c.Params()
	switch {
	case m.cardless:
		return cme(10)
	case !m.locked:
		return cme(3)
	case m.pinTries > 0 && len(p) == 1:
		return m.tryPIN(p.Text(0))
	case m.pinTries <= 0 && len(p) == 2:
		return m.tryPUK(p.Text(0), p.Text(1))
	case m.pinTries <= 0:
		return cme(12)
	}
	return cme(50)
}

func (m *Modem) wants() string {
	switch {
	case !m.locked:
		return "READY"
	case m.pinTries > 0:
		return "SIM PIN"
	}
	return "SIM PUK"
}

func (m *Modem) tryPIN(code string) reply {
	if code != m.pin {
		if m.pinTries--; m.pinTries == 0 {
			return cme(12)
		}
		return cme(16)
	}
	return m.unlock()
}

func (m *Modem) tryPUK(puk, fresh string) reply {
	switch {
	case m.pukTries <= 0:
		return cme(13)
	case puk != m.options.PUK || len(fresh) < 4 || len(fresh) > 8:
		m.pukTries--
		return cme(16)
	}
	m.pin = fresh
	return m.unlock()
}

func (m *Modem) unlock() reply {
	m.locked, m.pinTries, m.pukTries = false, 3, 10
	return reply{after: func() {
		m.emit([]byte("\r\n+CPIN: READY\r\n"))
		m.announce()
		m.take()
	}}
}

func pinTries(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	all := []string{
		fmt.Sprintf("+CPINR: SIM PIN,%d,3", m.pinTries),
		fmt.Sprintf("+CPINR: SIM PUK,%d,10", m.pukTries),
	}
	switch strings.ToUpper(c.Params().Text(0)) {
	case "SIM PIN":
		return tell(all[0])
	case "SIM PUK":
		return tell(all[1])
	}
	return tell(all...)
}

// everything is +CLAC: 27.007, 8.37. Its lines have no prefix.
func everything(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	names := make(map[string]bool)
	for name := range commands {
		names[name] = !slices.Contains(m.family.Lacks, name)
	}
	for key := range m.family.Says {
		name, _, _ := strings.Cut(key, "=")
		names[strings.TrimSuffix(name, "?")] = true
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if names[name] {
			lines = append(lines, "AT"+name)
		}
	}
	return reply{lines: lines, end: m.family.CLAC}
}

// lock is +CLCK, of which only the question about the PIN is understood.
func lock(m *Modem, c at.Command) reply {
	p := c.Params()
	mode, _ := p.Int(1)
	switch {
	case c.Op == at.Test:
		return tell(`+CLCK: ("SC")`)
	case p.Text(0) != "SC" || mode != 2:
		return cme(4)
	case m.pin != "":
		return tell("+CLCK: 1")
	}
	return tell("+CLCK: 0")
}

func ownNumber(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	return tell(fmt.Sprintf("+CNUM: %s,%s,%d", at.Quote(m.encode("Line")), at.Quote(m.options.Number), toa(m.options.Number)))
}

// toa is the type of address that goes with a number.
func toa(number string) int {
	if strings.HasPrefix(number, "+") {
		return 145
	}
	return 129
}
