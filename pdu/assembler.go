package pdu

import (
	"cmp"
	"slices"
	"time"
)

// SetKey names the messages that a part may belong to. References of 8 and of 16 bits are apart from
// each other (3GPP TS 23.040, 9.2.3.24.8), and so are the two directions.
type SetKey struct {
	Direction Direction
	Address   Address // the other end
	Wide      bool
	Ref       uint16
	Total     uint8
}

// Part is one part of a set (3GPP TS 23.040, 9.2.3.24.1).
type Part struct {
	Seq  uint8
	Sent time.Time // TP-SCTS, or when it was read if that is no time
	Read time.Time
	DCS  DCS
	UD   UserData
}

// Set is a message of several parts as far as they are here (3GPP TS 23.040, 9.2.3.24.1).
type Set struct {
	ID    int64 // given by the store; 0 for one that it does not have yet
	Key   SetKey
	Parts []Part // in the order of their numbers, each number once
	Done  bool   // it is whole, and kept only to know repeats of its parts
}

// A PartStore keeps sets: a ledger, so that they outlive the process. All calls come from the
// goroutine that calls the Assembler, for one part of a message (3GPP TS 23.040, 9.2.3.24.1) at a
// time; a ledger runs them in one transaction.
type PartStore interface {
	// Sets returns all sets of a key, done or not, in any order.
	Sets(key SetKey) ([]Set, error)

	// Keep writes a set down, in the place of the one with the same ID. If that is 0 the store
	// chooses a new one, above all others, and returns it.
	Keep(s Set) (id int64, err error)

	// Remove forgets sets.
	Remove(ids ...int64) error

	// Oldest returns the set that was changed least recently, and how many sets and octets of user
	// data are kept altogether; a set with ID 0 when there is none.
	Oldest() (s Set, sets, octets int, err error)
}

// An Assembler puts the parts of long messages together (3GPP TS 23.040, 9.2.3.24.1). It keeps
// nothing itself: what it knows is in Store. The zero value of everything else is right.
type Assembler struct {
	Store PartStore

	TTL       time.Duration // how long a part waits for the others; 0 for a day
	Spread    time.Duration // see Choose; 0 for an hour
	MaxSets   int           // that are kept; 0 for 1024
	MaxOctets int           // of user data that are kept; 0 for 512 KiB
}

// Outcome is what became of a part (3GPP TS 23.040, 9.2.3.24.1).
type Outcome uint8

// The outcomes of adding a part (3GPP TS 23.040, 9.2.3.24.1).
const (
	Complete   Outcome = iota // the message is whole
	Incomplete                // other parts are missing
	Duplicate                 // this very part was here before
)

// Assembled is what Add tells of a message (3GPP TS 23.040, 9.2.3.24.1).
type Assembled struct {
	Outcome  Outcome
	Set      Set // of one part with an empty Key.Total if the message is not concatenated
	Text     string
	Warnings Warnings
	Ended    []Set // that made room, or were too old: they are given up, and shown as far as they are there
}

// Add takes in a message that was read at a time: a *Deliver, or a *Submit of the other direction. The
// error is that of the store, or an *Error that wraps ErrType. A message without a valid concatenation
// is Complete at once (3GPP TS 23.040, 9.2.3.24.1).
func (a *Assembler) Add(t TPDU, read time.Time) (Assembled, error) {
	key, part, err := partOf(t, read)
	if err != nil {
		return Assembled{}, err
	}
	if key.Total <= 1 {
		return whole(Set{Key: key, Parts: []Part{part}}), nil
	}
	sets, err := a.Store.Sets(key)
	if err != nil {
		return Assembled{}, err
	}
	i, repeated := Choose(sets, part, a.spread(), a.ttl())
	if repeated {
		return Assembled{Outcome: Duplicate, Set: sets[i]}, nil
	}
	s := Set{Key: key}
	if i >= 0 {
		s = sets[i]
	}
	s = s.with(part)
	s.Done = len(s.Parts) == int(key.Total)
	if s.ID, err = a.Store.Keep(s); err != nil {
		return Assembled{}, err
	}
	r := Assembled{Outcome: Incomplete, Set: s}
	if s.Done {
		r = whole(s)
	}
	r.Ended, err = a.makeRoom(s.ID, read)
	return r, err
}

// Expire gives up the sets that have waited too long, and returns those that are not whole (3GPP TS
// 23.040, 9.2.3.24.1, leaves the time to the mobile).
func (a *Assembler) Expire(now time.Time) ([]Set, error) { return a.makeRoom(0, now) }

func (a *Assembler) ttl() time.Duration    { return cmp.Or(a.TTL, day) }
func (a *Assembler) spread() time.Duration { return cmp.Or(a.Spread, time.Hour) }

