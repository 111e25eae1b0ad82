package storage

import "slices"

// Priority is which texts of a line go before which. Within one, recipients
// take turns, so that a campaign does not stand before a person's answer.
type Priority string

// The priorities. PriorityLow is for bulk.
const (
	PriorityHigh   Priority = "high"
	PriorityNormal Priority = "normal"
	PriorityLow    Priority = "low"
)

// Priorities lists them all, the first to go first: the ledger orders by the
// place in this list.
var Priorities = []Priority{PriorityHigh, PriorityNormal, PriorityLow}

// Rank is the place of p in Priorities; none counts as normal.
func (p Priority) Rank() int {
	if i := slices.Index(Priorities, p); i >= 0 {
		return i
	}
	return slices.Index(Priorities, PriorityNormal)
}

// Check refuses a word that is no priority; none is normal.
func (p Priority) Check() error {
	if p == "" || slices.Contains(Priorities, p) {
		return nil
	}
	return Refuse(CodeInvalid, "priority", "priority is %q; it takes high, normal or low", p)
}
