package pdu

import (
	"slices"
	"strings"
)

// MemoryStore is a PartStore for who has no ledger: a test, a tool that reads files. What it holds is
// gone with the process, so the parts of a message (3GPP TS 23.040, 9.2.3.24.1) that were removed from
// a SIM are lost with it. The zero value is ready.
type MemoryStore struct {
	sets   map[int64]*Set
	byKey  map[SetKey][]int64
	order  []int64 // least recently changed first; IDs of removed sets may still stand in it
	last   int64
	octets int
	turns  map[int64]int // how often each ID stands in order
}

// Sets is that of PartStore (3GPP TS 23.040, 9.2.3.24.1).
func (m *MemoryStore) Sets(key SetKey) ([]Set, error) {
	var all []Set
	for _, id := range m.byKey[key] {
		all = append(all, *m.sets[id])
	}
	return all, nil
}

// Keep is that of PartStore (3GPP TS 23.040, 9.2.3.24.1). It copies the octets of the newest part, which would
// otherwise keep the whole frame in memory that they were read from.
func (m *MemoryStore) Keep(s Set) (int64, error) {
	if m.sets == nil {
		m.sets, m.byKey, m.turns = make(map[int64]*Set), make(map[SetKey][]int64), make(map[int64]int)
	}
	if old, ok := m.sets[s.ID]; ok {
		m.octets -= old.octets()
	} else {
		m.last++
		s.ID = m.last
		s.Key.Address.Value = strings.Clone(s.Key.Address.Value)
		m.byKey[s.Key] = append(m.byKey[s.Key], s.ID)
	}
	for i := range s.Parts {
		s.Parts[i].UD.Octets = slices.Clone(s.Parts[i].UD.Octets)
		s.Parts[i].UD.UDH = s.Parts[i].UD.UDH.clone()
	}
	m.sets[s.ID] = &s
	m.octets += s.octets()
	m.order = append(m.order, s.ID)
	m.turns[s.ID]++
	return s.ID, nil
}

// Remove is that of PartStore (3GPP TS 23.040, 9.2.3.24.1).
func (m *MemoryStore) Remove(ids ...int64) error {
	for _, id := range ids {
		s, ok := m.sets[id]
		if !ok {
			continue
		}
		m.octets -= s.octets()
		delete(m.sets, id)
		if rest := slices.DeleteFunc(m.byKey[s.Key], func(other int64) bool { return other == id }); len(rest) > 0 {
			m.byKey[s.Key] = rest
		} else {
			delete(m.byKey, s.Key)
		}
	}
	return nil
}

// Oldest is that of PartStore (3GPP TS 23.040, 9.2.3.24.1).
func (m *MemoryStore) Oldest() (Set, int, int, error) {
	for len(m.order) > 0 {
		id := m.order[0]
		if s, ok := m.sets[id]; ok && m.turns[id] == 1 {
			return *s, len(m.sets), m.octets, nil
		}
		if m.turns[id]--; m.turns[id] == 0 {
			delete(m.turns, id)
		}
		m.order = m.order[1:]
	}
	return Set{}, 0, 0, nil
}

// clone copies a header, so that nothing else of its frame stays in memory.
func (h UDH) clone() UDH {
	h = slices.Clone(h)
	for i := range h {
		h[i].Data = slices.Clone(h[i].Data)
	}
	return h
}