// makeRoom removes the oldest sets until the rest are young enough and within the limits. The set
// that has just grown stays.
func (a *Assembler) makeRoom(grown int64, now time.Time) ([]Set, error) {
	var ended []Set
	for {
		s, sets, octets, err := a.Store.Oldest()
		if err != nil || s.ID == 0 || s.ID == grown {
			return ended, err
		}
		old := now.Sub(s.lastRead()) > a.ttl()
		if !old && sets <= cmp.Or(a.MaxSets, 1024) && octets <= cmp.Or(a.MaxOctets, 512<<10) {
			return ended, nil
		}
		if err := a.Store.Remove(s.ID); err != nil {
			return ended, err
		}
		if !s.Done {
			ended = append(ended, s)
		}
	}
}

func whole(s Set) Assembled {
	r := Assembled{Outcome: Complete, Set: s}
	r.Text, r.Warnings = s.Text()
	return r
}

// partOf returns the part that a message is, and its key.
func partOf(t TPDU, read time.Time) (SetKey, Part, error) {
	key, part := SetKey{}, Part{Seq: 1, Sent: read, Read: read}
	switch m := t.(type) {
	case *Deliver:
		key.Address, part.DCS, part.UD = m.OA, m.DCS, m.UD
		if at, ok := m.SCTS.Time(); ok {
			part.Sent = at
		}
	case *Submit:
		key.Direction, key.Address, part.DCS, part.UD = MobileOriginated, m.DA, m.DCS, m.UD
	default:
		return key, part, &Error{Field: "TP-MTI", Offset: 0, Err: ErrType}
	}
	if c, ok := part.UD.UDH.Concat(); ok {
		key.Wide, key.Ref, key.Total, part.Seq = c.Wide, c.Ref, c.Total, c.Seq
	}
	return key, part, nil
}

// Choose tells which of the sets of a key a part belongs to: the index of one that misses it, or -1
// when it begins a new one. repeated tells that the set at the index has this very part already, as
// when the network delivers a message twice.
//
// References come round again, with some senders at once (3GPP TS 23.040, 9.2.3.24.1, asks only that
// they differ "for all parts of a message"), so a part can fit several sets. It goes to the one whose
// parts were sent at the nearest time, and to none that lies further off than spread, or that was read
// more than ttl ago. Of two that are as near the newer counts.
func Choose(sets []Set, part Part, spread, ttl time.Duration) (index int, repeated bool) {
	index = -1
	nearest := spread
	for i, s := range sets {
		held, ok := s.part(part.Seq)
		if ok && held.same(part) {
			return i, true
		}
		if ok || s.Done || part.Read.Sub(s.lastRead()) > ttl {
			continue
		}
		d := s.distance(part)
		if d < nearest || d == nearest && (index < 0 || s.ID > sets[index].ID) {
			index, nearest = i, d
		}
	}
	return index, false
}

// same tells whether two parts of one number are the same one, delivered twice: the service centre
// keeps its time then.
func (p Part) same(q Part) bool {
	return p.DCS == q.DCS && p.UD.Septets == q.UD.Septets && slices.Equal(p.UD.Octets, q.UD.Octets) && p.Sent.Equal(q.Sent)
}

// distance returns how far from the set's parts a part was sent.
func (s Set) distance(part Part) time.Duration {
	least := time.Duration(1<<63 - 1)
	for _, p := range s.Parts {
		least = min(least, p.Sent.Sub(part.Sent).Abs())
	}
	return least
}

func (s Set) lastRead() time.Time {
	var last time.Time
	for _, p := range s.Parts {
		if p.Read.After(last) {
			last = p.Read
		}
	}
	return last
}

func bySeq(p Part, seq uint8) int { return int(p.Seq) - int(seq) }

func (s Set) part(seq uint8) (Part, bool) {
	if i, ok := slices.BinarySearchFunc(s.Parts, seq, bySeq); ok {
		return s.Parts[i], true
	}
	return Part{}, false
}

// with returns the set with one part more.
func (s Set) with(part Part) Set {
	i, _ := slices.BinarySearchFunc(s.Parts, part.Seq, bySeq)
	s.Parts = slices.Insert(slices.Clone(s.Parts), i, part)
	return s
}

// UserData returns the user data of all parts, with nil octets for those that are missing, as Join and
// Data take them (3GPP TS 23.040, 9.2.3.24.1).
func (s Set) UserData() []UserData {
	all := make([]UserData, max(int(s.Key.Total), 1))
	for _, p := range s.Parts {
		if n := int(p.Seq) - 1; n >= 0 && n < len(all) {
			all[n] = p.UD
		}
	}
	return all
}

// Text returns the text as far as it is there, with "…" for what is not (3GPP TS 23.040, 9.2.3.24.1).
func (s Set) Text() (string, Warnings) {
	if len(s.Parts) == 0 {
		return "", 0
	}
	return Join(s.Parts[0].DCS, s.UserData())
}

// octets returns how much user data the set holds.
func (s Set) octets() int {
	n := 0
	for _, p := range s.Parts {
		n += len(p.UD.Octets)
	}
	return n
}
