package simulator

import (
	"fmt"
	"io"
	"slices"
	"syscall"
	"time"
)

// The other ports of a modem on USB: a second one that answers AT, and those that do not.

// OpenInterface opens the port at a USB interface of the modem in memory, as TryOpen does the first. It
// returns ENOENT if its family has no port there. Echo and the like are the modem's, not the port's; URCs
// go to the first port alone.
func (m *Modem) OpenInterface(number int) (io.ReadWriteCloser, error) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return m.openInterface(number)
}

func (m *Modem) openInterface(number int) (*port, error) {
	i := slices.IndexFunc(m.family.USB.Ports, func(p USBPort) bool { return p.Interface == number })
	switch {
	case i < 0:
		return nil, fmt.Errorf("interface %d of %s: %w", number, m.family.Name, syscall.ENOENT)
	case m.family.USB.Ports[i].Role == PortAT:
		return m.open()
	case m.gone() || m.network.closed:
		return nil, syscall.ENODEV
	case m.sides[number] != nil:
		return nil, ErrBusy
	}
	p := newPort()
	m.sides[number] = p
	talk := func() { m.ignore(p) }
	switch m.family.USB.Ports[i].Role {
	case PortAT2:
		talk = func() { m.converse(p) }
	case PortNMEA:
		m.locate(p)
	}
	m.network.running.Go(talk)
	return p, nil
}

// has reports whether the port is one of the modem's, and there.
func (m *Modem) has(p *port) bool {
	if m.port == p {
		return true
	}
	for _, side := range m.sides {
		if side == p {
			return true
		}
	}
	return false
}

func (m *Modem) leftSide(p *port) {
	for number, side := range m.sides {
		if side == p {
			delete(m.sides, number)
		}
	}
}

// ignore is a conversation with somebody who does not answer.
func (m *Modem) ignore(p *port) {
	defer close(p.done)
	defer m.left(p)
	for {
		if _, ok := p.next(); !ok {
			return
		}
	}
}

// locate tells where the modem is, once a second: NMEA 0183, GGA. The lock is held.
func (m *Modem) locate(p *port) {
	if !m.has(p) {
		return
	}
	text := time.Now().UTC().Format("GPGGA,150405.00,") + "0000.000,N,00000.000,E,0,00,,,M,,M,,"
	sum := byte(0)
	for i := range len(text) {
		sum ^= text[i]
	}
	p.emit(fmt.Appendf(nil, "$%s*%02X\r\n", text, sum))
	m.network.later(time.Second, func() { m.locate(p) })
}

// servedOn reports whether a terminal is still the modem's, exchange puts another in its place.
func (m *Modem) servedOn(t *tty) bool { return m.tty == t || slices.Contains(m.sideTTYs, t) }

func (m *Modem) exchange(old, fresh *tty) {
	if m.tty == old {
		m.tty = fresh
		return
	}
	i := slices.Index(m.sideTTYs, old)
	if fresh == nil {
		m.sideTTYs = slices.Delete(m.sideTTYs, i, i+1)
		return
	}
	m.sideTTYs[i] = fresh
}
