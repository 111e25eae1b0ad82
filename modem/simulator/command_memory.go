package simulator

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"smsbridge/modem/at"
)

// Commands about the message memories: 3GPP TS 27.005, 3.2 and 3.4.
var memoryCommands = map[string]handler{
	"+CPMS": memories, "+CMGL": list, "+CMGR": readOne, "+CMGD": remove,
}

// places are the memories that a parameter of +CPMS may name, none if there is no such parameter.
func (f *Family) places(parameter int) []string {
	sets := at.ParseSets(f.CPMS[parameter])
	if len(sets) == 0 {
		return nil
	}
	return sets[0].Names()
}

// kinds is how many parameters +CPMS has.
func (f *Family) kinds() int {
	n := 0
	for n < len(f.CPMS) && f.CPMS[n] != "" {
		n++
	}
	return n
}

// memory returns a memory by its name or its second name.
func (m *Modem) memory(name string) *memory {
	return m.memories[cmp.Or(m.family.Alias[name], name)]
}

// usage is "used,total" as +CPMS has it, which some modems count up late.
func (m *Modem) usage(name string) string {
	return m.memory(name).usage(m.ago(m.family.Lag))
}

func memories(m *Modem, c at.Command) reply {
	kinds := m.family.kinds()
	switch c.Op {
	case at.Test:
		return tell("+CPMS: " + strings.Join(m.family.CPMS[:kinds], ","))
	case at.Read:
		parts := make([]string, kinds)
		for i, name := range m.mem[:kinds] {
			parts[i] = at.Quote(name) + "," + m.usage(name)
		}
		return tell("+CPMS: " + strings.Join(parts, ","))
	case at.Execute:
		return cms(302)
	}
	chosen, p := m.mem, c.Params()
	if len(p) == 0 || len(p) > min(kinds, m.family.CPMSValues) {
		return cms(302)
	}
	for i := range p {
		if name := strings.ToUpper(p.Text(i)); name != "" {
			if !slices.Contains(m.family.places(i), name) {
				return cms(302)
			}
			chosen[i] = name
		}
	}
	m.mem = chosen
	parts := make([]string, kinds)
	for i, name := range m.mem[:kinds] {
		parts[i] = m.usage(name)
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
	m.memory(m.mem[0]).each(func(index int, x *stored) {
		if stat(which) != anyStat && stat(which) != x.stat {
			return
		}
		lines = append(lines, fmt.Sprintf("+CMGL: %d,%d,,%d", index, x.stat, x.length), x.pdu)
		x.look()
	})
	if len(lines) == 0 && m.family.EmptyList != 0 {
		return cms(m.family.EmptyList)
	}
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
	x := m.memory(m.mem[0]).at(index)
	if x == nil {
		return cms(321)
	}
	defer x.look()
	return tell(fmt.Sprintf("+CMGR: %d,,%d", x.stat, x.length), x.pdu)
}

// remove is +CMGD: 27.005, 3.5.4. A slot may be emptied twice.
func remove(m *Modem, c at.Command) reply {
	mem := m.memory(m.mem[0])
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
