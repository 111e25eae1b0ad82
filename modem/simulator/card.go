package simulator

// RemoveSIM takes the SIM out while the modem runs. The modem says so in its family's way, loses the
// network, and answers what needs the SIM with CME 10 or CMS 310. What is in its memories stays in them.
func (m *Modem) RemoveSIM() {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.cardOut = true
	if m.cardless {
		return
	}
	m.cardless = true
	m.session = nil
	m.hangUp("sim removed")
	m.tellAll(m.family.CardOut)
	m.announce()
}

// InsertSIM puts it back; its PIN, if it has one, is asked for again. A family that reads the SIM when it
// starts, and only then, does not see it before.
func (m *Modem) InsertSIM() {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	m.cardOut = false
	if !m.cardless || m.family.ColdSIM {
		return
	}
	m.cardless, m.locked = false, m.pin != ""
	m.tellAll(m.family.CardIn)
	m.announce()
	m.take()
}

// tellAll sends lines of the family.
func (m *Modem) tellAll(lines []string) {
	for _, text := range lines {
		m.urc(m.expand(text))
	}
}

// PINTries returns how many wrong PINs and PUKs are left.
func (m *Modem) PINTries() (pin, puk int) {
	n := m.network
	n.mu.Lock()
	defer n.mu.Unlock()
	return max(0, m.pinTries), max(0, m.pukTries)
}
