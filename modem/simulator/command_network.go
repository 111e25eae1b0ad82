package simulator

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf16"

	"smsbridge/modem/at"
)

// Commands about the network, its services and calls: 3GPP TS 27.007, 6 and 7.
var networkCommands = map[string]handler{
	"+CREG": registration("+CREG"), "+CGREG": registration("+CGREG"), "+CEREG": registration("+CEREG"),
	"+COPS": operator,
	"+CSQ":  says(func(m *Modem) string { return fmt.Sprintf("+CSQ: %d,99", m.signal()) }),
	"+CESQ": says(func(m *Modem) string { return fmt.Sprintf("+CESQ: %d,99,255,255,255,255", m.signal()) }),
	"+CUSD": ussd,
	"+CLIP": clip,
	"+CRC":  toggle("+CRC", "(0,1)", upTo(1), func(m *Modem) *int { return &m.crc }),
	"D":     dial, "H": nothing, "+CHUP": nothing, "A": noCarrier,
	"+CLCC": nothing, "+CGATT": attachment,
}

// The cell everybody is in.
const (
	plmn = "00101"
	area = "00C3"
	cell = "000012AB"
	eRAN = 7 // E-UTRAN, <AcT> of 27.007, 7.2
)

func (m *Modem) signal() int {
	if !m.reachable() {
		return 99
	}
	return m.options.Signal
}

// stat of registration: 0 not looking, 1 home, 2 searching.
func (m *Modem) registered() int {
	switch {
	case m.locked || m.function != 1:
		return 0
	case m.away:
		return 2
	}
	return 1
}

func registration(name string) handler {
	return func(m *Modem, c at.Command) reply {
		switch c.Op {
		case at.Test:
			return tell(name + ": (0-2)")
		case at.Read:
			return tell(fmt.Sprintf("%s: %d,%s", name, m.creg[name], m.whereabouts(name)))
		}
		mode := 0
		if !numbers(c.Params(), &mode) || mode < 0 || mode > 2 {
			return cme(50)
		}
		m.creg[name] = mode
		return reply{}
	}
}

func (m *Modem) whereabouts(name string) string {
	stat := m.registered()
	if m.creg[name] < 2 || stat != 1 {
		return fmt.Sprint(stat)
	}
	return fmt.Sprintf(`%d,"%s","%s",%d`, stat, area, cell, eRAN)
}

// announce sends the registration to who asked to be told.
func (m *Modem) announce() {
	for _, name := range []string{"+CREG", "+CGREG", "+CEREG"} {
		if m.creg[name] > 0 {
			m.urc(name + ": " + m.whereabouts(name))
		}
	}
}

// operator is +COPS: 27.007, 7.3.
func operator(m *Modem, c at.Command) reply {
	name := m.encode(m.network.options.Operator)
	switch c.Op {
	case at.Test:
		return tell(fmt.Sprintf(`+COPS: (2,%s,%s,"%s",%d),,(0,3),(0,2)`, at.Quote(name), at.Quote(name), plmn, eRAN))
	case at.Read:
		if m.registered() != 1 {
			return tell("+COPS: 0")
		}
		if m.format == 2 {
			name = plmn
		}
		return tell(fmt.Sprintf("+COPS: 0,%d,%s,%d", m.format, at.Quote(name), eRAN))
	}
	mode, format := 0, m.format
	p := c.Params()
	if len(p) > 2 {
		p = p[:2]
	}
	if !numbers(p, &mode, &format) || mode != 0 && mode != 3 || format < 0 || format > 2 {
		return cme(50)
	}
	m.format = format
	return reply{}
}

// ussd is +CUSD: 27.007, 7.15. The answer of the network comes after the OK.
func ussd(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell("+CUSD: (0-2)")
	case at.Read:
		return tell(fmt.Sprintf("+CUSD: %d", m.ussd))
	}
	p := c.Params()
	mode, ok := p.Int(0)
	switch {
	case c.Op == at.Execute || !ok || mode < 0 || mode > 2 || len(p) > 3:
		return cme(50)
	case mode == 2:
		m.menu = ""
		return reply{}
	}
	m.ussd = mode
	if len(p) < 2 {
		return reply{}
	}
	text, ok := m.decode(p.Text(1))
	switch {
	case !ok:
		return cme(50)
	case m.registered() != 1:
		return cme(30)
	}
	return reply{after: func() { m.ask(text, mode == 1) }}
}

const (
	balance = "Balance: 12.34 EUR"
	menu    = "Lab Mobile\n1 Balance\n2 My number\n3 Data"
	data    = "Data\n1 Buy 1 GB\n2 Nothing"
)

// ask answers a USSD request: *100# with the balance, *101# with a menu of two floors.
func (m *Modem) ask(text string, show bool) {
	at := m.menu
	m.menu = ""
	more, answer := 0, ""
	switch at + text {
	case "*100#", "menu1":
		answer = balance
	case "*101#":
		more, answer, m.menu = 1, menu, "menu"
	case "menu2":
		answer = "Your number: " + m.options.Number
	case "menu3":
		more, answer, m.menu = 1, data, "data"
	case "data1":
		answer = "You bought 1 GB."
	case "data2":
		answer = "Nothing was bought."
	default:
		m.present("+CUSD: 4", show)
		return
	}
	m.present(fmt.Sprintf(`+CUSD: %d,"%s",15`, more, m.encode(answer)), show)
}

func (m *Modem) present(text string, show bool) {
	if show {
		m.urc(text)
	}
}

// encode writes a string as +CSCS has it.
func (m *Modem) encode(s string) string {
	switch m.charset {
	case "UCS2":
		var b strings.Builder
		for _, unit := range utf16.Encode([]rune(s)) {
			fmt.Fprintf(&b, "%04X", unit)
		}
		return b.String()
	case "HEX":
		return strings.ToUpper(hex.EncodeToString([]byte(s)))
	}
	return s
}

// decode reads one.
func (m *Modem) decode(s string) (string, bool) {
	if m.charset != "UCS2" && m.charset != "HEX" {
		return s, true
	}
	b, err := hex.DecodeString(s)
	switch {
	case err != nil:
		return "", false
	case m.charset == "HEX":
		return string(b), true
	case len(b)%2 != 0:
		return "", false
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units)), true
}

func clip(m *Modem, c at.Command) reply {
	if c.Op == at.Read {
		return tell(fmt.Sprintf("+CLIP: %d,1", m.clip))
	}
	return toggle("+CLIP", "(0,1)", upTo(1), func(m *Modem) *int { return &m.clip })(m, c)
}

// dial is ATD. A service code is a USSD request, a number is nobody who would answer.
func dial(m *Modem, c at.Command) reply {
	number := strings.TrimSuffix(c.Args, ";")
	switch {
	case number == "":
		return refuse()
	case strings.HasSuffix(number, "#"):
		return reply{after: func() { m.ask(number, true) }}
	}
	return noCarrier(m, c)
}

func noCarrier(*Modem, at.Command) reply {
	return reply{failed: &at.Result{Kind: at.NoCarrier, Code: -1}}
}

// attachment is +CGATT?: whoever is registered has a packet service.
func attachment(m *Modem, c at.Command) reply {
	if c.Op != at.Read {
		return reply{}
	}
	return tell(fmt.Sprintf("+CGATT: %d", asInt(m.registered() == 1)))
}
