package simulator

import (
	"fmt"
	"slices"
	"strings"

	"smsbridge/modem/at"
)

// Commands about the message memories: 3GPP TS 27.005, 3.2 and 3.4.
var memoryCommands = map[string]handler{
	"+CPMS": memories, "+CMGL": list, "+CMGR": readOne, "+CMGD": remove,
}

// places are the memories that each of the three parameters of +CPMS may name.
var places = [3][]string{{"SM", "ME", "SR"}, {"SM", "ME"}, {"SM", "ME"}}

func memories(m *Modem, c at.Command) reply {
	switch c.Op {
	case at.Test:
		groups := make([]string, len(places))
		for i, names := range places {
			groups[i] = `("` + strings.Join(names, `","`) + `")`
		}
		return tell("+CPMS: " + strings.Join(groups, ","))
	case at.Read:
		parts := make([]string, len(m.mem))
		for i, name := range m.mem {
			parts[i] = at.Quote(name) + "," + m.memories[name].usage()
		}
		return tell("+CPMS: " + strings.Join(parts, ","))
	case at.Execute:
		return cms(302)
	}
	chosen, p := m.mem, c.Params()
	if len(p) == 0 || len(p) > len(chosen) {
		return cms(302)
	}
	for i := range p {
		if name := strings.ToUpper(p.Text(i)); name != "" {
			if !slices.Contains(places[i], name) {
				return cms(302)
			}
			chosen[i] = name
		}
	}
	m.mem = chosen
	parts := make([]string, len(m.mem))
	for i, name := range m.mem {
		parts[i] = m.memories[name].usage()
	}
	return reply{lines: []string{"+CPMS: " + strings.Join(parts, ",")}, after: m.take}
}

// list is +CMGL: 27.005, 3.4.2 and 4.1. What it shows is read thereafter.
func list(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return tell("+CMGL: (0-4)")
	}
	which := 0
	if c.Op == at.Read || !numbers(c.Params(), &which) || which < 0 || which > int(anyStat) {
		return cms(305)
	}
	var lines []string
	m.memories[m.mem[0]].each(func(index int, x *stored) {
		if stat(which) != anyStat && stat(which) != x.stat {
			return
		}
		lines = append(lines, fmt.Sprintf("+CMGL: %d,%d,,%d", index, x.stat, x.length), x.pdu)
		x.look()
	})
	return tell(lines...)
}

// look marks a message as read.
func (x *stored) look() {
	if x.stat == unread {
		x.stat = read
	}
}

func readOne(m *Modem, c at.Command) reply {
	if c.Op == at.Test {
		return reply{}
	}
	index := -1
	if c.Op != at.Assign || !numbers(c.Params(), &index) {
		return cms(321)
	}
	x := m.memories[m.mem[0]].at(index)
	if x == nil {
		return cms(321)
	}
	defer x.look()
	return tell(fmt.Sprintf("+CMGR: %d,,%d", x.stat, x.length), x.pdu)
}

// remove is +CMGD: 27.005, 3.5.4. A slot may be emptied twice.
func remove(m *Modem, c at.Command) reply {
	mem := m.memories[m.mem[0]]
	if c.Op == at.Test {
		var used []string
		mem.each(func(index int, _ *stored) { used = append(used, fmt.Sprint(index)) })
		return tell("+CMGD: (" + strings.Join(used, ",") + "),(0-4)")
	}
	index, flag := -1, 0
	if c.Op != at.Assign || !numbers(c.Params(), &index, &flag) || flag < 0 || flag > 4 {
		return cms(321)
	}
	if flag > 0 {
		m.sweep(mem, flag)
		return reply{after: m.take}
	}
	if !mem.has(index) {
		return cms(321)
	}
	m.drop(mem, index)
	return reply{after: m.take}
}

// sweep deletes by state: 1 what was read, 2 and what was sent, 3 and what was not, 4 all.
func (m *Modem) sweep(mem *memory, flag int) {
	gone := map[int][]stat{1: {read}, 2: {read, sent}, 3: {read, sent, unsent}, 4: {read, sent, unsent, unread}}[flag]
	mem.each(func(index int, x *stored) {
		if slices.Contains(gone, x.stat) {
			m.drop(mem, index)
		}
	})
}

func (m *Modem) drop(mem *memory, index int) {
	x := mem.drop(index)
	if x == nil {
		return
	}
	e := m.note(KindDeleted)
	e.ID, e.PDU, e.Memory, e.Slot = x.id, x.pdu, mem.name, &index
	m.network.record.write(e)
}
