package simulator

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"smsbridge/pdu"
)

// The service centre's part: what was accepted goes to whoever has the number, and what became of it
// goes back. The lock is held throughout.

// errWaiting is returned for one message too many for a SIM that does not take them.
var errWaiting = errors.New("the service centre keeps no more messages for this number")

// Values of TP-ST: 3GPP TS 23.040, 9.2.3.15.
const (
	statusReceived      pdu.Status = 0x00
	statusNotObtainable pdu.Status = 0x43 // permanent error: nobody has the number
)

// message is one part on its way.
type message struct {
	id     int64
	from   string
	origin pdu.Address
	to     string
	pid    byte
	dcs    pdu.DCS
	ud     pdu.UserData
	sri    bool
	scts   pdu.Timestamp

	pdu    string // the DELIVER as a modem prints it
	length int

	arrived func(pdu.Status) // told once; may be nil
}

// tell says what became of the message.
func (x *message) tell(s pdu.Status) {
	if x.arrived != nil {
		x.arrived(s)
		x.arrived = nil
	}
}

// class2 reports whether the message belongs into the SIM, whatever +CNMI says.
func (x *message) class2() bool {
	class, ok := x.dcs.Class()
	return ok && class == pdu.Class2
}

// newID gives a message its number in the record.
func (n *Network) newID() int64 {
	n.ids++
	return n.ids
}

// forward carries a message that the service centre accepted. Only a full waiting room is an error.
func (n *Network) forward(x *message) error {
	to := n.find(x.to)
	if to == nil {
		x.tell(statusNotObtainable)
		return nil
	}
	if m, ok := to.(*Modem); ok && len(m.waiting) >= n.options.Waiting {
		return fmt.Errorf("%s: %w", x.to, errWaiting)
	}
	if err := n.frame(x); err != nil {
		return err
	}
	if err := n.record.write(x.entry(KindDeliver)); err != nil {
		return err
	}
	to.arrive(x)
	return nil
}

// frame makes the DELIVER, unless a test brought its own.
func (n *Network) frame(x *message) error {
	if x.pdu != "" {
		return nil
	}
	x.scts = pdu.TimestampOf(time.Now())
	f := pdu.Frame{SMSC: n.centre, TPDU: &pdu.Deliver{
		SRI: x.sri, OA: x.origin, PID: x.pid, DCS: x.dcs, SCTS: x.scts, UD: x.ud,
	}}
	var err error
	x.pdu, x.length, err = render(f)
	return err
}

func render(f pdu.Frame) (hex string, length int, err error) {
	b, err := f.AppendHex(nil)
	if err != nil {
		return "", 0, err
	}
	length, err = f.Length()
	return string(b), length, err
}

// entry starts an entry of the record about the message.
func (x *message) entry(kind string) Entry {
	e := Entry{Kind: kind, ID: x.id, From: x.from, To: x.to, PDU: x.pdu}
	return withUserData(e, x.dcs, x.ud)
}

func withUserData(e Entry, dcs pdu.DCS, ud pdu.UserData) Entry {
	e.Text, _ = ud.Text(dcs)
	if c, ok := ud.UDH.Concat(); ok {
		e.Ref, e.Seq, e.Total = &c.Ref, c.Seq, c.Total
	}
	return e
}

// report is a delivery report on its way to the modem that asked for it.
type report struct {
	to     string // who was texted
	mr     uint8
	status pdu.Status
	pdu    string
	length int
}

// reportTo returns what tells m that its message mr for da has arrived.
func (n *Network) reportTo(m *Modem, mr uint8, da pdu.Address) func(pdu.Status) {
	scts := pdu.TimestampOf(time.Now())
	return func(s pdu.Status) {
		delay, lost := n.options.ReportDelay, false
		if f := m.faults.take(LoseReport, ""); f != nil {
			lost = f.Delay <= 0
			delay += f.Delay
		}
		if lost {
			n.record.write(m.reportEntry(&report{to: da.String(), mr: mr, status: s}, "lost"))
			return
		}
		n.later(delay, func() { m.reported(mr, da, scts, s) })
	}
}

// reported makes the STATUS-REPORT and has the modem take it.
func (m *Modem) reported(mr uint8, da pdu.Address, scts pdu.Timestamp, s pdu.Status) {
	r := &report{to: da.String(), mr: mr, status: s}
	var err error
	r.pdu, r.length, err = render(pdu.Frame{SMSC: m.network.centre, TPDU: &pdu.StatusReport{
		MR: mr, RA: da, SCTS: scts, DT: pdu.TimestampOf(time.Now()), ST: s,
	}})
	if err != nil {
		m.network.record.write(m.reportEntry(r, "lost: "+err.Error()))
		return
	}
	m.reports = append(m.reports, r)
	m.take()
}

func (m *Modem) reportEntry(r *report, state string) Entry {
	e := m.note(KindReport)
	status := uint8(r.status)
	e.From, e.To, e.MR, e.Status, e.State, e.PDU = r.to, m.options.Number, &r.mr, &status, state, r.pdu
	return e
}

// rawLength counts the octets of a TPDU in hex that nobody promised to be one.
func rawLength(hex string) (int, error) {
	octets := len(hex) / 2
	if len(hex)%2 != 0 || strings.Trim(hex, "0123456789abcdefABCDEF") != "" || octets == 0 {
		return 0, fmt.Errorf("pdu %.20q: an even number of hex digits is needed", hex)
	}
	centre, err := strconv.ParseUint(hex[:2], 16, 8)
	if err != nil {
		return 0, err
	}
	return max(0, octets-1-int(centre)), nil
}
