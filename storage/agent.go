package storage

// Agent is a person who works at a desk.
type Agent struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role"` // owner, agent
	Rev  int64  `json:"rev,omitempty"`
}
