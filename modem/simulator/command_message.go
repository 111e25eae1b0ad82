package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smsbridge/modem/at"
	"smsbridge/pdu"
)

// Commands about sending and receiving: 3GPP TS 27.005, 3.3 to 3.5 and 4.
var messageCommands = map[string]handler{
	"+CSMS": service, "+CNMI": indications, "+CMGF": format, "+CSCA": centre, "+CSMP": textParameters,
	"+CSDH": toggle("+CSDH", "(0,1)", upTo(1), func(m *Modem) *int { return &m.csdh }),
	"+CMMS": toggle("+CMMS", "(0-2)", upTo(2), func(m *Modem) *int { return &m.more }),
	"+CMGS": send, "+CMGW": keep, "+CMSS": sendStored, "+CNMA": acknowledged,
	"+CSAS": nothing, "+CRES": nothing, "+CSCB": nothing,
}

func service(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell("+CSMS: " + m.family.CSMS)
	case at.Read:
		return tell(fmt.Sprintf("+CSMS: %d,1,1,1", asInt(m.phase2)))
	}
	v := 0
	if !numbers(c.Params(), &v) || !at.ParseSets(m.family.CSMS)[0].Has(v) {
		return cms(302)
	}
	m.phase2 = v == 1
	return tell("+CSMS: 1,1,1")
}

func asInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func indications(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell("+CNMI: " + m.family.CNMI)
	case at.Read:
		return tell("+CNMI: " + m.cnmi.String())
	}
	s := m.cnmi
	if c.Op == at.Execute {
		s = cnmi{bfr: m.family.firstBuffer()}
	}
	if !numbers(c.Params(), &s.mode, &s.mt, &s.bm, &s.ds, &s.bfr) || !s.legal(&m.family) {
		return cms(302)
	}
	m.cnmi = s
	if s.bfr == 1 {
		m.held = nil // 27.005, 3.4.1: <bfr> 1 clears what was buffered
	}
	return reply{after: func() {
		m.release()
		m.take()
	}}
}

// legal reports whether a family takes the tuple: its +CNMI=? is the truth, but for what it refuses all
// the same.
func (s cnmi) legal(f *Family) bool {
	values := [5]int{s.mode, s.mt, s.bm, s.ds, s.bfr}
	for i, set := range at.ParseSets(f.CNMI) {
		if !set.Has(values[i]) {
			return false
		}
	}
	return !slices.Contains(f.RefusesCNMI, s.String())
}

func (s cnmi) String() string {
	return fmt.Sprintf("%d,%d,%d,%d,%d", s.mode, s.mt, s.bm, s.ds, s.bfr)
}

// format is +CMGF. There is no text mode here: a text is what pdu makes of a PDU.
func format(_ *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return tell("+CMGF: (0)")
	case at.Read:
		return tell("+CMGF: 0")
	}
	if v := 0; !numbers(c.Params(), &v) || v != 0 {
		return cms(303)
	}
	return reply{}
}

func centre(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return reply{}
	case at.Read:
		return tell(fmt.Sprintf("+CSCA: %s,%d", at.Quote(m.encode(m.scs)), toa(m.scs)))
	}
	number, ok := m.decode(c.Params().Text(0))
	if c.Op != at.Assign || !ok || tidy(number) != number {
		return cms(304)
	}
	if kind, given := c.Params().Int(1); given && kind == 145 && number != "" && number[0] != '+' {
		number = "+" + number
	}
	m.scs = number
	return reply{}
}

func textParameters(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		return reply{}
	case at.Read:
		return tell("+CSMP: " + m.csmp)
	case at.Assign:
		m.csmp = c.Args
		if m.family.CSMPClearsCentre {
			m.scs = ""
		}
	}
	return reply{}
}

// send is +CMGS: 27.005, 4.3.
func send(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	length := -1
	if c.Op != at.Assign || !numbers(c.Params(), &length) || length < 1 || length > submitMax {
		return m.refused("", 304, fmt.Sprintf("length %q of +CMGS is none", c.Args))
	}
	return reply{prompt: func(text string) reply {
		x, reason := readSubmit(text, length)
		if reason != "" {
			return m.refused(text, 304, reason)
		}
		return m.submit(x, text, "+CMGS")
	}}
}

// refused writes down what was wrong with a PDU and says no.
func (m *Modem) refused(text string, code int, reason string) reply {
	e := m.note(KindRefused)
	e.PDU, e.Code, e.Reason = text, code, reason
	m.network.record.write(e)
	return cms(code)
}

