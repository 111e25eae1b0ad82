package storage

// Outcall is a call that somebody began from a desk. What became of it only the
// phones know.
type Outcall struct {
	To     string // the number that was called
	Line   string // ours that it belongs to
	Way    string // tel, hook, modem
	Author Author
	Sender string // the account
}

// CallWords is what a telephone system is asked: to ring From, and when that is
// answered, To.
type CallWords struct {
	From   string `json:"from"`           // the agent's own phone
	To     string `json:"to"`             // the client's
	Show   string `json:"show,omitempty"` // our number that the client knows, to be shown to them
	Agent  Member `json:"agent"`
	Thread string `json:"thread,omitempty"`
}
