package storage

// SelfTest is one text that the box sends to itself: from one of its lines to
// another, or to the same. It proves what no registration can, that texts arrive.
type SelfTest struct {
	ID        string        `json:"id"`
	Source    string        `json:"from"` // the line that sends
	Target    string        `json:"to"`   // the line that should receive
	Message   string        `json:"message"`
	State     SelfTestState `json:"state"`
	Reason    string        `json:"reason,omitempty"`
	Cost      int           `json:"cost"` // in texts, as the operator counts
	Latency   int64         `json:"latency_ms,omitempty"`
	StartedAt Time          `json:"started_at"`
	DueAt     Time          `json:"due_at"` // it is lost when it has not arrived until then
	ArrivedAt Time          `json:"arrived_at,omitzero"`
}

// SelfTestState is how far a self-test is.
type SelfTestState string

// The states.
const (
	SelfTestRunning SelfTestState = "running"
	SelfTestArrived SelfTestState = "arrived"
	SelfTestLost    SelfTestState = "lost" // reception is dead, or the network is very slow
)
