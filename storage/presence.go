package storage

// Colleague is an account as every other one may know it.
type Colleague struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Role     Role     `json:"role"`
	Presence Presence `json:"presence"`
}

// Presence is whether somebody can be reached now.
type Presence struct {
	Agent string     `json:"agent"`
	Here  bool       `json:"online"`         // has a desk open, and shows it
	Phone PhoneState `json:"phone,omitzero"` // empty: not known
}

// PhoneState is what somebody's phone does.
type PhoneState string

// The states of a phone.
const (
	PhoneIdle    PhoneState = "idle"
	PhoneRinging PhoneState = "ringing"
	PhoneBusy    PhoneState = "busy"
	PhoneAway    PhoneState = "away" // does not take calls
)
