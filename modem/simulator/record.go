package simulator

import (
	"encoding/json"
	"io"
	"time"
)

// The kinds of Entry.
const (
	KindSubmit  = "submit"         // a modem's SUBMIT was accepted
	KindDeliver = "deliver"        // the service centre made a DELIVER: one part for To
	KindStored  = "deliver-stored" // a modem keeps that part in Memory, Slot
	KindPushed  = "deliver-pushed" // a modem handed it straight to the terminal, as +CMT
	KindDeleted = "deleted"        // the terminal deleted Slot
	KindRefused = "refused"        // a PDU was refused: Reason, Code
	KindReport  = "report"         // a delivery report: State says what became of it
	KindFault   = "fault"          // a fault was ordered
)

// Entry is one line of the record. Empty fields are left out.
type Entry struct {
	N      int64     `json:"n"` // counts the lines from 1
	At     time.Time `json:"at"`
	Kind   string    `json:"kind"`
	Modem  int       `json:"modem,omitempty"`  // index of the modem concerned
	Number string    `json:"number,omitempty"` // number of its SIM
	ID     int64     `json:"id,omitempty"`     // the message; the parts of a handset's message share one
	From   string    `json:"from,omitempty"`
	To     string    `json:"to,omitempty"`
	Text   string    `json:"text,omitempty"` // of this part
	MR     *uint8    `json:"mr,omitempty"`
	Ref    *uint16   `json:"ref,omitempty"` // of the concatenation, with Seq and Total
	Seq    uint8     `json:"seq,omitempty"`
	Total  uint8     `json:"total,omitempty"`
	PDU    string    `json:"pdu,omitempty"` // as on the wire, service centre included
	Memory string    `json:"memory,omitempty"`
	Slot   *int      `json:"slot,omitempty"`
	Status *uint8    `json:"status,omitempty"` // TP-ST
	State  string    `json:"state,omitempty"`  // pushed, stored, dropped, lost
	Fault  string    `json:"fault,omitempty"`
	Count  int       `json:"count,omitempty"`
	Code   int       `json:"code,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

type recorder struct {
	out io.Writer
	n   int64
	err error
}

// write appends one line. The first error stays: a record with a gap is none.
func (r *recorder) write(e Entry) error {
	if r.out == nil || r.err != nil {
		return r.err
	}
	r.n++
	e.N, e.At = r.n, time.Now().UTC()
	line, err := json.Marshal(e)
	if err != nil {
		r.err = err
		return err
	}
	_, r.err = r.out.Write(append(line, '\n'))
	return r.err
}
