package simulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"smsbridge/modem/at"
)

// A handler runs one command; the lock is held.
type handler func(m *Modem, c at.Command) reply

// commands is what the modems understand, by name.
var commands map[string]handler

func init() {
	commands = make(map[string]handler)
	for _, group := range []map[string]handler{generalCommands, networkCommands, messageCommands, memoryCommands} {
		for name, h := range group {
			commands[name] = h
		}
	}
}

// run looks the command up, unless a fault or the SIM stands before it.
func (m *Modem) run(c at.Command) reply {
	h := m.handler(c)
	if h == nil {
		return m.unknown()
	}
	if f := m.faults.take(CMEError, c.Name); f != nil {
		return cme(cmp.Or(f.Code, 100))
	}
	if locked := m.barred(c); locked != nil {
		return *locked
	}
	r := h(m, c)
	r.unfinished = r.failed == nil && slices.Contains(m.family.Unfinished, c.String())
	return r
}

// The commands that ask the SIM, by the family of their errors.
var (
	needSIM = []string{"+CIMI", "+CNUM", "+CUSD", "D"}
	needSMS = []string{"+CMGS", "+CMGW", "+CMSS", "+CMGL", "+CMGR", "+CMGD", "+CPMS", "+CNMI", "+CSCA", "+CSMS"}
)

// barred answers for a SIM that is not there, is not ready yet or has not got its PIN or its PUK; nil when
// it has, or is not asked.
func (m *Modem) barred(c at.Command) *reply {
	busy := m.soon(m.cardBusy)
	if !m.locked && !m.cardless && !busy || c.Op == at.Test {
		return nil
	}
	var r reply
	switch noPIN := m.pinTries > 0; {
	case slices.Contains(needSIM, c.Name) && m.cardless:
		r = cme(10)
	case slices.Contains(needSMS, c.Name) && m.cardless:
		r = cms(310)
	case slices.Contains(needSIM, c.Name) && busy:
		r = cme(14)
	case slices.Contains(needSMS, c.Name) && busy:
		r = cms(314)
	case !m.locked:
		return nil
	case slices.Contains(needSIM, c.Name) && noPIN:
		r = cme(11)
	case slices.Contains(needSIM, c.Name):
		r = cme(12)
	case slices.Contains(needSMS, c.Name) && noPIN:
		r = cms(311)
	case slices.Contains(needSMS, c.Name):
		r = cms(316)
	default:
		return nil
	}
	return &r
}

// toggle makes the handler of a command with one number: test, read and assignment.
func toggle(name string, values string, allowed func(int) bool, field func(m *Modem) *int) handler {
	return func(m *Modem, c at.Command) reply {
		switch c.Op {
		case at.Test:
			return tell(name + ": " + values)
		case at.Read:
			return tell(name + ": " + strconv.Itoa(*field(m)))
		}
		v, ok := c.Params().Int(0)
		if c.Op == at.Execute {
			v, ok = 0, true
		}
		if !ok || !allowed(v) {
			return cme(50)
		}
		*field(m) = v
		return reply{}
	}
}

func upTo(top int) func(int) bool { return func(v int) bool { return 0 <= v && v <= top } }

// says makes the handler of a command that only tells something.
func says(line func(m *Modem) string) handler {
	return func(m *Modem, c at.Command) reply {
		if c.Op == at.Test {
			return reply{}
		}
		return tell(line(m))
	}
}

// nothing accepts a command that means nothing here.
func nothing(*Modem, at.Command) reply { return reply{} }

// flag is 0, 1 or nothing of a basic command.
func flag(c at.Command) (on, ok bool) {
	switch c.Args {
	case "", "0":
		return false, true
	case "1":
		return true, true
	}
	return false, false
}

// numbers reads parameters that are all numbers or left out; a missing one keeps its value.
func numbers(p at.Params, fields ...*int) bool {
	if len(p) > len(fields) {
		return false
	}
	for i := range p {
		v, ok := p.Int(i)
		switch {
		case ok:
			*fields[i] = v
		case strings.TrimSpace(p.Text(i)) != "":
			return false
		}
	}
	return true
}
