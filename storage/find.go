package storage

import "strings"

// Found is one row of what to write to: a colleague, a contact's number, or a
// number as it was typed.
type Found struct {
	Kind    string `json:"kind"`              // agent, contact, number
	ID      string `json:"id,omitempty"`      // of the agent or contact
	Name    string `json:"name,omitempty"`    // as it is shown
	Role    Role   `json:"role,omitempty"`    // of an agent
	Number  string `json:"number,omitempty"`  // E.164, of a contact or as typed
	Written string `json:"written,omitempty"` // the number as people at home write it, where that is another way
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

// Digits are what a number is found by, if text can be part of one: its digits
// without the zeros that stand before a number at home or abroad ("0555 0100",
// "001 555..."); with "+" in front, if that was typed. Empty if text holds
// anything else, or too little to look for.
func Digits(text string) string {
	var b strings.Builder
	text = strings.Trim(text, blanks)
	for i, r := range text {
		switch {
		case r >= '0' && r <= '9', r == '+' && i == 0:
			b.WriteRune(r)
		case !strings.ContainsRune(blanks+"-./()", r):
			return ""
		}
	}
	d := strings.TrimLeft(b.String(), "0")
	if len(strings.TrimPrefix(d, "+")) < 2 {
		return ""
	}
	return d
}
