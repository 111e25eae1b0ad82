package simulator

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// USSD is one answer of the network, and with Choices a menu. The zero value says nothing and ends the
// session.
type USSD struct {
	Text     string          // may hold {number}
	Status   int             // 3GPP TS 27.007, 7.15; with Choices it is 1, with none 0, 2, 4 or 5
	Choices  map[string]USSD // what may be answered; any other answer is a +CUSD: 4
	Delay    time.Duration   // how long the network takes
	Patience time.Duration   // how long it waits for a choice, then +CUSD: 5; default for ever
	Silent   bool            // there never is an answer
	Early    bool            // it comes before the OK
	Twice    bool
	Form     Form   // default the family's
	DCS      string // written as it is; "none" leaves it out; default 15, or 72 with UCS2
}

// check tells what is wrong with an answer, and with all that can follow it.
func (x USSD) check() error {
	forms := []Form{"", Plain, Raw, Packed, UCS2}
	switch {
	case x.Status != 0 && x.Status != 1 && x.Status != 2 && x.Status != 4 && x.Status != 5:
		return fmt.Errorf("status: %d; there are 0, 1, 2, 4 and 5", x.Status)
	case !slices.Contains(forms, x.Form):
		return fmt.Errorf("form: there is no %q; there are %s", x.Form, strings.Join(asText(forms[1:]), ", "))
	case x.Delay < 0 || x.Patience < 0:
		return errors.New("delay, patience: neither may be below 0")
	}
	for choice, next := range x.Choices {
		if err := next.check(); err != nil {
			return fmt.Errorf("choice %s: %w", choice, err)
		}
	}
	return nil
}

// services is what a network offers of itself.
func services() map[string]USSD {
	balance := USSD{Text: "Balance: 12.34 EUR"}
	return map[string]USSD{
		"*100#": balance,
		"*101#": {Text: "Lab Mobile\n1 Balance\n2 My number\n3 Data", Choices: map[string]USSD{
			"1": balance,
			"2": {Text: "Your number: {number}"},
			"3": {Text: "Data\n1 Buy 1 GB\n2 Nothing", Choices: map[string]USSD{
				"1": {Text: "You bought 1 GB."},
				"2": {Text: "Nothing was bought."},
			}},
		}},
	}
}

// Offer has the network answer a service code, such as *100#, in place of what it answered before.
func (n *Network) Offer(code string, x USSD) error {
	if code == "" {
		return errors.New("code: none; write it as *100#")
	}
	if err := x.check(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.services[code] = x
	return nil
}

// ussd is +CUSD: 27.007, 7.15. The answer of the network comes after the OK, unless it is early.
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
		m.session = nil
		m.sessions++ // what is still to come is for nobody
		return reply{}
	}
	m.ussd = mode
	if len(p) < 2 {
		return reply{}
	}
	text, ok := m.request(p.Text(1))
	switch {
	case !ok && m.family.USSD == Plain:
		return cme(50)
	case !ok:
		return refuse()
	case !m.registered():
		return cme(30)
	}
	return m.ask(text, mode == 1)
}

// request reads what a terminal asks, in the form the family wants it.
func (m *Modem) request(s string) (string, bool) {
	switch m.form(m.family.USSD) {
	case Raw:
		return s, true
	case Packed:
		return unpack(s)
	case UCS2:
		return fromUCS2(s)
	}
	return m.decode(s)
}

// form is a form, or plain once the family's command for it was given.
func (m *Modem) form(f Form) Form {
	if m.plainUSSD {
		return Plain
	}
	return f
}

// ask answers a request or, in a session, a choice.
func (m *Modem) ask(text string, show bool) reply {
	offers := m.network.services
	if m.session != nil {
		offers = m.session.Choices
	}
	m.session = nil
	m.sessions++
	x, ok := offers[text]
	if !ok {
		x = USSD{Status: 4}
	}
	turn := m.sessions
	answer := func() {
		if m.sessions == turn && m.plugged && !m.cardless {
			m.respond(x, show)
		}
	}
	switch {
	case x.Silent:
		return reply{}
	case x.Early:
		answer()
		return reply{}
	}
	return reply{after: func() { m.network.later(x.Delay, answer) }}
}

// respond hands over an answer and opens the menu that it may be.
func (m *Modem) respond(x USSD, show bool) {
	if x.Choices != nil {
		x.Status = 1
		m.session = &x
		m.impatient(m.session, x.Patience)
	}
	text := fmt.Sprintf("+CUSD: %d", x.Status)
	if x.Text != "" {
		text += "," + m.written(x)
	}
	if !show {
		return
	}
	m.urc(text)
	if x.Twice {
		m.urc(text)
	}
}

// impatient has the network end a session that nobody goes on with.
func (m *Modem) impatient(session *USSD, patience time.Duration) {
	if patience <= 0 {
		return
	}
	m.network.later(patience, func() {
		if m.session == session {
			m.session = nil
			m.urc("+CUSD: 5")
		}
	})
}

// written is the text of an answer with its coding scheme: 3GPP TS 23.038, 5.
func (m *Modem) written(x USSD) string {
	form, dcs := x.Form, "15"
	if form == "" {
		form = m.form(m.family.Answers)
	}
	text := m.expand(x.Text)
	packed, ok := pack(text)
	switch {
	case form == Packed && ok:
		text = packed
	case form == UCS2, form == Packed:
		text, dcs = toUCS2(text), "72"
	case form == Plain:
		text = m.encode(text)
	}
	switch x.DCS {
	case "":
		return `"` + text + `",` + dcs
	case "none":
		return `"` + text + `"`
	}
	return `"` + text + `",` + x.DCS
}

// septets are the GSM 7 bit default alphabet, 3GPP TS 23.038, 6.2.1, written down here a second time so
// that the codec is not its own judge.
var septets = []rune("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")

// pack writes a text as USSD packs it: 6.1.2.3.1, where 7 spare bits are a CR. False if the text has
// other characters.
func pack(text string) (string, bool) {
	values := make([]byte, 0, len(text))
	for _, r := range text {
		i := strings.IndexRune(string(septets), r)
		if i < 0 || r == '\x1b' {
			return "", false
		}
		values = append(values, byte(len([]rune(string(septets)[:i]))))
	}
	if len(values)%8 == 7 {
		values = append(values, '\r')
	}
	b := make([]byte, (len(values)*7+7)/8)
	for i, v := range values {
		bit := 7 * i
		word := uint16(v) << (bit % 8)
		b[bit/8] |= byte(word)
		if word > 0xFF {
			b[bit/8+1] |= byte(word >> 8)
		}
	}
	return fmt.Sprintf("%X", b), true
}

// unpack reads one; false if it is not hex.
func unpack(s string) (string, bool) {
	b, ok := fromHex(s)
	if !ok {
		return "", false
	}
	var text strings.Builder
	n := len(b) * 8 / 7
	for i := range n {
		bit := 7 * i
		word := uint16(b[bit/8])
		if bit/8+1 < len(b) {
			word |= uint16(b[bit/8+1]) << 8
		}
		v := word >> (bit % 8) & 0x7F
		if i == n-1 && n%8 == 0 && (v == '\r' || v == 0) {
			break // filling
		}
		text.WriteRune(septets[v])
	}
	return text.String(), true
}
