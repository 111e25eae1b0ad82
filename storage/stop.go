package storage

// Stop is the one switch for everything: while it is on, no text leaves by any
// line. What is queued stays queued, what comes in comes in.
type Stop struct {
	Stopped bool    `json:"stopped"`
	Reason  string  `json:"reason,omitempty"`
	By      *Author `json:"by,omitempty"`
	At      Time    `json:"at,omitzero"`
}

// GuardChange is what guard.updated tells: the one thing that is another now.
type GuardChange struct {
	Limit  *Limit  `json:"limit,omitempty"`
	Rules  *Rules  `json:"rules,omitempty"`
	Quiet  *Quiet  `json:"quiet,omitempty"` // without hours: they were taken away
	Policy *Policy `json:"policy,omitempty"`
}
