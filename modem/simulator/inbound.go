package simulator

import (
	"fmt"
	"slices"
	"time"

	"smsbridge/modem/at"
	"smsbridge/pdu"
)

// What reaches a modem from the air: 3GPP TS 27.005, 3.4.1. The lock is held throughout.

// heldMax bounds the URCs kept back while the link is taken or +CNMI wants them buffered.
const heldMax = 256

// pending is what +CNMA must acknowledge.
type pending struct {
	message *message // nil for a report
	report  *report
	timer   *time.Timer
}

// arrive has the service centre keep the message until the modem takes it.
func (m *Modem) arrive(x *message) {
	m.waiting = append(m.waiting, x)
	m.take()
}

// take takes in what waits at the service centre, as far as there is room and radio. A SIM that texts
// itself comes back here by its own report, which then waits for the end of the message.
func (m *Modem) take() {
	if m.taking {
		return
	}
	m.taking = true
	defer func() { m.taking = false }()
	for m.receptive() && len(m.waiting) > 0 && m.accept(m.waiting[0]) {
		m.waiting = m.waiting[1:]
	}
	for m.receptive() && len(m.reports) > 0 && m.acceptReport(m.reports[0]) {
		m.reports = m.reports[1:]
	}
}

// receptive reports whether the network can hand something over just now.
func (m *Modem) receptive() bool { return m.reachable() && m.ack == nil }

// accept takes one message; false if it must go on waiting.
func (m *Modem) accept(x *message) bool {
	if m.cnmi.mt >= 2 && !x.class2() {
		if m.cnmi.mt == 2 || isClass3(x) {
			m.push(x)
			return true
		}
	}
	if !m.store(x) {
		return false
	}
	if f := m.faults.take(Duplicate, ""); f != nil {
		m.store(x)
	}
	x.tell(statusReceived)
	return true
}

func isClass3(x *message) bool {
	class, ok := x.dcs.Class()
	return ok && class == pdu.Class3
}

// store puts the message into the receiving memory and rings.
func (m *Modem) store(x *message) bool {
	mem := m.memory(m.mem[2])
	if x.class2() {
		mem = m.memories["SM"]
	}
	if !mem.room() {
		m.filled(mem)
		return false
	}
	mem.told = false
	index := mem.put(&stored{stat: unread, pdu: x.pdu, length: x.length, id: x.id})
	e := x.entry(KindStored)
	e.Modem, e.Number, e.Memory, e.Slot = m.index, m.options.Number, mem.name, &index
	m.network.record.write(e)
	if m.cnmi.mt != 0 {
		m.urc(fmt.Sprintf("+CMTI: %s,%d", at.Quote(mem.name), index))
	}
	return true
}

// filled has the modem tell, once, that a memory takes no more.
func (m *Modem) filled(mem *memory) {
	if mem.told {
		return
	}
	mem.told = true
	m.tellAll(m.family.Filled)
}

// push hands the message to the terminal as +CMT. Without +CSMS=1 nobody asks whether it was there.
func (m *Modem) push(x *message) {
	e := x.entry(KindPushed)
	e.Modem, e.Number, e.State = m.index, m.options.Number, "pushed"
	if !m.attended() {
		e.State = "lost"
	}
	m.network.record.write(e)
	text := fmt.Sprintf("+CMT: ,%d\r\n%s", x.length, x.pdu)
	m.urc(text)
	if f := m.faults.take(Duplicate, ""); f != nil {
		m.urc(text)
	}
	if m.phase2 {
		m.awaitAck(&pending{message: x})
		return
	}
	x.tell(statusReceived)
}

// attended reports whether somebody has the port open.
func (m *Modem) attended() bool { return m.port != nil }

// acceptReport takes one report; false if it must go on waiting.
func (m *Modem) acceptReport(r *report) bool {
	state := "dropped"
	switch m.cnmi.ds {
	case 1:
		state = "pushed"
		if !m.attended() {
			state = "lost"
		}
	case 2:
		if m.family.LosesReports {
			state = "lost"
			break
		}
		if !m.memories["SR"].room() {
			return false
		}
		state = "stored"
	}
	e := m.reportEntry(r, state)
	switch m.cnmi.ds {
	case 1:
		m.urc(fmt.Sprintf("+CDS: %d\r\n%s", r.length, r.pdu))
		if m.phase2 {
			m.awaitAck(&pending{report: r})
		}
	case 2:
		if m.family.LosesReports {
			m.urc(`+CDSI: "SM",0`)
			break
		}
		index := m.memories["SR"].put(&stored{stat: unread, pdu: r.pdu, length: r.length})
		e.Memory, e.Slot = "SR", &index
		m.urc(fmt.Sprintf(`+CDSI: "SR",%d`, index))
	}
	m.network.record.write(e)
	return true
}

// awaitAck starts the time in which +CNMA must come. Without it what was pushed goes back to the
// service centre and the modem switches direct routing off by itself.
func (m *Modem) awaitAck(p *pending) {
	m.ack = p
	n := m.network
	p.timer = time.AfterFunc(n.options.AckTimeout, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if m.ack == p {
			m.cnmi.mt, m.cnmi.ds = 0, 0
			m.giveBack()
			m.take()
		}
	})
}

// acknowledge is +CNMA; false when nothing waits for it.
func (m *Modem) acknowledge() bool {
	p := m.ack
	if p == nil {
		return false
	}
	p.timer.Stop()
	m.ack = nil
	if p.message != nil {
		p.message.tell(statusReceived)
	}
	return true
}

// giveBack returns what was pushed and never acknowledged to the head of its queue.
func (m *Modem) giveBack() {
	p := m.ack
	if p == nil {
		return
	}
	p.timer.Stop()
	m.ack = nil
	if p.message != nil {
		m.waiting = slices.Insert(m.waiting, 0, p.message)
	} else {
		m.reports = slices.Insert(m.reports, 0, p.report)
	}
}

// urc sends an unsolicited result code, or holds it while a prompt has the link or +CNMI=0 says so.
func (m *Modem) urc(text string) {
	if m.port == nil {
		return // said to nobody
	}
	if m.busy || m.cnmi.mode == 0 && isMessageURC(text) {
		if len(m.held) < heldMax {
			m.held = append(m.held, text)
		}
		return
	}
	m.emit([]byte("\r\n" + text + "\r\n"))
}

// isMessageURC reports whether +CNMI has a say in the URC.
func isMessageURC(text string) bool {
	return len(text) > 4 && (text[:4] == "+CMT" || text[:4] == "+CDS")
}

// release sends what was held, once the link is free again or +CNMI lets it.
func (m *Modem) release() {
	held := m.held
	m.held = nil
	for _, text := range held {
		m.urc(text)
	}
}

// emit sends octets to whoever has the port open, unless the modem was struck dumb.
func (m *Modem) emit(b []byte) {
	if m.port != nil && !m.faults.dumbstruck() {
		m.port.emit(b)
	}
}
