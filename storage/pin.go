package storage

// PINOutcome is what became of a PIN that was entered.
type PINOutcome string

// The outcomes.
const (
	PINGood    PINOutcome = "good"
	PINRefused PINOutcome = "refused"
)
