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
	"+CUSD": ussd,
	"+CLIP": clip,
	"+CRC":  toggle("+CRC", "(0,1)", upTo(1), func(m *Modem) *int { return &m.crc }),
	"D":     dial, "H": dropCall, "+CHUP": dropCall, "A": answerCall,
	"+CLCC": currentCalls, "+VTS": tones, "+VTD": nothing, "+CGATT": attachment,
}

// The cell everybody is in.
const (
	plmn = "00101"
	area = "00C3"
	cell = "000012AB"
	eRAN = 7 // E-UTRAN, <AcT> of 27.007, 7.2
)

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
	stat := m.stat(name)
	if m.creg[name] < 2 || !inService(stat) {
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
		if !m.registered() {
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

// encode writes a string as +CSCS has it.
func (m *Modem) encode(s string) string {
	switch m.charset {
	case "UCS2":
		return toUCS2(s)
	case "HEX":
		return strings.ToUpper(hex.EncodeToString([]byte(s)))
	}
	return s
}

// decode reads one.
func (m *Modem) decode(s string) (string, bool) {
	switch m.charset {
	case "UCS2":
		return fromUCS2(s)
	case "HEX":
		b, ok := fromHex(s)
		return string(b), ok
	}
	return s, true
}

func fromHex(s string) ([]byte, bool) {
	b, err := hex.DecodeString(s)
	return b, err == nil
}

func toUCS2(s string) string {
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String()
}

func fromUCS2(s string) (string, bool) {
	b, ok := fromHex(s)
	if !ok || len(b)%2 != 0 {
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

// attachment is +CGATT?: whoever is registered has a packet service.
func attachment(m *Modem, c at.Command) reply {
	if c.Op != at.Read {
		return reply{}
	}
	return tell(fmt.Sprintf("+CGATT: %d", asInt(m.registered() && m.coverage.attached())))
}