// submit brings a SUBMIT to the service centre. It is in the record before the modem answers.
func (m *Modem) submit(x pdu.Frame, text, command string) reply {
	s := x.TPDU.(*pdu.Submit)
	n, to := m.network, s.DA.String()
	if code, reason := m.hindrance(x, to); code != 0 {
		r := m.refused(text, code, reason)
		if reason == reasonNoIMS {
			r.delay = m.real(m.family.IMSDelay)
		}
		return r
	}
	mr := m.mr
	e := withUserData(m.note(KindSubmit), s.DCS, s.UD)
	e.ID, e.From, e.To, e.MR, e.PDU, e.Fault = n.newID(), m.options.Number, to, &mr, text, m.faults.next(command)
	if err := n.record.write(e); err != nil {
		return cms(500)
	}
	m.mr++
	out := &message{
		id: e.ID, from: e.From, origin: m.address, to: to, pid: s.PID, dcs: s.DCS, ud: s.UD, sri: s.SRR,
	}
	if s.SRR {
		out.arrived = n.reportTo(m, mr, s.DA)
	}
	return reply{
		lines: []string{fmt.Sprintf("%s: %d", command, mr)},
		after: func() {
			if err := n.forward(out); err != nil {
				m.refused(text, 0, "accepted, then lost: "+err.Error())
			}
		},
	}
}

const reasonNoIMS = "the cell takes messages over IMS only"

// hindrance is why the network does not take a message that is right in itself.
func (m *Modem) hindrance(x pdu.Frame, to string) (code int, reason string) {
	if f := m.faults.take(CMSError, "+CMGS"); f != nil {
		return cmp.Or(f.Code, 500), "fault ordered"
	}
	switch {
	case m.network.record.err != nil:
		return 500, "the record cannot be written"
	case m.coverage == NoIMS && m.registered():
		return 350, reasonNoIMS
	case !m.reachable():
		return 331, "not registered"
	case x.SMSC.String() == "" && m.scs == "":
		return 330, "no service centre in the PDU, and none in the SIM"
	}
	if other, ok := m.network.find(to).(*Modem); ok && len(other.waiting) >= m.network.options.Waiting {
		return 42, errWaiting.Error()
	}
	return 0, ""
}

// keep is +CMGW: 27.005, 4.4.
func keep(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	length, as := -1, int(unsent)
	if c.Op != at.Assign || !numbers(c.Params(), &length, &as) || length < 1 || length > submitMax || !upTo(3)(as) {
		return cms(304)
	}
	return reply{prompt: func(text string) reply {
		if reason := check(text, length, stat(as)); reason != "" {
			return m.refused(text, 304, reason)
		}
		mem := m.memory(m.mem[1])
		if !mem.room() {
			return cms(322)
		}
		index := mem.put(&stored{stat: stat(as), pdu: strings.ToUpper(text), length: length})
		return tell(fmt.Sprintf("+CMGW: %d", index))
	}}
}

// check reads what is to be stored in the direction its state gives it.
func check(text string, length int, as stat) string {
	if as >= unsent {
		_, reason := readSubmit(text, length)
		return reason
	}
	octets, err := rawLength(text)
	switch {
	case err != nil:
		return err.Error()
	case octets != length:
		return fmt.Sprintf("the TPDU has %d octets, not %d", octets, length)
	}
	f, err := pdu.ParseFrame(text, pdu.MobileTerminated)
	switch {
	case err != nil:
		return err.Error()
	case f.Warnings != 0:
		return f.Warnings.String()
	}
	return ""
}

// sendStored is +CMSS: 27.005, 3.5.2.
func sendStored(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	p := c.Params()
	index, ok := p.Int(0)
	x := m.memory(m.mem[1]).at(index)
	if c.Op != at.Assign || !ok || x == nil {
		return cms(321)
	}
	f, reason := readSubmit(x.pdu, x.length)
	if reason != "" {
		return m.refused(x.pdu, 304, reason)
	}
	if other := p.Text(1); other != "" {
		da, err := pdu.ParseAddress(other)
		if err != nil {
			return cms(304)
		}
		f.TPDU.(*pdu.Submit).DA = da
	}
	r := m.submit(f, x.pdu, "+CMSS")
	if r.failed == nil {
		x.stat = sent
	}
	return r
}

// acknowledged is +CNMA: 27.005, 4.7, the forms without a PDU.
func acknowledged(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return tell("+CNMA: (0)")
	}
	if v := 0; !numbers(c.Params(), &v) || v != 0 {
		return cms(302)
	}
	if !m.acknowledge() {
		return cms(340)
	}
	return reply{after: m.take}
}
