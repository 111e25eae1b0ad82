package storage

import (
	"strconv"
	"strings"
)

// Case is a piece of work with one number: it begins when somebody answers an
// offer or writes first, has one owner, and ends only when a person closes it.
// Others read it all the while.
type Case struct {
	ID        string    `json:"id"`
	Reference string    `json:"reference"`
	Thread    string    `json:"thread"`
	Number    string    `json:"number"`
	Contact   *Contact  `json:"contact,omitempty"`
	Line      string    `json:"line"`
	State     CaseState `json:"state"`
	Owner     string    `json:"owner,omitempty"` // none: it was released, and an offer stands for it
	OwnerName string    `json:"owner_name,omitempty"`
	Origin    Direction `json:"origin"` // out: we wrote first
	Outcome   string    `json:"outcome,omitempty"`

	StartedAt    Time   `json:"started_at"` // of the first message; ages count from here
	OpenedAt     Time   `json:"opened_at"`
	WaitingSince Time   `json:"waiting_since,omitzero"` // the person's first text without an answer
	ClosedAt     Time   `json:"closed_at,omitzero"`
	ClosedBy     string `json:"closed_by,omitempty"`

	Lookup *Lookup    `json:"lookup,omitempty"`
	Notes  []CaseNote `json:"notes,omitempty"`
	Pop    string     `json:"pop_url,omitempty"` // in answers: where an outside CRM shows it
	Rev    int64      `json:"rev"`
}

// CaseNote is what somebody wrote beside a case; nobody outside ever sees it.
type CaseNote struct {
	N      int    `json:"n"`
	Kind   string `json:"kind"` // note, transfer, release
	Author Author `json:"author"`
	Text   string `json:"text"`
	At     Time   `json:"at"`
}

// CaseState is whether a case is being worked on.
type CaseState string

// The states of a case.
const (
	CaseOpen  CaseState = "open"
	CaseEnded CaseState = "closed"
)

// CaseAct is something that is done with a case.
type CaseAct string

// What can be done with a case.
const (
	CaseJoin     CaseAct = "join" // a message is added
	CaseTake     CaseAct = "take" // a released one is answered
	CaseTransfer CaseAct = "transfer"
	CaseRelease  CaseAct = "release"
	CaseClose    CaseAct = "close"
	CaseContinue CaseAct = "continue"
	CaseWrite    CaseAct = "write" // a note, an outcome, what a lookup found
)

// caseMoves is the whole of it: what is not here cannot happen.
var caseMoves = map[CaseState]map[CaseAct]CaseState{
	CaseOpen: {
		CaseJoin:     CaseOpen,
		CaseTake:     CaseOpen,
		CaseTransfer: CaseOpen,
		CaseRelease:  CaseOpen,
		CaseWrite:    CaseOpen,
		CaseClose:    CaseEnded,
	},
	CaseEnded: {
		CaseContinue: CaseOpen,
		CaseWrite:    CaseEnded,
	},
}

// After is the state that act leads to; false if it cannot happen.
func (s CaseState) After(act CaseAct) (CaseState, bool) {
	next, ok := caseMoves[s][act]
	return next, ok
}

// Reference is the n-th interaction with a number, as people and call lists
// write it: SMS+15550100, then SMS+15550100-2.
func Reference(number string, n int) string {
	if n <= 1 {
		return "SMS" + number
	}
	return "SMS" + number + "-" + strconv.Itoa(n)
}

// IsPerson tells whether a number could be somebody whom one can answer: not a
// name, not a short code, not withheld.
func IsPerson(number string) bool {
	digits, ok := strings.CutPrefix(number, "+")
	return ok && len(digits) >= 7 && strings.Trim(digits, "0123456789") == ""
}

// CaseFilter says which cases are asked for.
type CaseFilter struct {
	State   CaseState // empty: any
	Owner   string    // an agent; empty: anybody's
	Waiting bool      // only where the person waits for an answer
	Thread  string
	Search  string // a reference or a piece of one
}

// CasePage is one answer of a list of cases, the newest first.
type CasePage struct {
	Cases []Case `json:"cases"`
	Next  string `json:"next,omitempty"`
	Head  Head   `json:"head"`
}

// Most of what people write beside a case.
const (
	LongestNote    = 2000 // characters
	MostNotes      = 200
	LongestOutcome = 80
)
