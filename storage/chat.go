package storage

// ChannelChat is what colleagues write to each other. It stays in the box: such
// a message has no line and no parts, so no queue of a modem ever holds it.
const ChannelChat = "chat"

// ChatDraft is what one colleague writes to another.
type ChatDraft struct {
	From   string // the account that writes
	To     string // an account, by id or name; empty: Thread says
	Thread string // a thread that From is a member of
	Text   string
	Author Author

	Key, Digest string // as in Draft
}

// Member is somebody who talks in a thread that stays in the box.
type Member struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role Role   `json:"role"`
}

// Missed is what came for somebody who was not there: between leaving and
// coming back, and not read since.
type Missed struct {
	Messages int    `json:"messages"`
	Threads  int    `json:"threads"`
	Since    Time   `json:"since,omitzero"`   // when the last desk was left; zero: never there
	Thread   string `json:"thread,omitempty"` // of the newest one
}
