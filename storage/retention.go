package storage

// Retention is how long texts are kept. What is older is deleted from the
// ledger each day: messages with their PDUs, and what the log says of them. It
// is off until somebody sets it.
type Retention struct {
	Line string `json:"line,omitempty"` // empty: of all lines that have none of their own
	Days int    `json:"days"`           // 0: for ever
	Rev  int64  `json:"rev,omitempty"`
}

// The fewest days, so that no slip deletes what came today, and the most.
const (
	MinRetention = 1
	MaxRetention = 36500
)

// Check refuses what cannot be meant.
func (r Retention) Check() error {
	if r.Days != 0 && (r.Days < MinRetention || r.Days > MaxRetention) {
		return Refuse(CodeInvalid, "days", "days is %d; it goes from %d to %d, and 0 keeps texts for ever", r.Days, MinRetention, MaxRetention)
	}
	return nil
}

// Swept is what was deleted because its time was over, or, of a preview, would
// be.
type Swept struct {
	Messages int  `json:"messages"`
	Threads  int  `json:"threads"`         // of which nothing is left
	Before   Time `json:"before,omitzero"` // the newest that was too old
	Preview  bool `json:"preview,omitempty"`
}
