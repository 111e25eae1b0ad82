package simulator

import (
	"strconv"
	"time"
)

// stat is the state of a stored message: 3GPP TS 27.005, 3.1.
type stat int

const (
	unread stat = iota
	read
	unsent
	sent
	anyStat
)

// stored is what a slot holds.
type stored struct {
	stat   stat
	pdu    string // hex, with the service centre
	length int    // octets of the TPDU
	id     int64  // of the message, for the record
	at     time.Time
}

// memory is one message memory, SM, ME or SR.
type memory struct {
	name  string
	first int // index of the first slot
	slots []*stored
	used  int
	low   int // no slot before it is free
	full  bool
	told  bool // that it is full
}

func newMemory(name string, size int, fromZero bool) *memory {
	first := 1
	if fromZero {
		first = 0
	}
	return &memory{name: name, first: first, slots: make([]*stored, size)}
}

func (s *memory) room() bool { return !s.full && s.used < len(s.slots) }

// put stores in the lowest free slot and returns its index; there must be room.
func (s *memory) put(x *stored) int {
	for s.slots[s.low] != nil {
		s.low++
	}
	s.slots[s.low] = x
	x.at = time.Now()
	s.used++
	return s.low + s.first
}

// at returns what is in a slot; nil if it is free or there is no such slot.
func (s *memory) at(index int) *stored {
	if !s.has(index) {
		return nil
	}
	return s.slots[index-s.first]
}

func (s *memory) has(index int) bool {
	return index >= s.first && index-s.first < len(s.slots)
}

// drop frees a slot and returns what was in it.
func (s *memory) drop(index int) *stored {
	x := s.at(index)
	if x == nil {
		return nil
	}
	i := index - s.first
	s.slots[i] = nil
	s.used--
	s.low = min(s.low, i)
	return x
}

// each calls f for every slot in use, in order.
func (s *memory) each(f func(index int, x *stored)) {
	for i, x := range s.slots {
		if x != nil {
			f(i+s.first, x)
		}
	}
}

// usage is "used,total", what came later not counted; a memory that a fault filled says so.
func (s *memory) usage(counted time.Time) string {
	used := s.used
	s.each(func(_ int, x *stored) {
		if x.at.After(counted) {
			used--
		}
	})
	if s.full {
		used = len(s.slots)
	}
	return strconv.Itoa(used) + "," + strconv.Itoa(len(s.slots))
}
