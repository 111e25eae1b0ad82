package storage

// Cursor is how far a program or a page has come with the log, as it said
// itself: one for each device of an account or token. The box goes by it when
// that device asks to go on from there, and its operator sees who is behind.
type Cursor struct {
	Owner  Author `json:"owner"`  // the account, the token or the administrator
	Device string `json:"device"` // what the client calls its place
	Client string `json:"client,omitempty"`
	Epoch  string `json:"epoch"`
	Seq    int64  `json:"seq"`
	At     Time   `json:"at"` // when it said so last
}

// MaxDevice is the longest name of a device, in bytes.
const MaxDevice = 100
