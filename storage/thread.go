package storage

// Thread is all that was said with one peer, whatever line was used.
type Thread struct {
	ID      string   `json:"id"`
	Channel string   `json:"channel"`           // sms, chat
	Peer    string   `json:"peer"`              // the other end: E.164, a short code, or an alphanumeric sender; chat: empty
	Members []Member `json:"members,omitempty"` // chat: who talks here
	Contact *Contact `json:"contact,omitempty"`
	Line    string   `json:"line,omitempty"` // the line used last, in either direction
	Last    *Message `json:"last,omitempty"`
	Rev     int64    `json:"rev"`
}

// ThreadPage is one answer of a list of threads, newest activity first. Next
// asks for older ones and is empty at the end.
type ThreadPage struct {
	Threads []Thread `json:"threads"`
	Next    string   `json:"next,omitempty"`
	Head    Head     `json:"head"`
}
