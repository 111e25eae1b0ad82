package storage

// Agent is an account: a person who works at a desk, or a service that holds
// tokens.
type Agent struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Role     Role     `json:"role"`
	SMS      bool     `json:"sms_enabled"`            // may text people at all
	Chat     bool     `json:"chat_enabled"`           // is shown to be there when it is
	Voice    string   `json:"voice_number,omitempty"` // the phone that rings for calls; no number to text
	Disabled bool     `json:"disabled,omitempty"`
	Password bool     `json:"password,omitempty"` // has one
	Lines    []string `json:"lines,omitempty"`    // assigned; a manager and an owner work on all
	Rev      int64    `json:"rev,omitempty"`

	// Widened is the event after which the account saw more than before it: a
	// stream that begins earlier was never told of everything.
	Widened int64 `json:"-"`
}

// Profile is what is to be another way about how an account is reached; nil
// stays as it is.
type Profile struct {
	Chat  *bool   `json:"chat_enabled"`
	Voice *string `json:"voice_number"` // empty: none
}

// Session is one browser that an account is signed in with.
type Session struct {
	ID        string `json:"id"`
	Agent     string `json:"agent"`
	CreatedAt Time   `json:"created_at"`
	ExpiresAt Time   `json:"expires_at"`
	Address   string `json:"address,omitempty"` // where it was signed in from
	Device    string `json:"device,omitempty"`  // what the browser calls itself
	Current   bool   `json:"current,omitempty"` // the one that asks
}

// Access is what an account may, as the log tells it when that has changed.
type Access struct {
	Agent    string   `json:"agent"`
	Role     Role     `json:"role"`
	SMS      bool     `json:"sms_enabled"`
	Disabled bool     `json:"disabled,omitempty"`
	Lines    []string `json:"lines"`
}

// NewSession is a session that begins: the SHA-256 of its secret, how long it
// lasts, and what is known of the browser.
type NewSession struct {
	Hash    []byte
	Expires Time
	Address string
	Device  string
}

// AgentChange is what is to be another way about an account; nil stays as it is.
type AgentChange struct {
	Role     *Role `json:"role"`
	SMS      *bool `json:"sms_enabled"`
	Disabled *bool `json:"disabled"`
}
