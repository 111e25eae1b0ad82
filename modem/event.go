package modem

import (
	"fmt"
	"time"
)

// Kind says what an Event is about.
type Kind uint8

const (
	Sweep        Kind = iota // something was missed or cannot be told: list all memories
	Arrived                  // +CMTI: a message was stored at Memory, Index
	ReportStored             // +CDSI: a status report was stored at Memory, Index
	Report                   // +CDS: a status report, in PDU; it is stored nowhere else
	Direct                   // +CMT: a message, in PDU; it is stored nowhere else
	StoreFull                // a memory has no room left
	Registration             // +CREG, +CGREG, +CEREG
	Signal                   // the modem told its signal unasked, in Text
	Ring                     // a call comes in; Text is the caller's number if it is shown
	USSD                     // +CUSD; Text as the modem wrote it
	SIM                      // the card came, went or changed its mind; Card says which, Text as the modem wrote it
	Restarted                // the modem started anew and has forgotten its settings: close it, open it again
	LateSent                 // the reference of a Submit that ended Unknown came after all
	LateRejected             // a Submit that ended Unknown was refused after all
	Other                    // a line that nobody here knows, in Text
	Missed                   // a call came, At, and was not answered; Text is the number, empty if withheld
)

var kindNames = [...]string{
	"sweep", "arrived", "report_stored", "report", "direct", "store_full", "registration", "signal",
	"ring", "ussd", "sim", "restarted", "late_sent", "late_rejected", "other", "missed",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// Event is something the modem said unasked. An Arrived or ReportStored is a doorbell: its memory and
// index are hints, which some modems get wrong.
type Event struct {
	Kind   Kind
	At     time.Time // when its last octet was read; Missed: when it first rang
	Memory string    // Arrived, ReportStored
	Index  int       // Arrived, ReportStored
	PDU    string    // Report, Direct: upper case hexadecimal, with service centre
	Length int       // Report, Direct: octets of the TPDU, as the modem counted
	Text   string
	State  RegistrationState // Registration
	Card   CardState         // SIM
	Late   *LateResult       // LateSent, LateRejected
}

// LateResult is the end of a Submit that had been given up as Unknown.
type LateResult struct {
	PDU string // of the Submission
	MR  int    // LateSent: its reference, -1 if the modem gave none
	Err *Error // LateRejected: the reason
}

// queueMax bounds the events nobody has fetched yet.
const queueMax = 4096

// queue keeps events in order for a consumer who may be slow. When it is full, later events are counted
// and one Sweep stands in for all of them.
type queue struct {
	out     chan Event
	waiting []Event
	lost    int // behind the Sweep at the end of waiting
}

// put never blocks.
func (q *queue) put(ev Event) {
	if len(q.waiting) == 0 {
		select {
		case q.out <- ev:
			return
		default:
		}
	}
	if len(q.waiting) < queueMax {
		q.waiting = append(q.waiting, ev)
		q.lost = 0
		return
	}
	if q.lost == 0 {
		q.waiting = append(q.waiting, Event{})
	}
	q.lost++
	q.waiting[len(q.waiting)-1] = Event{
		Kind: Sweep, At: ev.At, Text: fmt.Sprintf("%d events were not fetched in time", q.lost),
	}
}

// head returns what a select needs to move the queue on: a nil channel if nothing waits.
func (q *queue) head() (chan<- Event, Event) {
	if len(q.waiting) == 0 {
		return nil, Event{}
	}
	return q.out, q.waiting[0]
}

func (q *queue) advance() {
	q.waiting[0] = Event{}
	if q.waiting = q.waiting[1:]; len(q.waiting) == 0 {
		q.waiting = nil
	}
}

// close hands out what still fits and ends the stream.
func (q *queue) close() {
	for _, ev := range q.waiting {
		select {
		case q.out <- ev:
		default:
		}
	}
	close(q.out)
}
