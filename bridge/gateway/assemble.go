package gateway

import (
	"time"

	"smsbridge/pdu"
	"smsbridge/storage"
)

// assemble finds the message that a part belongs to and makes its text. What
// the assembler knows is in the ledger: it forgets nothing over a restart, and
// a flood of orphans gives up the oldest sets, which stay as they are.
func assemble(ledger storage.Sets, a storage.Arrival) (storage.Assembled, error) {
	frame, err := pdu.ParseFrame(a.Kept.PDU, pdu.MobileTerminated)
	if err != nil {
		return storage.Assembled{}, err
	}
	store := &parts{ledger: ledger, arrival: a, ids: make(map[string]int64), messages: make(map[int64]string)}
	assembler := pdu.Assembler{Store: store}
	r, err := assembler.Add(frame.TPDU, time.Now())
	if err != nil {
		return storage.Assembled{}, err
	}
	text, warnings := r.Set.Text()
	made := storage.Assembled{
		Message: store.messages[r.Set.ID], Repeated: r.Outcome == pdu.Duplicate, Whole: r.Outcome == pdu.Complete,
		Text: text, Warnings: warnings.Names(),
	}
	if len(r.Set.Parts) > 0 {
		contents(&made, r.Set)
	}
	return made, nil
}

// parts is a pdu.PartStore on the ledger, for one arrival. The numbers that the
// assembler knows sets by are this arrival's only; what it keeps is written by
// the ledger when the arrival is filed.
type parts struct {
	ledger   storage.Sets
	arrival  storage.Arrival
	ids      map[string]int64
	messages map[int64]string
	grown    int64
}

func (p *parts) id(message string) int64 {
	id, known := p.ids[message]
	if !known {
		id = int64(len(p.ids)) + 1
		p.ids[message], p.messages[id] = id, message
	}
	return id
}

// Sets is that of pdu.PartStore.
func (p *parts) Sets(key pdu.SetKey) ([]pdu.Set, error) {
	open, err := p.ledger.Like(p.arrival)
	all := make([]pdu.Set, 0, len(open))
	for _, o := range open {
		s := pdu.Set{ID: p.id(o.Message), Key: key}
		for _, segment := range o.Parts {
			if part, ok := partOf(segment); ok {
				s.Parts = append(s.Parts, part)
			}
		}
		all = append(all, s)
	}
	return all, err
}

// partOf reads a kept part again.
func partOf(s storage.Segment) (pdu.Part, bool) {
	frame, err := pdu.ParseFrame(s.PDU, pdu.MobileTerminated)
	d, ok := frame.TPDU.(*pdu.Deliver)
	if err != nil || !ok {
		return pdu.Part{}, false
	}
	part := pdu.Part{Seq: uint8(s.Seq), Sent: s.Read.Time, Read: s.Read.Time, DCS: d.DCS, UD: d.UD}
	if at, ok := d.SCTS.Time(); ok {
		part.Sent = at
	}
	return part, true
}

// Keep is that of pdu.PartStore.
func (p *parts) Keep(s pdu.Set) (int64, error) {
	if p.grown = s.ID; p.grown == 0 {
		p.grown = p.id("") // a message that the ledger is about to make
	}
	return p.grown, nil
}

// Oldest is that of pdu.PartStore.
func (p *parts) Oldest() (s pdu.Set, sets, octets int, err error) {
	oldest, sets, octets, err := p.ledger.Oldest()
	if err != nil || oldest.Message == "" {
		return pdu.Set{}, sets, octets, err
	}
	return pdu.Set{ID: p.id(oldest.Message), Parts: []pdu.Part{{Read: oldest.Parts[0].Read.Time}}}, sets, octets, nil
}

// Remove is that of pdu.PartStore.
func (p *parts) Remove(ids ...int64) error {
	for _, id := range ids {
		if err := p.ledger.End(p.messages[id]); err != nil {
			return err
		}
	}
	return nil
}
