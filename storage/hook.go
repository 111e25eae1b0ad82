package storage

import (
	"path"
	"slices"
	"time"
)

// Hook is an endpoint of somebody else's that events are pushed to.
//
// Its place in the log is Cursor: each event up to there that it wants has a
// Delivery, whatever became of it. What comes after is still in the log, so the
// log itself is the outbox and nothing is lost with the process.
type Hook struct {
	ID       string   `json:"id"`
	URL      string   `json:"url"`
	Label    string   `json:"label,omitempty"`
	Events   []string `json:"events,omitempty"`   // types, with * as in message.*; none: all
	Lines    []string `json:"lines,omitempty"`    // none: all
	Order    string   `json:"order"`              // HookFree or HookStrict
	Template string   `json:"template,omitempty"` // makes the body; empty: the event itself

	CreatedAt  Time   `json:"created_at"`
	DisabledAt Time   `json:"disabled_at,omitzero"`
	Reason     string `json:"reason,omitempty"` // why it is disabled

	Cursor       int64 `json:"cursor"`
	Prev         int64 `json:"prev"`   // the last event up to Cursor that it wanted, or where it began
	Missed       int64 `json:"missed"` // events that the log had forgotten before they were taken
	Failures     int   `json:"failures"`
	FailingSince Time  `json:"failing_since,omitzero"` // every try since then has failed
	Waiting      int   `json:"waiting"`                // deliveries to be tried again
	Dead         int   `json:"dead"`                   // deliveries that were given up
	Rev          int64 `json:"rev"`
}

// The orders in which a hook is told of events.
const (
	// HookFree tries events in their order, some at a time; one that fails is
	// tried again later and does not hold up those behind it.
	HookFree = "free"
	// HookStrict tells one event at a time, and the next only when the one
	// before it was taken or given up.
	HookStrict = "strict"
)

// Wants tells whether the hook is to be told of e. What belongs to no line
// passes the filter of lines.
func (h Hook) Wants(e Event) bool {
	if e.For != nil {
		return false // a hook is nobody's own
	}
	if len(h.Lines) > 0 && e.Line != "" && !slices.Contains(h.Lines, e.Line) {
		return false
	}
	return len(h.Events) == 0 || slices.ContainsFunc(h.Events, func(glob string) bool {
		ok, _ := path.Match(glob, e.Type)
		return ok
	})
}

// HookChange is what is to be different about a hook; what is nil stays.
type HookChange struct {
	URL      *string   `json:"url"`
	Label    *string   `json:"label"`
	Events   *[]string `json:"events"`
	Lines    *[]string `json:"lines"`
	Order    *string   `json:"order"`
	Template *string   `json:"template"`
	Disabled *bool     `json:"disabled"` // false: go on from where it stopped
}

// HookSecret is a key that deliveries are signed with. During a rotation there
// are several, and a delivery carries a signature of each.
type HookSecret struct {
	Key     []byte
	Expires Time // zero: never
}

// HookSecretPrefix begins a secret as people see it; base64 follows (Standard
// Webhooks, "Signature scheme").
const HookSecretPrefix = "whsec_"

// The states of a delivery.
const (
	DeliveryWaiting   = "waiting"   // is to be tried again at NextTry
	DeliveryDelivered = "delivered" // the endpoint said 2xx
	DeliveryDead      = "dead"      // given up; Replay begins anew
)

// Delivery is what became of one event at one hook.
type Delivery struct {
	ID       string `json:"id"` // webhook-id: epoch and number of the event, the same at every try
	Hook     string `json:"hook"`
	Seq      int64  `json:"seq"`
	Prev     int64  `json:"prev"`
	State    string `json:"state"`
	Attempts int    `json:"attempts"`
	FirstTry Time   `json:"first_try"`
	LastTry  Time   `json:"last_try"`
	NextTry  Time   `json:"next_try,omitzero"`
	Status   int    `json:"status,omitempty"` // HTTP's; 0: there was no answer
	Error    string `json:"error,omitempty"`
	Took     int64  `json:"took_ms"`
}

// DeliveryPage is a piece of the list of deliveries, the newest event first.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	Next       string     `json:"next,omitempty"`
}

// Backlog is what waits at a hook.
type Backlog struct {
	Waiting int        // how many wait
	Due     []Delivery // some of those that are due, the oldest event first
	Next    Time       // when the next one falls due that is not in Due; zero: none
}

// Settlement is what a hook's pusher has to write down after some tries.
type Settlement struct {
	Hook       string
	Rev        int64 // of the hook as the pusher knows it
	Cursor     int64
	Prev       int64
	Missed     int64 // to be added
	Deliveries []Delivery

	Failures     int
	FailingSince Time
	Disable      string // why it must stop; empty: it goes on
}

// How long deliveries are kept that nobody waits for.
const (
	DeliveredAge = 7 * 24 * time.Hour
	DeadAge      = 30 * 24 * time.Hour
)
