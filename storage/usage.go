package storage

import "time"

// Usage is what went over a line on a day, by who wrote it. What came in, and
// what programs sent, has no agent.
type Usage struct {
	Day         string `json:"day,omitempty"` // 2026-11-21, in the box's own time
	Line        string `json:"line,omitempty"`
	Agent       string `json:"agent,omitempty"`
	Received    int64  `json:"received"`
	Sent        int64  `json:"sent"`        // the service centre took it
	Delivered   int64  `json:"delivered"`   // of them: a report says so
	Undelivered int64  `json:"undelivered"` // of them: a report says not
	Failed      int64  `json:"failed"`
	Unconfirmed int64  `json:"unconfirmed"`
	Parts       int64  `json:"parts"` // that left, or may have: what is paid for
}

// Rate is the share of delivered messages among those that a report was had
// of; 0 if there is none.
func (u Usage) Rate() float64 {
	if n := u.Delivered + u.Undelivered; n > 0 {
		return float64(u.Delivered) / float64(n)
	}
	return 0
}

// StatsFilter says which figures are asked for.
type StatsFilter struct {
	From, To string   // days, both included; empty: no limit
	Lines    []string // nil: all
	Agent    string   // only this one's; empty: everybody's
	By       []string // day, line, agent: what figures are told apart by
}

// AnswerBuckets are the upper ends of the times to an answer that are told
// apart; longer ones are in a bucket of their own.
var AnswerBuckets = []time.Duration{
	10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute,
	15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 24 * time.Hour,
}

// AnswerBucket is the upper end in seconds of the bucket for d; 0 is above all.
func AnswerBucket(d time.Duration) int64 {
	for _, b := range AnswerBuckets {
		if d <= b {
			return int64(b / time.Second)
		}
	}
	return 0
}

// Answers is how long people waited for an agent's answers. Within tells after
// how long half and nine of ten had one: the upper end of the bucket; 0 is
// longer than the longest.
type Answers struct {
	Agent     string          `json:"agent"`
	Count     int64           `json:"count"`
	Within50  int64           `json:"within_p50_s"`
	Within90  int64           `json:"within_p90_s"`
	Histogram map[int64]int64 `json:"histogram"` // by the bucket's upper end
}

// Waits is a number that waits for an answer now.
type Waits struct {
	Number string `json:"number"`
	Line   string `json:"line"`
	Thread string `json:"thread"`
	Case   string `json:"case,omitempty"`
	Owner  string `json:"owner,omitempty"`
	Since  Time   `json:"since"`
}

// Latency is how long inbound messages of a line took from the modem's notice
// to the ledger, in milliseconds, over the newest ones.
type Latency struct {
	Line  string  `json:"line"`
	Count int     `json:"count"`
	P50   float64 `json:"p50_ms"`
	P99   float64 `json:"p99_ms"`
	Worst float64 `json:"worst_ms"`
}
