package simulator

import (
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// Starting, and the time that real modems take for it. The lock is held throughout.

// real is how long something takes: nothing, unless the modem is to take its time.
func (m *Modem) real(d time.Duration) time.Duration {
	if !m.options.RealTime {
		return 0
	}
	return d
}

// ago is the moment that lies so far back, and ahead if d is negative. For a modem that takes no time it
// is now.
func (m *Modem) ago(d time.Duration) time.Time { return time.Now().Add(-m.real(d)) }

// soon reports whether a moment is still to come.
func (m *Modem) soon(t time.Time) bool { return m.options.RealTime && time.Now().Before(t) }

// resets reports whether a command restarts the modem.
func (m *Modem) resets(c at.Command) bool {
	again, _ := c.Params().Int(1)
	return slices.Contains(m.family.Reset, c.String()) || c.Name == "+CFUN" && c.Op == at.Assign && again == 1
}

// reboot is the handler of a family's own command for it.
func reboot(m *Modem, _ at.Command) reply { return reply{after: m.reboot} }

// reboot restarts the modem. One on USB goes and comes back, one on a serial line is silent meanwhile.
func (m *Modem) reboot() {
	gone := m.real(m.family.Gone)
	if !m.family.onUSB() {
		m.restart(gone)
		return
	}
	m.faults.replugAfter = max(gone, 1)
	m.unplug()
}

// greet says what the family says after a start, each line in its time. A SIM that is not ready keeps
// the lines after {cpin} back.
func (m *Modem) greet() {
	start := m.starts
	for _, line := range m.family.Banner {
		wait := time.Until(m.started.Add(m.real(line.After)))
		if !m.options.RealTime {
			wait = 0
		}
		m.network.later(wait, func() {
			if m.starts == start && m.plugged {
				m.emit([]byte("\r\n" + m.expand(line.Text) + "\r\n"))
			}
		})
		if strings.Contains(line.Text, "{cpin}") && (m.locked || m.cardless) {
			return
		}
	}
}

// cpin is the line that tells how the SIM is.
func (m *Modem) cpin() string {
	if m.cardless {
		return "+CPIN: NOT INSERTED"
	}
	return "+CPIN: " + m.wants()
}
