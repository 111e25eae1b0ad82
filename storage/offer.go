package storage

import (
	"cmp"
	"slices"
	"strings"
)

// Offer is a stranger's text that asks for somebody to take it on: it rings for
// some agents until somebody answers or its time is over, then for others, and
// at last stands for all who see the line. It never ends by itself.
type Offer struct {
	ID        string     `json:"id"`
	Reference string     `json:"reference"` // SMS and the number; the same as the case's that comes of it
	Title     string     `json:"title"`     // who it is, or OfferTitle
	Thread    string     `json:"thread"`
	Number    string     `json:"number"`
	Contact   *Contact   `json:"contact,omitempty"`
	Line      string     `json:"line"`
	State     OfferState `json:"state"`
	Message   string     `json:"message"`             // the text that made it
	Case      string     `json:"case,omitempty"`      // the released case that it is about; when taken, what came of it
	LastCase  *Case      `json:"last_case,omitempty"` // that could go on
	Policy    Sequel     `json:"policy"`              // ask: say new or continue with the answer
	Strategy  Strategy   `json:"strategy"`
	To        []string   `json:"to,omitempty"` // agents whom it rings for; unanswered: none, all may answer
	Tried     []string   `json:"tried,omitempty"`
	Until     Time       `json:"until,omitzero"`
	CreatedAt Time       `json:"created_at"`
	TakenBy   string     `json:"taken_by,omitempty"`
	TakenName string     `json:"taken_by_name,omitempty"`
	TakenAt   Time       `json:"taken_at,omitzero"`
	Rev       int64      `json:"rev"`

	Wait int `json:"-"` // seconds of ringing
}

// OfferTitle is the title of an offer while nobody knows who it is.
const OfferTitle = "SMS Chat Request"

// OfferState is how far an offer is.
type OfferState string

// The states of an offer.
const (
	OfferRinging      OfferState = "ringing"    // for some, until a moment
	OfferUnanswered   OfferState = "unanswered" // nobody came in time; anybody may now
	OfferStateTaken   OfferState = "taken"
	OfferStateDropped OfferState = "withdrawn" // what it was about has ended otherwise
)

// OfferAct is something that happens to an offer.
type OfferAct string

// What can happen to an offer.
const (
	OfferAnswer   OfferAct = "answer"
	OfferPass     OfferAct = "pass"    // to the next agents
	OfferExhaust  OfferAct = "exhaust" // nobody is left to pass it to
	OfferExtend   OfferAct = "extend"
	OfferDecline  OfferAct = "decline" // by one of several
	OfferWithdraw OfferAct = "withdraw"
)

// offerMoves is the whole of it: what is not here cannot happen.
var offerMoves = map[OfferState]map[OfferAct]OfferState{
	OfferRinging: {
		OfferAnswer:   OfferStateTaken,
		OfferPass:     OfferRinging,
		OfferExhaust:  OfferUnanswered,
		OfferExtend:   OfferRinging,
		OfferDecline:  OfferRinging,
		OfferWithdraw: OfferStateDropped,
	},
	OfferUnanswered: {
		OfferAnswer:   OfferStateTaken,
		OfferWithdraw: OfferStateDropped,
	},
}

// After is the state that act leads to; false if it cannot happen.
func (s OfferState) After(act OfferAct) (OfferState, bool) {
	next, ok := offerMoves[s][act]
	return next, ok
}

// Open tells whether somebody may still answer.
func (s OfferState) Open() bool { _, ok := s.After(OfferAnswer); return ok }

// Strategy says for whom offers of a line ring.
type Strategy string

// The strategies.
const (
	RingAll       Strategy = "all"         // for all at once
	RingRound     Strategy = "round_robin" // for one after the other, by turns
	RingLeastBusy Strategy = "least_busy"  // for one after the other, the fewest open cases first
	RingLastOwner Strategy = "last_owner"  // for who had the last case with the number, then for all
)

// Strategies lists every strategy.
var Strategies = []Strategy{RingAll, RingRound, RingLeastBusy, RingLastOwner}

// Candidate is an agent who could take an offer.
type Candidate struct {
	Agent string
	Cases int   // that it has open
	Rung  int64 // the number of the newest offer to it alone
}

// Next are the agents whom an offer rings for next: of those who can take it,
// whom it has not rung for yet. None when nobody is left. last is who owned the
// last case with the number.
func (s Strategy) Next(all []Candidate, tried []string, last string) []string {
	left := slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return slices.Contains(tried, c.Agent) })
	if len(left) == 0 {
		return nil
	}
	first := func(less func(a, b Candidate) int) []string {
		return []string{slices.MinFunc(left, func(a, b Candidate) int {
			return cmp.Or(less(a, b), strings.Compare(a.Agent, b.Agent))
		}).Agent}
	}
	switch s {
	case RingRound:
		return first(func(a, b Candidate) int { return cmp.Compare(a.Rung, b.Rung) })
	case RingLeastBusy:
		return first(func(a, b Candidate) int { return cmp.Or(cmp.Compare(a.Cases, b.Cases), cmp.Compare(a.Rung, b.Rung)) })
	case RingLastOwner:
		if slices.ContainsFunc(left, func(c Candidate) bool { return c.Agent == last }) {
			return []string{last}
		}
	}
	agents := make([]string, len(left))
	for i, c := range left {
		agents[i] = c.Agent
	}
	slices.Sort(agents)
	return agents
}

// Choice is what whoever answers wants of an offer that has a last case. By
// policy it may be fixed; where it is to be chosen and was not, the answer is
// refused with both.
func (o Offer) Choice(said Sequel) (Sequel, error) {
	switch said {
	case "", SequelNew, SequelContinue:
	default:
		return "", Refuse(CodeInvalid, "choice", "choice is %q; it takes new or continue", said)
	}
	switch {
	case o.LastCase == nil:
		if said == SequelContinue && o.Case == "" {
			return "", Refuse(CodeInvalid, "choice", "there is no case with %s to continue; answer with new", o.Number)
		}
		return SequelNew, nil
	case said != "":
		return said, nil
	case o.Policy == SequelAsk:
		e := Refuse(CodeInvalid, "choice", "there was a case %s; say whether it goes on or a new one begins", o.LastCase.Reference)
		e.Options = []string{string(SequelContinue), string(SequelNew)}
		return "", e
	}
	return o.Policy, nil
}
