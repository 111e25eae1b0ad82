package storage

// Channels of a message. A call stands in the thread of its number and is never
// sent.
const (
	ChannelSMS  = "sms"
	ChannelCall = "call"
)

// Withheld is the peer of calls that showed no number.
const Withheld = "withheld"

// Call is one that rang and that nobody took.
type Call struct {
	From string // as the network showed it; empty: it did not
	At   Time
}
