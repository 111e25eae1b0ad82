package storage

// Thread is all that was said with one person, whatever line was used: with a
// contact by any of its numbers, or with a number that nobody has saved.
// Between colleagues it is a chat, which stays inside the box.
type Thread struct {
	ID      string   `json:"id"`
	Channel string   `json:"channel"`           // sms, chat
	Peer    string   `json:"peer"`              // the other end: E.164, a short code, or an alphanumeric sender; chat: empty
	Members []Member `json:"members,omitempty"` // chat: who talks here
	Contact *Contact `json:"contact,omitempty"`
	Line    string   `json:"line,omitempty"` // the line used last, in either direction
	Last    *Message `json:"last,omitempty"`
	View    *View    `json:"view,omitempty"`    // how the agent who asks sees it; never in an event
	Blocked bool     `json:"blocked,omitempty"` // folded: what came in lately is on the block list
	Rev     int64    `json:"rev"`
}

// ThreadPage is one answer of a list of threads, newest activity first. Next
// asks for older ones and is empty at the end.
type ThreadPage struct {
	Threads []Thread `json:"threads"`
	Next    string   `json:"next,omitempty"`
	Head    Head     `json:"head"`
}

// ThreadFilter says which threads to list. The zero filter lists all.
type ThreadFilter struct {
	Channel string // sms, chat
	Line    string // what went over it
	State   string // one of the States; asks for an Agent in the Page
	Text    string // part of a name, or of a number in any format
}

// States of a thread as an agent sees it.
const (
	ThreadsOpen    = "open" // all that are neither closed nor folded
	ThreadsClosed  = "closed"
	ThreadsMuted   = "muted"
	ThreadsUnread  = "unread"  // open, and something in it is unread
	ThreadsBlocked = "blocked" // folded: by the block list
)

// ThreadStates lists them.
var ThreadStates = []string{ThreadsOpen, ThreadsClosed, ThreadsMuted, ThreadsUnread, ThreadsBlocked}

// Joint tells of threads that became one: the messages of From are in Thread
// now.
type Joint struct {
	Thread string `json:"thread"`
	From   string `json:"from"`
}

// Gone tells of what was deleted.
type Gone struct {
	ID     string `json:"id"`
	Thread string `json:"thread"`
	Rev    int64  `json:"rev"`
}

// Opening is where somebody can be written to: a thread, or what to begin one
// with.
type Opening struct {
	Thread  *Thread  `json:"thread,omitempty"`
	Channel string   `json:"channel"`
	To      string   `json:"to,omitempty"`    // sms: the number
	Agent   string   `json:"agent,omitempty"` // chat: the colleague
	Contact *Contact `json:"contact,omitempty"`
}
