package storage

// Found is one row of what to write to: a colleague, a contact's number, or a
// number as it was typed.
type Found struct {
	Kind    string `json:"kind"`              // agent, contact, number
	ID      string `json:"id,omitempty"`      // of the agent or contact
	Name    string `json:"name,omitempty"`    // as it is shown
	Role    Role   `json:"role,omitempty"`    // of an agent
	Number  string `json:"number,omitempty"`  // E.164, of a contact or as typed
	Type    string `json:"type,omitempty"`    // of the number: mobile, work, home, other
	Channel string `json:"channel"`           // what can be written: chat to colleagues, sms to all others
	Thread  string `json:"thread,omitempty"`  // where it was written before
	Closed  bool   `json:"closed,omitempty"`  // the agent who asks has closed that: to open, not to begin
	Blocked bool   `json:"blocked,omitempty"` // of a contact
}

// Kinds of what is found.
const (
	FoundAgent   = "agent"
	FoundContact = "contact"
	FoundNumber  = "number"
)
